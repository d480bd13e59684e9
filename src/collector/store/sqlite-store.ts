/**
 * The store of a collector that stands alone: two SQLite files in a directory of its own.
 */
import type { Logger } from 'pino';
import { movingWriters } from './moving-writers.ts';
import { eventsFile } from './sqlite-file.ts';
import { openSqliteLog } from './sqlite-log.ts';
import { openSqliteUsers } from './sqlite-users.ts';
import type { Store } from './store.ts';
import { tellOfLongWal } from './wal-watch.ts';

export const openSqliteStore = async (
  dataDir: string,
  worker: URL,
  logger: Pick<Logger, 'info' | 'warn' | 'error'>,
): Promise<Store> => {
  const writers = movingWriters(worker, logger);
  try {
    const log = await openSqliteLog(dataDir, writers.writerOf);
    const users = await openSqliteUsers(dataDir);
    const stopWatchingWal = tellOfLongWal(eventsFile(dataDir), logger);
    return {
      is: 'sqlite',
      log,
      users,
      async close() {
        writers.stop();
        stopWatchingWal();
      },
    };
  } catch (cause) {
    writers.stop();
    throw cause;
  }
};
