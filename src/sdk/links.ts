/**
 * When a deep link runs: taken from the URL at load and on every in-page navigation, removed from it, held until the
 * user is known (across a login page in between), and then run once. Any page can send a visitor here with a link, so
 * there are at most one run per link and document, and five a minute.
 */
import { type DeepLink, findLink, parseLink } from './deep-link.ts';
import type { Tell } from './notice.ts';
import type { Platform } from './platform.ts';

const RUNS = 5;
const WITHIN = 60_000;

export interface Links {
  /** A link given by the page itself. */
  open(text: string): void;
  /** Takes the link out of the page's address, if there is one. */
  look(): void;
  /** The user may have become known: runs what was held. Answers whether some of it came from an earlier page. */
  release(): boolean;
}

/** @param ready whether this link may run now; until then it stays in the tab's store, whatever happens to the page */
export const createLinks = (
  { root, now, session, local }: Platform,
  name: string,
  ready: (link: DeepLink) => boolean,
  run: (link: DeepLink) => void,
  tell: Tell,
): Links => {
  const { history } = root;
  // The page's other watchers must not take our own step for a navigation.
  const { replaceState } = history;
  const held = `${name}:dp`;
  const taken = new Set<string>();
  /** Held by this very page. */
  const own = new Set<string>();

  // Kept as text and read through the same grammar again: sessionStorage is anybody's on this origin.
  const waiting = () => (session.get(held) ?? '').split(' ').filter(Boolean);
  const open = (text: string) => {
    const link = text.includes(`${name}_dp=`) ? undefined : parseLink(text);
    if (!link) tell('link_dropped', text);
    else if (ready(link)) run(link);
    else if (waiting().length < RUNS) {
      const kept = text.replace(/ /g, '+');
      own.add(kept);
      session.set(held, [...waiting(), kept].join(' '));
    } else tell('link_dropped', `over ${RUNS} wait for a login`);
  };

  return {
    open,
    look() {
      const found = findLink(root.location.href, `${name}_dp`);
      if (!found) return;
      const { text, rest } = found;
      replaceState.call(history, history.state, '', rest);
      if (taken.has(text)) return;
      taken.add(text);
      const runs = (local.get(`${held}s`) ?? '').split(' ').filter((time) => Math.abs(now() - +time) < WITHIN);
      local.set(`${held}s`, [...runs, now()].join(' '));
      if (runs.length < RUNS) open(text);
      else tell('link_dropped', `over ${RUNS} a minute`);
    },
    release() {
      const texts = waiting();
      const kept = texts.filter((text) => {
        const link = parseLink(text);
        return link && !ready(link);
      });
      const gone = texts.filter((text) => !kept.includes(text));
      if (kept.length) session.set(held, kept.join(' '));
      else if (gone.length) session.remove(held);
      gone.map(open);
      return gone.some((text) => !own.has(text));
    },
  };
};
