/**
 * A customer's alarm clock: the one moment at which to look at them although nothing happened. Pure.
 */
import type { CustomerState } from './customer-state.ts';

const earliest = (times: Iterable<number | null>): number | null => {
  let first: number | null = null;
  for (const at of times) if (at !== null && (first === null || at < first)) first = at;
  return first;
};

/** @param also times at which something else may change */
export const withAlarm = (state: CustomerState, also: Iterable<number | null>): CustomerState => {
  const wakes_at = earliest([
    ...also,
    ...state.waiting.map(({ due_at }) => due_at),
    ...state.outbox.map(({ due_at }) => due_at),
  ]);
  return wakes_at === state.wakes_at ? state : { ...state, wakes_at };
};
