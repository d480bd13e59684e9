/**
 * Inbox messages that a label may still send this month (of UTC). Counted from the rows of the campaigns' report after a
 * start, and by itself from then on. Where other collectors send too, the rows are counted again every second (or as long as a
 * hundred counts take): a month's cap can be passed by what they send meanwhile, and by no more.
 */
import type { Label } from '../config/config.ts';
import type { UserStore } from '../store/user-store.ts';

type Limited = Pick<Label, 'name' | 'messages'>;

export interface Quota {
  /** Resolves when this month's messages of the label are counted, those of other collectors too; until then there are none left. */
  counted(label: Limited): Promise<void>;
  left(label: Limited): number;
  /** Taken before the message is stored, and given back (below zero) where it was not. */
  take(label: Limited, messages: number): void;
}

interface Count {
  /** The month's first millisecond. */
  month: number;
  used: number;
}

const monthOf = (at: number): number => {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
};

/** Counting takes a hundredth of the time at most. */
const REST_OF_COUNT = 100;

/** @param countAgainMs `Infinity` where nobody else sends */
export const createQuota = (
  users: Pick<UserStore, 'funnel'>,
  now: () => number,
  countAgainMs = Number.POSITIVE_INFINITY,
): Quota => {
  const counts = new Map<string, Count>();
  const counting = new Map<string, Promise<void>>();
  const dueAt = new Map<string, number>();

  const count = async (label: string): Promise<void> => {
    const at = now();
    const month = monthOf(at);
    const began = performance.now();
    const rows = await users.funnel(label, { channel: 'inbox', since: month });
    const used = rows.filter(({ status }) => status !== 'over_limit').reduce((sum, row) => sum + row.count, 0);
    // What was taken here and is not stored yet is in no row.
    const taken = current(label);
    counts.set(label, { month, used: taken?.month === month ? Math.max(used, taken.used) : used });
    dueAt.set(label, at + Math.max(countAgainMs, REST_OF_COUNT * (performance.now() - began)));
  };
  const current = (label: string): Count | undefined => {
    const known = counts.get(label);
    const month = monthOf(now());
    if (!known || known.month === month) return known;
    const fresh = { month, used: 0 };
    counts.set(label, fresh);
    return fresh;
  };

  return {
    async counted({ name, messages }) {
      if (messages.inboxPerMonth === null || now() < (dueAt.get(name) ?? 0)) return;
      const running = counting.get(name) ?? count(name).finally(() => counting.delete(name));
      counting.set(name, running);
      await running;
    },
    left({ name, messages: { inboxPerMonth } }) {
      if (inboxPerMonth === null) return Infinity;
      return Math.max(0, inboxPerMonth - (current(name)?.used ?? inboxPerMonth));
    },
    take({ name }, messages) {
      const count = current(name);
      if (count) count.used = Math.max(0, count.used + messages);
    },
  };
};
