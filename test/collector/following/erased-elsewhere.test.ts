/** Whoever was erased stays away, also where a collector was late and knew nothing of it yet. */
import { expect, test } from 'vitest';
import { registered } from '../../../src/collector/engine/registered.ts';
import { createErasedElsewhere } from '../../../src/collector/following/erased-elsewhere.ts';
import { createMemoryUsers } from '../../../src/collector/store/memory-users.ts';
import { patiently } from '../../support/until.ts';

const customer = (user: string, at: number) => ({
  customer: `u:${user}`,
  version: 0,
  state: registered({ key: `u:${user}`, user }, { name: 'casino', gamificationShare: 0 }, at),
});

test('whom a late collector makes anew from erased events is taken away again, and who came since stays', async () => {
  const users = createMemoryUsers();
  const failures: unknown[] = [];
  const erased = createErasedElsewhere({
    users,
    isHeld: () => true,
    now: () => 1_000,
    failed: (cause) => failures.push(cause),
    laterMs: 1,
  });
  await users.update('casino', [customer('anna', 900), customer('bob', 1_000), customer('carla', 900)]);
  for (const name of ['bob', 'anna']) erased.heard('casino', `u:${name}`);
  await expect.poll(() => users.get('casino', 'u:anna'), patiently).toBeUndefined();
  expect((await users.list('casino', undefined, 9)).customers.map(({ customer }) => customer)).toEqual([
    'u:bob',
    'u:carla',
  ]);
  expect(failures).toEqual([]);
  erased.close();
});
