/**
 * Ids of what is made for customers: the same parts give the same id, after a restart too, and nobody can guess one, since
 * whoever knows it can read the words.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { UserStore } from '../store/user-store.ts';

export type UidOf = (...parts: (string | number | null)[]) => string;

/** Characters of 6 bits: 132 of them. */
const LENGTH = 22;

/** The key is drawn at the first start, and stays. */
export const keptUids = async (users: Pick<UserStore, 'keepSetting'>): Promise<UidOf> => {
  const key = await users.keepSetting('uids', randomBytes(32).toString('base64url'));
  return (...parts) => createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url').slice(0, LENGTH);
};
