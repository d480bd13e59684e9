/**
 * A collector in the place of `fetch`: it reads each request through the real door, keeps a ledger, and answers as told.
 * Unless told otherwise it works: stores, calls known ids duplicates, and says what is wrong with the rest.
 */
import { gunzipSync } from 'node:zlib';
import type { Batch, BatchAnswer, BrowserEvent } from '../../src/wire/event.ts';
import { parseBatch } from '../../src/wire/parse.ts';

export interface Request {
  url: string;
  init: RequestInit;
  batch: Batch;
  gzip: boolean;
}
export type Answer = (batch: Batch) => Response | Promise<Response>;

export interface ScriptedCollector {
  fetch: typeof globalThis.fetch;
  readonly requests: Request[];
  /** What it has on disk, in order. */
  readonly stored: BrowserEvent[];
  /** How the next requests are answered; those after them as usual. */
  next(...answers: Answer[]): void;
  /** How all requests are answered until told otherwise. */
  always(answer: Answer | undefined): void;
}

const json = (body: unknown, status: number, headers: HeadersInit = {}) =>
  new Response(JSON.stringify(body), { status, headers });

export const refusal =
  (status: number, code: string, headers?: HeadersInit): Answer =>
  () =>
    json({ code, message: `it is ${code}`, request_id: 'r' }, status, headers);
/** What a proxy says for a collector that it does not reach. */
export const page =
  (status: number, headers?: HeadersInit): Answer =>
  () =>
    new Response('<html><h1>Sorry</h1></html>', { status, headers: { 'Content-Type': 'text/html', ...headers } });
export const networkError: Answer = () => Promise.reject(new TypeError('Failed to fetch'));

export const scriptedCollector = (): ScriptedCollector => {
  const requests: Request[] = [];
  const stored: BrowserEvent[] = [];
  const script: Answer[] = [];
  let usual: Answer | undefined;

  const judge: Answer = (batch) => {
    const parsed = parseBatch(batch);
    if (!parsed.ok) return refusal(400, parsed.problem.code)(batch);
    const answer: BatchAnswer = { batch_id: batch.batch_id, request_id: 'r', duplicate: [], rejected: [] };
    parsed.value.events.forEach((event, index) => {
      if (!event.ok) {
        const { code, rule } = event.problem;
        answer.rejected.push({ index, eid: batch.events[index]?.eid ?? null, code, message: rule });
      } else if (stored.some(({ eid }) => eid === event.value.eid)) answer.duplicate.push(event.value.eid);
      else stored.push(event.value);
    });
    return json(answer, 200);
  };

  return {
    requests,
    stored,
    next: (...answers) => void script.push(...answers),
    always: (answer) => {
      usual = answer;
    },
    fetch: async (url, init = {}) => {
      const { body } = init;
      const gzip = typeof body !== 'string';
      const text = gzip ? gunzipSync(new Uint8Array(body as ArrayBuffer)).toString() : body;
      const batch = JSON.parse(text) as Batch;
      requests.push({ url: `${url}`, init, batch, gzip });
      return (script.shift() ?? usual ?? judge)(batch);
    },
  };
};

/** An answer lost on its way back: the collector has stored, and the page hears nothing. */
export const lostAnswer =
  (collector: ScriptedCollector): Answer =>
  async (batch) => {
    for (const event of batch.events) collector.stored.push(event);
    throw new TypeError('Failed to fetch');
  };
