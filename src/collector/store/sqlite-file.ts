/**
 * The SQLite files: their settings, their tables, and the lock that keeps a second process out.
 * `event.seq` is the cursor: it has no holes, because nothing is deleted and a duplicate takes no number.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

export type Sqlite = Database.Database;

interface Schema {
  /** What made the tables of each version out of those before: a new file and an old one come out alike. */
  versions: string[];
  /** Of the page cache. */
  kilobytes: number;
}

const EVENTS: Schema = {
  kilobytes: 65_536,
  versions: [
    `
CREATE TABLE label (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE kind (
  id INTEGER PRIMARY KEY, label INTEGER NOT NULL, event_type TEXT NOT NULL, brand TEXT NOT NULL, source TEXT NOT NULL,
  trust TEXT NOT NULL, system INTEGER NOT NULL, UNIQUE (label, event_type, brand, source, trust, system));
CREATE TABLE user (id INTEGER PRIMARY KEY, label INTEGER NOT NULL, ext_id TEXT NOT NULL, UNIQUE (label, ext_id));
CREATE TABLE page (
  id INTEGER PRIMARY KEY, label INTEGER NOT NULL, device_id TEXT NOT NULL, page_id TEXT NOT NULL, session_id TEXT NOT NULL,
  highest INTEGER NOT NULL, stored INTEGER NOT NULL, missing TEXT NOT NULL, last_at INTEGER NOT NULL,
  UNIQUE (label, device_id, page_id));
CREATE INDEX page_gap ON page (label, last_at) WHERE missing <> '';
CREATE TABLE visit (id INTEGER PRIMARY KEY, page INTEGER NOT NULL, session_id TEXT NOT NULL, UNIQUE (page, session_id));
CREATE TABLE event (
  seq INTEGER PRIMARY KEY, label INTEGER NOT NULL, eid TEXT NOT NULL, kind INTEGER NOT NULL, user INTEGER, visit INTEGER,
  page_seq INTEGER, event_date INTEGER NOT NULL, received_at INTEGER NOT NULL, payload TEXT NOT NULL, UNIQUE (label, eid));
CREATE TABLE timeline (user INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (user, seq)) WITHOUT ROWID;
CREATE TABLE timeline_progress (upto INTEGER NOT NULL);
INSERT INTO timeline_progress (upto) VALUES (0);
CREATE TABLE shape (
  id INTEGER PRIMARY KEY, label INTEGER NOT NULL, event_type TEXT NOT NULL, name TEXT NOT NULL, fields TEXT NOT NULL,
  count INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, UNIQUE (label, event_type, name, fields));
CREATE TABLE registered (label INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (label, kind, name)) WITHOUT ROWID;
CREATE TABLE loss (
  label INTEGER NOT NULL, device_id TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL, reported_at INTEGER NOT NULL,
  PRIMARY KEY (label, device_id, reason)) WITHOUT ROWID;
CREATE TABLE rejection (label INTEGER NOT NULL, n INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (label, n)) WITHOUT ROWID;
CREATE TABLE minute (
  label INTEGER NOT NULL, minute INTEGER NOT NULL, stored INTEGER NOT NULL, duplicate INTEGER NOT NULL, rejected INTEGER NOT NULL,
  PRIMARY KEY (label, minute)) WITHOUT ROWID;
`,
    // A frame is of the kind and not of the row or the page: exact for each event, and free for all that have none.
    `
ALTER TABLE kind RENAME TO kind_without_frame;
CREATE TABLE kind (
  id INTEGER PRIMARY KEY, label INTEGER NOT NULL, event_type TEXT NOT NULL, brand TEXT NOT NULL, source TEXT NOT NULL,
  frame TEXT NOT NULL, trust TEXT NOT NULL, system INTEGER NOT NULL,
  UNIQUE (label, event_type, brand, source, frame, trust, system));
INSERT INTO kind (id, label, event_type, brand, source, frame, trust, system)
  SELECT id, label, event_type, brand, source, '', trust, system FROM kind_without_frame;
DROP TABLE kind_without_frame;
`,
  ],
};

/** Of customers: one document each, and what was sent to them. A label is named: there are few, and rows are large. */
const CUSTOMERS: Schema = {
  kilobytes: 16_384,
  versions: [
    `
CREATE TABLE customer (
  label TEXT NOT NULL, customer TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL, UNIQUE (label, customer));
CREATE TABLE folded (label TEXT PRIMARY KEY, cursor INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE content (label TEXT NOT NULL, id TEXT NOT NULL, content TEXT NOT NULL, UNIQUE (label, id));
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`,
  ],
};

export const eventsFile = (dataDir: string): string => join(dataDir, 'events.sqlite');
export const customersFile = (dataDir: string): string => join(dataDir, 'customers.sqlite');

export const openForWriting = (file: string): Sqlite => open(file, EVENTS);
export const openCustomers = (file: string): Sqlite => open(file, CUSTOMERS);

const open = (file: string, { versions, kilobytes }: Schema): Sqlite => {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  // better-sqlite3 builds with NORMAL as WAL's default, which loses the last commits when the power goes.
  db.pragma('synchronous = FULL');
  db.pragma('wal_autocheckpoint = 1000');
  db.pragma(`cache_size = -${kilobytes}`);
  db.pragma('trusted_schema = OFF');
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > versions.length)
    throw new Error(`${file} was written by a newer version (schema ${version}, this one knows ${versions.length})`);
  if (version < versions.length)
    db.transaction(() => {
      for (const step of versions.slice(version)) db.exec(step);
      db.pragma(`user_version = ${versions.length}`);
    })();
  return db;
};

export const openForReading = (file: string): Sqlite => {
  const db = new Database(file, { readonly: true });
  db.pragma('cache_size = -8192');
  db.pragma('query_only = ON');
  db.pragma('trusted_schema = OFF');
  return db;
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
  mkdirSync(dataDir, { recursive: true });
  const lock = new Database(join(dataDir, 'in-use.lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw (cause as { code?: string }).code === 'SQLITE_BUSY' ? new DirectoryTaken(dataDir, cause) : cause;
  }
  return () => lock.close();
};
