/**
 * The event log in a cluster: the stream is the log, and every collector reads it from a copy of its own. What is appended is
 * safe when a quorum of the servers has it; it is answered exactly where the copy comes to it within some milliseconds, and
 * else as `kept`. Orders (rules, erasures, purges) are messages between the others, and every copy obeys them at their place.
 *
 * Order: a request's events stay in theirs, and so do requests that wait for each other's answers, as those of a page and of a
 * socket do. Several groups are on their way at once, and one that must be said again may stand behind a later one. An append
 * that rejects may be there all the same, or by half: whoever comes again with it is told that it is a duplicate.
 */

import type { Taking } from '../../store/copy-step.ts';
import type { EventLog } from '../../store/event-log.ts';
import { logNews } from '../../store/log-news.ts';
import { takeDirectory } from '../../store/sqlite-file.ts';
import { openSqliteReader } from '../../store/sqlite-reader.ts';
import { type Writer, writerHere } from '../../store/writer.ts';
import { asClusterError, type Cluster } from '../connection.ts';
import type { Names } from '../names.ts';
import { createPublish } from '../publishing.ts';
import { followStream, type Lag } from '../stream-follow.ts';
import { createLogCopy } from './copy.ts';
import { copyDirectory, orMarkDamage, prepareCopy, type StreamId } from './copy-file.ts';
import { createCleaning } from './erasure.ts';
import { madeLevel, type Progress } from './made-level.ts';
import { createLettingGo } from './retention.ts';
import { createRewritten } from './rewritten.ts';
import { createSaying } from './saying.ts';
import { createSweep } from './sweep.ts';

export interface ClusterLogNeeds {
  cluster: Cluster;
  names: Names;
  dataDir: string;
  /** What is wrong and is being tried again, and that a copy is made anew. */
  failed: (cause: unknown) => void;
  /** Opens the writer of the copy; on this thread unless told otherwise. */
  writerOf?: (file: string) => Writer | Promise<Writer>;
  /** How long an append waits for its exact outcome. */
  worthWaitingMs?: number;
  /** Called now and then while the copy is made level. */
  progress?: Progress;
}

export interface ClusterLog extends EventLog {
  /** Resolves when the copy has what anybody stored until now. */
  level(): Promise<void>;
  /** How far the copy is behind the stream. */
  lag(): Lag;
}

/** A level copy has it in 5; an engine's turn or a transaction of others may come between. */
const WORTH_WAITING_MS = 50;
/** What a message has beside its data: headers, and the servers' own. */
const AROUND_A_MESSAGE = 4_096;

const idOf = async ({ manager }: Cluster, stream: string): Promise<StreamId> => {
  try {
    const { created, state } = await manager.streams.info(stream);
    return { stream, created, end: state.last_seq };
  } catch (cause) {
    throw asClusterError(cause);
  }
};

/** Resolves when the copy has what the stream had when it was asked. */
export const openClusterLog = async (needs: ClusterLogNeeds): Promise<ClusterLog> => {
  const { cluster, names, dataDir, failed, writerOf = writerHere } = needs;
  const { worthWaitingMs = WORTH_WAITING_MS, progress = () => {} } = needs;
  const id = await idOf(cluster, names.events);
  const release = takeDirectory(copyDirectory(dataDir));
  const opened: (() => unknown)[] = [release];
  try {
    const { file, place, anew } = prepareCopy(dataDir, id);
    if (anew !== undefined) failed(new Error(`the copy of the events ${anew}; it is made anew`));
    const writer = await writerOf(file);
    opened.unshift(() => writer.close());
    const reader = openSqliteReader(file);
    opened.unshift(() => reader.close());
    const news = logNews();
    const publish = createPublish(cluster);
    const rewritten = createRewritten(cluster, names, publish);
    const copy = createLogCopy({ writer, rewritten, news, from: place });
    const apply = orMarkDamage(file, copy.apply);
    const followed = followStream({ cluster, stream: names.events, from: place, apply, failed });
    opened.unshift(() => followed.close());
    const saying = createSaying({
      names,
      publish,
      copy,
      followed,
      worthWaitingMs,
      mostBytes: (cluster.connection.info?.max_payload ?? 2 ** 20) - AROUND_A_MESSAGE,
    });
    const sweep = createSweep({ file, writer, clean: createCleaning(cluster, names, rewritten), failed });
    const letGo = createLettingGo(cluster, names, rewritten);
    const ordered = news.listen({ erased: sweep.later });
    await madeLevel(followed, id.end, progress);
    sweep.now().catch(failed);

    let closing: Promise<void> | undefined;
    const closeAll = async (): Promise<void> => {
      await saying.idle();
      ordered();
      await sweep.close();
      await followed.close();
      reader.close();
      await writer.close();
      release();
    };
    const ifOpen = (): void => {
      if (closing) throw new Error('the log is closed');
    };
    const settled = (): Promise<void> => followed.reached(saying.newest());
    /** Of what was appended here before, nothing is missing. */
    const read = async <Result>(look: () => Result): Promise<Result> => {
      ifOpen();
      await settled();
      return look();
    };
    return {
      // A quorum's answer takes milliseconds, and the servers do several as fast as one.
      appendsAtOnce: 4,
      purgesAtOnce: 10_000,
      async append(group) {
        ifOpen();
        return saying.append(group);
      },
      events: (label, query) => read(() => reader.events(label, query)),
      profile: (label, whose) => read(() => reader.profile(label, whose)),
      losses: (label) => read(() => reader.losses(label)),
      rejections: (label, limit) => read(() => reader.rejections(label, limit)),
      registry: (label) => read(() => reader.registry(label)),
      minutes: (label, from) => read(() => reader.minutes(label, from)),
      async register(label, kind, name, fields) {
        ifOpen();
        return saying.order<boolean>({ is: 'register', label, kind, name, fields });
      },
      async unregister(label, kind, name) {
        ifOpen();
        return saying.order<boolean>({ is: 'unregister', label, kind, name });
      },
      async erase(label, whose) {
        ifOpen();
        const { events } = await saying.order<Taking>({ is: 'erase', label, whose });
        await sweep.now();
        return events;
      },
      async purge(label, before, limit) {
        ifOpen();
        const { events, upTo } = await saying.order<Taking>({ is: 'purge', label, before, limit });
        if (upTo > 0) await letGo(label, before, upTo);
        return events;
      },
      listen: news.listen,
      settled,
      async check() {
        ifOpen();
        await rewritten.check();
        await writer.check();
      },
      level: async () => followed.reached((await idOf(cluster, names.events)).end),
      lag: followed.lag,
      close() {
        closing ??= closeAll();
        return closing;
      },
    };
  } catch (cause) {
    for (const close of opened) await close();
    throw cause;
  }
};
