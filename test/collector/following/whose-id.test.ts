/** A page that takes the id of a server's event takes nothing of what follows from it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMemoryLog } from '../../../src/collector/store/memory-log.ts';
import { createMemoryUsers } from '../../../src/collector/store/memory-users.ts';
import { action, openWorld, settingsFor, type World } from '../../support/following-world.ts';
import { submission } from '../../support/submissions.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const thanks = (more: object = {}) => ({
  campaigns: {
    thanks: {
      on: { event: 'deposit' },
      ...more,
      steps: [{ wait: '2s' }, { webhook: { url: 'https://crm.example/hook', body: { amount: '{{ event.amount }}' } } }],
    },
  },
});
const forged = () => ({ ...action('anna', 'deposit', { amount: 1 }), eid: 'order-0001' });
const told = () =>
  ({ ...action('anna', 'deposit', { amount: 500 }), eid: 'order-0001', trust: 'server', source: 'server' }) as const;
const worldOf = (more?: object): Promise<World> =>
  openWorld({ log: createMemoryLog(), users: createMemoryUsers() }, settingsFor(thanks(more)));
const afterTheWait = async (world: World): Promise<unknown[]> => {
  await world.following.idle();
  world.now += 2_000;
  await vi.advanceTimersByTimeAsync(2_000);
  await world.following.idle();
  return world.left.map(({ words }) => words);
};

test('a campaign that asks for a server’s word hears it, whoever was first under its id', async () => {
  const world = await worldOf({ trust: 'server' });
  await world.submit(submission({ events: [forged()] }));
  await world.submit(submission({ device_id: null, events: [told()] }));
  expect(await afterTheWait(world)).toMatchObject([{ body: { amount: '500' } }]);
  await world.following.close();
});

test('each of the two begins it with what it says itself, and sent again neither does', async () => {
  const world = await worldOf();
  await world.submit(submission({ events: [forged()] }));
  await world.submit(submission({ device_id: null, events: [told()] }));
  await world.submit(submission({ device_id: null, events: [told()] }));
  const words = await afterTheWait(world);
  expect(words).toMatchObject([{ body: { amount: '1' } }, { body: { amount: '500' } }]);
  const traces = await world.users.traces('casino', { eid: 'order-0001' }, 10);
  expect(traces.length).toBeGreaterThanOrEqual(2);
  await world.following.close();
});
