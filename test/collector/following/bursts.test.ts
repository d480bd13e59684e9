/** One customer does so much at once that what follows is more than one write should hold. */
import { expect, test } from 'vitest';
import { createMemoryLog } from '../../../src/collector/store/memory-log.ts';
import { createMemoryUsers } from '../../../src/collector/store/memory-users.ts';
import type { StateChange } from '../../../src/collector/store/user-store.ts';
import { action, openWorld, settingsFor } from '../../support/following-world.ts';
import { patiently } from '../../support/until.ts';

const names = Array.from({ length: 30 }, (_, n) => `campaign-${n}`);
const campaigns = Object.fromEntries(names.map((name) => [name, { on: { event: 'deposit' }, steps: [{ points: 1 }] }]));
/** Above it a collector's copy in a cluster takes no change. */
const MOST_ROWS = 8_192;

const rowsOf = ({ contents = [], deliveries = [], traces = [] }: StateChange): number =>
  contents.length + deliveries.length + traces.reduce((rows, { verdicts }) => rows + verdicts.length, 0);

test('however much follows for one customer, every write of it is small, and each thing follows once, also where one fails', async () => {
  const users = createMemoryUsers();
  const written: number[] = [];
  const world = await openWorld(
    {
      log: createMemoryLog(),
      users: {
        ...users,
        async update(label, changes, on) {
          written.push(Math.max(0, ...changes.map(rowsOf)));
          if (written.length === 3) throw new Error('the disk is full');
          return users.update(label, changes, on);
        },
      },
    },
    settingsFor({ campaigns }),
  );
  await world.commit(Array.from({ length: 400 }, () => action('anna', 'deposit')));
  await expect.poll(async () => (await world.state('u:anna'))?.points.balance, patiently).toBe(400 * names.length);
  await world.following.idle();
  expect((await world.state('u:anna'))?.points.balance).toBe(400 * names.length);
  expect(written.length).toBeGreaterThan(3);
  expect(Math.max(...written)).toBeLessThan(MOST_ROWS);
  expect(world.failures.map(String)).toEqual(['Error: the disk is full']);
  await world.following.close();
});
