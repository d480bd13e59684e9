/**
 * Who the user is now: the last id given, by `online`, `identify` or the page's own window inputs, confirmed or not.
 * Owns the id and its hash; never rewrites what was made under an earlier id.
 */
import { USER_ID_LENGTH } from '../wire/limits.ts';
import { smarticoError } from './notice.ts';
import { textOf } from './text.ts';

export interface Identity {
  /** The user's id; `null` for a visitor. */
  user(): string | null;
  hash(): string | undefined;
  set(user: string | null, hash?: unknown): void;
}

/** An id as pages give it; blanks, objects and what they write when they mean nobody (a third of real integrations do) are `null`. */
export const userId = (value: unknown): string | null =>
  textOf(value, USER_ID_LENGTH).replace(/^(undefined|null|NaN)$/, '') || null;

/** The same where nobody is a mistake: throws `empty_user_id`. */
export const requiredUserId = (value: unknown): string => {
  const id = userId(value);
  if (id) return id;
  throw smarticoError('empty_user_id', `1 to ${USER_ID_LENGTH} characters`);
};

/** Remembers who asks. The answer throws `not_identified` once that user is gone: what had to wait is not done for another. */
export const asking = ({ user }: Identity): (() => void) => {
  const asker = user();
  return () => {
    if (asker && asker !== user()) throw smarticoError('not_identified', 'the user changed');
  };
};

/** @param changed hears every change of user, and of the hash that vouches for one */
export const createIdentity = (changed: () => void): Identity => {
  let user: string | null = null;
  let hash: string | undefined;
  return {
    user: () => user,
    hash: () => hash,
    set(next, nextHash) {
      const [former, proof] = [user, hash];
      user = next;
      hash = textOf(nextHash, 256) || (next === former ? proof : undefined);
      // A visitor has nothing to prove.
      if (next !== former || (next !== null && hash !== proof)) changed();
    },
  };
};
