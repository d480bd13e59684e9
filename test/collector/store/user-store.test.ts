/** Every store of customers under the one contract. */
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
import { nothingYet } from '../../../src/collector/engine/customer-state.ts';
import { registered } from '../../../src/collector/engine/registered.ts';
import { createMemoryUsers } from '../../../src/collector/store/memory-users.ts';
import { openSqliteUsers } from '../../../src/collector/store/sqlite-users.ts';
import type { UserStore } from '../../../src/collector/store/user-store.ts';
import { userStoreContract } from '../../contracts/user-store.ts';

const directories: string[] = [];
const directory = async (): Promise<string> => {
  directories.push(await mkdtemp(join(tmpdir(), 'openaction-users-')));
  return directories.at(-1)!;
};
afterAll(() => Promise.all(directories.map((one) => rm(one, { recursive: true }))));

const places = new Map<UserStore, string>();
const open = async (dir: string, now?: () => number): Promise<UserStore> => {
  const store = await openSqliteUsers(dir, now);
  places.set(store, dir);
  return store;
};

describe('in memory', () => userStoreContract({ make: async (now) => createMemoryUsers(now) }));
describe('SQLite', () =>
  userStoreContract({
    make: async (now) => open(await directory(), now),
    reopen: async (store) => {
      await store.close();
      return open(places.get(store)!);
    },
  }));

test('changes of one turn share a commit: a hundred new customers are a few pages on disk', async () => {
  const dir = await directory();
  const store = await openSqliteUsers(dir);
  const { size: before } = await stat(join(dir, 'customers.sqlite-wal'));
  const stored = await Promise.all(
    Array.from({ length: 100 }, (_, n) => {
      const customer = `u:anna-${n}`;
      const state = registered({ key: customer, user: null }, { name: 'casino', gamificationShare: 100 }, 1_000);
      return store.update('casino', [{ customer, version: 0, state }]);
    }),
  );
  expect(stored).toEqual(Array(100).fill([true]));
  const { size: after } = await stat(join(dir, 'customers.sqlite-wal'));
  // A commit writes every page that it touched, and each page is 4 kB: by themselves they would be a hundred at the least.
  expect((after - before) / 4096).toBeLessThan(50);
  await store.close();
});

test('what was asked before the end is stored, and what is asked after it is refused', async () => {
  const dir = await directory();
  const store = await openSqliteUsers(dir);
  const state = registered({ key: 'u:anna', user: null }, { name: 'casino', gamificationShare: 100 }, 1_000);
  const last = store.update('casino', [{ customer: 'u:anna', version: 0, state }]);
  await store.close();
  expect(await last).toEqual([true]);
  await expect(store.update('casino', [{ customer: 'u:anna', version: 1, state }])).rejects.toThrow();
  const again = await openSqliteUsers(dir);
  expect(await again.get('casino', 'u:anna')).toEqual({ version: 1, state });
  await again.close();
});

test('a file of the first version goes on where it stopped, and its states lack nothing', async () => {
  const dir = await directory();
  const before = new Database(join(dir, 'customers.sqlite'));
  before.exec(readFileSync(new URL('../../fixtures/customers-version-1.sql', import.meta.url), 'utf8'));
  before.close();
  const store = await openSqliteUsers(dir);
  const anna = (await store.get('casino', 'u:anna'))!;
  expect(anna).toMatchObject({ version: 3, state: { tags: ['VIP'], ...nothingYet() } });
  expect(anna.state.properties.name?.value).toBe('Anna 😀 \ud800');
  expect([await store.folded('casino'), await store.keepSetting('vapid', 'other')]).toEqual([12, 'made']);
  expect(await store.content('casino', 'popup-01')).toBe('{"title":"Hello"}');
  expect((await store.deliveries('casino', { limit: 10 })).deliveries).toEqual([
    {
      uid: 'popup-01',
      customer: 'u:anna',
      campaign: 'admin',
      eid: null,
      channel: 'popup',
      status: 'shown',
      at: 2_000,
      status_at: 3_000,
      why: '',
    },
  ]);
  expect(await store.funnel('casino', {})).toMatchObject([{ campaign: 'admin', channel: 'popup', count: 1 }]);
  expect(await store.writtenIds('casino', ['u:anna', 'd:device-1'])).toEqual(new Map([['u:anna', 'Anna']]));
  const state = { ...anna.state, segments: { VIP: 5 }, wakes_at: 6 };
  expect(await store.update('casino', [{ customer: 'u:anna', version: 3, state }])).toEqual([true]);
  expect(await store.memberCounts('casino')).toEqual({ VIP: 1 });
  expect(await store.due('casino', 6, 10)).toEqual(['u:anna']);
  // What is as old as nobody knows is as old as the day on which the file learned of age.
  expect(await store.purge('casino', Date.now() - 60_000, 10)).toBe(1);
  expect(await store.get('casino', 'd:device-1')).toBeDefined();
  await store.close();
});

test('of traces that are large fewer are kept: the newest, and no more than a label has room for', async () => {
  const dir = await directory();
  const customer = 'd:phone';
  const state = registered({ key: customer, user: null }, { name: 'casino', gamificationShare: 100 }, 1_000);
  // Eight million bytes each, of which six have room.
  const verdicts = [{ campaign: 'welcome', fired: false, why: 'é'.repeat(4_000_000) }];
  const trace = (n: number) => ({ eid: `e-${n}`, cursor: null, at: 1, verdicts });
  const store = await openSqliteUsers(dir);
  await store.update('casino', [{ customer, version: 0, state, traces: [1, 2, 3, 4, 5, 6].map(trace) }]);
  await store.close();
  const again = await openSqliteUsers(dir);
  await again.update('casino', [{ customer, version: 1, state, traces: [7, 8].map(trace) }]);
  const kept = await again.traces('casino', { customer }, 100);
  expect(kept.map(({ eid }) => eid)).toEqual(['e-8', 'e-7', 'e-6', 'e-5', 'e-4', 'e-3']);
  await again.close();
});

test('of a customer who is erased no word is left in the files', async () => {
  const dir = await directory();
  const store = await openSqliteUsers(dir);
  const customer = 'u:unmistakable';
  const about = (n: number) => ({
    ...registered({ key: customer, user: 'unmistakable' }, { name: 'casino', gamificationShare: 100 }, 1_000),
    // Long enough for pages of its own, and of another length each time.
    properties: { note: { value: 'unmistakable '.repeat(500 * n), trust: 'server' as const } },
    segments: { VIP: n },
  });
  for (let version = 0; version < 5; version++) {
    await store.update('casino', [
      {
        customer,
        version,
        state: about(5 - version),
        contents: [{ id: `sent-${version}`, content: 'unmistakable words' }],
        deliveries: [
          {
            uid: `sent-${version}`,
            campaign: 'welcome',
            eid: null,
            channel: 'email',
            status: 'failed',
            at: 1,
            status_at: 1,
            why: 'unmistakable is unknown here',
          },
        ],
        traces: [{ eid: null, cursor: null, at: 1, verdicts: [{ campaign: 'c', fired: false, why: 'unmistakable' }] }],
      },
      ...Array.from({ length: 200 }, (_, n) => ({
        customer: `u:${n}-${version}`,
        version: 0,
        state: { ...about(0), user: 'somebody else' },
      })),
    ]);
  }
  await store.erase('casino', customer);
  const files = (await readdir(dir)).map((name) => [name, readFileSync(join(dir, name)).includes('unmistakable')]);
  expect(files.filter(([, has]) => has)).toEqual([]);
  expect(files.map(([name]) => name)).toContain('customers.sqlite');
  await store.close();
});

test('a file that a newer version wrote is left alone', async () => {
  const dir = await directory();
  await (await openSqliteUsers(dir)).close();
  const db = new Database(join(dir, 'customers.sqlite'));
  db.pragma('user_version = 99');
  db.close();
  await expect(openSqliteUsers(dir)).rejects.toThrow('was written by a newer version');
});
