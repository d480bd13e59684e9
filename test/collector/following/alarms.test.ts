/** Time passes: waits end, windows of segments close, messages come back, also while the collector was down. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openSqliteLog } from '../../../src/collector/store/sqlite-log.ts';
import { openSqliteUsers } from '../../../src/collector/store/sqlite-users.ts';
import { action, openWorld, settingsFor, type World } from '../../support/following-world.ts';

const definitions = {
  segments: { LATELY: { event: 'visit', within: '30s' } },
  campaigns: {
    later: {
      on: { event: 'deposit' },
      steps: [{ wait: '2s' }, { popup: { title: 'You paid {{ event.amount }}' } }],
    },
    gone: { on: { left: 'LATELY' }, steps: [{ tag: 'AWAY' }] },
  },
};

let directory: string;
let world: World;
const start = async (now: number): Promise<void> => {
  const log = await openSqliteLog(directory);
  const users = await openSqliteUsers(directory);
  world = await openWorld({ log, users }, settingsFor(definitions), now);
  await world.following.idle();
};
const end = async (): Promise<void> => {
  world.kill();
  await world.users.close();
  await world.log.close();
};
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  directory = await mkdtemp(join(tmpdir(), 'openaction-alarms-'));
  await start(10_000);
});
afterEach(async () => {
  await world.following.close();
  await end();
  vi.useRealTimers();
  await rm(directory, { recursive: true });
});

const passes = async (milliseconds: number): Promise<void> => {
  world.now += milliseconds;
  await vi.advanceTimersByTimeAsync(milliseconds);
  await world.following.idle();
};
const shown = async (): Promise<string[] | undefined> =>
  (await world.state('u:anna'))?.engagements.map(({ about }) => about);

test('a wait ends when it is over, and not before', async () => {
  await world.commit([action('anna', 'deposit', { amount: 5 })]);
  await world.following.idle();
  await passes(1_999);
  expect(await shown()).toEqual([]);
  await passes(1);
  expect(await shown()).toEqual(['You paid 5']);
  expect(world.made).toEqual(['u:anna You paid 5']);
});

test('a wait ends after a restart, once, with the event that it began with', async () => {
  await world.commit([action('anna', 'deposit', { amount: 5 })]);
  await world.following.idle();
  await end();
  await start(11_000);
  expect(await shown()).toEqual([]);
  await passes(1_000);
  expect(await shown()).toEqual(['You paid 5']);
  await end();
  await start(13_000);
  await passes(5_000);
  expect(await shown()).toEqual(['You paid 5']);
});

test('a wait that ended while the collector was down goes on when it is back', async () => {
  await world.commit([action('anna', 'deposit', { amount: 5 })]);
  await world.following.idle();
  await end();
  await start(500_000);
  expect(await shown()).toEqual(['You paid 5']);
});

test('a run whose event was erased meanwhile ends, and says so', async () => {
  await world.commit([action('anna', 'deposit', { amount: 5 })]);
  await world.following.idle();
  await world.log.erase('casino', { user: 'anna' });
  await passes(2_000);
  const { deliveries } = await world.users.deliveries('casino', { limit: 10 });
  expect(deliveries).toMatchObject([
    { channel: 'run', status: 'ended', why: expect.stringContaining('no longer kept') },
  ]);
});

test('a segment over the last half minute is left when nothing happens for that long', async () => {
  await world.commit([action('anna', 'visit')]);
  await world.following.idle();
  expect(Object.keys((await world.state('u:anna'))!.segments)).toEqual(['LATELY']);
  await passes(30_000);
  expect(await world.state('u:anna')).toMatchObject({ segments: {}, tags: ['AWAY'] });
});

test('an event and an alarm at the same moment are both in the state', async () => {
  await world.commit([action('anna', 'deposit', { amount: 5 })]);
  await world.following.idle();
  world.now += 2_000;
  const events = Array.from({ length: 10 }, () => world.commit([action('anna', 'visit')]));
  await Promise.all([...events, vi.advanceTimersByTimeAsync(2_000)]);
  await world.following.idle();
  const state = (await world.state('u:anna'))!;
  expect([state.history.visit?.count, await shown()]).toEqual([10, ['You paid 5']]);
});

test('many customers ring in slices, and nobody is left out', async () => {
  await world.commit(Array.from({ length: 250 }, (_, n) => action(`user-${n}`, 'deposit', { amount: n })));
  await world.following.idle();
  await passes(2_000);
  const { customers } = await world.users.list('casino', undefined, 1_000);
  expect(customers.filter(({ state }) => state.engagements.length === 1)).toHaveLength(250);
});
