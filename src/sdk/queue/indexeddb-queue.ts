/**
 * The queue proper: one row an event in IndexedDB, keyed by event id, so key order is call order.
 * Owns the manner of writing that survives a navigation in the same task: `put` and `commit()` in the call itself. Without
 * the explicit commit the browser needs a turn of the page's event loop, which a dying page never gets (measured in
 * Chromium 156: 0 of 6 rows survived a renderer kill without it, 6 of 6 with it), so no promise-wrapped `set` will do.
 */
import { createStore, promisifyRequest } from 'idb-keyval';
import type { DeadLetter } from '../api.ts';
import { type EventQueue, fitting, LETTERS, readRow, type Waiting } from './event-queue.ts';

/** Rows have keys below, dead letters above: ids hold no character from here on. */
const DEAD = '~';
/** Rows of one read while measuring: keeps each slice of main-thread work short. */
const SLICE = 500;

export interface IndexedDbQueue extends EventQueue {
  /** Keeps rows that waited elsewhere; resolves when they are on disk. */
  adopt(rows: Map<string, string>): Promise<void>;
  /** Ends the open group at once: the page is leaving. */
  commit(): void;
  close(): void;
}

interface Ears {
  /** Rows whose transaction was aborted after `append` had said yes (quota): they are handed back. */
  onReturned(rows: Map<string, string>, cause: unknown): void;
  /** The browser closed the database; every later call fails until it is opened again. */
  onClosed(): void;
}

/** Opens, or rejects with the browser's reason. */
export const openIndexedDbQueue = async (name: string, ears: Ears): Promise<IndexedDbQueue> => {
  const use = createStore(name, 'q');
  const db = await use('readonly', (store) => store.transaction.db);
  db.onclose = ears.onClosed;
  // Another version wants to open (or the user clears site data): a connection that stays would block it for good.
  db.onversionchange = () => {
    db.close();
    ears.onClosed();
  };

  type Group = { store: IDBObjectStore; rows: Map<string, string> };
  let group: Group | undefined;
  /** The first event of a task has a transaction of its own; the others share one, at an eighth of the cost. */
  let first = true;

  const begin = (): Group => {
    const transaction = db.transaction('q', 'readwrite', { durability: 'relaxed' });
    const rows = new Map<string, string>();
    // Only `complete` counts: a full disk lets every request succeed and then aborts the transaction.
    transaction.onabort = () => ears.onReturned(rows, transaction.error);
    return { store: transaction.objectStore('q'), rows };
  };
  const put = ({ store, rows }: Group, eid: string, text: string) => {
    store.put(text, eid);
    rows.set(eid, text);
  };
  const end = ({ store }: Group) => store.transaction.commit?.();
  const commit = () => {
    const ending = group;
    group = undefined;
    if (ending) end(ending);
  };
  const settle = () => {
    first = true;
    commit();
  };

  const rowsOnly = () => IDBKeyRange.upperBound(DEAD, true);
  const read = (from: IDBKeyRange, most: number): Promise<Waiting[]> =>
    use('readonly', async (store) => {
      const [keys, texts] = await Promise.all([
        promisifyRequest(store.getAllKeys(from, most)),
        promisifyRequest(store.getAll(from, most)),
      ]);
      return keys.map((key, index) => readRow(String(key), texts[index]));
    });
  const write = (change: (store: IDBObjectStore) => void): Promise<void> =>
    use('readwrite', (store) => {
      change(store);
      store.transaction.commit?.();
      return promisifyRequest(store.transaction);
    });

  const remove = (keys: IDBValidKey[]) =>
    write((store) => {
      for (const key of keys) store.delete(key);
    });

  return {
    append(eid, text) {
      // Safari below 15 and Firefox below 74: a row that nothing commits belongs in the journal until it is adopted.
      if (!IDBTransaction.prototype.commit) return false;
      if (first) {
        const alone = begin();
        put(alone, eid, text);
        end(alone);
        first = false;
        queueMicrotask(settle);
        return true;
      }
      group ??= begin();
      put(group, eid, text);
      return true;
    },
    adopt: (rows) =>
      write((store) => {
        for (const [eid, text] of rows) store.put(text, eid);
      }),
    peek: async (most, characters) => fitting(await read(rowsOnly(), most), most, characters),
    async acknowledge(eids, letters = []) {
      await write((store) => {
        for (const eid of eids) store.delete(eid);
        for (const letter of letters) store.put(letter, DEAD + letter.eid);
      });
      if (letters.length === 0) return;
      const kept = await use('readonly', (store) => promisifyRequest(store.getAllKeys(IDBKeyRange.lowerBound(DEAD))));
      await remove(kept.slice(0, -LETTERS));
    },
    letters: () =>
      use('readonly', (store) => promisifyRequest<DeadLetter[]>(store.getAll(IDBKeyRange.lowerBound(DEAD)))),
    count: () => use('readonly', (store) => promisifyRequest(store.count(rowsOnly()))),
    async characters() {
      let characters = 0;
      let from = rowsOnly();
      for (;;) {
        const slice = await read(from, SLICE);
        for (const { text } of slice) characters += text.length;
        const last = slice.at(-1);
        if (!last) return characters;
        from = IDBKeyRange.bound(last.eid, DEAD, true, true);
      }
    },
    async dropOldest(events) {
      const keys = await use('readonly', (store) => promisifyRequest(store.getAllKeys(rowsOnly(), events)));
      await remove(keys);
      return keys.length;
    },
    commit,
    close: () => db.close(),
  };
};
