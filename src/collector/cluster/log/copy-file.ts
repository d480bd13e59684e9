/**
 * The file of a collector's copy: of which stream it is, and whether it can go on. One that is damaged or of a newer version is
 * removed, since everything in it is in the stream. One that says of another stream, or more than the stream does any more, may
 * be the last to say it, and is put aside.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copiedIn, eventsFile, openForWriting, type Sqlite } from '../../store/sqlite-file.ts';

/** A stream by its name and the time it was made: another time is another stream. */
export interface StreamId {
  stream: string;
  created: string;
  /** Its newest message. */
  end: number;
}

export interface CopyFile {
  file: string;
  /** How far it is. */
  place: number;
  /** Why there was another one before. */
  anew: string | undefined;
}

/** Files that belong to a copy of whatever kind. */
export const copyDirectory = (dataDir: string): string => join(dataDir, 'copy');

const DAMAGED = '.damaged';
const ASIDE = '.aside';
const suffixes = ['', '-wal', '-shm', DAMAGED];

type Found = { is: 'at'; place: number } | { is: 'other' | 'useless'; why: string };

const begin = (db: Sqlite, { stream, created }: StreamId): void => {
  db.prepare('INSERT INTO copy (stream, created, place, taken) VALUES (?, ?, 0, 0)').run(stream, created);
};

const lookInto = (file: string, id: StreamId): Found => {
  const db = openForWriting(file);
  try {
    const copied = copiedIn(db);
    if (!copied) {
      const isEmpty = db.prepare('SELECT 1 FROM event LIMIT 1').get() === undefined;
      if (!isEmpty) return { is: 'other', why: 'is a log of its own and no copy' };
      begin(db, id);
      return { is: 'at', place: 0 };
    }
    const { stream, created, place } = copied;
    if (stream !== id.stream || created !== id.created)
      return { is: 'other', why: `is of the stream ${stream} made ${created}` };
    if (place > id.end) return { is: 'other', why: `is at ${place} of a stream that ends at ${id.end}` };
    return { is: 'at', place };
  } finally {
    db.close();
  }
};

const isDamage = (cause: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test((cause as { code?: string }).code ?? '');

/** What is wrong with the file itself; a full disk or one that another program holds is no reason to remove it. */
const cannotGoOn = (cause: unknown): Found => {
  const { message } = cause as Error;
  if (isDamage(cause) || /newer version/.test(message)) return { is: 'useless', why: `cannot be used (${message})` };
  throw cause;
};

const putAside = (file: string): void => {
  for (const suffix of suffixes) {
    rmSync(`${file}${ASIDE}${suffix}`, { force: true });
    if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${file}${ASIDE}${suffix}`);
  }
};
const remove = (file: string): void => {
  for (const suffix of suffixes) rmSync(`${file}${suffix}`, { force: true });
};

export const prepareCopy = (dataDir: string, id: StreamId): CopyFile => {
  const directory = copyDirectory(dataDir);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = eventsFile(directory);
  const look = (): Found => {
    if (existsSync(`${file}${DAMAGED}`)) return { is: 'useless', why: 'is damaged' };
    try {
      return lookInto(file, id);
    } catch (cause) {
      return cannotGoOn(cause);
    }
  };
  const found = look();
  if (found.is === 'at') return { file, place: found.place, anew: undefined };
  if (found.is === 'useless') remove(file);
  else putAside(file);
  lookInto(file, id);
  return {
    file,
    place: 0,
    anew: found.is === 'useless' ? found.why : `${found.why}, and lies beside as ${file}${ASIDE}`,
  };
};

/** Damage that shows while the file is written: the next start makes it anew. */
export const orMarkDamage =
  <What>(file: string, apply: (what: What) => Promise<void>) =>
  async (what: What): Promise<void> => {
    try {
      await apply(what);
    } catch (cause) {
      if (isDamage(cause)) writeFileSync(`${file}${DAMAGED}`, (cause as Error).message);
      throw cause;
    }
  };
