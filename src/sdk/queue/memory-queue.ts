/**
 * The queue of last resort: this document only. What it holds is sent at once, since nothing else will keep it.
 */
import type { DeadLetter } from '../api.ts';
import { type EventQueue, fitting, LETTERS, readRow } from './event-queue.ts';

export const memoryQueue = (): EventQueue => {
  const rows = new Map<string, string>();
  let dead: DeadLetter[] = [];
  const oldest = () => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    append: (eid, text) => !!rows.set(eid, text),
    peek: async (most, characters) =>
      fitting(
        oldest().map(([eid, text]) => readRow(eid, text)),
        most,
        characters,
      ),
    async acknowledge(eids, letters = []) {
      for (const eid of eids) rows.delete(eid);
      dead = [...dead, ...letters].slice(-LETTERS);
    },
    letters: async () => dead,
    count: async () => rows.size,
    async characters() {
      let sum = 0;
      for (const text of rows.values()) sum += text.length;
      return sum;
    },
    async dropOldest(events) {
      const gone = oldest().slice(0, events);
      for (const [eid] of gone) rows.delete(eid);
      return gone.length;
    },
  };
};
