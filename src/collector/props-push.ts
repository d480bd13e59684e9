/**
 * A customer's open pages learn what changed of what they may see, and that their segments did: nothing more of those,
 * since pages ask for segments by name.
 */
import { cids } from '../wire/protocol.ts';
import type { Channel } from './channel.ts';
import type { CustomerState } from './engine/customer-state.ts';
import { changedProps, publicProps } from './engine/public-props.ts';
import type { CustomerKey } from './store/user-store.ts';

/** Called once a change is stored. */
export type Changed = (label: string, customer: CustomerKey, before: CustomerState, after: CustomerState) => void;

const segmentsOf = ({ segments }: CustomerState): string => Object.keys(segments).sort().join('\n');

export const propsPush =
  (channel: Pick<Channel, 'push' | 'isHeard'>, now: () => number): Changed =>
  (label, customer, before, after) => {
    if (!channel.isHeard(label, customer)) return;
    const at = now();
    const props = changedProps(publicProps(before, at), publicProps(after, at));
    if (Object.keys(props).length > 0 || segmentsOf(before) !== segmentsOf(after))
      channel.push(label, customer, { cid: cids.propsPush, props });
  };
