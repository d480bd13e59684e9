/**
 * Stores of customers over a real server, for one file of tests: each with a connection and a directory of its own, as
 * collectors have them.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { parseClusterAddress } from '../../src/collector/cluster/address.ts';
import { type OpenCluster, openCluster } from '../../src/collector/cluster/open.ts';
import { type ClusterUsers, openClusterUsers } from '../../src/collector/cluster/users/users.ts';
import { type NatsServers, startNats } from './nats.ts';

export interface OpenUsers {
  users: ClusterUsers;
  cluster: OpenCluster['cluster'];
  names: OpenCluster['names'];
  /** Its copy is below. */
  dataDir: string;
  close(): Promise<void>;
}

export interface UsersPlace {
  nats(): NatsServers;
  /** A name that nothing in the server has yet. */
  newName(): string;
  newDirectory(): string;
  /** Closed after the test, if it is not before. */
  open(name: string, dataDir?: string, now?: () => number): Promise<OpenUsers>;
  /** What stores said was wrong, in this test. */
  failures: unknown[];
}

export const usersPlace = (): UsersPlace => {
  let nats: NatsServers;
  let room: string;
  let made = 0;
  let open: OpenUsers[] = [];
  const failures: unknown[] = [];

  beforeAll(async () => {
    nats = await startNats();
    room = await mkdtemp(join(tmpdir(), 'openaction-users-'));
  });
  afterEach(async () => {
    await Promise.all(open.map((one) => one.close()));
    open = [];
    failures.length = 0;
  });
  afterAll(async () => {
    await nats.stop();
    await rm(room, { recursive: true });
  });

  const place: UsersPlace = {
    nats: () => nats,
    newName: () => `world-${++made}`,
    newDirectory: () => join(room, `${++made}`),
    failures,
    async open(name, dataDir = place.newDirectory(), now) {
      const parsed = parseClusterAddress(nats.store(name));
      expect(parsed.ok).toBe(true);
      const { cluster, names } = await openCluster((parsed as Extract<typeof parsed, { ok: true }>).address);
      const failed = (cause: unknown): void => void failures.push(cause);
      const users = await openClusterUsers({ cluster, names, dataDir, failed, ...(now ? { now } : {}) });
      const one: OpenUsers = {
        users,
        cluster,
        names,
        dataDir,
        async close() {
          await users.close();
          await cluster.connection.close();
        },
      };
      open.push(one);
      return one;
    },
  };
  return place;
};
