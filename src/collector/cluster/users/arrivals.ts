/**
 * Customers as they come into this collector's copy, told to whoever watches some of them: once the step that brought them
 * is kept, in its order, with what they were before it. Nobody else costs more than a question.
 */
import type { sqliteStates } from '../../store/sqlite-states.ts';
import { toColumn } from '../../store/text-column.ts';
import type { CustomerKey, StoredState } from '../../store/user-store.ts';
import type { Arrivals } from '../pages/shared-channel.ts';

export interface UsersArrivals extends Arrivals {
  /** A step begins; what was noted of one that was not kept is forgotten. */
  begin(): void;
  /** Part of a step. */
  noting<Made>(label: string, customer: CustomerKey, applied: () => Made): Made;
  /** The step is kept. */
  tell(): void;
}

export const createArrivals = (states: Pick<ReturnType<typeof sqliteStates>, 'get'>): UsersArrivals => {
  const watchers = new Set<Parameters<Arrivals['watch']>>();
  const here = (label: string, customer: CustomerKey): StoredState | undefined => states.get(toColumn(label), customer);
  let noted: (() => void)[] = [];

  return {
    versionHere: (label, customer) => here(label, customer)?.version ?? 0,
    watch(...watcher) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    begin() {
      noted = [];
    },
    noting(label, customer, applied) {
      const watching = [...watchers].filter(([isWatched]) => isWatched(label, customer));
      if (watching.length === 0) return applied();
      const before = here(label, customer);
      const made = applied();
      const after = here(label, customer);
      if (before || after)
        for (const [, arrived] of watching) noted.push(() => arrived(label, customer, before, after));
      return made;
    },
    tell() {
      for (const told of noted) told();
      noted = [];
    },
  };
};
