/** The event log in a cluster, on a real server: the contract of every log, alone and under group commit. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { parseClusterAddress } from '../../../src/collector/cluster/address.ts';
import { openClusterLog } from '../../../src/collector/cluster/log.ts';
import { type OpenCluster, openCluster } from '../../../src/collector/cluster/open.ts';
import type { EventLog } from '../../../src/collector/store/event-log.ts';
import { groupCommit } from '../../../src/collector/store/group-commit.ts';
import { eventLogContract } from '../../contracts/event-log.ts';
import { type NatsServers, startNats } from '../../support/nats.ts';

let nats: NatsServers;
let room: string;
beforeAll(async () => {
  nats = await startNats();
  room = await mkdtemp(join(tmpdir(), 'openaction-cluster-log-'));
});
afterAll(async () => {
  await nats.stop();
  await rm(room, { recursive: true });
});

let worlds = 0;
/** Each log has a name of its own in the cluster, and is opened again on its own directory. */
const inCluster = (around: (log: EventLog) => EventLog = (log) => log) => {
  const places = new Map<EventLog, { name: string; open: OpenCluster }>();
  const open = async (name: string): Promise<EventLog> => {
    const parsed = parseClusterAddress(nats.store(name));
    if (!parsed.ok) throw new Error('no address');
    const opened = await openCluster(parsed.address);
    const log = around(
      await openClusterLog({
        ...opened,
        dataDir: join(room, name),
        failed: (cause) => {
          throw cause;
        },
      }),
    );
    const close = log.close;
    const whole = {
      ...log,
      async close() {
        await close();
        await opened.cluster.connection.close();
      },
    };
    places.set(whole, { name, open: opened });
    return whole;
  };
  return {
    make: () => open(`world-${++worlds}`),
    reopen: async (log: EventLog) => {
      await log.close();
      return open(places.get(log)!.name);
    },
  };
};

describe('in a cluster', () => eventLogContract(inCluster()));
describe('group commit over a cluster', () => eventLogContract(inCluster((log) => groupCommit(log))));
