/**
 * What stands behind the doors, put together: the store and who watches over it, customers, what follows from events, the
 * ways out. Wiring only; opens no door, and knows no address.
 */
import type { Logger } from 'pino';
import { type Channel, createChannel } from './channel.ts';
import type { Settings } from './config/settings.ts';
import { createCustomers } from './customers.ts';
import type { MessageFiles } from './effects/message-files.ts';
import { createOutbound } from './effects/outbound.ts';
import { createOutward, type Outward } from './effects/outward.ts';
import { createUnsubscribeLinks, keptUnsubscribeKey } from './effects/unsubscribe-links.ts';
import { placesOf } from './engagement/places.ts';
import { createFollowing } from './following/following.ts';
import { type Holding, holdingAlone } from './following/holding.ts';
import { createPace } from './following/pace.ts';
import { createQuota } from './following/quota.ts';
import { keptUids } from './following/uids.ts';
import { createLiveFeed } from './live-feed.ts';
import { createMetrics } from './metrics.ts';
import { createFieldRules } from './operator/field-rules.ts';
import { startRetention } from './operator/retention.ts';
import { tellPages } from './page-news.ts';
import { createPushSender } from './push/push-sender.ts';
import { createPushService, type PushService } from './push/push-service.ts';
import { keptVapidKeys } from './push/vapid.ts';
import { overloadedAs } from './refusal-answers.ts';
import { shownEvent } from './routes/read-routes.ts';
import type { EventLog } from './store/event-log.ts';
import { groupCommit } from './store/group-commit.ts';
import type { Lags } from './store/store.ts';
import { storeFaultOf } from './store/store-fault.ts';
import { createStoreWatch } from './store/store-watch.ts';
import type { UserStore } from './store/user-store.ts';

/** What reaches pages that are open on other collectors over the same store. */
export interface SharedChannel {
  over(here: Channel): Channel;
  /** Messages that came for pages and were none. */
  refused(): number;
}

export interface KeepingNeeds {
  settings: Settings;
  log: EventLog;
  /** What is known of each customer, folded from the log. */
  users: UserStore;
  /** Which labels are followed here: all of them, unless others follow too. */
  holding?: Holding;
  /** Where other collectors share the store. */
  sharedChannel?: SharedChannel;
  /** How far what is read here is behind what they stored. */
  lags?: () => Lags;
  logger: Logger;
  /** The collector's own origins, complete once it listens. */
  ownOrigins: ReadonlySet<string>;
  now?: () => number;
  random?: () => number;
  /** Where messages go for which no gateway is configured. */
  files: Pick<MessageFiles, 'write'>;
  /** The world outside unless another is given, and the push services of the world. */
  outward?: Outward;
  pushService?: PushService;
}

/** What other collectors sent of a label's inbox messages. */
const COUNT_AGAIN_MS = 1_000;

export const createKeeping = async (needs: KeepingNeeds) => {
  const { settings, logger, ownOrigins, holding = holdingAlone(), now = Date.now, random = Math.random } = needs;
  const watch = createStoreWatch(logger, () => performance.now());
  const users = watch.users(needs.users);
  const { publicUrl } = settings.config();
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
  const submit = overloadedAs(log.submit, logger, random);
  const fieldRules = createFieldRules(needs.log);
  await fieldRules.load(settings.labels());
  const rulesStay = (cause: unknown): void => logger.error({ err: cause }, 'rules for fields stay as they were');
  settings.changed(({ labels }) => void fieldRules.load(labels).catch(rulesStay));
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

  return {
    log,
    users,
    /** As `log.submit`, for whoever came by a door. */
    submit,
    customers,
    channel,
    changed,
    feed,
    following,
    fieldRules,
    quota,
    metrics,
    pushes,
    pushKey: pushKeys.publicKey,
    unsubscribeLinks,
    /** What is wrong with the store. */
    troubles: watch.troubles,
    isBusy: () => log.waitingBytes() > 0,
    async close() {
      await retention.close();
      stopListening();
      await following.close();
      outbound.close();
      await log.close();
      await users.close();
    },
  };
};
