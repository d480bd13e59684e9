/** What whoever followed a label before had under way may be written after it was taken over, and follows all the same. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMemoryLog } from '../../../src/collector/store/memory-log.ts';
import { createMemoryUsers } from '../../../src/collector/store/memory-users.ts';
import { action, openWorld, settingsFor, type World } from '../../support/following-world.ts';
import { holdingTable } from '../../support/holding-table.ts';

const settings = settingsFor({
  campaigns: { thanks: { on: { event: 'deposit' }, steps: [{ webhook: { url: 'https://crm.example/' } }] } },
  messages: { webhooks: { key: 'key-that-signs-webhooks' } },
});
const NOW = Date.UTC(2026, 5, 1, 12);

let former: World;
let heir: World;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const table = holdingTable();
  const seat = table.seat();
  former = await openWorld({ log: createMemoryLog(), users: createMemoryUsers() }, settings, NOW);
  heir = await openWorld(
    { log: createMemoryLog(), users: createMemoryUsers() },
    settings,
    NOW,
    async () => {},
    seat.holding,
  );
  await table.give('casino', seat);
  await heir.following.idle();
});
afterEach(async () => {
  await heir.following.close();
  vi.useRealTimers();
});

test('a message that was made by the one before, and comes late into the store, leaves soon', async () => {
  // It dies with the message in its hands.
  former.answer = () => new Promise(() => {});
  await former.commit([action('anna', 'deposit')]);
  await former.following.settled();
  const [item] = (await former.state('u:anna'))!.outbox;
  const words = await former.users.content('casino', item!.uid);
  former.kill();

  const state = (await former.users.get('casino', 'u:anna'))!.state;
  await heir.users.update('casino', [
    { customer: 'u:anna', version: 0, state, contents: [{ id: item!.uid, content: words! }] },
  ]);
  for (let seconds = 0; seconds < 14; seconds++) {
    heir.now += 1_000;
    await vi.advanceTimersByTimeAsync(1_000);
    await heir.following.idle();
  }
  expect(heir.left.map(({ item }) => item.uid)).toEqual([item!.uid]);
  expect((await heir.state('u:anna'))!.outbox).toEqual([]);
});
