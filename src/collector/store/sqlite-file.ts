/**
 * The SQLite files: their settings, their tables, and the lock that keeps a second process out.
 * `event.seq` is the cursor: a duplicate takes no number, what was erased leaves a hole, and no number is given twice. In a
 * copy of a stream it follows from where the stream has the event.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { CUSTOMERS_SCHEMA } from './customers-schema.ts';
import { EVENTS_SCHEMA } from './events-schema.ts';

export type Sqlite = Database.Database;

export interface Schema {
  /** What made the tables of each version out of those before: a new file and an old one come out alike. */
  versions: string[];
  /** Of the page cache. */
  kilobytes: number;
}

export const eventsFile = (dataDir: string): string => join(dataDir, 'events.sqlite');
export const customersFile = (dataDir: string): string => join(dataDir, 'customers.sqlite');

export const openForWriting = (file: string): Sqlite => inFile(file, () => open(file, EVENTS_SCHEMA));
export const openCustomers = (file: string): Sqlite => inFile(file, () => open(file, CUSTOMERS_SCHEMA));
/** Of what is durable elsewhere: the power may take its last commits, and they are made again. */
export const openCopy = (file: string, schema: Schema): Sqlite =>
  inFile(file, () => {
    const db = open(file, schema);
    db.pragma('synchronous = NORMAL');
    return db;
  });

/** What fails says in which file. */
export const inFile = <Result>(file: string, work: () => Result): Result => {
  try {
    return work();
  } catch (cause) {
    const { message, code } = cause as Error & { code?: string };
    throw Object.assign(new Error(`${file}: ${message}`, { cause }), { code });
  }
};

/** Everybody waits with the writer, so a program that holds the file gets no longer than this: senders come again. */
const PATIENCE_MS = 250;

const setUp = (db: Sqlite, { versions, kilobytes }: Schema): void => {
  db.pragma('journal_mode = WAL');
  // better-sqlite3 builds with NORMAL as WAL's default, which loses the last commits when the power goes.
  db.pragma('synchronous = FULL');
  db.pragma('wal_autocheckpoint = 1000');
  // What a long reader let it grow to is given back.
  db.pragma('journal_size_limit = 67108864');
  db.pragma(`cache_size = -${kilobytes}`);
  db.pragma('trusted_schema = OFF');
  // What is taken away is overwritten, and not only forgotten: of a customer who was erased no word is in the file. Where
  // SQLite split a page of an index it may have left a piece of an id in the unused part, until it writes that page anew.
  db.pragma('secure_delete = ON');
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > versions.length)
    throw new Error(`was written by a newer version (schema ${version}, this one knows ${versions.length})`);
  // Also where no step is left: a file that cannot be written is found out now, and not by the first event.
  db.transaction(() => {
    for (const step of versions.slice(version)) db.exec(step);
    db.pragma(`user_version = ${versions.length}`);
  })();
};

const open = (file: string, schema: Schema): Sqlite => {
  const db = new Database(file, { timeout: PATIENCE_MS });
  try {
    setUp(db, schema);
    return db;
  } catch (cause) {
    // Whoever tries again must not hold it twice.
    db.close();
    throw cause;
  }
};

/** Which stream a file is a copy of, and up to where; `undefined`: it is a log of its own. */
export const copiedIn = (db: Sqlite): { stream: string; created: string; place: number } | undefined =>
  db.prepare<[], { stream: string; created: string; place: number }>('SELECT stream, created, place FROM copy').get();

export const openForReading = (file: string): Sqlite => {
  const db = new Database(file, { readonly: true });
  db.pragma('cache_size = -8192');
  db.pragma('query_only = ON');
  db.pragma('trusted_schema = OFF');
  return db;
};

/** Moves the write-ahead log into the file and empties it: what was overwritten there is gone from the disk. */
export const checkpoint = (db: Sqlite): void => {
  const [{ busy }] = db.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }];
  if (busy === 0) return;
  const why = 'what was taken away is still in the write-ahead log, since somebody reads it';
  throw Object.assign(new Error(why), { code: 'SQLITE_BUSY' });
};

/** Writes and syncs a page, and changes nothing. */
export const touch = (db: Sqlite): void => {
  const version = db.pragma('user_version', { simple: true }) as number;
  db.pragma(`user_version = ${version}`);
};

const inodeOf = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.ino;
/**
 * Returns what throws once the files are no longer those that are open now: SQLite goes on writing into a deleted one, which
 * is on no disk after the next start.
 */
export const heldInPlace = (file: string): (() => void) => {
  const files = [file, `${file}-wal`].map((name) => ({ name, inode: inodeOf(name) }));
  return () => {
    const lost = files.find(({ name, inode }) => inodeOf(name) !== inode);
    if (lost) throw Object.assign(new Error(`${lost.name} is not what was opened`), { code: 'STORE_GONE' });
  };
};

export class DirectoryTaken extends Error {
  constructor(dataDir: string, cause: unknown) {
    super(`another process stores its events in ${dataDir}; stop it, or name another directory with DATA_DIR`, {
      cause,
    });
    this.name = 'DirectoryTaken';
  }
}

/**
 * Holds the directory until the returned function is called, or the process ends in whatever way: the lock is the
 * operating system's, on a file of its own, so there is never a stale one.
 */
export const takeDirectory = (dataDir: string): (() => void) => {
  // What it will hold is of customers, and of nobody else on this machine.
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = new Database(join(dataDir, 'in-use.lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw (cause as { code?: string }).code === 'SQLITE_BUSY' ? new DirectoryTaken(dataDir, cause) : cause;
  }
  return () => lock.close();
};
