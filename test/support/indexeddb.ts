/** A fresh IndexedDB, as a browser without site data has it. */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';

export const freshIndexedDb = (): IDBFactory => {
  globalThis.indexedDB = new IDBFactory();
  return globalThis.indexedDB;
};
