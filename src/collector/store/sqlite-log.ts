/**
 * The event log on one SQLite file: a writer, wherever it runs, and a reader on this thread.
 */
import type { EventLog } from './event-log.ts';
import { eventsFile, takeDirectory } from './sqlite-file.ts';
import { openSqliteReader } from './sqlite-reader.ts';
import { type Writer, writerHere } from './writer.ts';

/** @param writerOf opens the writer of a file; on this thread unless told otherwise */
export const openSqliteLog = async (
  dataDir: string,
  writerOf: (file: string) => Writer | Promise<Writer> = writerHere,
): Promise<EventLog> => {
  const release = takeDirectory(dataDir);
  const file = eventsFile(dataDir);
  try {
    const writer = await writerOf(file);
    const reader = openSqliteReader(file);
    let closing: Promise<void> | undefined;
    const closeAll = async (): Promise<void> => {
      reader.close();
      await writer.close();
      release();
    };
    return {
      append: (group) => writer.commit(group),
      register: (label, kind, name) => writer.register(label, kind, name),
      events: async (label, query) => reader.events(label, query),
      profile: async (label, user) => reader.profile(label, user),
      losses: async (label) => reader.losses(label),
      rejections: async (label, limit) => reader.rejections(label, limit),
      registry: async (label) => reader.registry(label),
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
