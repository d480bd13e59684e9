/**
 * The words of something that was sent, as its operator reads them: what stands in place of a customer's own link says so.
 */
import type { Payload } from '../../wire/event.ts';
import { unsubscribePlace } from '../engine/unsubscribe-place.ts';
import type { UserStore } from '../store/user-store.ts';

/** In JSON text: no quote, no backslash. */
const OWN_LINK = '(here each customer has a link of their own to unsubscribe)';

/** `null`: nothing is kept under the id, as of a campaign's run. */
export const wordsOf = async (
  users: Pick<UserStore, 'content'>,
  label: string,
  uid: string,
): Promise<Payload | null> => {
  const text = await users.content(label, uid);
  return text === undefined ? null : (JSON.parse(text.replaceAll(unsubscribePlace, OWN_LINK)) as Payload);
};
