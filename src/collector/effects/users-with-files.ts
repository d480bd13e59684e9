/**
 * A store of customers whose messages also lie in files: who is erased, and what is too old, leaves none behind.
 */
import type { CustomerKey, UserStore } from '../store/user-store.ts';
import type { MessageFiles } from './message-files.ts';

const AT_ONCE = 500;

export const usersWithFiles = (users: UserStore, files: Pick<MessageFiles, 'forget' | 'purge'>): UserStore => {
  const uidsOf = async (label: string, customer: CustomerKey): Promise<string[]> => {
    const uids: string[] = [];
    for (let after: string | null | undefined; after !== null; ) {
      const query = { customer, limit: AT_ONCE, ...(after === undefined ? {} : { after }) };
      const { deliveries, next } = await users.deliveries(label, query);
      uids.push(...deliveries.map(({ uid }) => uid));
      after = next;
    }
    return uids;
  };

  return {
    ...users,
    async erase(label, customer) {
      // They go first: their names are in the rows.
      await files.forget(label, await uidsOf(label, customer));
      const uids = await uidsOf(label, customer);
      const erased = await users.erase(label, customer);
      // And what was under way meanwhile.
      await files.forget(label, uids);
      return erased;
    },
    async purge(label, before, limit) {
      const taken = await files.purge(label, before, limit);
      return taken < limit ? taken + (await users.purge(label, before, limit - taken)) : taken;
    },
  };
};

/** Files of those who are known: a message that was under way when its customer was erased leaves none. */
export const filesOfKnown = (
  users: Pick<UserStore, 'content'>,
  files: Pick<MessageFiles, 'write' | 'forget'>,
): Pick<MessageFiles, 'write'> => ({
  async write(kind, label, uid, content) {
    const place = await files.write(kind, label, uid, content);
    // The words went with the customer.
    if ((await users.content(label, uid)) === undefined) await files.forget(label, [uid]);
    return place;
  },
});
