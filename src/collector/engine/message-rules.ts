/**
 * Whether a message may leave for a customer now: what they refused, how many they had, and the hour where they are. Pure.
 * Asked when a message is made and again before it is tried. A transactional one may always leave.
 */
import type { CustomerState, OutboxItem } from './customer-state.ts';
import type { Cap, MessageRules } from './definitions.ts';
import { durationText } from './duration-text.ts';
import { isTimeZone, quietUntil } from './quiet-hours.ts';

export type Leave =
  | { is: 'now' }
  | { is: 'later'; at: number; why: string }
  | { is: 'never'; status: 'capped' | 'unsubscribed'; why: string };

const NOW: Leave = { is: 'now' };

/** Written by pages too: all that a false one moves is the hour of a message. */
const zoneNames = ['core_user_timezone', 'time_zone'];

const zoneOf = ({ properties }: CustomerState, normal: string): string => {
  const claimed = zoneNames.map((name) => properties[name]?.value);
  return claimed.find((zone): zone is string => typeof zone === 'string' && isTimeZone(zone)) ?? normal;
};

const isReached = ({ times, within }: Cap, sent: readonly number[], now: number): boolean =>
  sent.filter((at) => within === null || at > now - within).length >= times;

const toldCap = ({ times, within }: Cap): string =>
  `had ${times} ${within === null ? 'ever' : `in the last ${durationText(within)}`}, which is the cap`;

export const mayLeave = (
  rules: MessageRules,
  state: CustomerState,
  { channel, transactional }: Pick<OutboxItem, 'channel' | 'transactional'>,
  now: number,
): Leave => {
  if (transactional) return NOW;
  if (state.unsubscribed.includes(channel))
    return { is: 'never', status: 'unsubscribed', why: 'the customer unsubscribed' };
  const cap = rules.caps[channel];
  if (cap && isReached(cap, state.sent[channel] ?? [], now))
    return { is: 'never', status: 'capped', why: toldCap(cap) };
  // A webhook wakes nobody: it goes to the operator's own system.
  if (rules.quietHours === null || channel === 'webhook') return NOW;
  const at = quietUntil(rules.quietHours, zoneOf(state, rules.timeZone), now);
  return at > now ? { is: 'later', at, why: `quiet hours until ${new Date(at).toISOString()}` } : NOW;
};
