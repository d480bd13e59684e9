/**
 * One request to the collector and what its answer means. Knows how a batch travels; when to send is `flush.ts`.
 */
import type { Batch, BatchAnswer } from '../../wire/event.ts';
import { parseAnswer } from '../../wire/parse.ts';
import { parseJson, stringify } from '../json.ts';
import { retryAfter } from './backoff.ts';

/** Only the answered one acknowledges anything. */
export type Outcome =
  | { is: 'answered'; answer: BatchAnswer }
  /** No answer, or one that asks for patience. `after` is the collector's own wish in milliseconds, `NaN` for none. */
  | { is: 'later'; after: number; slow: boolean }
  /** Refused as a whole (too large, or one of them is poison), or for good (a wrong key or origin). */
  | { is: 'split' | 'stop'; code: string; message: string };

/** The most characters of one body, and of the last request of a page (browsers allow 64 KiB to all scripts together). */
export const WIRE = 60_000;
/** Below this a body is not worth compressing. */
const SMALL = 1_500;
/** A short body may outlive the page at once; longer ones would eat the budget that other scripts share. */
export const KEEP_ALIVE = 8_000;
/** The collector's own words for a batch that is refused. Whatever else a proxy or gateway says must not cost anybody an event. */
const STOP = /^(unknown_label|unknown_key|origin_not_allowed|consent_refused|key_not_for_browsers)$/;
const SPLIT = /^(bad_json|bad_gzip|bad_batch|too_deep|too_many_events|body_too_large)$/;
/** Milliseconds without an answer. */
export const PATIENCE = 30_000;

/** @param leaving with the page's last breath: uncompressed (compression is asynchronous) and outliving it; `first`: nothing failed before */
export type Send = (batch: Batch, leaving: boolean, first: boolean) => Promise<Outcome>;

export const createSend =
  (fetch: typeof globalThis.fetch, now: () => number, endpoint: string): Send =>
  async (batch, leaving, first) => {
    const text = stringify(batch);
    let body: string | ArrayBuffer = text;
    try {
      if (!leaving && text.length > SMALL && globalThis.CompressionStream) {
        body = await new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
        if (body.byteLength > WIRE && batch.events.length > 1) return { is: 'split', code: '', message: '' };
      }
      const response = await fetch(endpoint, {
        method: 'POST',
        // No header of ours and text/plain (a string's own, and what no type is taken for): no preflight.
        body,
        // Another script may have spent the browser's budget for this, which looks like any network error: not after a failure.
        keepalive: leaving || (first && text.length < KEEP_ALIVE),
        credentials: 'omit',
        referrerPolicy: 'origin',
        signal: AbortSignal.timeout?.(PATIENCE) ?? null,
      });
      const { status, headers } = response;
      const said = parseJson(await response.text());
      const answer = parseAnswer(said, batch.batch_id);
      if (answer) return { is: 'answered', answer };
      const { code, message } = Object(said);
      const is = STOP.test(code) ? 'stop' : SPLIT.test(code) && 'split';
      if (is && status > 399) return { is, code, message };
      return {
        is: 'later',
        after: retryAfter(headers.get('Retry-After'), now()),
        slow: status === 408 || status === 413,
      };
    } catch (cause) {
      return { is: 'later', after: Number.NaN, slow: (cause as Error).name === 'TimeoutError' };
    }
  };
