/**
 * Users of a label that are known to be registered, so that events from which nothing follows need no look into the store.
 * Forgetting one costs such a look, and nothing else.
 */
import type { CustomerKey } from '../store/user-store.ts';

export interface KnownUsers {
  /** Nobody is known to have registered them. */
  isNew(user: string | null): boolean;
  /** As `isNew`, and nothing of them waits that will register them. */
  isFirst(user: string): boolean;
  /** Something waits that will. */
  expect(user: string): void;
  know(user: string): void;
  /** What waited does so no more. */
  expectNobody(): void;
  /** Nobody is known any more, and who was erased never is again: their document goes after their events, by whichever process. */
  forget(erased: CustomerKey): void;
}

const MOST_KNOWN = 100_000;
/** Whoever was erased before these has long been gone everywhere. */
const MOST_ERASED = 10_000;

export const createKnownUsers = (keyOf: (user: string) => CustomerKey): KnownUsers => {
  const known = new Set<string>();
  const expected = new Set<string>();
  const erased = new Set<CustomerKey>();
  const isNew = (user: string | null): boolean => user !== null && !known.has(user);
  return {
    isNew,
    isFirst: (user) => isNew(user) && !expected.has(user),
    expect: (user) => void expected.add(user),
    know(user) {
      expected.delete(user);
      if (erased.size > 0 && erased.has(keyOf(user))) return;
      if (known.size >= MOST_KNOWN) known.delete(known.values().next().value!);
      known.add(user);
    },
    expectNobody: () => expected.clear(),
    forget(customer) {
      known.clear();
      expected.clear();
      if (erased.size >= MOST_ERASED) erased.delete(erased.values().next().value!);
      erased.add(customer);
    },
  };
};
