/**
 * The collector put together: its doors, and what they lead to. Wiring only. Takes its log, its clock and its randomness; opens
 * nothing by itself.
 */
import type { FastifyInstance } from 'fastify';
import { type BodyTimes, createBodyClock } from './body-clock.ts';
import { eventRates } from './event-rates.ts';
import { createIngest } from './ingest.ts';
import { createKeeping, type KeepingNeeds } from './keeping.ts';
import { labelsOf } from './labels.ts';
import { operatorRoutes } from './operator/operating.ts';
import { originsOf } from './origins.ts';
import { ownAddress } from './own-address.ts';
import { type PagesNeeds, pageRoutes, servePages } from './pages.ts';
import { createProtocol } from './protocol/protocol.ts';
import { createSessionTokens, keptSessionKey } from './publisher/session-tokens.ts';
import { createRates } from './rates.ts';
import { configRoutes } from './routes/config-routes.ts';
import { ingestRoutes } from './routes/ingest-routes.ts';
import { liveRoutes } from './routes/live-routes.ts';
import { machineRoutes } from './routes/machine-routes.ts';
import { publisherRoutes } from './routes/publisher-routes.ts';
import type { Route } from './routes/route.ts';
import { s2sRoutes } from './routes/s2s-routes.ts';
import { socketRoute } from './routes/socket-route.ts';
import { unsubscribeRoutes } from './routes/unsubscribe-routes.ts';
import { sendingRoutes } from './sending.ts';
import { createServer } from './server.ts';
import { createSockets } from './sockets.ts';
import { createUpgrades } from './upgrades.ts';

export interface CollectorNeeds extends KeepingNeeds {
  /** How the log is kept, for `/healthz`. */
  store: string;
  version: string;
  pages: PagesNeeds;
  bodyTimes?: BodyTimes;
}

export interface Collector {
  app: FastifyInstance;
  /** Called once it listens: what follows from events follows from now on. */
  begin(): void;
  /** From now on every answer asks its client to connect anew, and listeners and sockets are let go. */
  drain(): void;
  /** After the last request: what was accepted is on disk. */
  close(): Promise<void>;
}

export const createCollector = async (needs: CollectorNeeds): Promise<Collector> => {
  const { settings, logger, ownOrigins, now = Date.now, random = Math.random } = needs;
  const keeping = await createKeeping(needs);
  const { log, users, submit, customers, channel, changed, feed, following, fieldRules, quota, metrics } = keeping;
  const { pushes, pushKey, unsubscribeLinks, troubles, isBusy } = keeping;
  const { publicUrl, trustedProxies } = settings.config();
  const labels = labelsOf(settings);
  const origins = originsOf(ownOrigins);
  const address = ownAddress(publicUrl);
  const bodies = createBodyClock(now, random, needs.bodyTimes);
  const checkRate = eventRates(createRates(), now, random);
  const ingest = createIngest({ labels, origins, checkRate, fieldRules, submit, now });
  const protocol = createProtocol({
    labels,
    origins,
    customers,
    users,
    ingest,
    folded: following.folded,
    pushKey,
    now,
  });
  const sockets = createSockets(
    { protocol, channel, checkRate, failed: (cause) => logger.error({ err: cause }, 'a message failed') },
    metrics,
    () => performance.now(),
  );

  let state: 'serving' | 'draining' = 'serving';
  const isDraining = (): boolean => state === 'draining';
  const { app, newRequestId, serveRoutes } = await createServer({
    logger,
    metrics,
    version: needs.version,
    trustedProxies,
    bodies,
    isDraining,
  });
  await servePages(app, needs.pages);

  const upgrades = createUpgrades(app.server, (request, response) => app.routing(request, response));
  app.server.on('upgrade', upgrades.take);
  const routes: Route[] = [
    ...ingestRoutes(ingest),
    ...s2sRoutes({ labels, origins, protocol, checkRate, ownAddress: address, now }),
    ...publisherRoutes({
      labels,
      labelNamed: settings.label,
      origins,
      tokens: createSessionTokens(await keptSessionKey(users), now),
      ingest,
      customers,
      folded: following.folded,
      checkRate,
      now,
    }),
    socketRoute({ sockets, upgrades, ownAddress: address, newRequestId, isDraining, random }),
    ...operatorRoutes({
      labels,
      origins,
      ownOrigins,
      log,
      users,
      customers,
      fieldRules,
      folded: following.folded,
      changed,
      isBusy,
      now,
    }),
    ...configRoutes({ labels, origins, settings }),
    ...liveRoutes({ labels, origins, feed, metrics, settings }),
    ...machineRoutes({
      metrics,
      version: needs.version,
      store: needs.store,
      troubles,
      lags: needs.lags,
      openapi: () => app.swagger(),
    }),
    ...unsubscribeRoutes({ links: unsubscribeLinks, customers, labelNamed: settings.label }),
    ...pageRoutes(needs.pages),
    ...sendingRoutes({
      labels,
      origins,
      ownOrigins,
      users,
      customers,
      channel,
      submit,
      pushes,
      quota,
      dist: needs.pages.dist,
      now,
    }),
  ];
  serveRoutes(routes);

  return {
    app,
    begin: following.begin,
    drain() {
      state = 'draining';
      feed.close();
      sockets.drain();
    },
    async close() {
      sockets.drain();
      await app.close();
      bodies.close();
      await keeping.close();
    },
  };
};
