/** Customers in a cluster under the contract that every store of customers keeps, on a real server. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { parseClusterAddress } from '../../../src/collector/cluster/address.ts';
import { type OpenCluster, openCluster } from '../../../src/collector/cluster/open.ts';
import { openClusterUsers } from '../../../src/collector/cluster/users.ts';
import type { UserStore } from '../../../src/collector/store/user-store.ts';
import { userStoreContract } from '../../contracts/user-store.ts';
import { type NatsServers, startNats } from '../../support/nats.ts';

let nats: NatsServers;
let room: string;
let places = 0;
const clusters: OpenCluster[] = [];

beforeAll(async () => {
  nats = await startNats();
  room = await mkdtemp(join(tmpdir(), 'openaction-users-'));
});
afterAll(async () => {
  await Promise.all(clusters.map(({ cluster }) => cluster.connection.close()));
  await nats.stop();
  await rm(room, { recursive: true });
});

const clusterOf = async (name: string): Promise<OpenCluster> => {
  const parsed = parseClusterAddress(nats.store(name));
  if (!parsed.ok) throw new Error('no address');
  const opened = await openCluster(parsed.address);
  clusters.push(opened);
  return opened;
};
const failed = (cause: unknown): void => {
  console.error(cause);
};

describe('in a cluster', () => {
  const madeIn = new Map<UserStore, { name: string; dataDir: string }>();
  const open = async (name: string, dataDir: string, now?: () => number): Promise<UserStore> => {
    const store = await openClusterUsers({ ...(await clusterOf(name)), dataDir, failed, ...(now ? { now } : {}) });
    madeIn.set(store, { name, dataDir });
    return store;
  };
  userStoreContract({
    make: (now) => {
      places++;
      return open(`contract-${places}`, join(room, `${places}`), now);
    },
    reopen: async (store) => {
      await store.close();
      const { name, dataDir } = madeIn.get(store)!;
      return open(name, dataDir);
    },
  });
});
