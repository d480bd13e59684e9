/**
 * Events on disk within microseconds and without a database: one localStorage key each, so that two tabs never rewrite
 * each other. Used while the database opens, and instead of it where it is refused. Small on purpose: the origin's
 * 5 MB belong to the page. Survives navigation and a dead renderer; the browser itself writes it down within 5 s.
 */
import type { DeadLetter } from '../api.ts';
import type { TextStore } from '../platform.ts';
import { type EventQueue, fitting, LETTERS, readRow } from './event-queue.ts';

/** Rows and characters that we take of the origin's localStorage. */
export const JOURNAL = { rows: 200, characters: 64 * 1024 };

export const journalQueue = (store: TextStore, prefix: string): EventQueue => {
  const rows = `${prefix}q:`;
  const dead = `${prefix}x:`;
  const eids = () => store.keys(rows).map((key) => key.slice(rows.length));
  const read = (eid: string) => store.get(rows + eid) ?? '';
  const size = () => eids().reduce((sum, eid) => sum + read(eid).length, 0);
  // Counted once, then kept: walking the keys for every event would cost more than writing it.
  let used: { rows: number; characters: number } | undefined;
  return {
    append(eid, text) {
      used ??= { rows: eids().length, characters: size() };
      if (used.rows >= JOURNAL.rows || used.characters + text.length > JOURNAL.characters) return false;
      if (!store.set(rows + eid, text)) return false;
      used.rows++;
      used.characters += text.length;
      return true;
    },
    peek: async (most, characters) =>
      fitting(
        eids()
          .slice(0, most)
          .map((eid) => readRow(eid, read(eid))),
        most,
        characters,
      ),
    async acknowledge(gone, letters = []) {
      for (const eid of gone) store.remove(rows + eid);
      used = undefined;
      for (const letter of letters) store.set(dead + letter.eid, JSON.stringify(letter));
      for (const key of store.keys(dead).slice(0, -LETTERS)) store.remove(key);
    },
    letters: async () => store.keys(dead).map((key) => JSON.parse(store.get(key) ?? 'null') as DeadLetter),
    count: async () => eids().length,
    characters: async () => size(),
    async dropOldest(events) {
      const gone = eids().slice(0, events);
      for (const eid of gone) store.remove(rows + eid);
      used = undefined;
      return gone.length;
    },
  };
};
