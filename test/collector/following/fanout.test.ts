/** A system event is told to every customer, once, while everything else goes on. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteLog } from '../../../src/collector/store/sqlite-log.ts';
import { openSqliteUsers } from '../../../src/collector/store/sqlite-users.ts';
import type { Progress } from '../../../src/collector/store/user-store.ts';
import { action, openWorld, settingsFor, system, type World } from '../../support/following-world.ts';

const definitions = {
  campaigns: {
    stock: {
      on: { system: 'item_in_stock' },
      customer: { event: 'interested', where: { item: '$item' } },
      steps: [{ points: 1 }, { popup: { title: '{{ event.item }} is back' } }],
    },
  },
};

let directory: string;
let world: World;
/** What was stored of how far events were told. */
let slices: Progress[];
const start = async (): Promise<void> => {
  const log = await openSqliteLog(directory);
  const users = await openSqliteUsers(directory);
  const { update } = users;
  slices = [];
  users.update = (label, changes, progress = {}) => {
    if (progress.fanouts || progress.fannedOut) slices.push(progress);
    return update(label, changes, progress);
  };
  world = await openWorld({ log, users }, settingsFor(definitions));
};
const end = async (): Promise<void> => {
  world.kill();
  await world.users.close();
  await world.log.close();
};
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'openaction-fanout-'));
  await start();
});
afterEach(async () => {
  await world.following.close();
  await end();
  await rm(directory, { recursive: true });
});

const interested = async (many: number): Promise<void> => {
  const item = (n: number): string => (n % 2 === 0 ? 'shoe' : 'hat');
  await world.commit(Array.from({ length: many }, (_, n) => action(`user-${n}`, 'interested', { item: item(n) })));
  await world.following.idle();
};
/** How many have so many points. */
const points = async (): Promise<{ [points: number]: number }> => {
  const { customers } = await world.users.list('casino', undefined, 10_000);
  const counts: { [points: number]: number } = {};
  for (const { state } of customers) counts[state.points.balance] = (counts[state.points.balance] ?? 0) + 1;
  return counts;
};

test('those whom the filter admits are told, with the words of the event, and the others are not', async () => {
  await interested(6);
  await world.commit([system('item_in_stock', { item: 'shoe' }), system('something_else', { item: 'hat' })]);
  await world.following.idle();
  expect(await points()).toEqual({ 0: 3, 1: 3 });
  expect(world.made).toEqual(['u:user-0 shoe is back', 'u:user-2 shoe is back', 'u:user-4 shoe is back']);
  expect(await world.users.fanouts('casino')).toEqual([]);
});

test('nothing is written of those whom it does not concern', async () => {
  await interested(2);
  const before = await world.users.get('casino', 'u:user-1');
  await world.commit([system('item_in_stock', { item: 'shoe' })]);
  await world.following.idle();
  expect(await world.users.get('casino', 'u:user-1')).toEqual(before);
});

test('a process that ends in the middle goes on behind what it stored, and nobody is told twice', async () => {
  await interested(500);
  const { update } = world.users;
  let writes = 0;
  const ended = new Promise<void>((resolve) => {
    world.users.update = async (label, changes, progress) => {
      if (!progress?.fanouts?.some(({ after }) => after !== null)) return update(label, changes, progress);
      await update(label, changes, progress);
      if (++writes === 2) {
        world.kill();
        resolve();
        return new Promise(() => {});
      }
      return changes.map(() => true);
    };
  });
  await world.commit([system('item_in_stock', { item: 'shoe' })]);
  await ended;
  const told = (await points())[1]!;
  expect(told).toBeLessThan(250);
  await end();
  await start();
  await world.following.idle();
  expect(slices).toHaveLength(1);
  expect(await points()).toEqual({ 0: 250, 1: 250 });
  expect(world.made).toHaveLength(250 - told);
});

test('a slice that was stored in part is told again to all of it, and those who know it do nothing', async () => {
  await interested(4);
  const { update } = world.users;
  world.users.update = async (label, changes, progress) => {
    if (!progress?.fannedOut) return update(label, changes, progress);
    world.users.update = update;
    const { version, state } = (await world.users.get('casino', 'u:user-0'))!;
    await update('casino', [{ customer: 'u:user-0', version, state: { ...state, nickname: 'Faster' } }]);
    await update(label, changes, progress);
    throw new Error('the disk is full');
  };
  await world.commit([system('item_in_stock', { item: 'shoe' })]);
  await world.following.idle();
  expect([world.failures.length, await points()]).toEqual([1, { 0: 3, 1: 1 }]);
  await end();
  await start();
  await world.following.idle();
  expect(await points()).toEqual({ 0: 2, 1: 2 });
});

test('customers go on while everybody is being told, and a second event waits for the first', async () => {
  await interested(300);
  await world.commit([
    system('item_in_stock', { item: 'shoe' }),
    system('item_in_stock', { item: 'hat' }),
    system('item_in_stock', { item: 'shoe' }),
  ]);
  await world.following.settled();
  await Promise.all(
    Array.from({ length: 20 }, (_, n) => world.commit([action(`user-${n}`, 'interested', { item: 'hat' })])),
  );
  await world.following.settled();
  expect((await world.state('u:user-19'))?.history.interested?.count).toBe(2);
  await world.following.idle();
  const told = world.made.map((one) => one.split(' ')[1]);
  expect(told.indexOf('hat')).toBe(150);
  expect(told.lastIndexOf('hat')).toBeLessThan(told.lastIndexOf('shoe'));
});

test('an event that was erased before everybody was told ends there', async () => {
  await interested(2);
  await world.users.update('casino', [], { fanouts: [{ cursor: 999, after: null }] });
  await world.commit([system('item_in_stock', { item: 'shoe' })]);
  await world.following.idle();
  expect([await points(), await world.users.fanouts('casino')]).toEqual([{ 0: 1, 1: 1 }, []]);
});
