/** What is read of the log for a customer: the newest events under each name, and no more than rules can ask about. */
import { beforeEach, expect, test } from 'vitest';
import { userCustomer } from '../../../src/collector/engine/customer-key.ts';
import { registered } from '../../../src/collector/engine/registered.ts';
import { createRecall } from '../../../src/collector/following/recall.ts';
import type { EventLog } from '../../../src/collector/store/event-log.ts';
import { createMemoryLog } from '../../../src/collector/store/memory-log.ts';
import { action } from '../../support/following-world.ts';
import { submission } from '../../support/submissions.ts';

const anna = userCustomer('anna', false);
const nobody = registered(anna, { name: 'casino', gamificationShare: 100 }, 0);
const DAY = 86_400_000;

let log: EventLog;
beforeEach(() => {
  log = createMemoryLog();
});

const looks = async (many: number, user: string | null = 'anna', received_at = 1_000): Promise<void> => {
  const events = Array.from({ length: many }, (_, n) => action(user, 'look', { n, item: 'shoe' }));
  await log.append([submission({ events, received_at, device_id: 'phone' })]);
};
const recalled = async (fields: string[], before = 1e9, state = nobody) =>
  (await createRecall(log, 'casino').history(anna.key, state, [{ name: 'look', fields }], before)).history.look;

test('the newest hundred are kept, and a hundred and one tell "more"', async () => {
  await looks(700);
  const history = await recalled(['n']);
  expect([history?.count, history?.recent.length]).toEqual([101, 100]);
  expect(history?.recent.map(({ fields }) => fields.n)).toEqual(Array.from({ length: 100 }, (_, n) => 600 + n));
});

test('of a payload only what definitions name is kept', async () => {
  await looks(1);
  expect((await recalled(['item', 'toString']))?.recent).toMatchObject([{ fields: { item: 'shoe' } }]);
});

test('what came at an event or after it is not before it', async () => {
  await looks(5);
  expect((await recalled([], 3))?.recent.map(({ cursor }) => cursor)).toEqual([1, 2]);
});

test('a name without events is no row', async () => {
  expect(await recalled([])).toBeUndefined();
});

test('a device is theirs for the sixty days before they logged in there', async () => {
  await looks(1, null, 9 * DAY);
  await looks(2, null, 20 * DAY);
  await looks(3, 'anna', 75 * DAY);
  await looks(4, null, 80 * DAY);
  const state = { ...nobody, devices: { phone: 75 * DAY } };
  const history = await recalled([], 1e9, state);
  expect(history?.recent.map(({ cursor }) => cursor)).toEqual([2, 3, 4, 5, 6]);
});
