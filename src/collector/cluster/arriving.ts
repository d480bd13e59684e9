/**
 * A collector's way into its cluster: it listens at once, and takes events as soon as the cluster is there. Why it waits is
 * told once for each reason. What nobody but an operator can change (who it is, what the streams are) ends the start.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Store } from '../store/store.ts';
import { type StoreFault, storeFaultOf, storeFaultText } from '../store/store-fault.ts';
import { ClusterError } from './connection.ts';
import type { Waiting } from './waiting.ts';

export interface Arrived<Collector> {
  store: Store;
  collector: Collector;
}

const RETRY_MS = 1_000;
/** A copy that has little to catch up with is level before that. */
const SOON_MS = 5_000;
/** Of those at a start: the others are mistakes. */
const passes = new Set<StoreFault | undefined>(['cluster_unreachable', 'cluster_behind']);

const letGo = async (store: Store): Promise<void> => {
  await store.log.close();
  await store.users.close();
  await store.close();
};

/**
 * @param open says when the cluster is there; reading it into the copy here may take long
 * @param make the collector over the store, which needs the cluster too
 */
export const arrive = async <Collector>(
  waiting: Waiting,
  logger: Pick<Logger, 'info' | 'warn'>,
  open: (found: () => void) => Promise<Store>,
  make: (store: Store) => Promise<Collector>,
): Promise<Arrived<Collector>> => {
  const began = performance.now();
  let told: StoreFault | undefined;
  const tell = (cause: unknown): void => {
    const fault = storeFaultOf(cause);
    waiting.since(cause);
    if (fault !== told) logger.warn({ fault }, `waits for the cluster, and takes no events: ${storeFaultText(cause)}`);
    told = fault;
  };
  let copying: NodeJS.Timeout | undefined;
  const found = (): void => {
    const behind = new ClusterError('CLUSTER_BEHIND', 'the copy here is being read from the cluster');
    waiting.since(behind);
    copying = setTimeout(() => tell(behind), SOON_MS);
  };
  for (;;)
    try {
      const store = await open(found);
      const collector = await make(store).catch(async (cause: unknown) => {
        await letGo(store);
        throw cause;
      });
      if (told) logger.info({ seconds: Math.round((performance.now() - began) / 1000) }, 'the cluster is there');
      waiting.end();
      return { store, collector };
    } catch (cause) {
      if (!passes.has(storeFaultOf(cause))) throw cause;
      tell(cause);
      await pause(RETRY_MS);
    } finally {
      clearTimeout(copying);
    }
};
