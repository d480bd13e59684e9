/**
 * Inbox messages that a label may still send this month (of UTC). Counted from the rows of the campaigns' report after a
 * start, and by itself from then on.
 */
import type { Label } from '../config/config.ts';
import type { UserStore } from '../store/user-store.ts';

type Limited = Pick<Label, 'name' | 'messages'>;

export interface Quota {
  /** Resolves when this month's messages of the label are counted; until then there are none left. */
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

export const createQuota = (users: Pick<UserStore, 'funnel'>, now: () => number): Quota => {
  const counts = new Map<string, Count>();
  const counting = new Map<string, Promise<void>>();

  const count = async (label: string): Promise<void> => {
    const month = monthOf(now());
    const rows = await users.funnel(label, { channel: 'inbox', since: month });
    const used = rows.filter(({ status }) => status !== 'over_limit').reduce((sum, row) => sum + row.count, 0);
    counts.set(label, { month, used });
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
      if (messages.inboxPerMonth === null || counts.has(name)) return;
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
