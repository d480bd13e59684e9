/**
 * What one try to send a message makes of its customer: pure. It is gone, or has its next time, or is given up; what caps
 * count is remembered, and the row of the report tells the operator.
 */
import type { Sending } from '../effects/sending.ts';
import type { CustomerState, OutboxItem } from '../engine/customer-state.ts';
import type { Leave } from '../engine/message-rules.ts';
import type { DeliveryStatus } from '../engine/reaction.ts';
import type { Done } from './happening.ts';

const MOST_TRIES = 10;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 6 * 3_600_000;
/** Of one channel: as many as a cap can count. */
const MOST_SENT = 100;

/** Half of it by chance: whoever failed together does not come back together. */
export const pauseAfter = (tries: number, random: number): number => {
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS);
  return Math.round(pause / 2 + (random * pause) / 2);
};

const withRow = (
  state: CustomerState,
  { uid, campaign, eid, channel, at }: OutboxItem,
  status: DeliveryStatus,
  why: string,
  now: number,
): Done => ({ state, deliveries: [{ uid, campaign, eid, channel, status, at, status_at: now, why }] });

const without = (state: CustomerState, { uid }: OutboxItem): CustomerState => ({
  ...state,
  outbox: state.outbox.filter((one) => one.uid !== uid),
});
const changed = (state: CustomerState, item: OutboxItem): CustomerState => ({
  ...state,
  outbox: state.outbox.map((one) => (one.uid === item.uid ? item : one)),
});

const itemIn = ({ outbox }: CustomerState, uid: string): OutboxItem | undefined =>
  outbox.find((one) => one.uid === uid);

/** It was not tried: not yet, or never. */
export const heldBack = (
  state: CustomerState,
  uid: string,
  leave: Exclude<Leave, { is: 'now' }>,
  now: number,
): Done => {
  const item = itemIn(state, uid);
  if (!item) return { state, deliveries: [] };
  if (leave.is === 'never') return withRow(without(state, item), item, leave.status, leave.why, now);
  return withRow(changed(state, { ...item, due_at: leave.at }), item, 'pending', leave.why, now);
};

/** @param random 0 to 1 */
export const tried = (state: CustomerState, uid: string, sending: Sending, now: number, random: number): Done => {
  const item = itemIn(state, uid);
  if (!item) return { state, deliveries: [] };
  const { channel } = item;
  switch (sending.is) {
    case 'sent': {
      const sent = { ...state.sent, [channel]: [...(state.sent[channel] ?? []), now].slice(-MOST_SENT) };
      return withRow({ ...without(state, item), sent }, item, 'sent', sending.why, now);
    }
    case 'never':
      return withRow(without(state, item), item, sending.status, sending.why, now);
    case 'again': {
      const tries = item.tries + 1;
      if (tries >= MOST_TRIES)
        return withRow(without(state, item), item, 'failed', `given up after ${tries} tries: ${sending.why}`, now);
      const due_at = now + Math.max(pauseAfter(tries, random), sending.after ?? 0);
      return withRow(changed(state, { ...item, tries, due_at }), item, 'pending', sending.why, now);
    }
  }
};
