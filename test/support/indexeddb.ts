/** A fresh IndexedDB, as a browser without site data has it. */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';

export const freshIndexedDb = (): IDBFactory => {
  globalThis.indexedDB = new IDBFactory();
  return globalThis.indexedDB;
};

/** From now on a database opens only when it is let. */
export const slowIndexedDb = (): (() => void) => {
  const { open } = indexedDB;
  const waiting: (() => void)[] = [];
  indexedDB.open = (name, version) => {
    const late = {} as { -readonly [Key in keyof IDBOpenDBRequest]: IDBOpenDBRequest[Key] };
    waiting.push(() => {
      const request = open.call(indexedDB, name, version);
      for (const event of ['onupgradeneeded', 'onsuccess', 'onerror'] as const)
        request[event] = (happened: Event) => {
          late.result = request.result;
          late[event]?.call(request, happened as IDBVersionChangeEvent);
        };
    });
    return late;
  };
  return () => {
    indexedDB.open = open;
    for (const go of waiting) go();
  };
};
