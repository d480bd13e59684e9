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
import { collectorProgram, startCollector } from '../../support/collector.ts';
import { type LabelDesk, labelDesk } from '../../support/label-desk.ts';
import { makeLivedStore } from '../../support/lived-store.ts';
import { type NatsServers, startNats } from '../../support/nats.ts';
import { chanceOf, seeds } from '../../support/seeds.ts';
import { patiently, until } from '../../support/until.ts';

const isWhole = process.env.CLUSTER === 'whole';

/** Processes start and end in each of them, however busy the machine is. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

/** Each costs a start of the program. */
const KILLS = isWhole ? 10 : 3;

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
  spawn(process.execPath, [collectorProgram, 'copy', ...args], {
    env: environment(dataDir),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
const finish = (args: string[], dataDir: string): Promise<{ code: number; out: string; err: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [collectorProgram, 'copy', ...args], { env: environment(dataDir) }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });

test(`stopped, killed at ${KILLS} places and begun again, everything is there once`, async () => {
  const chance = chanceOf(seeds[0]!);
  const from = join(room, 'store');
  const dataDir = join(room, 'data');
  await makeLivedStore(from, { seed: seeds[0]!, submissions: 1_000, changes: 250 });
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
  const stopping = begin(args, dataDir);
  let said = '';
  stopping.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await until(async () => (await reached()) > 0);
  stopping.kill('SIGINT');
  expect(await once(stopping, 'close')).toEqual([1, null]);
  expect(said).toMatch(/^stopped; the same command goes on where it stopped\n$/m);

  const places = [await reached()];
  for (let done = false; !done && places.length <= KILLS; ) {
    const child = begin(args, dataDir);
    const ended = once(child, 'exit');
    const place = places.at(-1)! + chance.pick([chance.whole(1, 6), chance.whole(1, 200)]);
    await until(async () => child.exitCode !== null || (await reached()) >= place);
    done = child.exitCode !== null;
    child.kill('SIGKILL');
    await ended;
    places.push(await reached());
  }
  // Where the machine is so fast that one came to the end, that is what the next says.
  const { code, out, err } = await finish(args, dataDir);
  if (code === 1) expect(err).toBe('this store was copied into this cluster already, all of it\n');
  else expect(out).toContain('counted and compared');
  expect(places.length).toBeGreaterThan(2);
  await cluster.connection.close();
});

test.runIf(isWhole)(
  'the node that leads may die meanwhile: the copy waits, goes on by itself, and says so if it must',
  async () => {
    const from = join(room, 'store');
    const copying = finish([`sqlite:${from}`, nats.store('dying')], join(room, 'dying'));
    const cluster = await connectTo(clusterAddress(nats.store('dying')));
    const names = namesOf('dying');
    await until(async () => {
      try {
        return (await cluster.manager.streams.info(`KV_${names.customers}`)).state.last_seq > 10;
      } catch {
        // Not made yet.
        return false;
      }
    });
    await cluster.connection.close();
    const leader = await nats.leader(`KV_${names.customers}`);
    await leader.kill();
    const { code, out, err } = await copying;
    await leader.start();
    await nats.ready();
    expect([code, out], err).toEqual([0, expect.stringContaining('counted and compared')]);
  },
);

const players = ['anna', 'BOB', 'ünal'];
const config = {
  labels: [
    {
      name: 'Casino',
      keys: { public: ['casino'], secret: ['demo-secret'], admin: ['demo-admin'] },
      brands: ['main'],
      origins: ['self'],
      segments: { PAID_OFTEN: { event: 'paid', count: { min: 3 } } },
      campaigns: {
        paid: {
          on: { event: 'paid' },
          steps: [{ points: 1 }, { inbox: { title: 'Receipt', body: 'For {{event.nr}}.' } }],
        },
        often: { on: { entered: 'PAID_OFTEN' }, steps: [{ points: 1000 }] },
      },
    },
  ],
};
const paid = (nr: number) => ({
  eid: `paid-${String(nr).padStart(6, '0')}`,
  event_date: 1_000_000 + nr,
  user_ext_id: players[nr % players.length],
  event_type: 'client_action',
  payload: { client_action: 'paid', nr },
});
const everything = async (desk: LabelDesk): Promise<unknown[]> => {
  const paths = ['/v1/events?limit=1000', '/v1/losses', '/v1/registry', '/v1/segments', '/v1/rejections'];
  const [first, ...more] = await Promise.all([
    ...[...paths, ...players.map((user) => `/v1/customers/${encodeURIComponent(user)}`)].map((path) => desk.read(path)),
    desk.sent({ limit: '1000' }),
    desk.traces('paid-000004'),
  ]);
  return [first, ...more];
};

test('a collector on the cluster answers as the one before it did, and nothing begins again', async () => {
  const dataDir = join(room, 'lives');
  const store = nats.store('lives');
  let collector = await startCollector({ config, dataDir });
  try {
    const desk = labelDesk(() => collector.url);
    const all = Array.from({ length: 30 }, (_, nr) => paid(nr));
    await desk.tell(JSON.stringify(all));
    await expect.poll(async () => (await desk.sent({ channel: 'run', limit: '1000' })).length, patiently).toBe(33);
    const before = await everything(desk);
    await collector.kill('SIGTERM');

    const { code, err } = await finish([`sqlite:${dataDir}`, store], dataDir);
    expect([code, err]).toEqual([0, expect.stringContaining('30 of 30 events, 100 %')]);
    collector = await startCollector({ config, dataDir, env: { STORE: store } });
    expect(await everything(desk)).toEqual(before);

    const again = await desk.tell(JSON.stringify([...all, paid(30)]));
    expect(again.rejected).toEqual([]);
    await expect.poll(async () => (await desk.sent({ channel: 'run', limit: '1000' })).length, patiently).toBe(34);
    const { props } = await desk.read<{ props: { [name: string]: unknown } }>('/v1/customers/anna');
    expect(props).toMatchObject({ ach_points_balance: 1011, core_inbox_unread_count: 11 });
  } finally {
    await collector.stop();
  }
});
