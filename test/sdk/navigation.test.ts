import { Window } from 'happy-dom';
import { afterEach, expect, test } from 'vitest';
import { watchNavigation } from '../../src/sdk/navigation.ts';

const windows: Window[] = [];
afterEach(async () => {
  await Promise.all(windows.splice(0).map((window) => window.happyDOM.close()));
});

const SITE = 'https://op.example';
/** A page that is watched; `before` may take something out of the address. */
const page = (path = '/', before: (root: globalThis.Window) => void = () => {}) => {
  const window = new Window({ url: SITE + path });
  windows.push(window);
  const root = window as unknown as globalThis.Window;
  const heard: { [name: string]: string }[] = [];
  watchNavigation(
    root,
    () => before(root),
    (navigation) => void heard.push({ ...navigation }),
  );
  /** What was heard as `source path <- path before`. */
  const steps = () =>
    heard.map(({ source, url, prev_url }) => `${source} ${url?.slice(SITE.length)} <- ${prev_url?.slice(SITE.length)}`);
  return { root, heard, steps };
};

test('A8 page_navigation: the load is the first, without an address before it', () => {
  expect(page('/lobby').heard).toEqual([{ url: `${SITE}/lobby`, prev_url: '', referrer: '', source: 'load' }]);
});

test('A8 page_navigation: every change of address is told once, with what caused it and where it came from', async () => {
  const { root, steps } = page();
  root.history.pushState(null, '', '/a');
  root.history.replaceState(null, '', '/b');
  const changed = new Promise((resolve) => root.addEventListener('hashchange', resolve, { once: true }));
  root.location.hash = 'c';
  await changed;
  expect(steps()).toEqual(['load / <- ', 'pushState /a <- /', 'replaceState /b <- /a', 'hashchange /b#c <- /b']);
});

test('A8 page_navigation: pushState and replaceState to the same address are one change, as routers do it', () => {
  const { root, steps } = page();
  root.history.pushState({ key: 1 }, '', '/a');
  root.history.replaceState({ key: 1, scroll: 0 }, '', '/a');
  expect(steps()).toEqual(['load / <- ', 'pushState /a <- /']);
  expect(root.history.state).toEqual({ key: 1, scroll: 0 });
});

test('A8 page_navigation: back and forward are popstate, and the hashchange that may follow is not told again', () => {
  const { root, steps } = page('/#one');
  const { replaceState } = Object.getPrototypeOf(root.history);
  // As a browser does it: the address has changed, then both events come.
  replaceState.call(root.history, null, '', '/#two');
  root.dispatchEvent(new Event('popstate'));
  root.dispatchEvent(new Event('hashchange'));
  expect(steps()).toEqual(['load /#one <- ', 'popstate /#two <- /#one']);
});

test('our own cleaning of the address is no navigation: what is told is the address without the link', () => {
  const taken: string[] = [];
  const { root, steps } = page('/lobby#_smartico_dp=dp:inbox', ({ history, location }) => {
    if (!location.hash) return;
    taken.push(location.hash);
    Object.getPrototypeOf(history).replaceState.call(history, null, '', location.pathname);
  });
  root.history.pushState(null, '', '/slots#_smartico_dp=dp:gf');
  expect([steps(), taken]).toEqual([
    ['load /lobby <- ', 'pushState /slots <- /lobby'],
    ['#_smartico_dp=dp:inbox', '#_smartico_dp=dp:gf'],
  ]);
});

test('the page’s own patches of the history, before and after ours, go on working', () => {
  const window = new Window({ url: SITE });
  windows.push(window);
  const root = window as unknown as globalThis.Window;
  const seen: string[] = [];
  const patch = (name: string) => {
    const { pushState } = root.history;
    root.history.pushState = (...args) => {
      seen.push(name);
      return pushState.apply(root.history, args);
    };
  };
  patch('before');
  const moved: string[] = [];
  watchNavigation(
    root,
    () => {},
    ({ url }) => void moved.push(url),
  );
  patch('after');
  root.history.pushState(null, '', '/a');
  expect([seen, moved]).toEqual([
    ['after', 'before'],
    [`${SITE}/`, `${SITE}/a`],
  ]);
});

test('a state that the browser refuses is the caller’s error, as without us, and no navigation', () => {
  const { root, steps } = page();
  expect(() => root.history.pushState(null, '', 'https://evil.example/')).toThrow();
  expect(steps()).toEqual(['load / <- ']);
});
