/**
 * Rows of the queue as one request's body, and the collector's word on them as receipts. Pure.
 */
import type { Batch, BatchAnswer, BrowserEvent } from '../../wire/event.ts';
import type { Receipt } from '../api.ts';
import { parseJson } from '../json.ts';
import type { Waiting } from '../queue/event-queue.ts';

/** An event as it waits: with the hash that vouched for its user at the time. */
export type Row = BrowserEvent & { hash?: string };
/** Everything in a batch but what its rows say; its hash is the current user's, which may be newer than a row's, or older. */
export type Context = Omit<Batch, 'events'>;

/** A stored text is as untrusted as a URL (any script of the origin may have written it): what is no event is an empty one. */
export const readRow = ({ text }: Waiting): Row => Object(parseJson(text));

/** Until when a hash vouches for its user, as it says of itself. */
const until = (hash: unknown): number => Number(`${hash}`.split(':')[1]) || 0;

/** The collector judges each event: one that storage spoilt is rejected there, with its reason, and holds up no other. */
export const batchOf = (rows: Waiting[], context: Context): Batch => {
  const hashes: Batch['hashes'] = Object.create(null);
  /** Tabs of one user may have hashes of different age, and any of them sends: the one that holds longest counts for all. */
  const vouch = (user: string, hash: string) => {
    if (until(hash) >= until(hashes[user])) hashes[user] = hash;
  };
  const events = rows.map((waiting) => {
    const { hash, ...event } = readRow(waiting);
    if (hash) vouch(`${event.user_ext_id}`, hash);
    return event;
  });
  for (const user of Object.keys(context.hashes)) vouch(user, `${context.hashes[user]}`);
  return { ...context, hashes, events };
};

/** What the answer says of each row: rejected, duplicate, or (in neither list) stored. */
export const hear = (
  rows: Waiting[],
  { duplicate, rejected }: Pick<BatchAnswer, 'duplicate' | 'rejected'>,
  at: number,
): Receipt[] =>
  rows.map(({ eid }, index) => {
    const { code, message } = rejected.find((rejection) => rejection.index === index) ?? {};
    return { eid, at, verdict: code ? 'rejected' : duplicate.includes(eid) ? 'duplicate' : 'stored', code, message };
  });
