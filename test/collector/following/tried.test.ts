/** What one try to send a message makes of its customer. */
import { describe, expect, test } from 'vitest';
import type { Sending } from '../../../src/collector/effects/sending.ts';
import { userCustomer } from '../../../src/collector/engine/customer-key.ts';
import type { CustomerState, OutboxItem } from '../../../src/collector/engine/customer-state.ts';
import { registered } from '../../../src/collector/engine/registered.ts';
import { heldBack, pauseAfter, tried } from '../../../src/collector/following/tried.ts';

const NOW = 1_000_000;
const item: OutboxItem = {
  uid: 'one',
  campaign: 'thanks',
  eid: 'event-1',
  channel: 'email',
  transactional: false,
  at: 5,
  due_at: NOW,
  tries: 0,
};
const anna = (more: Partial<OutboxItem> = {}): CustomerState => ({
  ...registered(userCustomer('anna', false), { name: 'casino', gamificationShare: 100 }, 0),
  outbox: [
    { ...item, uid: 'other' },
    { ...item, ...more },
  ],
});
const others = [{ ...item, uid: 'other' }];

describe('a try', () => {
  test.each<[string, Sending, number, Partial<CustomerState>, string, string]>([
    ['sent', { is: 'sent', why: 'a@b.c' }, 0, { outbox: others, sent: { email: [NOW] } }, 'sent', 'a@b.c'],
    [
      'given up for a reason',
      { is: 'never', status: 'no_address', why: 'has none' },
      0,
      { outbox: others, sent: {} },
      'no_address',
      'has none',
    ],
    [
      'to be made again',
      { is: 'again', why: 'busy' },
      0,
      { outbox: [...others, { ...item, tries: 1, due_at: NOW + 15_000 }] },
      'pending',
      'busy',
    ],
    [
      'to be made again when the other side says',
      { is: 'again', why: 'busy', after: 90_000 },
      3,
      { outbox: [...others, { ...item, tries: 4, due_at: NOW + 120_000 }] },
      'pending',
      'busy',
    ],
    [
      'to be made again not before the other side says',
      { is: 'again', why: 'busy', after: 500_000 },
      3,
      { outbox: [...others, { ...item, tries: 4, due_at: NOW + 500_000 }] },
      'pending',
      'busy',
    ],
    ['the last of ten', { is: 'again', why: 'busy' }, 9, { outbox: others }, 'failed', 'given up after 10 tries: busy'],
  ])('%s', (_, sending, tries, state, status, why) => {
    const done = tried(anna({ tries }), 'one', sending, NOW, 0);
    expect(done.state).toMatchObject(state);
    const { uid, campaign, eid, channel, at } = item;
    expect(done.deliveries).toEqual([{ uid, campaign, eid, channel, status, at, status_at: NOW, why }]);
  });

  test('of a message that is gone changes nothing', () => {
    const state = anna();
    expect(tried(state, 'gone', { is: 'sent', why: '' }, NOW, 0)).toEqual({ state, deliveries: [] });
  });

  test('remembers a hundred of a channel', () => {
    const state = { ...anna(), sent: { email: Array(100).fill(1) } };
    const { sent } = tried(state, 'one', { is: 'sent', why: '' }, NOW, 0).state;
    expect([sent.email?.length, sent.email?.at(-1)]).toEqual([100, NOW]);
  });
});

describe('a message that may not leave', () => {
  test('yet has its time', () => {
    const { state, deliveries } = heldBack(anna(), 'one', { is: 'later', at: NOW + 5_000, why: 'quiet hours' }, NOW);
    expect(state.outbox).toEqual([...others, { ...item, due_at: NOW + 5_000 }]);
    expect(deliveries).toMatchObject([{ status: 'pending', why: 'quiet hours' }]);
  });

  test('ever is gone, and its row says why', () => {
    const { state, deliveries } = heldBack(anna(), 'one', { is: 'never', status: 'capped', why: 'had 3' }, NOW);
    expect([state.outbox, deliveries]).toMatchObject([others, [{ uid: 'one', status: 'capped', why: 'had 3' }]]);
  });
});

test('pauses double from half a minute to six hours, half of each by chance', () => {
  expect([1, 2, 3, 9, 20].map((tries) => pauseAfter(tries, 1))).toEqual([
    30_000, 60_000, 120_000, 7_680_000, 21_600_000,
  ]);
  expect(pauseAfter(1, 0)).toBe(15_000);
});
