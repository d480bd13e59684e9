/**
 * When a deep link runs: taken from the URL at load and on every in-page navigation, removed from it, held until the
 * user is known (across a login page in between), and then run once. Any page can send a visitor here with a link, so
 * there are at most one run per link and document, and five a minute.
 */
import type { DeepLink, LinkRead } from './deep-link.ts';
import { findLink, parseLink } from './deep-link.ts';
import type { Tell } from './notice.ts';
import type { Platform, TextStore } from './platform.ts';

const RUNS = { most: 5, within: 60_000 };

export interface LinksNeeds {
  platform: Platform;
  /** e.g. `_smartico_dp` */
  parameter: string;
  store: TextStore;
  prefix: string;
  /** Links may run now: the user is known, or everyone is a visitor. */
  ready(): boolean;
  run(link: DeepLink): void;
  tell: Tell;
}

export interface Links {
  /** A link given by the page itself. */
  open(text: string): void;
  /** The user became known: run what was held. */
  release(): void;
  stop(): void;
}

export const createLinks = ({ platform, parameter, store, prefix, ready, run, tell }: LinksNeeds): Links => {
  const { root, now, session } = platform;
  const held = `${prefix}dp`;
  const runs = `${prefix}dp-runs`;
  const taken = new Set<string>();

  const accepted = (read: LinkRead, text: string): DeepLink | undefined => {
    if (read.ok) return read.link;
    tell('link_dropped', `A deep link was dropped: ${read.why}.`, { key: text });
  };
  // Kept as text and read through the same grammar again: sessionStorage is anybody's on this origin.
  const waiting = () => (session.get(held) ?? '').split('\n').filter(Boolean);
  const hold = ({ verb, params }: DeepLink) => {
    const text = [verb, ...[...params].map(([key, value]) => `${key}=${encodeURIComponent(value)}`)].join('&');
    session.set(held, [...waiting().slice(1 - RUNS.most), text].join('\n'));
  };
  const open = (link: DeepLink | undefined) => {
    if (!link) return;
    if (ready()) run(link);
    else hold(link);
  };
  /** Whether a link from outside may run; remembers that it did. */
  const within = (): boolean => {
    const times = (store.get(runs) ?? '')
      .split(' ')
      .map(Number)
      .filter((time) => now() - time < RUNS.within && time <= now());
    if (times.length >= RUNS.most) return false;
    store.set(runs, [...times, now()].join(' '));
    return true;
  };

  const { history } = root;
  const replace = history.replaceState;
  const look = () => {
    const found = findLink(root.location.href, parameter);
    if (!found) return;
    replace.call(history, history.state, '', found.rest);
    if (taken.has(found.text)) return;
    taken.add(found.text);
    const link = accepted(found.read, found.text);
    if (!link) return;
    if (within()) open(link);
    else tell('link_dropped', `A deep link was dropped: more than ${RUNS.most} a minute.`, { key: 'rate' });
  };

  // Single-page sites navigate by the history object, which has no event.
  const wrapped: [name: 'pushState' | 'replaceState', mine: History['pushState'], theirs: History['pushState']][] = [];
  for (const name of ['pushState', 'replaceState'] as const) {
    const theirs = history[name];
    const mine: History['pushState'] = function (this: History, ...args) {
      theirs.apply(this, args);
      look();
    };
    history[name] = mine;
    wrapped.push([name, mine, theirs]);
  }
  const undo = ['hashchange', 'popstate'].map((type) => platform.on(root, type, look));
  look();

  return {
    open: (text) => open(accepted(parseLink(text), text)),
    release() {
      if (!ready()) return;
      const texts = waiting();
      session.remove(held);
      for (const text of texts) open(accepted(parseLink(text), text));
    },
    stop() {
      for (const one of undo) one();
      for (const [name, mine, theirs] of wrapped) if (history[name] === mine) history[name] = theirs;
    },
  };
};
