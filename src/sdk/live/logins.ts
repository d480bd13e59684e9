/**
 * Logins of whoever is at the page: one that is wanted waits for the user to be identified, counts once a session, and says
 * where it came from. What one user wanted is never another's.
 */
import type { LoginWindow } from './login-window.ts';

export interface LoginNeeds {
  window: LoginWindow;
  /** The user whom the collector has confirmed. */
  user(): string | null;
  /** A session begins. */
  begin(payload: object): void;
}

export interface Logins {
  want(payload: object): void;
  /** Where the next one comes from. */
  from(entry: string): void;
  /** The user may be identified now. */
  enter(): void;
  /** The user went. @param stays the same one, at another label, which has logins of its own */
  leave(stays: boolean): void;
}

export const createLogins = ({ window, user, begin }: LoginNeeds): Logins => {
  let wanted: object | undefined;
  let last: object | undefined;
  let entry: string | undefined;
  const enter = () => {
    const known = user();
    if (!wanted || !known) return;
    const payload = wanted;
    wanted = undefined;
    if (!window.enter(known)) return;
    begin({ ...payload, ...(entry && { core_last_login_entry: entry }) });
    entry = undefined;
  };
  return {
    want(payload) {
      wanted = last = payload;
      enter();
    },
    from(name) {
      entry = name;
    },
    enter,
    leave(stays) {
      if (!stays) last = undefined;
      wanted = last;
      entry = undefined;
    },
  };
};
