/**
 * What holds popups, inbox and games back: reasons that nest and may expire, kept with the tab, and the paths on which an
 * operator wants quiet. Says when the last reason of a surface ended; what was missed meanwhile is the drawing room's.
 */
import type { SuspendOptions } from '../api.ts';
import { parseJson, stringify } from '../json.ts';
import type { TextStore } from '../platform.ts';
import type { Surface } from '../ui/ui.ts';

/** One reason: the boolean form's is unnamed. `until` 0 has no end. */
export type Hold = [surface: Surface, reason: string, until: number];

export const surfaces: Surface[] = ['popups', 'inbox', 'games'];
/** Timers count in 32 bits: a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

const holdsNow = ([, , until]: Hold, time: number): boolean => !until || until > time;

/** What sessionStorage says, which is anybody's on this origin: whatever is no hold is none. */
export const readHolds = (text: string | null): Hold[] =>
  [parseJson(text)]
    .flat()
    .filter(
      (hold): hold is Hold =>
        Array.isArray(hold) && surfaces.includes(hold[0]) && typeof hold[1] === 'string' && Number.isFinite(hold[2]),
    );

/**
 * Whether a place is under a rule: `/deposit*`, `*` being any run of characters. A rule with `#` is held against path and
 * hash, one that begins with it against the hash alone. Not a RegExp: the address is anybody's, and backtracking hangs.
 */
export const underRule = (rule: string, path: string, hash: string): boolean => {
  const place = rule.startsWith('#') ? hash : rule.includes('#') ? path + hash : path;
  const [head = '', ...parts] = rule.split('*');
  const tail = parts.pop();
  if (tail === undefined) return place === rule;
  if (!place.startsWith(head)) return false;
  let at = head.length;
  for (const part of parts) {
    const found = place.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return place.length - at >= tail.length && place.endsWith(tail);
};

export interface SuspensionNeeds {
  session: TextStore;
  key: string;
  location: Pick<Location, 'pathname' | 'hash'>;
  now(): number;
  /** Paths on which popups and inbox are held back, e.g. `/deposit*`. */
  rules(): string[];
  /** The last reason of a surface ended. */
  released(surface: Surface): void;
}

export interface Suspension {
  set(surface: Surface, hold: unknown, options?: SuspendOptions): void;
  held(surface: Surface): boolean;
  /** The page's address, or the rules, may have changed. */
  navigated(): void;
}

export const createSuspension = ({ session, key, location, now, rules, released }: SuspensionNeeds): Suspension => {
  let holds = readHolds(session.get(key));
  let before: Surface[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  const held = (surface: Surface): boolean =>
    holds.some((hold) => hold[0] === surface && holdsNow(hold, now())) ||
    (surface !== 'games' && rules().some((rule) => underRule(rule, location.pathname, location.hash)));

  const look = () => {
    const ended = before.filter((surface) => !held(surface));
    before = surfaces.filter(held);
    clearTimeout(timer);
    const soonest = Math.min(...holds.filter((hold) => hold[2] > now()).map((hold) => hold[2]));
    if (soonest < Infinity) timer = setTimeout(look, Math.min(soonest - now(), LONGEST_TIMER));
    ended.forEach(released);
  };
  look();

  return {
    set(surface, hold, options) {
      const { reason = '', ttl } = Object(options) as SuspendOptions;
      const named = `${reason}`;
      holds = holds.filter((other) => (other[0] !== surface || other[1] !== named) && holdsNow(other, now()));
      // A `ttl` that is no number holds without end: a popup over the cashier is the worse mistake.
      if (hold) holds.push([surface, named, Number.isFinite(ttl) ? now() + (ttl as number) : 0]);
      session.set(key, stringify(holds));
      look();
    },
    held,
    navigated: look,
  };
};
