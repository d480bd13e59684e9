/** Every store of customers under the one contract. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
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

test('a file that a newer version wrote is left alone', async () => {
  const dir = await directory();
  await (await openSqliteUsers(dir)).close();
  const db = new Database(join(dir, 'customers.sqlite'));
  db.pragma('user_version = 99');
  db.close();
  await expect(openSqliteUsers(dir)).rejects.toThrow('was written by a newer version');
});
