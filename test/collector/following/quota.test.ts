/** Inbox messages of a month: counted from what was sent, by whomever. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createQuota, type Quota } from '../../../src/collector/following/quota.ts';
import { createMemoryLog } from '../../../src/collector/store/memory-log.ts';
import { createMemoryUsers } from '../../../src/collector/store/memory-users.ts';
import type { UserStore } from '../../../src/collector/store/user-store.ts';
import { action, openWorld, settingsFor, type World } from '../../support/following-world.ts';

const JUNE = Date.UTC(2026, 5, 15);
const JULY = Date.UTC(2026, 6, 1);
const settings = settingsFor({
  campaigns: { news: { on: { event: 'read' }, steps: [{ inbox: { title: 'News', body: 'Read on' } }] } },
  messages: { inboxPerMonth: 3 },
});
const label = settings.labels()[0]!;

let users: UserStore;
let world: World;
let now: number;
beforeEach(async () => {
  users = createMemoryUsers();
  now = JUNE;
  world = await openWorld({ log: createMemoryLog(), users }, settings, JUNE);
});
afterEach(() => world.following.close());

const fresh = async (): Promise<Quota> => {
  const quota = createQuota(users, () => now);
  await quota.counted(label);
  return quota;
};
const reads = async (...names: string[]): Promise<void> => {
  await world.commit(names.map((user) => action(user, 'read')));
  await world.following.idle();
};
const inboxes = async (): Promise<number> => {
  const { customers } = await users.list('casino', undefined, 100);
  return customers.reduce((sum, { state }) => sum + state.inbox.length, 0);
};

test('no more are sent than the label may, in one write or in several, and the excess is counted', async () => {
  await reads('anna', 'bob');
  await reads('carl', 'dora', 'eve');
  expect(await inboxes()).toBe(3);
  expect(await users.funnel('casino', { channel: 'inbox' })).toMatchObject([
    { status: 'over_limit', count: 2 },
    { status: 'pending', count: 3 },
  ]);
});

test('after a start those of this month count, and not those that were over the limit', async () => {
  await reads('anna', 'bob');
  expect((await fresh()).left(label)).toBe(1);
  await reads('carl', 'dora', 'eve');
  expect((await fresh()).left(label)).toBe(0);
});

test('a month that begins has all of its own', async () => {
  await reads('anna', 'bob');
  const quota = await fresh();
  now = JULY;
  expect(quota.left(label)).toBe(3);
  expect((await fresh()).left(label)).toBe(3);
});

test('one that was not stored after all is given back', async () => {
  await reads('anna');
  const { update } = users;
  users.update = async (...write) => {
    users.update = update;
    const [name, changes] = write;
    const { version, state } = (await users.get(name, 'u:anna'))!;
    await update(name, [{ customer: 'u:anna', version, state: { ...state, nickname: 'Faster' } }]);
    return changes.length > 0 ? update(...write) : [];
  };
  await reads('anna');
  await reads('anna');
  expect(await inboxes()).toBe(3);
});

test('what another process sends counts a second later, and what was sent here and is in no row yet counts on', async () => {
  const here = createQuota(users, () => now, 1_000);
  await here.counted(label);
  here.take(label, 1);
  await reads('anna', 'bob');
  expect(here.left(label)).toBe(2);
  now += 1_000;
  await here.counted(label);
  expect(here.left(label)).toBe(1);
  here.take(label, 1);
  now += 1_000;
  await here.counted(label);
  expect(here.left(label)).toBe(0);
});

test('a label without a limit has no end of them', () => {
  expect(createQuota(users, () => now).left(settingsFor().labels()[0]!)).toBe(Infinity);
});
