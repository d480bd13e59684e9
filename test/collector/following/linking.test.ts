/** A visitor logs in: what they did is the customer's from then on, once, and nobody else's. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMemoryLog } from '../../../src/collector/store/memory-log.ts';
import { createMemoryUsers } from '../../../src/collector/store/memory-users.ts';
import { action, ofType, openWorld, settingsFor, type World } from '../../support/following-world.ts';
import { submission } from '../../support/submissions.ts';

const DAY = 86_400_000;
const NOW = 200 * DAY;
const definitions = {
  segments: { KEEN: { event: 'look', count: { min: 3 } } },
  campaigns: { keen: { on: { entered: 'KEEN' }, steps: [{ popup: { title: 'Still looking?' } }] } },
};

let world: World;
beforeEach(async () => {
  const settings = settingsFor(definitions);
  world = await openWorld({ log: createMemoryLog(), users: createMemoryUsers() }, settings, NOW);
});
afterEach(() => world.following.close());

const idle = (): Promise<void> => world.following.idle();
const looks = async (device_id: string): Promise<void> => {
  await world.commit([action(null, 'look', { item: 'shoe' })], { device_id });
  await idle();
};
const logsIn = async (user: string, device_id: string): Promise<void> => {
  await world.commit([ofType(user, 'login')], { device_id });
  await idle();
  world.now += 1_000;
};
const links = async (): Promise<unknown[]> => {
  const { events } = await world.log.events('casino', { type: 'visitor_linked', limit: 100, order: 'asc' });
  return events.map(({ user_ext_id, payload, trust }) => ({ user_ext_id, ...payload, trust }));
};
const lookCount = async (customer: string): Promise<number | undefined> =>
  (await world.state(customer))?.history.look?.count;

test('what the visitor did counts for the customer, and begins what it begins', async () => {
  await looks('phone');
  await looks('phone');
  await world.commit([action('anna', 'look')], { device_id: null });
  await logsIn('anna', 'phone');
  expect(await links()).toEqual([
    { user_ext_id: 'anna', device_id: 'phone', from: NOW - 60 * DAY, to: NOW, trust: 'server' },
  ]);
  expect(await world.state('u:anna')).toMatchObject({ segments: { KEEN: NOW }, devices: { phone: NOW } });
  expect([await lookCount('u:anna'), world.made]).toEqual([3, ['u:anna Still looking?']]);
});

test('a login under a brand that left the config links all the same, under the first of those that are left', async () => {
  await looks('phone');
  await world.commit([ofType('anna', 'login', {}, { ext_brand_id: 'gone' })], { device_id: 'phone' });
  await idle();
  expect(await links()).toHaveLength(1);
  expect(await lookCount('u:anna')).toBe(1);
  expect(world.failures).toEqual([]);
});

test.each(['constructor', '__proto__', 'toString'])('a device may be called %s', async (device) => {
  await looks(device);
  await logsIn('anna', device);
  await looks(device);
  await logsIn('anna', device);
  expect(await links()).toMatchObject([{ to: NOW }, { from: NOW, to: NOW + 1_000 }]);
  expect(Object.entries((await world.state('u:anna'))?.devices ?? {})).toEqual([[device, NOW + 1_000]]);
  expect(Object.entries((await world.state(`d:${device}`))?.devices ?? {})).toEqual([[device, NOW + 1_000]]);
  expect(await lookCount('u:anna')).toBe(2);
});

test('events of a visitor keep the identity that they were made with', async () => {
  await looks('phone');
  await logsIn('anna', 'phone');
  const { events } = await world.log.events('casino', { type: 'client_action', limit: 10, order: 'asc' });
  expect(events.map(({ user_ext_id, device_id }) => [user_ext_id, device_id])).toEqual([[null, 'phone']]);
});

test('a login on a device of which nothing is known links nobody', async () => {
  await logsIn('anna', 'phone');
  expect(await links()).toEqual([]);
});

test('a second login links what came since, and nothing twice', async () => {
  await looks('phone');
  await logsIn('anna', 'phone');
  await logsIn('anna', 'phone');
  expect(await links()).toHaveLength(1);
  await looks('phone');
  await logsIn('anna', 'phone');
  expect(await links()).toMatchObject([{}, { from: NOW }]);
  expect(await lookCount('u:anna')).toBe(2);
});

test('a login that is put to the engine again links once', async () => {
  await looks('phone');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { update } = world.users;
  world.users.update = async () => {
    world.users.update = update;
    throw new Error('the disk is full');
  };
  await logsIn('anna', 'phone');
  await vi.advanceTimersByTimeAsync(1_000);
  vi.useRealTimers();
  await idle();
  expect([await links(), world.failures.length]).toMatchObject([[{}], 1]);
  expect(await lookCount('u:anna')).toBe(1);
});

test('whoever logs in there next is not told what the first one did', async () => {
  const tags = ofType(null, 'core_public_tags_update', { operation: 'add', tags: ['VIP'] });
  await world.commit([tags], { device_id: 'phone' });
  await looks('phone');
  await logsIn('anna', 'phone');
  await looks('phone');
  await logsIn('bob', 'phone');
  expect([await lookCount('u:anna'), await lookCount('u:bob')]).toEqual([1, 1]);
  expect([(await world.state('u:anna'))?.tags, (await world.state('u:bob'))?.tags]).toEqual([['VIP'], []]);
});

test('what a visitor brings begins nothing that asks for more than a page’s word, nor after a wait', async () => {
  const definitions = {
    segments: { VIP: { tag: 'VIP' }, GOLD: { tag: 'GOLD' } },
    missions: { look: { title: 'Look', tasks: [{ event: 'look' }], reward: [{ wait: '1h' }, { tag: 'GOLD' }] } },
    campaigns: {
      vip: { on: { entered: 'VIP' }, trust: 'verified', steps: [{ points: 1000 }] },
      gold: { on: { entered: 'GOLD' }, trust: 'verified', steps: [{ points: 1000 }] },
    },
  };
  world.settings.replace({ config: settingsFor(definitions).config(), warnings: [] }, world.now);
  const tags = ofType(null, 'core_public_tags_update', { operation: 'add', tags: ['VIP'] });
  await world.commit([tags, action(null, 'look')], { device_id: 'phone' });
  await logsIn('anna', 'phone');
  world.now += 3_600_000;
  await vi.waitFor(async () => expect((await world.state('u:anna'))?.tags).toEqual(['VIP', 'GOLD']), 3_000);
  await idle();
  const anna = (await world.state('u:anna'))!;
  expect([Object.keys(anna.segments), anna.points.balance]).toEqual([['VIP', 'GOLD'], 0]);
});

test('two who log in there in one breath are two: what was done before is the first one’s', async () => {
  await looks('phone');
  const [first, second] = ['anna', 'bob'].map((user) => ofType(user, 'login'));
  await Promise.all([
    world.commit([first!], { device_id: 'phone' }),
    world.commit([second!], { device_id: 'phone', received_at: world.now + 1_000 }),
  ]);
  await idle();
  expect([await lookCount('u:anna'), await lookCount('u:bob')]).toEqual([1, undefined]);
});

test('what the visitor did is there too where somebody else changed the customer meanwhile', async () => {
  await looks('phone');
  const { update } = world.users;
  const changed = new Promise<void>((resolve) => {
    world.users.update = async (label, changes, progress) => {
      const isLink = changes.some(({ state }) => state.user === 'anna' && 'phone' in state.devices);
      if (!isLink) return update(label, changes, progress);
      world.users.update = update;
      const { version, state } = (await world.users.get('casino', 'u:anna'))!;
      await update('casino', [{ customer: 'u:anna', version, state: { ...state, nickname: 'Faster' } }]);
      resolve();
      return update(label, changes, progress);
    };
  });
  await logsIn('anna', 'phone');
  await changed;
  await idle();
  expect(await world.state('u:anna')).toMatchObject({ nickname: 'Faster', history: { look: { count: 1 } } });
});

test('looking and logging in may come in one batch', async () => {
  await world.commit([action(null, 'look'), action(null, 'look'), ofType('anna', 'login')], { device_id: 'phone' });
  await idle();
  expect(await lookCount('u:anna')).toBe(2);
});

test('nobody becomes somebody else’s visitor by saying so from a page', async () => {
  await looks('phone');
  await world.commit([ofType('eve', 'visitor_linked', { device_id: 'phone' })], { device_id: 'laptop' });
  await idle();
  expect(await lookCount('u:eve')).toBeUndefined();
});

test('definitions that come later find what the visitor did among the customer’s own', async () => {
  await world.commit([action(null, 'search'), action(null, 'search')], { device_id: 'phone' });
  await looks('phone');
  await logsIn('anna', 'phone');
  await world.submit(submission({ received_at: world.now, device_id: 'phone', events: [action(null, 'search')] }));
  const next = settingsFor({ segments: { SEEKERS: { event: 'search', count: { min: 2, max: 2 } } } });
  world.settings.replace({ config: next.config(), warnings: [] }, world.now);
  await idle();
  expect(Object.keys((await world.state('u:anna'))!.segments)).toEqual(['SEEKERS']);
});
