/**
 * An event that the collector says itself, for the operator: in the log like any other, so that timelines tell of it and
 * whatever follows events follows it too.
 */
import type { NewEvent, Submission } from './store/event-log.ts';

/** @param at when it is said, milliseconds since the epoch */
export const ownEvent = (label: string, request_id: string, at: number, event: NewEvent): Submission => ({
  label,
  request_id,
  received_at: at,
  device_id: null,
  events: [event],
  rejected: [],
  losses: [],
  pages: [],
  lost: [],
  arrived: [],
  weight: event.payload.length,
});
