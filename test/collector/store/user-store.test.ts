/** Every store of customers under the one contract. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
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
const open = async (dir: string): Promise<UserStore> => {
  const store = await openSqliteUsers(dir);
  places.set(store, dir);
  return store;
};

describe('in memory', () => userStoreContract({ make: async () => createMemoryUsers() }));
describe('SQLite', () =>
  userStoreContract({
    make: async () => open(await directory()),
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

test('a file that a newer version wrote is left alone', async () => {
  const dir = await directory();
  await (await openSqliteUsers(dir)).close();
  const db = new Database(join(dir, 'customers.sqlite'));
  db.pragma('user_version = 99');
  db.close();
  await expect(openSqliteUsers(dir)).rejects.toThrow('was written by a newer version');
});
