/**
 * The two doors for events: a page's and a server's.
 */
import type { FastifyRequest } from 'fastify';
import type { Body } from '../body.ts';
import { sendsGpc } from '../consent.ts';
import type { Arrival, Ingest } from '../ingest.ts';
import { Refusal } from '../refusal.ts';
import * as schemas from '../schemas/events.ts';
import { preflight } from './preflight.ts';
import type { Route } from './route.ts';

const arrival = (request: FastifyRequest): Arrival => {
  const body = request.body as Body | null | undefined;
  if (!body) throw new Refusal('empty_body', 'the body is empty');
  // The request lives until its answer; what was parsed need not.
  request.body = undefined;
  return {
    request_id: request.id,
    body: body.value,
    bytes: body.bytes,
    origin: request.headers.origin,
    authorization: request.headers.authorization,
    address: request.ip,
    gpc: sendsGpc(request.headers),
  };
};

export const ingestRoutes = (ingest: Ingest): Route[] => [
  {
    method: 'POST',
    url: '/v1/events',
    audience: 'page',
    schema: {
      summary: 'Events from a page; text/plain, so that no preflight is needed, and gzip told by its first bytes',
      tags: ['events'],
      body: schemas.batch,
      response: schemas.answers(schemas.batchAnswer),
    },
    answer: (request) => ingest.fromBrowser(arrival(request)),
  },
  preflight('/v1/events'),
  {
    method: 'POST',
    url: '/api/external/events/v2',
    audience: 'private',
    schema: {
      summary: 'One envelope or an array of them from an operator’s server; Authorization: a secret key',
      tags: ['events'],
      security: [{ key: [] }],
      body: { anyOf: [schemas.envelope, { type: 'array', items: schemas.envelope }] },
      response: schemas.answers(schemas.verdicts),
    },
    answer: (request) => ingest.fromServer(arrival(request)),
  },
];
