/**
 * What machines ask: health, metrics, the description of the API.
 */
import type { Metrics } from '../metrics.ts';
import * as schemas from '../schemas/events.ts';
import type { Lags } from '../store/store.ts';
import type { StoreWatch } from '../store/store-watch.ts';
import type { Route } from './route.ts';

export interface MachineNeeds {
  metrics: Metrics;
  version: string;
  store: string;
  /** What cannot be stored, and why. */
  troubles: StoreWatch['troubles'];
  /** Where other collectors use the same store: how far what is read here is behind. */
  lags: (() => Lags) | undefined;
  openapi: () => unknown;
}

export const machineRoutes = ({ metrics, version, store, troubles, lags, openapi }: MachineNeeds): Route[] => [
  {
    method: 'GET',
    url: '/healthz',
    audience: 'public',
    schema: {
      summary: 'Whether it runs and can store; 503 while it takes no events',
      tags: ['machines'],
      response: { 200: schemas.health, 503: schemas.health },
    },
    async answer(_, reply) {
      const { events, customers } = await troubles();
      const how = { version, store, ...(lags && { lag: lags() }) };
      const faults = { ...(events && { events: events.fault }), ...(customers && { customers: customers.fault }) };
      if (events) return reply.code(503).send({ status: 'failing', ...how, faults });
      return customers ? { status: 'behind', ...how, faults } : { status: 'ok', ...how };
    },
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
