/**
 * A signed POST to an operator's own system, and what its answer means for the message. Signed as Standard Webhooks says, so
 * that any library of theirs can check it: https://www.standardwebhooks.com
 */
import { createHmac } from 'node:crypto';
import type { Answered, Outward } from './outward.ts';
import { NotPublic } from './public-address.ts';
import { again, failed, type Sending, sent } from './sending.ts';

export interface SignedMessage {
  url: string;
  key: string;
  /** The same in every try: by it the receiver knows a message that comes again. */
  id: string;
  body: object;
}

const HOUR = 3_600_000;
/** The outbox waits no longer between two tries, whatever the other side asks. */
const LONGEST_WAIT = 6 * HOUR;
/** Refusals that may be over by the next try. */
const PASSING = new Set([408, 425, 429]);
const LONGEST_LOCATION = 200;

const STANDARD = 'whsec_';
/** A shorter one can be found by trying. */
const SHORTEST_KEY = 16;

/** `whsec_` and base64 is the form of the standard's libraries; any other text is the key as it stands. */
const keyBytes = (key: string): Buffer =>
  key.startsWith(STANDARD) ? Buffer.from(key.slice(STANDARD.length), 'base64') : Buffer.from(key);

/** Why nothing may be signed with it; `undefined` for a good one. */
export const keyProblem = (key: string): string | undefined => {
  const bytes = keyBytes(key);
  if (key.startsWith(STANDARD) && bytes.toString('base64') !== key.slice(STANDARD.length))
    return 'begins with "whsec_", and what follows is no base64';
  return bytes.length < SHORTEST_KEY ? `must be at least ${SHORTEST_KEY} bytes` : undefined;
};

export const signature = (key: string, id: string, seconds: number, body: string): string =>
  `v1,${createHmac('sha256', keyBytes(key)).update(`${id}.${seconds}.${body}`).digest('base64')}`;

const meaning = ({ status, retryAfter, location }: Answered): Sending => {
  if (status >= 200 && status < 300) return sent(`answered ${status}`);
  if (status >= 300 && status < 400) {
    const where = location === undefined ? '' : ` to ${location.slice(0, LONGEST_LOCATION)}`;
    return failed(`answered ${status}${where}; redirects are not followed`);
  }
  if (status >= 500 || PASSING.has(status))
    return again(`answered ${status}`, retryAfter === undefined ? undefined : Math.min(retryAfter, LONGEST_WAIT));
  return failed(`answered ${status}`);
};

export const signedPost = async (outward: Outward, message: SignedMessage, now: number): Promise<Sending> => {
  const { url, key, id } = message;
  const problem = outward.problem(url);
  if (problem) return failed(`the address ${problem}`);
  const body = JSON.stringify(message.body);
  const seconds = Math.floor(now / 1_000);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'openaction',
    'idempotency-key': id,
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signature(key, id, seconds, body),
  };
  try {
    return meaning(await outward.post({ url, headers, body }));
  } catch (cause) {
    const { message: why } = cause as Error;
    return cause instanceof NotPublic ? failed(why) : again(why);
  }
};
