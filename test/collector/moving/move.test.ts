/** A store on one machine copied into a cluster: everything is there as it was, once, however often the copy is begun. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { move } from '../../../src/collector/moving/move.ts';
import { clusterAddress } from '../../support/cluster-address.ts';
import { makeLivedStore } from '../../support/lived-store.ts';
import { type NatsServers, startNats } from '../../support/nats.ts';
import { seeds } from '../../support/seeds.ts';

let nats: NatsServers;
let room: string;
beforeAll(async () => {
  nats = await startNats();
  room = await mkdtemp(join(tmpdir(), 'openaction-move-'));
});
afterAll(async () => {
  await nats.stop();
  await rm(room, { recursive: true });
});

test.each(seeds)('everything is in the cluster as it was in the store (seed %i)', async (seed) => {
  const from = join(room, `store-${seed}`);
  await makeLivedStore(from, { seed, submissions: 400, changes: 60 });
  const told: string[] = [];
  const differs = await move({
    from,
    to: clusterAddress(nats.store(`whole-${seed}`)),
    dataDir: join(room, `copy-${seed}`),
    progress: (what, done, all) => told.push(`${what} ${done}/${all}`),
    failed: (cause) => told.push(String(cause)),
  });
  expect(differs).toEqual([]);
});
