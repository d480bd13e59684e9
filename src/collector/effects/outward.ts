/**
 * A POST to an address that somebody else named: the only HTTP that the collector speaks by itself. https to public addresses,
 * no redirects, bounded in time and size. What an answer means, whoever posts knows.
 */
import { Agent as HttpAgent, type IncomingMessage, request as overHttp } from 'node:http';
import { Agent as HttpsAgent, request as overHttps } from 'node:https';
import { type Allowed, callProblem, publicLookup, type Resolve } from './public-address.ts';

export interface Posted {
  url: string;
  headers: { [name: string]: string };
  body: Buffer | string;
}

export interface Answered {
  status: number;
  /** Milliseconds until the other side wants to be asked again, if it said so. */
  retryAfter: number | undefined;
  /** Where a redirect would have led. */
  location: string | undefined;
}

export interface Outward {
  /** Why this address is never called. */
  problem(url: string): string | undefined;
  /** Rejects with a reason that an operator can read: not allowed, nobody there, no answer in time. */
  post(posted: Posted): Promise<Answered>;
  /** Ends every connection, also those in use. */
  close(): void;
}

export interface OutwardOptions {
  /** For tests, and never from a config: see `Allowed`. */
  allowed?: Allowed;
  resolve?: Resolve;
  /** Certificates of authorities to trust instead of the usual ones. */
  ca?: string;
  timeout?: number;
  now?: () => number;
}

const TIMEOUT = 10_000;
/** Of an answer's body, which nobody wants: so much is read for politeness, and the connection kept. */
const MOST_ANSWER = 64 * 1024;

const retryAfterOf = ({ headers }: IncomingMessage, now: number): number | undefined => {
  const text = headers['retry-after'] ?? '';
  const wait = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now;
  return wait >= 0 ? wait : undefined;
};

export const createOutward = (options: OutwardOptions = {}): Outward => {
  const { allowed, resolve: resolver, ca, timeout = TIMEOUT, now = Date.now } = options;
  const lookup = publicLookup(allowed, resolver);
  const https = new HttpsAgent({ keepAlive: true, lookup, ...(ca === undefined ? {} : { ca }) });
  const http = new HttpAgent({ keepAlive: true, lookup });
  const problem = (url: string): string | undefined => callProblem(url, allowed);

  const post = ({ url, headers, body }: Posted): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const [call, agent] = new URL(url).protocol === 'http:' ? [overHttp, http] : [overHttps, https];
      const given = { ...headers, 'content-length': String(Buffer.byteLength(body)) };
      const sent = call(url, { method: 'POST', headers: given, agent }, (answer) => {
        const { statusCode: status = 0, headers: told } = answer;
        resolve({ status, retryAfter: retryAfterOf(answer, now()), location: told.location });
        let room = MOST_ANSWER;
        answer.on('data', (chunk: Buffer) => {
          room -= chunk.length;
          if (room < 0) sent.destroy();
        });
      });
      // The address may be anybody's: one that trickles is never silent, and its answer may have no end.
      const over = setTimeout(() => sent.destroy(new Error(`no answer within ${timeout / 1000} s`)), timeout);
      sent.once('close', () => {
        clearTimeout(over);
        reject(new Error('the connection ended without an answer'));
      });
      sent.once('error', reject);
      sent.end(body);
    });

  return {
    problem,
    async post(posted) {
      const why = problem(posted.url);
      if (why) throw new Error(`the address ${why}`);
      return post(posted);
    },
    close() {
      https.destroy();
      http.destroy();
    },
  };
};
