/**
 * The collector put together: wiring only. Takes its log, its clock and its randomness; opens nothing by itself.
 */
import { randomBytes } from 'node:crypto';
import fastifySwagger from '@fastify/swagger';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import { otherMediaType, readBody } from './body.ts';
import { type BodyTimes, createBodyClock } from './body-clock.ts';
import { createChannel } from './channel.ts';
import type { Settings } from './config/settings.ts';
import { createCustomers } from './customers.ts';
import type { MessageFiles } from './effects/message-files.ts';
import { createOutbound } from './effects/outbound.ts';
import { createOutward, type Outward } from './effects/outward.ts';
import { createUnsubscribeLinks, keptUnsubscribeKey } from './effects/unsubscribe-links.ts';
import { engagementPush } from './engagement/engagement-push.ts';
import { placesOf } from './engagement/places.ts';
import { eventRates } from './event-rates.ts';
import { createFollowing } from './following/following.ts';
import { createPace } from './following/pace.ts';
import { createQuota } from './following/quota.ts';
import { keptUids } from './following/uids.ts';
import { createIngest } from './ingest.ts';
import { labelsOf } from './labels.ts';
import { createLiveFeed } from './live-feed.ts';
import { createMetrics } from './metrics.ts';
import { createFieldRules } from './operator/field-rules.ts';
import { operatorRoutes } from './operator/operating.ts';
import { startRetention } from './operator/retention.ts';
import { originsOf } from './origins.ts';
import { ownAddress } from './own-address.ts';
import { type PagesNeeds, pageRoutes, servePages } from './pages.ts';
import { propsPush } from './props-push.ts';
import { createProtocol } from './protocol/protocol.ts';
import { publisherRequestId } from './publisher/publisher-error.ts';
import { createSessionTokens, keptSessionKey } from './publisher/session-tokens.ts';
import { createPushSender } from './push/push-sender.ts';
import { createPushService, type PushService } from './push/push-service.ts';
import { keptVapidKeys } from './push/vapid.ts';
import { createRates } from './rates.ts';
import { overloadedAs, refusalAnswers } from './refusal-answers.ts';
import { configRoutes } from './routes/config-routes.ts';
import { ingestRoutes } from './routes/ingest-routes.ts';
import { liveRoutes } from './routes/live-routes.ts';
import { machineRoutes } from './routes/machine-routes.ts';
import { publisherRoutes } from './routes/publisher-routes.ts';
import { shownEvent } from './routes/read-routes.ts';
import type { Route } from './routes/route.ts';
import { s2sRoutes } from './routes/s2s-routes.ts';
import { socketRoute } from './routes/socket-route.ts';
import { unsubscribeRoutes } from './routes/unsubscribe-routes.ts';
import { sendingRoutes } from './sending.ts';
import { createSockets } from './sockets.ts';
import type { EventLog } from './store/event-log.ts';
import { groupCommit } from './store/group-commit.ts';
import type { UserStore } from './store/user-store.ts';
import { createUpgrades } from './upgrades.ts';

export interface CollectorNeeds {
  settings: Settings;
  log: EventLog;
  /** What is known of each customer, folded from the log. */
  users: UserStore;
  /** How the log is kept, for `/healthz`. */
  store: string;
  logger: Logger;
  version: string;
  pages: PagesNeeds;
  /** The collector's own origins, complete once it listens. */
  ownOrigins: ReadonlySet<string>;
  now?: () => number;
  random?: () => number;
  bodyTimes?: BodyTimes;
  /** Where messages go for which no gateway is configured. */
  files: Pick<MessageFiles, 'write'>;
  /** The world outside unless another is given, and the push services of the world. */
  outward?: Outward;
  pushService?: PushService;
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

const HEADERS_TIMEOUT = 9_000;
/** Bytes of a request's head, which Node bounds. */
const LONGEST_ADDRESS = 16_384;

export const createCollector = async (needs: CollectorNeeds): Promise<Collector> => {
  const { settings, logger, ownOrigins, now = Date.now, random = Math.random } = needs;
  const labels = labelsOf(settings);
  const { publicUrl, trustedProxies } = settings.config();
  const origins = originsOf(ownOrigins);
  const feed = createLiveFeed(
    needs.log,
    now,
    (label, event) => shownEvent(settings.label(label), event),
    (cause) => logger.error({ err: cause }, 'the live stream failed'),
  );
  const log = groupCommit(needs.log, {
    committed(group, outcomes, milliseconds) {
      try {
        metrics.committed(group, outcomes, milliseconds);
        feed.committed(group, outcomes);
        following.committed(group, outcomes);
      } catch (cause) {
        // The events are on disk and their senders are answered: who only watches must not end the process.
        logger.error({ err: cause }, 'a commit could not be told to metrics, listeners or states');
      }
    },
  });
  const metrics = createMetrics({ waitingBytes: log.waitingBytes, following: () => following.measures() });
  const pushKeys = await keptVapidKeys(needs.users);
  const channel = createChannel(metrics.pushed);
  const changed = propsPush(channel, now);
  const customers = createCustomers(needs.users, changed, now, (...whom) => following.firstLook(...whom));
  const retention = startRetention({
    labels: settings.labels,
    log,
    users: needs.users,
    pace: createPace(() => log.waitingBytes() > 0),
    purged(label, taken) {
      metrics.purged(label, taken.events + taken.rows);
      logger.info({ label, ...taken }, 'what is older than the label keeps it is gone');
    },
    failed: (cause) => logger.error({ err: cause }, 'what is older than its label keeps it stays for now'),
    now,
  });
  const bodies = createBodyClock(now, random, needs.bodyTimes);
  const submit = overloadedAs(log.submit, logger, random);
  const checkRate = eventRates(createRates(), now, random);
  const fieldRules = createFieldRules(needs.log);
  await fieldRules.load(settings.labels());
  settings.changed(({ labels }) => {
    fieldRules.load(labels).catch((cause) => logger.error({ err: cause }, 'rules for fields stay as they were'));
  });
  const ingest = createIngest({ labels, origins, checkRate, fieldRules, submit, now });
  const address = ownAddress(publicUrl);
  const unsubscribeLinks = createUnsubscribeLinks(
    await keptUnsubscribeKey(needs.users),
    () => publicUrl ?? [...ownOrigins][0] ?? '',
  );
  const outward = needs.outward ?? createOutward();
  const pushes = createPushSender(needs.pushService ?? createPushService(pushKeys, outward), customers);
  const outbound = createOutbound({ outward, files: needs.files, pushes, unsubscribeLinks, ownOrigins, now });
  const quota = createQuota(needs.users, now);
  const following = await createFollowing({
    settings,
    log: needs.log,
    users: needs.users,
    submit: log.submit,
    outbound,
    quota,
    uidOf: await keptUids(needs.users),
    placesOf: (label) => placesOf(label, ownOrigins),
    changed,
    pushMade: engagementPush(channel),
    now,
    random,
    failed: (cause) => logger.error({ err: cause }, 'what follows from events waits'),
  });
  const protocol = createProtocol({
    labels,
    origins,
    customers,
    users: needs.users,
    ingest,
    folded: following.folded,
    pushKey: pushKeys.publicKey,
    now,
  });
  const sockets = createSockets(
    { protocol, channel, checkRate, failed: (cause) => logger.error({ err: cause }, 'a message failed') },
    metrics,
    () => performance.now(),
  );

  const start = randomBytes(4).toString('hex');
  let requests = 0;
  const newRequestId = (): string => `${start}-${(++requests).toString(36)}`;
  const refusals = refusalAnswers(metrics, logger, newRequestId);
  let state: 'serving' | 'draining' = 'serving';
  const app = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    // A child a request costs more than anything else in this file; refusals name their request themselves.
    childLoggerFactory: (parent) => parent,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: (request) => publisherRequestId(request) ?? newRequestId(),
    requestIdHeader: false,
    trustProxy: trustedProxies.length > 0 ? trustedProxies : false,
    forceCloseConnections: true,
    return503OnClosing: false,
    // As long as an address can be: what is too long for a user id is told by whoever reads it.
    routerOptions: { maxParamLength: LONGEST_ADDRESS },
    frameworkErrors: refusals.onError,
    clientErrorHandler: refusals.onUnread,
    http: { headersTimeout: HEADERS_TIMEOUT, connectionsCheckingInterval: 500, requestTimeout: 0 },
  });
  // The schemas are documentation: what comes is checked by `wire/parse`, what goes out is ours.
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (request, _, done) => {
    if (request.routeOptions.config.bodies !== 'unread') return readBody(request.raw, bodies, done);
    bodies.discard(request.raw);
    done(null);
  });
  await app.register(fastifySwagger, {
    openapi: {
      info: { title: 'openaction collector', version: needs.version },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    },
  });
  await servePages(app, needs.pages);

  const upgrades = createUpgrades(app.server, (request, response) => app.routing(request, response));
  app.server.on('upgrade', upgrades.take);
  const isDraining = (): boolean => state === 'draining';
  const routes: Route[] = [
    ...ingestRoutes(ingest),
    ...s2sRoutes({ labels, origins, protocol, checkRate, ownAddress: address, now }),
    ...publisherRoutes({
      labels,
      labelNamed: settings.label,
      origins,
      tokens: createSessionTokens(await keptSessionKey(needs.users), now),
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
      users: needs.users,
      customers,
      fieldRules,
      folded: following.folded,
      forget: following.forget,
      changed,
      isBusy: () => log.waitingBytes() > 0,
      now,
    }),
    ...configRoutes({ labels, origins, settings }),
    ...liveRoutes({ labels, origins, feed, metrics, settings }),
    ...machineRoutes({ metrics, version: needs.version, store: needs.store, openapi: () => app.swagger() }),
    ...unsubscribeRoutes({ links: unsubscribeLinks, customers, labelNamed: settings.label }),
    ...pageRoutes(needs.pages),
    ...sendingRoutes({
      labels,
      origins,
      ownOrigins,
      users: needs.users,
      customers,
      channel,
      submit,
      pushes,
      quota,
      dist: needs.pages.dist,
      now,
    }),
  ];
  app.addHook('onRequest', (request, reply, next) => {
    // A body is bytes whatever its type is called; fastify would refuse a name that it cannot read.
    delete request.raw.headers['content-type'];
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    reply.header('referrer-policy', 'strict-origin-when-cross-origin');
    if (isDraining()) reply.header('connection', 'close');
    next();
  });
  for (const { method, url, audience, bodies, schema, answer } of routes)
    app.route({
      method,
      url,
      // Health checks and caches ask so; a stream has no end to tell the length of.
      exposeHeadRoute: audience === 'public',
      config: bodies ? { bodies } : {},
      ...(schema ? { schema } : {}),
      onRequest(request, reply, next) {
        if (audience === 'private') reply.header('cache-control', 'no-store');
        const { origin } = request.headers;
        if (audience === 'page' && origin !== undefined)
          // Refusals name the Origin too, so that the SDK can tell its page why. There are no cookies to protect.
          reply
            .header('access-control-allow-origin', origin)
            .header('access-control-expose-headers', 'retry-after, x-request-id')
            .header('vary', 'origin');
        next(bodies === 'json' ? otherMediaType(request.raw) : undefined);
      },
      handler: answer,
    });
  app.setErrorHandler(refusals.onError);
  app.setNotFoundHandler((request, reply) => refusals.onNotFound(request, reply, routes));

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
      await retention.close();
      await following.close();
      outbound.close();
      await log.close();
      await needs.users.close();
    },
  };
};
