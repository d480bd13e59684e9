/**
 * A store of customers whose messages also lie in files: who is erased, and what is too old, leaves none behind.
 */
import type { CustomerKey, UserStore } from '../store/user-store.ts';
import type { MessageFiles } from './message-files.ts';

const AT_ONCE = 500;

export const usersWithFiles = (users: UserStore, files: Pick<MessageFiles, 'forget' | 'purge'>): UserStore => {
  const forgetFiles = async (label: string, customer: CustomerKey, after: string | null = null): Promise<void> => {
    const query = { customer, limit: AT_ONCE, ...(after === null ? {} : { after }) };
    const { deliveries, next } = await users.deliveries(label, query);
    await files.forget(
      label,
      deliveries.map(({ uid }) => uid),
    );
    if (next !== null) await forgetFiles(label, customer, next);
  };

  return {
    ...users,
    async erase(label, customer) {
      // They go first: their names are in the rows.
      await forgetFiles(label, customer);
      return users.erase(label, customer);
    },
    async purge(label, before, limit) {
      const taken = await files.purge(label, before, limit);
      return taken < limit ? taken + (await users.purge(label, before, limit - taken)) : taken;
    },
  };
};
