/**
 * Rows of the queue as one request's body, and the collector's word on them as receipts and dead letters. Pure.
 */
import type { Batch, BatchAnswer, BrowserEvent } from '../../wire/event.ts';
import type { DeadLetter, Receipt } from '../api.ts';
import type { Row, Waiting } from '../queue/event-queue.ts';

/** A waiting row that is one. */
export type Readable = Waiting & { row: Row };
export const readable = (waiting: Waiting): waiting is Readable => waiting.row !== null;

export const batchOf = (rows: Readable[], about: Omit<Batch, 'events' | 'hashes'>): Batch => {
  const hashes: Batch['hashes'] = {};
  const events = rows.map(({ row }): BrowserEvent => {
    const { hash, ...event } = row;
    if (hash && event.user_ext_id !== null) hashes[event.user_ext_id] = hash;
    return event;
  });
  return { ...about, hashes, events };
};

/** A letter for an event that no request will ever carry. */
export const letterOf = ({ eid, row }: Waiting, at: number, code: string, message: string): DeadLetter => {
  if (!row) return { eid, code, message, at, event: null };
  const { hash: _token, ...event } = row;
  return { eid, code, message, at, event };
};

export interface Heard {
  receipts: Receipt[];
  letters: DeadLetter[];
}

/** What the answer says of each row: rejected, duplicate, or (in neither list) stored. */
export const hear = (rows: Readable[], { duplicate, rejected }: BatchAnswer, at: number): Heard => {
  const again = new Set(duplicate);
  const letters: DeadLetter[] = [];
  const no = new Map(rejected.map((rejection) => [rejection.index, rejection]));
  const receipts = rows.map((waiting, index): Receipt => {
    const { eid } = waiting;
    const rejection = no.get(index);
    if (!rejection) return { eid, at, verdict: again.has(eid) ? 'duplicate' : 'stored' };
    const { code, message } = rejection;
    letters.push(letterOf(waiting, at, code, message));
    return { eid, at, verdict: 'rejected', code, message };
  });
  return { receipts, letters };
};
