/**
 * What machines ask: health, metrics, the description of the API.
 */
import type { Metrics } from '../metrics.ts';
import * as schemas from '../schemas/events.ts';
import type { Route } from './route.ts';

export interface MachineNeeds {
  metrics: Metrics;
  version: string;
  store: string;
  openapi: () => unknown;
}

export const machineRoutes = ({ metrics, version, store, openapi }: MachineNeeds): Route[] => [
  {
    method: 'GET',
    url: '/healthz',
    audience: 'public',
    schema: { summary: 'Whether it runs', tags: ['machines'], response: { 200: schemas.health } },
    answer: () => ({ status: 'ok', version, store }),
  },
  {
    method: 'GET',
    url: '/metrics',
    audience: 'public',
    schema: { summary: 'Numbers in the Prometheus text format', tags: ['machines'] },
    answer: async (_, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  },
  { method: 'GET', url: '/openapi.json', audience: 'public', schema: { hide: true }, answer: openapi },
];
