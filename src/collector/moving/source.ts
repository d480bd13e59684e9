/**
 * The store on one machine that is moved: its two files as they are, read and never written, and its directory, held so that
 * nobody changes them meanwhile.
 */
import { existsSync } from 'node:fs';
import { CUSTOMERS_SCHEMA } from '../store/customers-schema.ts';
import { EVENTS_SCHEMA } from '../store/events-schema.ts';
import {
  customersFile,
  eventsFile,
  inFile,
  openForReading,
  type Schema,
  type Sqlite,
  takeDirectory,
} from '../store/sqlite-file.ts';
import { MoveRefused } from './move-refused.ts';

export interface Source {
  events: Sqlite;
  customers: Sqlite;
  close(): void;
}

/** What is read are tables as this version knows them, and a file that is only read is not brought up to date. */
const checkVersion = (db: Sqlite, file: string, { versions }: Schema): void => {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version === versions.length) return;
  const by =
    version < versions.length ? 'an older version: start the collector on it once' : 'a newer version: use that';
  throw new MoveRefused(`${file} was written by ${by}, and copy it then`);
};

const openFile = (file: string, schema: Schema): Sqlite =>
  inFile(file, () => {
    const db = openForReading(file);
    try {
      checkVersion(db, file, schema);
      return db;
    } catch (cause) {
      db.close();
      throw cause;
    }
  });

/** Throws `MoveRefused`, `DirectoryTaken`, or what the disk says. */
export const openSource = (dataDir: string): Source => {
  const files = { events: eventsFile(dataDir), customers: customersFile(dataDir) };
  for (const file of Object.values(files))
    if (!existsSync(file)) throw new MoveRefused(`there is no ${file}; name the directory of a collector's store`);
  const release = takeDirectory(dataDir);
  const open: Sqlite[] = [];
  const close = (): void => {
    for (const db of open) db.close();
    release();
  };
  try {
    const events = openFile(files.events, EVENTS_SCHEMA);
    open.push(events);
    const customers = openFile(files.customers, CUSTOMERS_SCHEMA);
    open.push(customers);
    return { events, customers, close };
  } catch (cause) {
    close();
    throw cause;
  }
};
