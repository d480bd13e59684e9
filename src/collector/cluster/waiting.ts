/**
 * The collector while there is no cluster to keep anything in: it listens, gives pages the SDK, whose queue holds what they
 * say, says how it is, and answers everything else that it comes back later, in the form that the collector itself has.
 * Knows no label and reads no body.
 */
import type { Logger } from 'pino';
import { createBodyClock } from '../body-clock.ts';
import { type PagesNeeds, pageRoutes, servePages } from '../pages.ts';
import { Refusal, retryAfter } from '../refusal.ts';
import { preflight } from '../routes/preflight.ts';
import type { Route } from '../routes/route.ts';
import * as schemas from '../schemas/events.ts';
import { type Doors, openDoors } from '../serve.ts';
import { createServer } from '../server.ts';
import { type StoreFault, storeFaultOf } from '../store/store-fault.ts';

export interface WaitingNeeds {
  logger: Logger;
  version: string;
  dist: PagesNeeds['dist'];
  trustedProxies: string[];
  host: string;
  port: number;
}

export interface Waiting {
  doors: Doors;
  /** Why it still waits. */
  since(cause: unknown): void;
  /** Nobody asks here any more. */
  end(): void;
}

/** A collector that starts beside a cluster serves within a second or two. */
const COME_BACK_S = 2;

export const openWaiting = async (needs: WaitingNeeds): Promise<Waiting> => {
  const { logger, version, trustedProxies, host, port } = needs;
  let fault: StoreFault = 'cluster_unreachable';
  const bodies = createBodyClock(Date.now, Math.random);
  const { app, serveRoutes } = await createServer({
    logger,
    // Nothing is counted before there is a collector that counts.
    metrics: { refused() {} },
    version,
    trustedProxies,
    bodies,
    isDraining: () => false,
  });
  const pages = { dist: needs.dist, site: undefined };
  await servePages(app, pages);
  const later = (method: Route['method']): Route => ({
    method,
    url: '*',
    audience: 'page',
    bodies: 'unread',
    answer() {
      throw new Refusal(
        'overloaded',
        'the collector waits for its store; ask again',
        retryAfter(COME_BACK_S, Math.random),
      );
    },
  });
  serveRoutes([
    ...pageRoutes(pages),
    {
      method: 'GET',
      url: '/healthz',
      audience: 'public',
      schema: { response: { 503: schemas.health } },
      answer: (_, reply) =>
        reply
          .code(503)
          .send({ status: 'failing', version, store: 'cluster', faults: { events: fault, customers: fault } }),
    },
    ...(['GET', 'POST', 'DELETE'] as const).map(later),
    preflight('*'),
  ]);
  const doors = await openDoors(app, { host, port });
  return {
    doors,
    since(cause) {
      fault = storeFaultOf(cause) ?? fault;
    },
    end: bodies.close,
  };
};
