/**
 * Where the page is, told once for every change of address: at load, by the history object (which has no event of its
 * own), by hash and by back and forward.
 */

/** What caused it: `load`, `pushState`, `replaceState`, `popstate` or `hashchange`. */
export type NavigationSource = 'load' | 'pushState' | 'replaceState' | 'popstate' | 'hashchange';

export interface Navigation {
  url: string;
  /** Empty at load. */
  prev_url: string;
  referrer: string;
  source: NavigationSource;
}

/**
 * @param before runs at every step, also where the address stays; it may take its own part out of the address
 * @param moved hears every change once
 */
export const watchNavigation = (root: Window, before: () => void, moved: (navigation: Navigation) => void): void => {
  const { history, location, document } = root;
  let url = '';
  const look = (source: NavigationSource) => {
    before();
    const { href } = location;
    if (href === url) return;
    const prev_url = url;
    url = href;
    moved({ url, prev_url, referrer: document.referrer, source });
  };
  for (const method of ['pushState', 'replaceState'] as const) {
    const original = history[method];
    history[method] = (...args) => {
      original.apply(history, args);
      look(method);
    };
  }
  for (const event of ['hashchange', 'popstate'] as const) root.addEventListener(event, () => look(event));
  look('load');
};
