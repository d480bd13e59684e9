/**
 * The words of something that was sent, as its operator reads them.
 */
import type { Payload } from '../../wire/event.ts';
import type { UserStore } from '../store/user-store.ts';

/** `null`: nothing is kept under the id, as of a campaign's run. */
export const wordsOf = async (
  users: Pick<UserStore, 'content'>,
  label: string,
  uid: string,
): Promise<Payload | null> => {
  const text = await users.content(label, uid);
  return text === undefined ? null : (JSON.parse(text) as Payload);
};
