/**
 * What a customer has yet to be shown: every identify is told it again, until a page says that it was shown.
 */
import type { Push } from '../../wire/protocol.ts';
import type { CustomerState } from '../engine/customer-state.ts';
import type { UserStore } from '../store/user-store.ts';
import { isCurrent, pushOf, readContent } from './content.ts';

/** In one breath: a page shows one at a time, and a line takes a mebibyte. */
const MOST_AT_ONCE = 20;

/** The oldest first, as they were sent; an inbox message is not among them: the page asks for its list. */
export const pendingPushes = async (
  users: Pick<UserStore, 'content'>,
  label: string,
  { engagements }: CustomerState,
  now: number,
): Promise<Push[]> => {
  const pending = engagements
    .filter((one) => one.status === 'pending' && one.kind !== 'inbox' && isCurrent(one, now))
    .slice(-MOST_AT_ONCE)
    .reverse();
  const contents = await Promise.all(pending.map(({ uid }) => users.content(label, uid)));
  return pending.flatMap(({ uid }, at) => {
    const text = contents[at];
    return text === undefined ? [] : [pushOf(uid, readContent(text))];
  });
};
