/** The definitions change while events come in: everybody is held against the new ones, and no event is judged by none. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMemoryLog } from '../../../src/collector/store/memory-log.ts';
import { createMemoryUsers } from '../../../src/collector/store/memory-users.ts';
import { action, ofType, openWorld, settingsFor, type World } from '../../support/following-world.ts';

const buyers = (min: number) => ({ segments: { BUYERS: { event: 'buy', count: { min } } } });
const greeted = {
  ...buyers(2),
  campaigns: {
    greet: { on: { entered: 'BUYERS' }, steps: [{ tag: 'GREETED' }] },
    bye: { on: { left: 'BUYERS' }, steps: [{ tag: 'LEFT' }] },
  },
};

let world: World;
beforeEach(async () => {
  world = await openWorld({ log: createMemoryLog(), users: createMemoryUsers() });
});
afterEach(() => world.following.close());

const idle = (): Promise<void> => world.following.idle();
const define = (casino: object, ...others: object[]): void =>
  world.settings.replace({ config: settingsFor(casino, ...others).config(), warnings: [] }, world.now);
const buys = async (user: string, times: number): Promise<void> => {
  for (let n = 0; n < times; n++) await world.commit([action(user, 'buy')]);
};

test('what happened before is counted by rules that came after it, and begins nothing', async () => {
  await buys('anna', 3);
  await buys('bob', 1);
  await idle();
  define(greeted);
  await idle();
  expect(await world.users.memberCounts('casino')).toEqual({ BUYERS: 1 });
  expect(await world.state('u:anna')).toMatchObject({ tags: [], history: { buy: { count: 3 } } });
});

test('what happens afterwards begins what it begins', async () => {
  await buys('bob', 1);
  await idle();
  define(greeted);
  await buys('bob', 1);
  await idle();
  expect(await world.state('u:bob')).toMatchObject({ tags: ['GREETED'], history: { buy: { count: 2 } } });
});

test('events that came while the definitions were changed are counted once, whichever judged them', async () => {
  await buys('anna', 5);
  define(buyers(1));
  await buys('anna', 5);
  define(buyers(20));
  await buys('anna', 5);
  define(buyers(15));
  await idle();
  expect(await world.state('u:anna')).toMatchObject({
    history: { buy: { count: 15 } },
    segments: { BUYERS: world.now },
  });
});

test('a rule that admits fewer lets people out, and a segment that is gone has nobody', async () => {
  define(greeted);
  await buys('anna', 2);
  await idle();
  define({ ...greeted, ...buyers(3) });
  await idle();
  expect(await world.state('u:anna')).toMatchObject({ segments: {}, tags: ['GREETED'] });
  define({});
  await idle();
  expect(await world.users.memberCounts('casino')).toEqual({});
});

test('a field that rules did not name is read from the log where they name it now', async () => {
  define(buyers(1));
  await world.commit([action('anna', 'buy', { item: 'shoe' })]);
  await idle();
  define({ segments: { SHOES: { event: 'buy', where: { item: 'shoe' } } } });
  await idle();
  expect(await world.users.memberCounts('casino')).toEqual({ SHOES: 1 });
});

test('whoever was registered without any event of theirs being read is no exception', async () => {
  await world.commit([ofType('anna', 'update_profile', { age: 30 })]);
  await buys('anna', 2);
  await idle();
  define({
    segments: {
      GROWN: {
        all: [
          { property: 'age', where: { $gte: 18 } },
          { event: 'buy', count: { min: 2 } },
        ],
      },
    },
  });
  await idle();
  expect(await world.users.memberCounts('casino')).toEqual({ GROWN: 1 });
});

test('a visitor who was no row is one when a rule asks about what they did, and begins what they begin now', async () => {
  await world.commit([action(null, 'buy')]);
  await idle();
  expect(await world.state('d:device-1')).toBeUndefined();
  define(greeted);
  await world.commit([action(null, 'buy')]);
  await idle();
  expect(await world.state('d:device-1')).toMatchObject({ history: { buy: { count: 2 } }, tags: ['GREETED'] });
});

test('a label that comes is followed from its first event on, and one that goes is left alone', async () => {
  const arcade = { name: 'arcade', keys: { public: ['a'] }, brands: ['main'], origins: [], ...buyers(1) };
  await world.commit([action('anna', 'buy')], { label: 'arcade' });
  define({}, arcade);
  await idle();
  expect(await world.users.memberCounts('arcade')).toEqual({ BUYERS: 1 });
  define({});
  await world.commit([action('bob', 'buy')], { label: 'arcade' });
  await idle();
  expect(await world.state('u:bob', 'arcade')).toBeUndefined();
  define({}, arcade);
  await idle();
  expect(await world.users.memberCounts('arcade')).toEqual({ BUYERS: 2 });
  expect(world.failures).toEqual([]);
});

test('after a start those are reviewed who were left from before', async () => {
  await buys('anna', 3);
  await idle();
  await world.following.close();
  world = await openWorld({ log: world.log, users: world.users }, settingsFor(buyers(3)));
  await idle();
  expect(await world.users.memberCounts('casino')).toEqual({ BUYERS: 1 });
});
