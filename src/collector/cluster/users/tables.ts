/**
 * The copy's file: the tables of customers, and what a copy must remember beside them. It can be made again from the cluster
 * at any time, so one that is damaged, of another version or too old is removed, with whoever was erased since. One of another
 * cluster, or further than this one, may be the last to say what it does, and is put aside.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CUSTOMERS_SCHEMA } from '../../store/customers-schema.ts';
import { openCopy, type Sqlite } from '../../store/sqlite-file.ts';
import { storeFaultOf } from '../../store/store-fault.ts';

const COPY_TABLES = `
CREATE TABLE stream (name TEXT PRIMARY KEY, created TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE document (
  id INTEGER PRIMARY KEY, label TEXT NOT NULL, at INTEGER NOT NULL, revision INTEGER NOT NULL, rows TEXT);
CREATE INDEX document_rows ON document (label, at) WHERE rows IS NOT NULL;
CREATE TABLE erased (
  label TEXT NOT NULL, customer TEXT NOT NULL, revision INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (label, customer)) WITHOUT ROWID;
CREATE TABLE purged (label TEXT PRIMARY KEY, before INTEGER NOT NULL) WITHOUT ROWID;
`;
/** One step: a copy is never taken from one version to the next. */
const SCHEMA = { ...CUSTOMERS_SCHEMA, versions: [[...CUSTOMERS_SCHEMA.versions, COPY_TABLES].join('\n')] };
/** Of what the tables hold; with another one a copy is made again. */
const VERSION = 1 + CUSTOMERS_SCHEMA.versions.length * 1000;

/** A stream in the cluster, as it is there now. */
export interface Source {
  name: string;
  /** Another time is another stream of that name. */
  created: string;
  /** Of its last message. */
  end: number;
}

/** For so long the cluster remembers whom it erased, for copies that were away; one that was away longer is made again. */
export const ERASURES_KEPT_MS = 7 * 86_400_000;

/** Why a copy is not gone on with. */
interface Unfit {
  is: 'other' | 'useless';
  why: string;
  cause?: unknown;
}

const unfitness = (db: Sqlite, sources: Source[], now: number): Unfit | undefined => {
  if ((db.pragma('application_id', { simple: true }) as number) !== VERSION)
    return { is: 'useless', why: 'is of another version' };
  const known = db.prepare<[string], { created: string; seq: number; at: number }>(
    'SELECT created, seq, at FROM stream WHERE name = ?',
  );
  for (const { name, created, end } of sources) {
    const place = known.get(name);
    if (!place) return { is: 'other', why: `knows nothing of ${name}` };
    if (place.created !== created || place.seq > end)
      return { is: 'other', why: `is not of the ${name} that is there` };
    if (now - place.at > ERASURES_KEPT_MS / 2) return { is: 'useless', why: 'has heard nothing for days' };
  }
  return undefined;
};

const begin = (db: Sqlite, sources: Source[], now: number): void => {
  const add = db.prepare('INSERT INTO stream (name, created, seq, at) VALUES (?, ?, 0, ?)');
  db.transaction(() => {
    for (const { name, created } of sources) add.run(name, created, now);
    db.pragma(`application_id = ${VERSION}`);
  })();
};

const files = (file: string): string[] => ['', '-wal', '-shm'].map((end) => `${file}${end}`);
const remove = (file: string): void => {
  for (const one of files(file)) rmSync(one, { force: true });
};
const putAside = (file: string): void => {
  for (const one of files(file)) {
    rmSync(`${one}.aside`, { force: true });
    if (existsSync(one)) renameSync(one, `${one}.aside`);
  }
};

/** @param anew told why what was there is not gone on with */
export const openUsersTables = (
  dataDir: string,
  sources: Source[],
  now: number,
  anew: (cause: Error) => void,
): Sqlite => {
  const directory = join(dataDir, 'copy');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, 'customers.sqlite');
  const made = (): Sqlite => {
    const db = openCopy(file, SCHEMA);
    begin(db, sources, now);
    return db;
  };
  if (!existsSync(file)) return made();
  let unfit: Unfit | undefined;
  try {
    const db = openCopy(file, SCHEMA);
    unfit = unfitness(db, sources, now);
    if (!unfit) return db;
    db.close();
  } catch (cause) {
    const fault = storeFaultOf(cause);
    if (fault !== undefined && fault !== 'damaged') throw cause;
    unfit = { is: 'useless', why: `cannot be used (${(cause as Error).message})`, cause };
  }
  const { is, why, cause } = unfit;
  if (is === 'useless') remove(file);
  else putAside(file);
  const beside = is === 'other' ? `, and lies beside as ${file}.aside` : '';
  anew(new Error(`the copy of customers ${why}${beside}; it is made anew`, { cause }));
  return made();
};
