/**
 * What can become of one request with events between a page and the collector, as whole requests and answers: what a
 * proxy, a balancer, a captive portal or a bad cable makes of them. The line below is `faulty-line.ts`.
 */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

export type Fault =
  | 'none'
  /** The connection is cut before the collector hears of the request. */
  | 'cut'
  /** The collector answers, and the connection is cut before the page hears of it. */
  | 'answer lost'
  /** The collector answers, and the answer is kept until another fault (or none) is set. */
  | 'answer held'
  /** The collector answers, and only half of it comes; the rest is kept just so. */
  | 'half an answer'
  /** The collector hears the request twice; the page hears the second answer. */
  | 'replayed'
  /** The collector's answer, spoilt. */
  | Spoiling
  /** Answered on the way, by a proxy or a balancer, be it only where the request is longer than so much: the collector hears nothing. */
  | { status: number; headers: OutgoingHttpHeaders; body?: string; above?: number };

/** `bits flipped`: a few of them, anywhere in the body; `truncated`: whole by its head, and not JSON. */
export type Spoiling = 'bits flipped' | 'truncated' | 'answer of another batch' | 'other batch_id';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A page may read these as it may read the collector's own. */
export const readable = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after' };

const html = { 'content-type': 'text/html' };
/** What networks say in the collector's place, all of which acknowledges nothing. */
export const impostors = {
  "a hotel's login page": { status: 200, headers: html, body: '<!doctype html><h1>Welcome! Log in to surf</h1>' },
  "a hotel's redirect": { status: 302, headers: { location: '/login' } },
  'a redirect that repeats the request': { status: 307, headers: { location: '/login' } },
  'no content': { status: 204, headers: {}, body: '' },
  'an empty success': { status: 200, headers: {} },
  'JSON of somebody else': { status: 200, headers: {}, body: '{"status":"ok","duplicate":[],"rejected":[]}' },
  'JSON that is no object': { status: 200, headers: {}, body: 'null' },
  'an error page of a proxy': { status: 502, headers: html, body: '<h1>Bad Gateway</h1>' },
  'a refusal that is not in our own form': { status: 403, headers: {} },
  "a gateway's own 404": { status: 404, headers: {}, body: '{"code":404,"message":"no Route matched"}' },
  "a firewall's own 403": { status: 403, headers: {}, body: '{"code":"blocked","message":"go away","request_id":"1"}' },
  "a gateway's own 413": { status: 413, headers: {}, body: '{"code":"payload_too_big","message":"no"}' },
} as const satisfies Record<string, Fault>;

/** @param share from 0 to 1, decides where bits flip; `before` what the last request was answered */
export const spoilt = (how: Spoiling, { body, ...answer }: Answer, before: Buffer, share: () => number): Answer => {
  switch (how) {
    case 'bits flipped': {
      const bytes = Buffer.from(body);
      for (let flips = 0; flips < 3; flips++) {
        const at = Math.floor(share() * bytes.length);
        bytes[at] = bytes[at]! ^ (1 << Math.floor(share() * 8));
      }
      return { ...answer, body: bytes };
    }
    case 'truncated':
      return { ...answer, body: body.subarray(0, Math.floor(share() * body.length)) };
    case 'answer of another batch':
      return { ...answer, body: before };
    case 'other batch_id':
      return { ...answer, body: Buffer.from(JSON.stringify({ ...JSON.parse(`${body}`), batch_id: 'another' })) };
  }
};
