/**
 * Events on disk within microseconds and without a database: one localStorage key each, so that two tabs never rewrite
 * each other. Used while the database opens, and instead of it where it is refused. Small on purpose: the origin's
 * 5 MB belong to the page. Survives navigation and a dead renderer; the browser itself writes it down within 5 s.
 * Over a store that lasts no longer than the document, and without bounds, it is the queue of last resort.
 */
import type { TextStore } from '../platform.ts';
import type { EventQueue } from './event-queue.ts';

/** Rows and characters that we take of the origin's localStorage. */
export const JOURNAL = { rows: 200, characters: 64 * 1024 };

export const journalQueue = (store: TextStore, prefix: string, bounded = true): EventQueue => {
  const eids = () => store.keys(prefix).map((key) => key.slice(prefix.length));
  const read = (eid: string) => ({ eid, text: store.get(prefix + eid) ?? '' });
  // Counted once, then kept: walking the keys for every event would cost more than writing it.
  let used: { rows: number; characters: number } | undefined;
  return {
    append(eid, text) {
      used ??= eids().reduce(
        ({ rows, characters }, one) => ({ rows: rows + 1, characters: characters + read(one).text.length }),
        { rows: 0, characters: 0 },
      );
      const rows = used.rows + 1;
      const characters = used.characters + text.length;
      const kept =
        !(bounded && (rows > JOURNAL.rows || characters > JOURNAL.characters)) && store.set(prefix + eid, text);
      if (kept) used = { rows, characters };
      return kept;
    },
    peek: async (most) => eids().slice(0, most).map(read),
    async acknowledge(gone) {
      for (const eid of gone) store.remove(prefix + eid);
      used = undefined;
    },
    async drop(gone) {
      const there = gone.filter((eid) => store.get(prefix + eid) !== null);
      await this.acknowledge(there);
      return there;
    },
    count: async () => eids().length,
  };
};
