/**
 * The event log on one SQLite file: a writer, wherever it runs, and a reader on this thread.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { raiseCursors } from './cursor-floor.ts';
import type { EventLog } from './event-log.ts';
import type { Removed } from './event-removal.ts';
import { logNews } from './log-news.ts';
import { eventsFile, takeDirectory } from './sqlite-file.ts';
import { openSqliteReader } from './sqlite-reader.ts';
import { type Writer, writerHere } from './writer.ts';

/** Events of one transaction that takes them away: those who store wait for it. */
const SLICE = 500;

/** A few at a time, so that what is to be stored comes between. */
const inSlices = async (
  take: (most: number) => Promise<Removed>,
  limit = Number.POSITIVE_INFINITY,
): Promise<number> => {
  let events = 0;
  for (let more = true; more && events < limit; ) {
    const removed = await take(Math.min(SLICE, limit - events));
    events += removed.events;
    more = removed.more;
    await nextTurn();
  }
  return events;
};

/** @param writerOf opens the writer of a file; on this thread unless told otherwise */
export const openSqliteLog = async (
  dataDir: string,
  writerOf: (file: string) => Writer | Promise<Writer> = writerHere,
): Promise<EventLog> => {
  const release = takeDirectory(dataDir);
  const file = eventsFile(dataDir);
  try {
    raiseCursors(dataDir);
    const writer = await writerOf(file);
    const reader = openSqliteReader(file);
    const news = logNews();
    let closing: Promise<void> | undefined;
    const closeAll = async (): Promise<void> => {
      reader.close();
      await writer.close();
      release();
    };
    return {
      // One is on its way to disk while the next is handed over; on this thread it is never more than one.
      appendsAtOnce: 2,
      purgesAtOnce: 200,
      async append(group) {
        const outcomes = await writer.commit(group);
        news.stored(group, outcomes);
        return outcomes;
      },
      async register(label, kind, name, fields) {
        const isNew = await writer.register(label, kind, name, fields);
        news.ruled(label);
        return isNew;
      },
      async unregister(label, kind, name) {
        const wasThere = await writer.unregister(label, kind, name);
        news.ruled(label);
        return wasThere;
      },
      async erase(label, whose) {
        const gone = await inSlices((most) => writer.erase(label, whose, most));
        news.erased(label, whose);
        return gone;
      },
      purge: (label, before, limit) => inSlices((most) => writer.purge(label, before, most), limit),
      events: async (label, query) => reader.events(label, query),
      profile: async (label, whose) => reader.profile(label, whose),
      losses: async (label) => reader.losses(label),
      rejections: async (label, limit) => reader.rejections(label, limit),
      registry: async (label) => reader.registry(label),
      listen: news.listen,
      settled: async () => {},
      check: () => writer.check(),
      minutes: async (label, from) => reader.minutes(label, from),
      close() {
        closing ??= closeAll();
        return closing;
      },
    };
  } catch (cause) {
    release();
    throw cause;
  }
};
