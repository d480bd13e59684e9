/**
 * A customer's open pages learn what changed of what they may see, and that their segments did: nothing more of those,
 * since pages ask for segments by name.
 */
import { cids } from '../wire/protocol.ts';
import type { Channel } from './channel.ts';
import type { Label } from './config.ts';
import type { CustomerState } from './engine/customer-state.ts';
import { changedProps, publicProps } from './engine/public-props.ts';
import { segmentsOf } from './engine/segment.ts';
import type { CustomerKey } from './store/user-store.ts';

/** Called once a change is stored. */
export type Changed = (label: string, customer: CustomerKey, before: CustomerState, after: CustomerState) => void;

export const propsPush = (channel: Channel, labels: readonly Label[], now: () => number): Changed => {
  const segments = new Map(labels.map((label) => [label.name, label.segments]));
  const segmentsIn = (label: string, state: CustomerState, at: number): string =>
    segmentsOf(segments.get(label) ?? {}, state, at).join('\n');

  return (label, customer, before, after) => {
    if (!channel.isHeard(label, customer)) return;
    const at = now();
    const props = changedProps(publicProps(before, at), publicProps(after, at));
    if (Object.keys(props).length > 0 || segmentsIn(label, before, at) !== segmentsIn(label, after, at))
      channel.push(label, customer, { cid: cids.propsPush, props });
  };
};
