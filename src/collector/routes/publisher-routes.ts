/**
 * The publisher API: a session, events in its own form, and the ads that a customer may see. Its paths, headers, answers and
 * errors are the published ones; what is stored is an event like any other.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ClientEventAnswer, ClientEventRejection } from '../../wire/client-event.ts';
import type { RequestCode } from '../../wire/codes.ts';
import { problemText } from '../../wire/parse.ts';
import type { Body } from '../body.ts';
import type { Customers } from '../customers.ts';
import { userCustomer, visitorCustomer } from '../engine/customer-key.ts';
import { registered } from '../engine/registered.ts';
import type { CheckRate } from '../event-rates.ts';
import type { Ingest } from '../ingest.ts';
import { adQueryIn, adsFor } from '../publisher/ads.ts';
import { type RequestTraits, readClientEvents } from '../publisher/client-events.ts';
import type { SessionTokens } from '../publisher/session-tokens.ts';
import { type DoorNeeds, NOBODY, type PublisherSpeaker, publisherDoor } from '../publisher/speaker.ts';
import { Refusal } from '../refusal.ts';
import * as schemas from '../schemas/publisher.ts';
import { preflight } from './preflight.ts';
import { bodyOf, type Route } from './route.ts';

export interface PublisherNeeds extends DoorNeeds {
  tokens: SessionTokens;
  ingest: Pick<Ingest, 'fromReader'>;
  customers: Pick<Customers, 'read'>;
  /** Resolves when what was stored so far is in the customers' states. */
  folded(label: string): Promise<void>;
  checkRate: CheckRate;
  now: () => number;
}

/** Bytes of X-CDLX-Meta that are kept, and of X-CDLX-Session; a header's characters are bytes. */
const META_BYTES = 512;
const SESSION_BYTES = 128;

const traitsOf = ({ headers }: FastifyRequest): RequestTraits => {
  const { 'x-cdlx-session': session, 'x-cdlx-meta': meta } = headers;
  return {
    ...(typeof session === 'string' && session !== '' ? { session: session.slice(0, SESSION_BYTES) } : {}),
    ...(typeof meta === 'string' && meta !== '' ? { meta: meta.slice(0, META_BYTES) } : {}),
  };
};

/** Without what is empty: the answer to events of which all are stored is the published one. */
const answerOf = ({ requestId, ...lists }: Required<ClientEventAnswer>): ClientEventAnswer => ({
  requestId,
  ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
});

export const publisherRoutes = (needs: PublisherNeeds): Route[] => {
  const { tokens, ingest, customers, folded, checkRate, now } = needs;
  const door = publisherDoor(needs);

  const startSession = (request: FastifyRequest, reply: FastifyReply): object => {
    const { label, customer } = door.starter(request.headers, bodyOf(request));
    checkRate(label, request.ip, 1);
    const { token, expires } = tokens.start(label.name, customer);
    reply.header('cache-control', 'no-store');
    return {
      requestId: request.id,
      sessionToken: token,
      sessionExpirationTimestamp: new Date(expires).toISOString(),
    };
  };

  const takeEvents = async (request: FastifyRequest): Promise<ClientEventAnswer> => {
    const { label, customer, voucher } = door.speaker(request.headers);
    const body = request.body as Body | null | undefined;
    if (!body) throw new Refusal('empty_body', 'the body is empty');
    if (customer === NOBODY)
      throw new Refusal('bad_request', 'User is not enrolled in the program and should not receive events.');
    const serveTokens = new Set(label.ads.map(({ serveToken }) => serveToken));
    const parsed = readClientEvents(body.value, customer, traitsOf(request), serveTokens);
    if (!parsed.ok) throw new Refusal(parsed.problem.code as RequestCode, problemText(parsed.problem));
    const { events, seen, warnings } = parsed.value;
    checkRate(label, request.ip, events.length);
    const verdicts = await ingest.fromReader({
      request_id: request.id,
      bytes: body.bytes,
      label,
      voucher,
      events,
      seen,
      isKept: request.headers['x-mock-data'] !== 'true',
    });
    const rejected = verdicts.rejected.map(
      ({ index, eid, code, message }): ClientEventRejection => ({ index, clientEventId: eid, code, message }),
    );
    if (rejected.length === events.length)
      throw new Refusal(
        'bad_batch',
        'none of the events can be stored',
        {},
        {
          validationErrors: rejected.map(({ message }) => message),
          rejected,
        },
      );
    return answerOf({
      requestId: request.id,
      duplicate: verdicts.duplicate,
      rejected,
      warnings: warnings
        .filter(({ index }) => !rejected.some((one) => one.index === index))
        .map(({ index, message }) => ({ index, clientEventId: seen[index]?.eid as string, message })),
    });
  };

  const stateOf = async ({ label, customer }: PublisherSpeaker) => {
    if (customer === NOBODY) return registered(visitorCustomer(NOBODY), label, now());
    // What this client said before is in the answer.
    await folded(label.name);
    return customers.read(label, userCustomer(customer, label.hashes.form === 'v2'));
  };
  const getAds = async (request: FastifyRequest): Promise<object> => {
    const speaker = door.speaker(request.headers);
    checkRate(speaker.label, request.ip, 1);
    const query = adQueryIn(bodyOf(request));
    return { requestId: request.id, ads: adsFor(speaker.label.ads, await stateOf(speaker), query) };
  };

  const route = (url: string, schema: NonNullable<Route['schema']>, answer: Route['answer']): Route[] => [
    preflight(url),
    {
      method: 'POST',
      url,
      audience: 'page',
      bodies: 'json',
      schema: { tags: ['publisher'], security: [{ key: [] }], ...schema },
      answer,
    },
  ];
  return [
    ...route(
      '/v2/session/startSession',
      {
        summary: 'A token of fifteen minutes for one customer, by a secret key',
        headers: schemas.publisherHeaders,
        body: schemas.sessionRequest,
        response: schemas.publisherAnswers(schemas.sessionAnswer),
      },
      startSession,
    ),
    ...route(
      '/v2/events/clientEvent',
      {
        summary: 'Events of one customer, by a secret key or a session’s token',
        headers: schemas.eventHeaders,
        body: schemas.clientEvents,
        response: schemas.publisherAnswers(schemas.clientEventAnswer),
      },
      takeEvents,
    ),
    ...route(
      '/v2/ads/getAds',
      {
        summary: 'The label’s ads and how the customer stands to each; parked ones only where they are asked for',
        headers: schemas.publisherHeaders,
        body: schemas.adQuestion,
        response: schemas.publisherAnswers(schemas.ads),
      },
      getAds,
    ),
  ];
};
