/** Batches as the SDK sends them, hashes as an operator's server makes them, and the requests that carry them. */
import { createHash } from 'node:crypto';
import type { Batch, BatchAnswer, BrowserEvent, Envelope, ErrorBody, Verdicts } from '../../src/wire/event.ts';
import { eventIds } from '../../src/wire/ids.ts';

export const newEid = eventIds(Date.now, Math.random().toString(36).slice(2, 14).padEnd(12, '0'));

let pages = 0;
/** A page of its own with its own count, so that no test sees another's gaps. */
export const newPage = () => {
  const page_id = `page-${++pages}-${newEid()}`;
  let seq = 0;
  return (more: Record<string, unknown> = {}): BrowserEvent => ({
    eid: newEid(),
    event_date: Date.now(),
    ext_brand_id: null,
    user_ext_id: null,
    event_type: 'client_action',
    payload: { client_action: 'click' },
    session_id: 'session-of-test',
    page_id,
    seq: ++seq,
    source: 'api',
    ...more,
  });
};
export const browserEvent = (more: Record<string, unknown> = {}): BrowserEvent => newPage()(more);

export const envelope = (more: Record<string, unknown> = {}): Envelope => ({
  eid: newEid(),
  event_date: Date.now(),
  ext_brand_id: null,
  user_ext_id: 'user-of-server',
  event_type: 'deposit_approved',
  payload: { amount: 5 },
  ...more,
});

export const batch = (events: unknown[], more: Record<string, unknown> = {}): Batch =>
  ({
    batch_id: 'batch-1',
    label_key: 'demo-label',
    device_id: 'device-of-test',
    sent_at: Date.now(),
    hashes: {},
    losses: {},
    pages: [],
    events,
    ...more,
  }) as Batch;

export const md5Hash = (id: string, salt: string, validity: number): string =>
  `${createHash('md5').update(`${id}:${salt}:${validity}`.toLowerCase()).digest('hex')}:${validity}`;

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

const answer = async <Body>(response: Response): Promise<Answer<Body>> => ({
  status: response.status,
  headers: response.headers,
  body: (await response.json()) as Body,
});

/** As a page sends it: text/plain, whatever is in it. */
export const send = async (
  collector: { url: string },
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<BatchAnswer & ErrorBody>> =>
  answer(
    await fetch(`${collector.url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', ...headers },
      body: typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
    }),
  );

export const sendFromServer = async (
  collector: { url: string },
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<Verdicts & ErrorBody>> =>
  answer(
    await fetch(`${collector.url}/api/external/events/v2`, {
      method: 'POST',
      headers: { authorization: 'demo-secret', 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }),
  );

/** The read API with an admin key. */
export const read = async <Body>(
  collector: { url: string },
  path: string,
  key = 'demo-admin',
  headers: Record<string, string> = {},
): Promise<Answer<Body & ErrorBody>> =>
  answer(await fetch(`${collector.url}${path}`, { headers: { authorization: `Bearer ${key}`, ...headers } }));

export interface ShownEvent extends Envelope {
  label_key: string;
  device_id: string | null;
  seq: number | null;
  source: string;
  frame?: string;
  trust: string;
  received_at: number;
  cursor: number;
}

/** The stored event of an id, or nothing. */
export const stored = async (collector: { url: string }, eid: string, key?: string): Promise<ShownEvent | undefined> =>
  (await read<{ events: ShownEvent[] }>(collector, `/v1/events?eid=${eid}`, key)).body.events[0];
