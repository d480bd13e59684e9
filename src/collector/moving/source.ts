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

/** The first versions whose tables have all that is read here: a file that is only read is not brought up to date. */
const OLDEST = { events: 4, customers: 3 } as const;

const openFile = (file: string, { versions }: Schema, oldest: number): Sqlite =>
  inFile(file, () => {
    const db = openForReading(file);
    try {
      const version = db.pragma('user_version', { simple: true }) as number;
      if (version < oldest)
        throw new MoveRefused(`${file} is of an older version; start the collector on it once, and copy it then`);
      if (version > versions.length) throw new MoveRefused(`${file} is of a newer version; copy it with that one`);
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
    const events = openFile(files.events, EVENTS_SCHEMA, OLDEST.events);
    open.push(events);
    const customers = openFile(files.customers, CUSTOMERS_SCHEMA, OLDEST.customers);
    open.push(customers);
    return { events, customers, close };
  } catch (cause) {
    close();
    throw cause;
  }
};
