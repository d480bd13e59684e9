/**
 * One request to a publisher's endpoint and what its answer means. A plain publisher says `{ requestId }` and means all of
 * it; ours names what it rejected. Owns the session's token: asked of the page, and asked again where it ran out.
 */
import type { ClientEventAnswer, PublisherError } from '../../wire/client-event.ts';
import type { Batch } from '../../wire/event.ts';
import { parseJson, stringify } from '../json.ts';
import { retryAfter } from '../transport/backoff.ts';
import { KEEP_ALIVE, type Outcome, PATIENCE, type Send } from '../transport/send.ts';
import { guidOf, messageOf } from './messages.ts';
import type { PublisherNeeds } from './publisher.ts';

/** Answers that concern every event alike: sending again would not change them, and no event is to blame. */
const STOPPING = [401, 403, 404, 405, 415];
/** What a header can hold. */
const PLAIN = /^[\x21-\x7e]+$/;

type SendNeeds = Pick<PublisherNeeds, 'fetch' | 'platform' | 'address' | 'sessionToken' | 'tell'>;
type Said = Partial<ClientEventAnswer & PublisherError>;

const answered = ({ batch_id, events }: Batch, { requestId = '', duplicate, rejected }: Said): Outcome => {
  const again = new Set(duplicate);
  return {
    is: 'answered',
    answer: {
      batch_id,
      request_id: requestId,
      duplicate: events.map(({ eid }) => eid).filter((eid) => again.has(guidOf(eid))),
      rejected: (rejected ?? []).map(({ index, code, message }) => ({ index, eid: null, code, message })),
    },
  };
};

/** @param said what stood in the answer, if that was JSON at all: a proxy's page must not cost anybody an event */
const outcomeOf = (batch: Batch, status: number, said: Said, after: number): Outcome => {
  const { requestId, rejected, type, title, validationErrors = [] } = said;
  if (status === 200 && typeof requestId === 'string') return answered(batch, said);
  const code = type && said.status === status ? type : '';
  if (status === 400 && code && Array.isArray(rejected) && rejected.length === batch.events.length)
    return answered(batch, said);
  const message = [title, ...validationErrors].join('; ');
  if (code && STOPPING.includes(status)) return { is: 'stop', code, message };
  if (code && status > 399 && status < 500 && ![408, 425, 429].includes(status)) return { is: 'split', code, message };
  return { is: 'later', after, slow: status === 408 };
};

/** A page that never answers must not keep the queue waiting for ever. */
const inTime = <T>(answer: T | Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('sessionToken took too long')), PATIENCE);
    Promise.resolve(answer)
      .then(resolve, reject)
      .finally(() => clearTimeout(late));
  });

export const createPublisherSend = ({ fetch, platform, address, sessionToken, tell }: SendNeeds): Send => {
  /** The token that the page gave last, and for whom. */
  let kept: { user: string | null; token: unknown } | undefined;
  const tokenFor = async (user: string | null, anew: boolean) => {
    if (anew || kept?.user !== user)
      kept = { user, token: typeof sessionToken === 'function' ? await inTime(sessionToken(user)) : sessionToken };
    return kept?.token;
  };

  return async (batch, leaving, first) => {
    const text = stringify({ clientEvents: batch.events.map(messageOf) });
    // All are one customer's, but for a row that storage spoilt, which names nobody.
    const user = batch.events.find(({ user_ext_id }) => user_ext_id !== undefined)?.user_ext_id ?? null;
    const post = (token: unknown) =>
      fetch(`${address}/v2/events/clientEvent`, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          'X-CDLX-Request-Id': batch.batch_id,
          ...(token ? { Authorization: `Bearer ${token}` } : {}),
          // Where the session is another customer's, the publisher can tell.
          ...(user && PLAIN.test(user) ? { 'x-source-customer-id': user } : {}),
        },
        body: text,
        keepalive: leaving || (first && text.length < KEEP_ALIVE),
        credentials: 'omit',
        referrerPolicy: 'origin',
        signal: AbortSignal.timeout?.(PATIENCE) ?? null,
      });
    try {
      let token = await tokenFor(user, false);
      if (sessionToken && !token) {
        tell('bad_argument', 'sessionToken gave none');
        kept = undefined;
        return { is: 'later', after: Number.NaN, slow: false };
      }
      let response = await post(token);
      if (response.status === 401 && typeof sessionToken === 'function') {
        token = await tokenFor(user, true);
        response = await post(token);
      }
      const { status, headers } = response;
      const said = Object(parseJson(await response.text())) as Said;
      return outcomeOf(batch, status, said, retryAfter(headers.get('Retry-After'), platform.now()));
    } catch (cause) {
      return { is: 'later', after: Number.NaN, slow: (cause as Error).name === 'TimeoutError' };
    }
  };
};
