/**
 * The queue proper: one row an event in IndexedDB, keyed by event id, so key order is call order.
 * Owns the manner of writing that survives a navigation in the same task: `put` and `commit()` in the call itself. Without
 * the explicit commit the browser needs a turn of the page's event loop, which a dying page never gets (measured in
 * Chromium 156: 0 of 6 rows survived a renderer kill without it, 6 of 6 with it), so no promise-wrapped `set` will do.
 */
import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';
import type { EventQueue, Waiting } from './event-queue.ts';

export interface IndexedDbQueue extends EventQueue {
  /** Keeps rows that waited elsewhere; resolves when they are on disk. */
  adopt(rows: Waiting[]): Promise<void>;
  /** Ends the open group at once, and tells which rows are not on disk yet: the page is leaving. */
  commit(): Waiting[];
}

/**
 * Opens, or rejects with the browser's reason.
 * @param returned hears rows whose transaction was aborted after `append` had said yes (a full disk)
 * @param closed the browser closed the database; every later call fails until it is opened again
 */
export const openIndexedDbQueue = async (
  name: string,
  returned: (rows: Waiting[], cause: unknown) => void,
  closed: (cause: unknown) => void,
): Promise<IndexedDbQueue> => {
  const kept = createStore(name, 'q');
  /**
   * Every transaction is committed where its requests are made. One that waits for the page's event loop holds back the
   * row that is put behind it, which then dies with the renderer (Chromium 156: 15 of 30 rows, against 0 of 45).
   */
  const use: UseStore = (mode, ask) =>
    kept(mode, (store) => {
      const answer = ask(store);
      store.transaction.commit?.();
      return answer;
    });
  const db = await use('readonly', (store) => store.transaction.db);
  db.onclose = closed;
  // Another version wants to open (or the user clears site data): a connection that stays would block it for good.
  db.onversionchange = (event) => {
    db.close();
    closed(event.type);
  };

  type Group = { store: IDBObjectStore; rows: Waiting[] };
  /** The first event of a task has a transaction of its own; the others share one, at an eighth of the cost. */
  let first = true;
  let group: Group | undefined;
  /** Keys that are no text: another script's rows, under the ids that they were given here. */
  const strange = new Map<string, IDBValidKey>();
  /** Committed, and not on disk yet. */
  const writing = new Set<Waiting[]>();

  const begin = (): Group => {
    const transaction = db.transaction('q', 'readwrite', { durability: 'relaxed' });
    const rows: Waiting[] = [];
    // Only `complete` counts: a full disk lets every request succeed and then aborts the transaction.
    transaction.onabort = () => {
      writing.delete(rows);
      returned(rows, transaction.error);
    };
    transaction.oncomplete = () => writing.delete(rows);
    writing.add(rows);
    return { store: transaction.objectStore('q'), rows };
  };
  const commit = () => {
    group?.store.transaction.commit();
    group = undefined;
  };
  /** Resolves when the change is on disk: idb-keyval's own `setMany` and `delMany` bring its default store along. */
  const change = (make: (store: IDBObjectStore) => void) =>
    use('readwrite', (store) => {
      make(store);
      return promisifyRequest(store.transaction);
    });
  return {
    append(eid, text) {
      // Safari below 15 and Firefox below 74: a row that nothing commits belongs in the journal until it is adopted.
      if (!IDBTransaction.prototype.commit) return false;
      group ??= begin();
      group.store.put(text, eid);
      group.rows.push({ eid, text });
      if (!first) return true;
      first = false;
      commit();
      queueMicrotask(() => {
        first = true;
        commit();
      });
      return true;
    },
    adopt: (rows) =>
      change((store) => {
        for (const { eid, text } of rows) store.put(text, eid);
      }),
    peek: (most) =>
      use('readonly', async (store) => {
        const [keys, texts] = await Promise.all([
          promisifyRequest(store.getAllKeys(null, most)),
          promisifyRequest<string[]>(store.getAll(null, most)),
        ]);
        return keys.map((key, index) => {
          const eid = String(key);
          if (key !== eid) strange.set(eid, key);
          return { eid, text: String(texts[index]) };
        });
      }),
    acknowledge: (eids) =>
      change((store) => {
        for (const eid of eids) {
          store.delete(eid);
          store.delete(strange.get(eid) ?? eid);
        }
      }),
    drop: (eids) =>
      use('readwrite', async (store) => {
        const asked = eids.map((eid) => {
          const key = strange.get(eid) ?? eid;
          const there = promisifyRequest(store.getKey(key));
          store.delete(key);
          return there;
        });
        const found = await Promise.all(asked);
        return eids.filter((_, index) => found[index] !== undefined);
      }),
    count: () => use('readonly', (store) => promisifyRequest(store.count())),
    commit() {
      commit();
      return [...writing].flat();
    },
  };
};
