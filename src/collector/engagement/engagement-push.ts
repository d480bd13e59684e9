/**
 * A customer's open pages are told what was just made for them; whoever has none open is told when they identify.
 */
import type { Channel } from '../channel.ts';
import type { CustomerState } from '../engine/customer-state.ts';
import type { CustomerKey } from '../store/user-store.ts';
import { pushOf, readContent } from './content.ts';

/** @param contents the words of what was made, by its uid */
export type PushMade = (
  label: string,
  customer: CustomerKey,
  before: CustomerState,
  after: CustomerState,
  contents: readonly { id: string; content: string }[],
) => void;

export const engagementPush =
  (channel: Pick<Channel, 'push' | 'isHeard'>): PushMade =>
  (label, customer, before, after, contents) => {
    if (before.engagements === after.engagements || contents.length === 0 || !channel.isHeard(label, customer)) return;
    const known = new Set(before.engagements.map(({ uid }) => uid));
    const words = new Map(contents.map(({ id, content }) => [id, content]));
    // The oldest first, as they were made.
    for (const { uid } of after.engagements.toReversed()) {
      const text = words.get(uid);
      if (text !== undefined && !known.has(uid)) channel.push(label, customer, pushOf(uid, readContent(text)));
    }
  };
