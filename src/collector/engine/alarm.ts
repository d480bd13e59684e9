/**
 * A customer's alarm clock: the one moment at which to look at them although nothing happened. Pure.
 */
import type { CustomerState } from './customer-state.ts';

const earliest = (times: Iterable<number | null>): number | null => {
  let first: number | null = null;
  for (const at of times) if (at !== null && (first === null || at < first)) first = at;
  return first;
};

/**
 * A message that is due is tried by whoever made it so, and has its next time when it was: until then this is the alarm, for
 * a collector that ended in between.
 */
export const UNDER_WAY_MS = 300_000;

/** @param also times at which something else may change */
export const withAlarm = (state: CustomerState, also: Iterable<number | null>, now: number): CustomerState => {
  const wakes_at = earliest([
    ...also,
    ...state.waiting.map(({ due_at }) => due_at),
    ...state.outbox.map(({ due_at }) => (due_at > now ? due_at : now + UNDER_WAY_MS)),
  ]);
  return wakes_at === state.wakes_at ? state : { ...state, wakes_at };
};
