/**
 * Customers whom another collector may have erased: what was under way of theirs here can have made them anew, from events that
 * are gone, after that one was done. A while later whoever holds the label takes those away. Somebody who
 * came since stays.
 */
import type { CustomerKey, UserStore } from '../store/user-store.ts';

export interface ErasedElsewhere {
  heard(label: string, customer: CustomerKey): void;
  close(): void;
}

export interface ErasedElsewhereNeeds {
  users: Pick<UserStore, 'get' | 'erase'>;
  isHeld: (label: string) => boolean;
  now: () => number;
  failed: (cause: unknown) => void;
  laterMs?: number;
}

/** Time enough for whoever ordered it, and for what is under way here. */
const LATER_MS = 10_000;

export const createErasedElsewhere = (needs: ErasedElsewhereNeeds): ErasedElsewhere => {
  const { users, isHeld, now, failed, laterMs = LATER_MS } = needs;
  const due = new Set<NodeJS.Timeout>();

  const takeAway = async (label: string, customer: CustomerKey, erasedAt: number): Promise<void> => {
    const there = await users.get(label, customer);
    if (there && there.state.registered_at < erasedAt && isHeld(label)) await users.erase(label, customer);
  };
  return {
    heard(label, customer) {
      const erasedAt = now();
      const timer = setTimeout(() => {
        due.delete(timer);
        takeAway(label, customer, erasedAt).catch(failed);
      }, laterMs).unref();
      due.add(timer);
    },
    close() {
      for (const timer of due) clearTimeout(timer);
      due.clear();
    },
  };
};
