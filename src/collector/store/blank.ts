/**
 * What stays of an event, and of a refusal, where a customer was erased from a log that several collectors read: that
 * something was here, of which type, when, and which number of which page. Whoever makes a copy of that log counts it as
 * everybody else did, and takes it away where the erasure comes.
 */
import { createHash } from 'node:crypto';
import type { NewEvent, RejectionRecord } from './event-log.ts';

/** A payload is JSON, and does not begin so. */
const MARK = '~';

export const isBlank = ({ payload }: NewEvent): boolean => payload.startsWith(MARK);
/** A refusal always has a code. */
export const isBlankRecord = ({ code }: RejectionRecord): boolean => code === '';
/** Whether a refusal of it would have named a user, and went with them. */
export const wasOfUser = (event: NewEvent): boolean => isBlank(event) && event.system;

/** So much of what it said that two which came under one id are still another, and too little to know what it was. */
const traceOf = ({ user_ext_id, payload }: NewEvent): string =>
  createHash('sha256')
    .update(JSON.stringify([user_ext_id, payload]))
    .digest('hex')
    .slice(0, 3);

/** Its id stays, which others may have come under. */
export const blankOf = (event: NewEvent): NewEvent => {
  const blank = { ...event, payload: MARK + traceOf(event) };
  return event.user_ext_id === null ? blank : { ...blank, user_ext_id: null, system: true };
};

export const blankRecord = (record: RejectionRecord): RejectionRecord => ({
  ...record,
  eid: null,
  code: '',
  message: '',
  event_type: null,
  user_ext_id: null,
});
