/**
 * Whether a login begins a session: not within 30 minutes of the last page that wanted one for this user in this browser, for all
 * its tabs. A logout ends the window at once, so that the next login counts.
 */
import type { TextStore } from '../platform.ts';

const WINDOW = 30 * 60_000;

export interface LoginWindow {
  /** Whether this login counts; from now on the window is open. */
  enter(user: string): boolean;
  close(): void;
}

/** @param key in the store, one a label */
export const createLoginWindow = (store: TextStore, key: () => string, now: () => number): LoginWindow => ({
  enter(user) {
    const [time, ...id] = (store.get(key()) ?? '').split(' ');
    store.set(key(), `${now()} ${user}`);
    const age = now() - Number(time);
    // A time of the future is one of a clock that was put back since.
    return !(id.join(' ') === user && age >= 0 && age < WINDOW);
  },
  close: () => store.remove(key()),
});
