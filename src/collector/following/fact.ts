/**
 * An event of the log as the engine reads it.
 */
import { eventName } from '../engine/event-name.ts';
import type { Fact } from '../engine/user-state.ts';
import { nameIn } from '../shape.ts';
import type { LoggedEvent } from '../store/event-log.ts';

/** A clock that runs ahead makes nothing happen later than it came. */
export const happenedAt = ({ event_date, received_at }: Pick<LoggedEvent, 'event_date' | 'received_at'>): number =>
  Math.min(event_date, received_at);

export const factOf = (event: LoggedEvent): Fact => {
  const { cursor, eid, event_type, payload, trust } = event;
  const name = eventName(event_type, nameIn(event_type, payload));
  return { cursor, eid, event_type, name, payload, trust, at: happenedAt(event) };
};
