/**
 * Users of a label that are known to be registered, so that events from which nothing follows need no look into the store.
 * Forgetting one costs such a look, and nothing else.
 */
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
  forget(): void;
}

const MOST_KNOWN = 100_000;

export const createKnownUsers = (): KnownUsers => {
  const known = new Set<string>();
  const expected = new Set<string>();
  const isNew = (user: string | null): boolean => user !== null && !known.has(user);
  return {
    isNew,
    isFirst: (user) => isNew(user) && !expected.has(user),
    expect: (user) => void expected.add(user),
    know(user) {
      if (known.size >= MOST_KNOWN) known.delete(known.values().next().value!);
      known.add(user);
      expected.delete(user);
    },
    expectNobody: () => expected.clear(),
    forget() {
      known.clear();
      expected.clear();
    },
  };
};
