/**
 * What stays of an event, and of a refusal, where a customer was erased from a log that several collectors read: that
 * something was here, of which type, and which number of which page. Whoever makes a copy of that log counts it as everybody
 * else did, and takes it away where the erasure comes.
 */
import type { NewEvent, RejectionRecord } from './event-log.ts';

/** An event's payload is JSON, and never empty. */
const NOTHING = '';

export const isBlank = ({ payload }: NewEvent): boolean => payload === NOTHING;
/** A refusal always has a code. */
export const isBlankRecord = ({ code }: RejectionRecord): boolean => code === NOTHING;

/** Its id and time stay, which others may have come under, and not whose it was and what it said. */
export const blankOf = (event: NewEvent): NewEvent => ({
  ...event,
  user_ext_id: null,
  payload: NOTHING,
  system: true,
});

export const blankRecord = (record: RejectionRecord): RejectionRecord => ({
  ...record,
  eid: null,
  code: NOTHING,
  message: '',
  event_type: null,
  user_ext_id: null,
});
