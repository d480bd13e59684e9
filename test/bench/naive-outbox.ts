/**
 * The control of the browser's side: what one writes in an afternoon. A transaction an event, no journal, no commit, one
 * interval, no tabs, no backoff, no verdicts.
 */
interface Outbox {
  start(url: string): void;
  action(name: string): void;
}

const makeOutbox = (): Outbox => {
  let database: IDBDatabase | undefined;
  let collector = '';
  let sending = false;

  const open = (): Promise<IDBDatabase> =>
    new Promise((resolve, reject) => {
      const request = indexedDB.open('naive-outbox', 1);
      request.onupgradeneeded = () => request.result.createObjectStore('events', { autoIncrement: true });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  const answered = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  const flush = async () => {
    if (sending || !database) return;
    sending = true;
    try {
      const db = database;
      const store = db.transaction('events').objectStore('events');
      const [keys, events] = await Promise.all([
        answered(store.getAllKeys(null, 100)),
        answered(store.getAll(null, 100)),
      ]);
      if (keys.length === 0) return;
      const answer = await fetch(collector, { method: 'POST', body: JSON.stringify(events), keepalive: true });
      if (!answer.ok) return;
      const sent = db.transaction('events', 'readwrite').objectStore('events');
      for (const key of keys) sent.delete(key);
    } catch (cause) {
      console.debug('the next interval tries again', cause);
    } finally {
      sending = false;
    }
  };

  return {
    start(url) {
      collector = url;
      open().then((db) => {
        database = db;
      }, console.error);
      setInterval(flush, 1_000);
    },
    action(name) {
      const event = { eid: crypto.randomUUID(), event_date: Date.now(), payload: { client_action: name } };
      database?.transaction('events', 'readwrite').objectStore('events').put(event);
    },
  };
};

Object.assign(window, { outbox: makeOutbox() });
