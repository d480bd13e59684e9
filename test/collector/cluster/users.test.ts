/** Customers in a cluster under the contract that every store of customers keeps, on a real server. */
import { describe } from 'vitest';
import type { UserStore } from '../../../src/collector/store/user-store.ts';
import { userStoreContract } from '../../contracts/user-store.ts';
import { type OpenUsers, usersPlace } from '../../support/clustered-users.ts';

const place = usersPlace();

describe('in a cluster', () => {
  const opened = new Map<UserStore, { name: string; one: OpenUsers }>();
  const open = async (name: string, dataDir?: string, now?: () => number): Promise<UserStore> => {
    const one = await place.open(name, dataDir, now);
    opened.set(one.users, { name, one });
    return one.users;
  };
  userStoreContract({
    make: (now) => open(place.newName(), place.newDirectory(), now),
    reopen: async (store) => {
      const { name, one } = opened.get(store)!;
      await one.close();
      return open(name, one.dataDir);
    },
  });
});
