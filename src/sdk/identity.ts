/**
 * Who the user is now: the last id given, by `online`, `identify` or the page's own window inputs, confirmed or not.
 * Owns the id, its hash and the language; never rewrites what was made under an earlier id.
 */
import { limits } from '../wire/limits.ts';
import { SmarticoError } from './notice.ts';

export interface Identity {
  /** The user's id; `null` for a visitor. */
  user(): string | null;
  hash(): string | undefined;
  language(): string;
  set(user: string | null, hash?: unknown): void;
  speak(language: unknown): void;
  /** Hears every change of user; the answer is the undo. */
  onChange(heard: (user: string | null) => void): () => void;
}

/** What pages put in the window when they mean "nobody" (seen in a third of real integrations). */
const NOBODY = new Set(['', 'undefined', 'null', 'NaN']);

/** Any value a page gives as an id: a string, or `null` for nobody. Numbers become text; an object is nobody. */
export const userId = (value: unknown): string | null => {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const id = String(value);
  return NOBODY.has(id.trim()) || id.length > limits.userIdLength ? null : id;
};

/** The same where nobody is a mistake: throws `empty_user_id`. */
export const requiredUserId = (value: unknown, method: string): string => {
  const id = userId(value);
  if (id === null)
    throw new SmarticoError('empty_user_id', `${method}() needs a user id of 1 to ${limits.userIdLength} characters.`);
  return id;
};

const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);

export const createIdentity = (): Identity => {
  let user: string | null = null;
  let hash: string | undefined;
  let language = 'EN';
  const listeners = new Set<(user: string | null) => void>();
  return {
    user: () => user,
    hash: () => hash,
    language: () => language,
    set(next, nextHash) {
      const changed = next !== user;
      hash = text(nextHash) ?? (changed ? undefined : hash);
      user = next;
      if (changed) for (const heard of listeners) heard(user);
    },
    speak(next) {
      language = text(next)?.slice(0, 2).toUpperCase() ?? language;
    },
    onChange(heard) {
      listeners.add(heard);
      return () => listeners.delete(heard);
    },
  };
};
