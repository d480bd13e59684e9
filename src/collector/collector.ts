/**
 * The collector put together: wiring only. Takes its log, its clock and its randomness; opens nothing by itself.
 */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { type BodyTimes, createBodyClock } from './body-clock.ts';
import { type Channel, createChannel } from './channel.ts';
import type { Settings } from './config/settings.ts';
import { createCustomers } from './customers.ts';
import type { MessageFiles } from './effects/message-files.ts';
import { createOutbound } from './effects/outbound.ts';
import { createOutward, type Outward } from './effects/outward.ts';
import { createUnsubscribeLinks, keptUnsubscribeKey } from './effects/unsubscribe-links.ts';
import { placesOf } from './engagement/places.ts';
import { eventRates } from './event-rates.ts';
import { createFollowing } from './following/following.ts';
import { type Holding, holdingAlone } from './following/holding.ts';
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
import { tellPages } from './page-news.ts';
import { type PagesNeeds, pageRoutes, servePages } from './pages.ts';
import { createProtocol } from './protocol/protocol.ts';
import { createSessionTokens, keptSessionKey } from './publisher/session-tokens.ts';
import { createPushSender } from './push/push-sender.ts';
import { createPushService, type PushService } from './push/push-service.ts';
import { keptVapidKeys } from './push/vapid.ts';
import { createRates } from './rates.ts';
import { overloadedAs } from './refusal-answers.ts';
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
import { createServer } from './server.ts';
import { createSockets } from './sockets.ts';
import type { EventLog } from './store/event-log.ts';
import { groupCommit } from './store/group-commit.ts';
import type { Lags } from './store/store.ts';
import { storeFaultOf } from './store/store-fault.ts';
import { createStoreWatch } from './store/store-watch.ts';
import type { UserStore } from './store/user-store.ts';
import { createUpgrades } from './upgrades.ts';

/** What reaches pages that are open on other collectors over the same store. */
export interface SharedChannel {
  over(here: Channel): Channel;
  /** Messages that came for pages and were none. */
  refused(): number;
}

export interface CollectorNeeds {
  settings: Settings;
  log: EventLog;
  /** What is known of each customer, folded from the log. */
  users: UserStore;
  /** Which labels are followed here: all of them, unless others follow too. */
  holding?: Holding;
  /** How the log is kept, for `/healthz`. */
  store: string;
  /** Where other collectors share the store. */
  sharedChannel?: SharedChannel;
  /** How far what is read here is behind what they stored. */
  lags?: () => Lags;
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

/** What other collectors sent of a label's inbox messages. */
const COUNT_AGAIN_MS = 1_000;

export const createCollector = async (needs: CollectorNeeds): Promise<Collector> => {
  const { settings, logger, ownOrigins, holding = holdingAlone(), now = Date.now, random = Math.random } = needs;
  const watch = createStoreWatch(logger, () => performance.now());
  const users = watch.users(needs.users);
  const labels = labelsOf(settings);
  const { publicUrl, trustedProxies } = settings.config();
  const origins = originsOf(ownOrigins);
  const feed = createLiveFeed(
    needs.log,
    now,
    (label, event) => shownEvent(settings.label(label), event),
    (cause) => logger.error({ err: cause }, 'the live stream failed'),
  );
  const log = groupCommit(watch.log(needs.log), {
    committed: (...commit) => metrics.committed(...commit),
  });
  const metrics = createMetrics({
    waitingBytes: log.waitingBytes,
    following: () => following.measures(),
    followed: () => following.followed(),
    refusedPushes: () => needs.sharedChannel?.refused() ?? 0,
    lags: needs.lags,
  });
  const pushKeys = await keptVapidKeys(users);
  const channelHere = createChannel(metrics.pushed);
  const channel = needs.sharedChannel?.over(channelHere) ?? channelHere;
  const changed = tellPages(channel, now);
  const customers = createCustomers(users, changed, now, (...whom) => following.firstLook(...whom));
  const retention = startRetention({
    labels: settings.labels,
    isHeld: holding.isHeld,
    log,
    users,
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
  const rulesStay = (cause: unknown): void => logger.error({ err: cause }, 'rules for fields stay as they were');
  settings.changed(({ labels }) => void fieldRules.load(labels).catch(rulesStay));
  const ingest = createIngest({ labels, origins, checkRate, fieldRules, submit, now });
  const address = ownAddress(publicUrl);
  const unsubscribeLinks = createUnsubscribeLinks(
    await keptUnsubscribeKey(users),
    () => publicUrl ?? [...ownOrigins][0] ?? '',
  );
  const outward = needs.outward ?? createOutward();
  const pushes = createPushSender(needs.pushService ?? createPushService(pushKeys, outward), customers);
  const outbound = createOutbound({ outward, files: needs.files, pushes, unsubscribeLinks, ownOrigins, now });
  const quota = createQuota(users, now, holding.among === 'others' ? COUNT_AGAIN_MS : undefined);
  const following = await createFollowing({
    settings,
    holding,
    taken: retention.wake,
    log: needs.log,
    users,
    submit: log.submit,
    outbound,
    quota,
    uidOf: await keptUids(users),
    placesOf: (label) => placesOf(label, ownOrigins),
    changed,
    now,
    random,
    failed(cause) {
      // It tries again every second, and the watch has told what is wrong with the files.
      if (!storeFaultOf(cause)) logger.error({ err: cause }, 'what follows from events waits');
    },
  });
  const stopListening = log.listen({
    stored(group, outcomes) {
      try {
        feed.committed(group, outcomes);
        following.committed(group, outcomes);
      } catch (cause) {
        // The events are on disk: who only watches must not end the process, nor keep their senders from an answer.
        logger.error({ err: cause }, 'a commit could not be told to listeners or states');
      }
    },
    erased: following.erased,
    ruled: (label) => fieldRules.load(settings.labels().filter(({ name }) => name === label)).catch(rulesStay),
  });
  const protocol = createProtocol({
    labels,
    origins,
    customers,
    users,
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
      isBusy: () => log.waitingBytes() > 0,
      now,
    }),
    ...configRoutes({ labels, origins, settings }),
    ...liveRoutes({ labels, origins, feed, metrics, settings }),
    ...machineRoutes({
      metrics,
      version: needs.version,
      store: needs.store,
      troubles: watch.troubles,
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
      await retention.close();
      stopListening();
      await following.close();
      outbound.close();
      await log.close();
      await users.close();
    },
  };
};
