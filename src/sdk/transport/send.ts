/**
 * One request to the collector and what its answer means. Knows how a batch travels; when to send is `flush.ts`.
 */
import type { Batch, BatchAnswer, BrowserEvent } from '../../wire/event.ts';
import { parseAnswer } from '../../wire/parse.ts';
import { stringify } from '../payload.ts';
import { retryAfter } from './backoff.ts';

/** Only the answered one acknowledges anything. */
export type Outcome =
  | { is: 'answered'; answer: BatchAnswer }
  /** No answer, or one that asks for patience. `after` is the collector's own wish, in milliseconds. */
  | { is: 'later'; after?: number; slow: boolean }
  /** Refused as a whole: too large, or one of them is poison. */
  | { is: 'split'; code: string; message: string }
  /** Refused for good: a wrong key or origin. */
  | { is: 'stop'; code: string; message: string };

/** How a page sends: at leisure, or with its last breath (uncompressed, within the browser's 64 KiB for such requests). */
export type Manner = 'calm' | 'leaving';

/** Characters that a leaving page may send, and the most that travels in one body. */
export const WIRE = 60_000;
/** Below this a body is not worth compressing. */
const SMALL = 1_500;
/** The browser's budget for requests that outlive the page, shared with every other script: take little of it. */
const KEEP_ALIVE = 8_000;
const PATIENCE = 30_000;

export interface SendNeeds {
  fetch: typeof fetch;
  now(): number;
  endpoint: string;
}
export type Send = (batch: Batch<BrowserEvent>, manner: Manner) => Promise<Outcome>;

const compressed = (text: string): Promise<ArrayBuffer> =>
  new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();

export const createSend =
  ({ fetch, now, endpoint }: SendNeeds): Send =>
  async (batch, manner) => {
    const text = stringify(batch);
    const canCompress = manner === 'calm' && text.length > SMALL && typeof CompressionStream === 'function';
    const body = canCompress ? await compressed(text) : text;
    if (typeof body !== 'string' && body.byteLength > WIRE && batch.events.length > 1)
      return { is: 'split', code: 'body_too_large', message: 'The batch does not compress enough.' };
    const request = (keepalive: boolean) =>
      fetch(endpoint, {
        method: 'POST',
        // No preflight for text/plain, and none for a referrer of the origin alone.
        headers: { 'Content-Type': 'text/plain;charset=UTF-8' },
        body,
        keepalive,
        credentials: 'omit',
        referrerPolicy: 'origin',
        signal: AbortSignal.timeout(PATIENCE),
      });

    const keepalive = manner === 'leaving' || text.length < KEEP_ALIVE;
    let response: Response;
    let answer: unknown;
    try {
      response = await request(keepalive).catch((cause) => {
        // The keepalive budget may be spent by another script, which looks like any network error: try once without.
        if (keepalive && manner === 'calm' && cause?.name === 'TypeError') return request(false);
        throw cause;
      });
      answer = await response.json();
    } catch (cause) {
      return { is: 'later', slow: (cause as Error)?.name === 'TimeoutError' };
    }
    const parsed = response.ok ? parseAnswer(answer, batch.batch_id) : undefined;
    if (parsed?.ok) return { is: 'answered', answer: parsed.value };

    const { status } = response;
    const { code, message } = Object(answer) as { code?: unknown; message?: unknown };
    const after = retryAfter(response.headers.get('Retry-After'), now());
    const later: Outcome = { is: 'later', slow: status === 408, ...(after !== undefined && { after }) };
    // Only the collector's own form of error is a verdict: a proxy's page of HTML must not cost anybody an event.
    if (typeof code !== 'string' || [408, 425, 429].includes(status) || status >= 500) return later;
    const said = { code, message: String(message) };
    if (status === 401 || status === 403) return { is: 'stop', ...said };
    return status >= 400 ? { is: 'split', ...said } : later;
  };
