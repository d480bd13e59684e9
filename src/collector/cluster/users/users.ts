/**
 * Customers of many collectors: documents in one bucket of the cluster, changed only by whoever saw their last version, and
 * beside it what was sent. Every collector reads a copy of its own. What it wrote is in its copy when it is answered; what
 * another wrote comes a moment later, and a change that was made from an older version is refused, so that nobody's is lost.
 *
 * Several documents are several messages: an `update` that rejects may have stored some of its changes. Whoever asks again
 * finds those done.
 */
import type { Cursor } from '../../store/event-log.ts';
import { toColumn } from '../../store/text-column.ts';
import type { UserStore } from '../../store/user-store.ts';
import { asClusterError, type Cluster } from '../connection.ts';
import type { Names } from '../names.ts';
import type { Arrivals } from '../pages/shared-channel.ts';
import { createPublish } from '../publishing.ts';
import type { Lag } from '../stream-follow.ts';
import { createArrivals } from './arrivals.ts';
import { createUsersCopy } from './copy.ts';
import { followUsers } from './follow.ts';
import { createProgress } from './progress.ts';
import { createUsersRemoval } from './removal.ts';
import { createSettings } from './settings.ts';
import { openUsersTables, type Source } from './tables.ts';
import { createWriting } from './writing.ts';

export interface ClusterUsersNeeds {
  cluster: Cluster;
  names: Names;
  dataDir: string;
  now?: () => number;
  /** What is wrong and is being tried again, and that a copy is made anew. */
  failed: (cause: unknown) => void;
}

export interface ClusterUsers extends UserStore, Arrivals {
  /** Of the copy, where it is furthest behind. */
  lag(): Lag;
  /** Resolves when whatever anybody stored before this call is in the copy. */
  level(): Promise<void>;
}

/** A copy that is made anew has everything to read; whoever opens it waits. */
const WHILE_IT_IS_MADE_MS = 2 ** 31 - 1;

const sourcesOf = async ({ manager }: Cluster, { customers, report, progress }: Names): Promise<Source[]> => {
  const all = [`KV_${customers}`, report, `KV_${progress}`];
  try {
    return await Promise.all(
      all.map(async (name) => {
        const { created, state } = await manager.streams.info(name);
        return { name, created, end: state.last_seq };
      }),
    );
  } catch (cause) {
    throw asClusterError(cause);
  }
};

/** Resolves when the copy has what the cluster had when it was asked. */
export const openClusterUsers = async (needs: ClusterUsersNeeds): Promise<ClusterUsers> => {
  const { cluster, names, dataDir, now = Date.now, failed } = needs;
  const sources = await sourcesOf(cluster, names);
  const copy = createUsersCopy(openUsersTables(dataDir, sources, now(), failed), now);
  const arrivals = createArrivals(copy.states);
  const listeners = new Set<(label: string, folded: Cursor) => void>();
  const publish = createPublish(cluster);
  const followed = followUsers({
    cluster,
    names,
    copy,
    arrivals,
    taken: (whose, erased) => removal.taken(whose, erased),
    moved: (label, folded) => {
      for (const told of listeners) told(label, folded);
    },
    failed,
    now,
  });
  const { documents, report, progress } = followed;
  const all = [documents, report, progress];
  const reachEach = async (ends: Source[], patienceMs?: number): Promise<void> => {
    await Promise.all(all.map((one, at) => one.reached(ends[at]!.end, patienceMs)));
  };
  const level = async (): Promise<void> => reachEach(await sourcesOf(cluster, names));
  const copied = (revision: number): Promise<void> => documents.reached(revision);
  const writing = createWriting({
    names,
    copy,
    publish,
    copied,
    takeBack: (whose, upTo) => removal.takeBack(whose, upTo),
    mostBytes: cluster.connection.info?.max_payload ?? 2 ** 20,
    now,
  });
  const removal = createUsersRemoval({
    cluster,
    names,
    copy,
    publish,
    level,
    copied,
    reported: (seq) => report.reached(seq),
    keepWords: writing.keepWords,
    now,
  });
  const keptProgress = createProgress({ cluster, names, publish });
  const settings = createSettings({ cluster, names, publish });
  let state: 'open' | 'closed' = 'open';
  const ifOpen = (): void => {
    if (state === 'closed') throw new Error('the store of customers is closed');
  };
  const { states, deliveries, traces } = copy;

  await reachEach(sources, WHILE_IT_IS_MADE_MS);
  return {
    get: async (label, customer) => states.get(toColumn(label), customer),
    writtenIds: async (label, customers) => states.writtenIds(toColumn(label), customers),
    async update(label, changes, on = {}) {
      ifOpen();
      const written = await Promise.all(changes.map((change) => writing.write(label, change)));
      const last = Math.max(0, ...written.map((one) => (one.is === 'stored' ? one.revision : 0)));
      const stored = written.map(({ is }) => is === 'stored');
      if (stored.every(Boolean) && Object.keys(on).length > 0)
        await progress.reached(await keptProgress.keep(label, on, last));
      else await copied(last);
      return stored;
    },
    folded: async (label) => copy.progress.folded(toColumn(label)),
    listen(moved) {
      listeners.add(moved);
      return () => void listeners.delete(moved);
    },
    versionHere: arrivals.versionHere,
    watch: arrivals.watch,
    list: async (label, after, limit) => states.list(toColumn(label), after, limit),
    due: async (label, until, limit) => states.due(toColumn(label), until, limit),
    members: async (label, segment, after, limit) => states.members(toColumn(label), segment, after, limit),
    memberCounts: async (label) => states.memberCounts(toColumn(label)),
    deliveries: async (label, query) => deliveries.page(toColumn(label), query),
    delivery: async (label, uid) => deliveries.find(toColumn(label), uid),
    funnel: async (label, query) => deliveries.funnel(toColumn(label), query),
    traces: async (label, of, limit) => traces.find(toColumn(label), of, limit),
    fanouts: async (label) => copy.progress.fanouts(toColumn(label)),
    async erase(label, customer) {
      ifOpen();
      return removal.erase(label, customer);
    },
    async purge(label, before, limit) {
      ifOpen();
      return removal.purge(label, before, limit);
    },
    async keepContent(label, id, content) {
      ifOpen();
      await report.reached(await writing.keepWords(label, id, content));
    },
    content: async (label, id) => copy.content(label, id),
    async keepSetting(name, value) {
      ifOpen();
      return settings.keepSetting(name, value);
    },
    async setting(name) {
      ifOpen();
      return settings.setting(name);
    },
    async check() {
      ifOpen();
      await settings.check();
    },
    level,
    lag: () => {
      const lags = all.map((one) => one.lag());
      return {
        messages: lags.reduce((sum, { messages }) => sum + messages, 0),
        seconds: Math.max(...lags.map(({ seconds }) => seconds)),
      };
    },
    async close() {
      if (state === 'closed') return;
      state = 'closed';
      await Promise.all(all.map((one) => one.close()));
      copy.close();
    },
  };
};
