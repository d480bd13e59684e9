/**
 * An event of the log as the engine reads it.
 */
import type { Trust } from '../../wire/event.ts';
import { eventName } from '../engine/event-name.ts';
import type { Fact } from '../engine/user-state.ts';
import { nameIn } from '../shape.ts';
import type { LoggedEvent } from '../store/event-log.ts';

/** What the collector says itself when a visitor becomes a customer (`linking.ts`). */
export const VISITOR_LINKED = 'visitor_linked';

/** A clock that runs ahead makes nothing happen later than it came. */
export const happenedAt = ({ event_date, received_at }: Pick<LoggedEvent, 'event_date' | 'received_at'>): number =>
  Math.min(event_date, received_at);

/**
 * That they were linked the collector says; what a visitor brings along nobody vouches for, nor that it was theirs. So it
 * begins nothing that asks for more than a page's word.
 */
export const worthOf = ({ event_type, trust }: Pick<LoggedEvent, 'event_type' | 'trust'>): Trust =>
  event_type === VISITOR_LINKED ? 'unverified' : trust;

export const factOf = (event: LoggedEvent): Fact => {
  const { cursor, eid, event_type, payload } = event;
  const name = eventName(event_type, nameIn(event_type, payload));
  return { cursor, eid, event_type, name, payload, trust: worthOf(event), at: happenedAt(event) };
};
