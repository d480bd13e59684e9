/** The event log in a cluster, on a real server: the contract of every log, alone and under group commit. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import type { EventLog } from '../../../src/collector/store/event-log.ts';
import { groupCommit } from '../../../src/collector/store/group-commit.ts';
import { eventLogContract } from '../../contracts/event-log.ts';
import { openLogIn } from '../../support/cluster-logs.ts';
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
  const names = new Map<EventLog, string>();
  const open = async (name: string): Promise<EventLog> => {
    const log = around(await openLogIn(nats.store(name), join(room, name)));
    names.set(log, name);
    return log;
  };
  return {
    make: () => open(`world-${++worlds}`),
    reopen: async (log: EventLog) => {
      await log.close();
      return open(names.get(log)!);
    },
  };
};

describe('in a cluster', () => eventLogContract(inCluster()));
describe('group commit over a cluster', () => eventLogContract(inCluster((log) => groupCommit(log))));
