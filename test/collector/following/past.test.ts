/** Customers whose store is lost are made again from their events, and nobody is told anything a second time. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteLog } from '../../../src/collector/store/sqlite-log.ts';
import { openSqliteUsers } from '../../../src/collector/store/sqlite-users.ts';
import { action, ofType, openWorld, settingsFor, system, type World } from '../../support/following-world.ts';
import { submission } from '../../support/submissions.ts';

const hook = { webhook: { url: 'https://crm.example/hook' } };
const casino = {
  segments: { PAID: { event: 'deposit', count: { min: 2 } } },
  campaigns: {
    thanks: { on: { event: 'deposit' }, steps: [hook, { popup: { title: 'Thanks' } }] },
    welcome: { on: { entered: 'PAID' }, steps: [hook] },
    everybody: { on: { system: 'release' }, steps: [hook] },
  },
  missions: {
    two: { title: 'Two', tasks: [{ event: 'deposit', count: 2 }], reward: [{ points: 50 }, { badge: 'two' }, hook] },
    perhaps: { title: 'One', tasks: [{ event: 'deposit', count: 1 }], reward: [{ points: 7 }, { wait: '1d' }, hook] },
  },
};

const plain = {
  keys: { public: ['l'] },
  brands: ['main'],
  origins: [],
  messages: { webhooks: { key: 'key-that-signs-webhooks' } },
};
const later = { ...casino, ...plain, name: 'later' };

let directory: string;
let world: World;
const start = async (atFirst?: (world: World) => Promise<unknown>): Promise<void> => {
  const stores = { log: await openSqliteLog(directory), users: await openSqliteUsers(directory) };
  world = await openWorld(stores, settingsFor(casino), 10_000, atFirst);
};
const end = async (): Promise<void> => {
  world.kill();
  await world.users.close();
  await world.log.close();
};
const loseCustomers = async (): Promise<void> => {
  for (const name of await readdir(directory)) if (name.startsWith('customers.sqlite')) await rm(join(directory, name));
};
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'openaction-past-'));
});
afterEach(async () => {
  await world.following.close();
  await end();
  await rm(directory, { recursive: true });
});

const deposit = () => action('anna', 'deposit', { amount: 5 });
const seen = async () => {
  const state = await world.state('u:anna');
  return { segments: Object.keys(state?.segments ?? {}), points: state?.points.balance, badges: state?.badges };
};

test('whoever lost the store of customers has them again, and nothing is sent again', async () => {
  await start();
  await world.following.idle();
  await world.commit([action(null, 'look'), deposit(), ofType('anna', 'login'), system('release'), deposit()]);
  await world.following.idle();
  const before = await seen();
  const events = async () => (await world.log.events('casino', { limit: 100, order: 'asc' })).events.length;
  const stored = await events();
  expect(world.left.length).toBeGreaterThan(3);
  await end();

  await loseCustomers();
  await start();
  await world.following.idle();
  expect(await seen()).toEqual({
    segments: ['PAID'],
    points: 50,
    badges: before.badges && { two: expect.any(Number) },
  });
  const { deliveries } = await world.users.deliveries('casino', { limit: 100 });
  expect(deliveries.filter(({ channel }) => channel !== 'run')).toEqual([]);
  expect([world.left, world.made, await events()]).toEqual([[], [], stored]);

  await world.commit([deposit()]);
  await world.following.idle();
  expect(world.left.map(({ item }) => item.campaign)).toEqual(['thanks']);
});

test('the first event of a new collector that ended before it was folded begins its campaign', async () => {
  await start(async ({ log }) => {
    await log.append([submission({ events: [deposit()] })]);
  });
  await end();
  await start();
  await world.following.idle();
  expect(world.left.map(({ item }) => item.campaign)).toContain('thanks');
});

test('so does the first event of a label that the config gets later', async () => {
  await start();
  await world.following.idle();
  world.settings.replace({ config: settingsFor(casino, later).config(), warnings: [] }, world.now);
  await world.commit([deposit()], { label: 'later' });
  await world.following.idle();
  expect(world.left.map(({ item }) => item.campaign)).toContain('thanks');
});
