/** When to look at a customer although nothing happened. */
import { expect, test } from 'vitest';
import { UNDER_WAY_MS, withAlarm } from '../../../src/collector/engine/alarm.ts';
import type { OutboxItem, WaitingRun } from '../../../src/collector/engine/customer-state.ts';
import { engineDesk, HOUR, START } from '../../support/engine-desk.ts';

const run = (due_at: number): WaitingRun => ({
  uid: 'run-1',
  campaign: 'go',
  eid: null,
  at: START,
  next: 1,
  shape: 'wait',
  due_at,
});
const message = (due_at: number): OutboxItem => ({
  uid: 'message-1',
  campaign: 'go',
  eid: null,
  channel: 'sms',
  transactional: false,
  at: START,
  due_at,
  tries: 0,
});
const { state } = engineDesk({});
const alarm = (waiting: number[], outbox: number[], also: (number | null)[] = []): number | null =>
  withAlarm({ ...state, waiting: waiting.map(run), outbox: outbox.map(message) }, also, START).wakes_at;

test.each<[string, number | null, number | null]>([
  ['nothing', alarm([], []), null],
  ['the first wait that ends', alarm([START + 2 * HOUR, START + HOUR], []), START + HOUR],
  ['a message that waits for the morning', alarm([START + 3 * HOUR], [START + 2 * HOUR]), START + 2 * HOUR],
  ['a segment that may be left', alarm([START + 3 * HOUR], [], [null, START + HOUR]), START + HOUR],
  ['a wait that is over', alarm([START - HOUR], []), START - HOUR],
  ['a message that is being tried', alarm([], [START]), START + UNDER_WAY_MS],
])('%s', (_, wakes_at, wanted) => expect(wakes_at).toBe(wanted));

test('an alarm that is set already changes nothing', () => {
  const waiting = withAlarm({ ...state, waiting: [run(START + HOUR)] }, [], START);
  expect(withAlarm(waiting, [], START)).toBe(waiting);
});
