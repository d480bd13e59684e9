/** `openaction copy` as the process that it is: killed wherever it is, it goes on, and nothing is there twice or missing. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connectTo } from '../../../src/collector/cluster/connection.ts';
import { namesOf } from '../../../src/collector/cluster/names.ts';
import { clusterAddress } from '../../support/cluster-address.ts';
import { collectorProgram } from '../../support/collector.ts';
import { makeLivedStore } from '../../support/lived-store.ts';
import { type NatsServers, startNats } from '../../support/nats.ts';
import { chanceOf, seeds } from '../../support/seeds.ts';
import { until } from '../../support/until.ts';

const isWhole = process.env.CLUSTER === 'whole';

/** Processes start and end in each of them, however busy the machine is. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** Each costs a start of the program. */
const KILLS = isWhole ? 10 : 4;

let nats: NatsServers;
let room: string;
beforeAll(async () => {
  nats = await startNats({ nodes: isWhole ? 3 : 1 });
  room = await mkdtemp(join(tmpdir(), 'openaction-copy-'));
});
afterAll(async () => {
  await nats.stop();
  await rm(room, { recursive: true });
});

const environment = (dataDir: string) => ({ PATH: process.env.PATH, DATA_DIR: dataDir });
const begin = (args: string[], dataDir: string): ChildProcess =>
  spawn(process.execPath, [collectorProgram, 'copy', ...args], { env: environment(dataDir), stdio: 'ignore' });
const finish = (args: string[], dataDir: string): Promise<{ code: number; out: string; err: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [collectorProgram, 'copy', ...args], { env: environment(dataDir) }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });

test(`killed at ${KILLS} places and begun again, everything is there once`, async () => {
  const chance = chanceOf(seeds[0]!);
  const from = join(room, 'store');
  const dataDir = join(room, 'data');
  await makeLivedStore(from, { seed: seeds[0]!, submissions: 2_000, changes: 400 });
  const store = nats.store('killed');
  const args = [`sqlite:${from}`, store];
  const cluster = await connectTo(clusterAddress(store));
  const names = namesOf('killed');
  const reached = async (): Promise<number> => {
    const streams = [names.events, `KV_${names.customers}`, names.report];
    const ends = await Promise.all(
      streams.map(async (one) => {
        try {
          return (await cluster.manager.streams.info(one)).state.last_seq;
        } catch {
          // Not made yet.
          return 0;
        }
      }),
    );
    return ends.reduce((sum, end) => sum + end, 0);
  };
  const places: number[] = [];
  for (let n = 0; n < KILLS; n++) {
    const child = begin(args, dataDir);
    const ended = once(child, 'exit');
    const place = (await reached()) + chance.pick([chance.whole(1, 8), chance.whole(1, 700)]);
    await until(async () => child.exitCode !== null || (await reached()) >= place);
    child.kill('SIGKILL');
    await ended;
    places.push(await reached());
  }
  const { code, out, err } = await finish(args, dataDir);
  expect(err.split('\n').filter((line) => !/ of .* %/.test(line))).toEqual(['']);
  expect(out).toContain('counted and compared');
  expect(code).toBe(0);
  expect(new Set(places).size).toBe(KILLS);
  await cluster.connection.close();
});
