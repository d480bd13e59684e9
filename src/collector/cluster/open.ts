/**
 * A collector's part of a cluster, opened: the connection, what must be there, and over them the log, the customers, and what
 * collectors have to tell each other. Wiring only.
 */
import type { Logger } from 'pino';
import { checkWhole } from '../moving/mark.ts';
import { movingWriters } from '../store/moving-writers.ts';
import { eventsFile } from '../store/sqlite-file.ts';
import type { Store } from '../store/store.ts';
import { storeFaultOf, storeFaultText } from '../store/store-fault.ts';
import { tellOfLongWal } from '../store/wal-watch.ts';
import type { ClusterAddress } from './address.ts';
import { asClusterError, type Cluster, ClusterError, connectTo } from './connection.ts';
import { createHolding } from './holding/holders.ts';
import { watchLags } from './lag-watch.ts';
import { copyDirectory } from './log/copy-file.ts';
import { openClusterLog } from './log/log.ts';
import { type Names, namesOf } from './names.ts';
import { createPushes } from './pages/pushes.ts';
import { shareChannel } from './pages/shared-channel.ts';
import { setUp } from './setup.ts';
import { openClusterUsers } from './users/users.ts';

export interface OpenCluster {
  cluster: Cluster;
  names: Names;
}

/** Rejects with a `ClusterError`; what is wrong with streams that are there is in its message, a line each. */
export const openCluster = async (address: ClusterAddress): Promise<OpenCluster> => {
  const cluster = await connectTo(address);
  try {
    const names = namesOf(address.name);
    const found = await setUp(cluster, names, address.replicas);
    if (found.ok) return { cluster, names };
    throw new ClusterError(
      'CLUSTER_DIFFERS',
      found.mistakes.map(({ path, reason }) => `${path} ${reason}`).join('\n  '),
    );
  } catch (cause) {
    await cluster.connection.close();
    throw cause;
  }
};

const watchConnection = ({ on }: Cluster, logger: Pick<Logger, 'info' | 'warn'>): void => {
  on('lost', () => logger.warn('the connection to the cluster is lost; it is tried again'));
  on('back', () => logger.info('the connection to the cluster is there again'));
};

export interface ClusterStoreNeeds {
  address: ClusterAddress;
  /** Copies lie here; all of them can be made again. */
  dataDir: string;
  /** The program of the writer's own thread. */
  worker: URL;
  logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Called when the cluster is there, and the copies are being made level. */
  found?: () => void;
}

/** Resolves when the copies here have what the cluster had when they were opened. */
export const openClusterStore = async (needs: ClusterStoreNeeds): Promise<Store> => {
  const { address, dataDir, worker, logger, found } = needs;
  const { cluster, names } = await openCluster(address);
  watchConnection(cluster, logger);
  found?.();
  const writers = movingWriters(worker, logger);
  const opened: { close(): Promise<void> }[] = [{ close: () => cluster.connection.close() }];
  const failed = (cause: unknown): void => {
    // Without servers everything waits; that is told by the watches over the connection, the lag and what is stored.
    if (storeFaultOf(cause) === 'cluster_unreachable') return;
    const said = asClusterError(cause);
    if (storeFaultOf(said)) logger.warn(`of the copies here: ${storeFaultText(said)}`);
    else logger.warn({ err: cause }, 'the copies here');
  };
  try {
    await checkWhole(cluster, names);
    const progress = (done: number, all: number): void =>
      logger.info({ done, all }, 'the copy of the events is being made level with the cluster');
    const log = await openClusterLog({ cluster, names, dataDir, failed, writerOf: writers.writerOf, progress });
    opened.unshift(log);
    const users = await openClusterUsers({ cluster, names, dataDir, failed });
    opened.unshift(users);
    const pushes = createPushes({ connection: cluster.connection, names, warn: (why) => logger.warn(why) });
    const level = async (): Promise<void> => {
      await Promise.all([log.level(), users.level()]);
    };
    const lags = () => ({ events: log.lag(), customers: users.lag() });
    const watches = [watchLags(lags, logger), tellOfLongWal(eventsFile(copyDirectory(dataDir)), logger)];
    return {
      is: 'cluster',
      log,
      users,
      shared: {
        holding: createHolding({ cluster, names, level, logger }),
        sharedChannel: {
          over: (here) => shareChannel({ here, pushes, users, now: Date.now, failed }),
          refused: pushes.refused,
        },
        lags,
      },
      async close() {
        writers.stop();
        for (const stop of watches) stop();
        pushes.close();
        await cluster.connection.close();
      },
    };
  } catch (cause) {
    writers.stop();
    for (const one of opened) await one.close();
    throw cause;
  }
};
