/**
 * Who was told to wait, a hundred times, and does not: refused for a while before their body is read, since reading it is most
 * of the work of refusing it. They are an address, at one door, with one key or from one site, so that nobody else waits for
 * them. Who says neither is read each time: which label they mean stands in the body, and many may share an address. But the
 * word to wait comes late then: who asks again as soon as he has it asks less often, and whoever else hears it was to wait.
 */
import { bucketOfAddress } from './network-address.ts';

export interface Asking {
  address: string;
  /** The route's, as the table has it. */
  door: string;
  authorization: string | undefined;
  origin: string | undefined;
}

export interface Impatience {
  /** They are told to wait. @returns milliseconds by which the word may come late */
  refused(who: Asking): number;
  /** Seconds for which they are not read; 0 for everybody else. */
  unread(who: Asking): number;
}

const MOST_REFUSED = 100;
const FORGIVEN_AFTER = 10_000;
/** What an address, at one door, hears so late has cost it nothing: the shortest wait is ten times as long. */
const LATE = 100;
/** Those who came first are forgotten first, and heard again. */
const MOST_REMEMBERED = 10_000;

/** A header may be as long as a request's head; no key and no origin is. */
const LONGEST = 200;

const placeOf = ({ address, door }: Asking): string => `${bucketOfAddress(address)} ${door}`;
const nameOf = (asking: Asking): string | undefined => {
  const who = asking.authorization ?? asking.origin;
  return who === undefined ? undefined : `${placeOf(asking)} ${who.slice(0, LONGEST)}`;
};

/** @param now a clock that never jumps */
export const createImpatience = (now: () => number): Impatience => {
  const told = new Map<string, { times: number; since: number }>();
  const recent = (name: string | undefined): { times: number; since: number } | undefined => {
    if (name === undefined) return undefined;
    const one = told.get(name);
    if (!one || now() - one.since < FORGIVEN_AFTER) return one;
    told.delete(name);
    return undefined;
  };
  /** Once more. @returns how often by now */
  const count = (name: string): number => {
    const known = recent(name);
    if (known) return ++known.times;
    if (told.size >= MOST_REMEMBERED) told.delete(told.keys().next().value!);
    told.set(name, { times: 1, since: now() });
    return 1;
  };
  return {
    refused(who) {
      const name = nameOf(who);
      if (name !== undefined) count(name);
      return count(placeOf(who)) > MOST_REFUSED ? LATE : 0;
    },
    unread(who) {
      // Where nobody is told to wait, nobody's name is made.
      const known = told.size > 0 ? recent(nameOf(who)) : undefined;
      return known && known.times >= MOST_REFUSED ? Math.ceil((known.since + FORGIVEN_AFTER - now()) / 1000) : 0;
    },
  };
};
