/** Messages leave when they are due, a few at a time, and nobody waits for somebody who does not answer. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Sending } from '../../../src/collector/effects/sending.ts';
import { createMemoryLog } from '../../../src/collector/store/memory-log.ts';
import { createMemoryUsers } from '../../../src/collector/store/memory-users.ts';
import { action, openWorld, settingsFor, type World } from '../../support/following-world.ts';
import { until } from '../../support/until.ts';

const hook = (event: string) => ({ on: { event }, steps: [{ webhook: { url: `https://${event}.example/` } }] });
const definitions = {
  campaigns: {
    slow: hook('slow'),
    quick: hook('quick'),
    mail: { on: { event: 'mail' }, steps: [{ email: { subject: 'Hello', text: 'Hi' } }] },
    letter: { on: { event: 'letter' }, steps: [{ email: { subject: 'Dear', text: 'Hi' } }] },
  },
  messages: {
    webhooks: { key: 'key-that-signs-webhooks' },
    quietHours: { from: '22:00', to: '08:00' },
    caps: { email: { times: 2, within: '7d' } },
  },
};
const NOON = Date.UTC(2026, 5, 1, 12);
const HOUR = 3_600_000;
const sent: Sending = { is: 'sent', why: '' };

let world: World;
let release: () => void;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  world = await openWorld({ log: createMemoryLog(), users: createMemoryUsers() }, settingsFor(definitions), NOON);
  await world.following.idle();
  release = () => {};
});
afterEach(async () => {
  release();
  await world.following.idle();
  await world.following.close();
  vi.useRealTimers();
});

const passes = async (milliseconds: number): Promise<void> => {
  world.now += milliseconds;
  await vi.advanceTimersByTimeAsync(Math.min(milliseconds, 1_000));
  await world.following.idle();
};
/** Whoever is written to by `slow` does not answer until they are let. */
const holdSlow = (): void => {
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.answer = async ({ item }) => {
    if (item.campaign === 'slow') await held;
    return sent;
  };
};
const leftBy = (campaign: string): number => world.left.filter(({ item }) => item.campaign === campaign).length;
const all = (name: string, many: number) => Array.from({ length: many }, (_, n) => action(`user-${n}`, name));
const rows = async (): Promise<string[]> => {
  const { deliveries } = await world.users.deliveries('casino', { limit: 100 });
  return deliveries.filter(({ channel }) => channel !== 'run').map(({ status, why }) => `${status} ${why}`.trim());
};

test('a campaign that writes to somebody who does not answer holds up its own messages', async () => {
  holdSlow();
  await world.commit(all('slow', 20));
  await world.following.settled();
  await world.commit(all('quick', 20));
  await until(() => leftBy('quick') === 20);
  expect(leftBy('slow')).toBe(4);
  await until(() => world.following.measures().outbox === 20);
  release();
  await until(() => leftBy('slow') === 20);
  await world.following.idle();
  expect(world.following.measures().outbox).toBe(0);
});

test('at most eight of a label are on their way at once', async () => {
  let underWay = 0;
  let most = 0;
  world.answer = async () => {
    most = Math.max(most, ++underWay);
    await new Promise(setImmediate);
    underWay--;
    return sent;
  };
  await world.commit([...all('slow', 20), ...all('quick', 20), ...all('mail', 20)]);
  await world.following.idle();
  expect([world.left.length, most]).toEqual([60, 8]);
});

test('one that failed is tried again in its time, and given up after ten', async () => {
  world.answer = async () => ({ is: 'again', why: 'answered 500' });
  await world.commit([action('anna', 'quick')]);
  await world.following.idle();
  expect([world.left.length, await rows()]).toEqual([1, ['pending answered 500']]);
  await passes(14_000);
  expect(world.left).toHaveLength(1);
  await passes(1_000);
  expect(world.left).toHaveLength(2);
  for (let n = 0; n < 12; n++) await passes(6 * HOUR);
  expect([world.left.length, await rows()]).toEqual([10, ['failed given up after 10 tries: answered 500']]);
});

test('at night an e-mail waits for the morning, and a webhook does not', async () => {
  world.now = NOON + 12 * HOUR;
  await world.commit([action('anna', 'mail'), action('anna', 'quick')]);
  await world.following.idle();
  expect([leftBy('mail'), leftBy('quick')]).toEqual([0, 1]);
  await passes(8 * HOUR);
  expect(leftBy('mail')).toBe(1);
});

test('a cap counts what was sent, and what it holds back is a row that says so', async () => {
  for (let n = 0; n < 3; n++) {
    await world.commit([action('anna', 'mail')]);
    await world.following.idle();
  }
  expect([leftBy('mail'), await rows()]).toEqual([2, [expect.stringMatching(/^capped had 2/), 'sent', 'sent']]);
});

test('a cap holds for messages that come due together, whichever campaigns made them', async () => {
  await world.commit([...Array.from({ length: 3 }, () => action('anna', 'mail')), action('anna', 'letter')]);
  await world.following.idle();
  expect([world.left.length, (await rows()).filter((row) => row === 'sent').length]).toEqual([2, 2]);
});

test('whoever unsubscribed between the message and its try is not written to', async () => {
  world.now = NOON + 12 * HOUR;
  await world.commit([action('anna', 'mail')]);
  await world.following.idle();
  const { version, state } = (await world.users.get('casino', 'u:anna'))!;
  await world.users.update('casino', [{ customer: 'u:anna', version, state: { ...state, unsubscribed: ['email'] } }]);
  await passes(8 * HOUR);
  expect([leftBy('mail'), await rows()]).toEqual([0, ['unsubscribed the customer unsubscribed']]);
});

test('a customer who is erased while a message is on its way stays erased', async () => {
  holdSlow();
  await world.commit([action('anna', 'slow')]);
  await until(() => leftBy('slow') === 1);
  await world.users.erase('casino', 'u:anna');
  release();
  await world.following.idle();
  expect(await world.state('u:anna')).toBeUndefined();
});

test('what was sent is stored at last, and not sent again, where the store fails for a while', async () => {
  const { update } = world.users;
  world.answer = async () => {
    world.users.update = async () => {
      world.users.update = update;
      throw new Error('the disk is full');
    };
    return sent;
  };
  await world.commit([action('anna', 'quick')]);
  await until(async () => (await rows())[0] === 'sent');
  expect([world.left.length, world.failures.length]).toEqual([1, 1]);
});
