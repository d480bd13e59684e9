/**
 * The file of a collector's copy: of which stream it is, and whether it can go on. One that cannot (of another stream, damaged,
 * of a newer version) is removed, since everything in it is in the stream.
 */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copiedIn, eventsFile, openForWriting, type Sqlite } from '../store/sqlite-file.ts';

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
const suffixes = ['', '-wal', '-shm', DAMAGED];

const begin = (db: Sqlite, { stream, created }: StreamId): void => {
  db.prepare('INSERT INTO copy (stream, created, place, taken) VALUES (?, ?, 0, 0)').run(stream, created);
};

/** How far the file is; a text says why it cannot go on. */
const placeIn = (file: string, id: StreamId): number | string => {
  const db = openForWriting(file);
  try {
    const copied = copiedIn(db);
    if (!copied) {
      const isEmpty = db.prepare('SELECT 1 FROM event LIMIT 1').get() === undefined;
      if (!isEmpty) return 'is a log of its own and no copy';
      begin(db, id);
      return 0;
    }
    if (copied.stream !== id.stream || copied.created !== id.created)
      return `is of the stream ${copied.stream} made ${copied.created}`;
    return copied.place > id.end ? `is at ${copied.place} of a stream that ends at ${id.end}` : copied.place;
  } finally {
    db.close();
  }
};

const isDamage = (cause: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test((cause as { code?: string }).code ?? '');

/** What is wrong with the file itself; a full disk or one that another program holds is no reason to remove it. */
const cannotGoOn = (cause: unknown): string => {
  const { message } = cause as Error;
  if (isDamage(cause) || /newer version/.test(message)) return `cannot be used (${message})`;
  throw cause;
};

export const prepareCopy = (dataDir: string, id: StreamId): CopyFile => {
  const directory = copyDirectory(dataDir);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = eventsFile(directory);
  const look = (): number | string => {
    if (existsSync(`${file}${DAMAGED}`)) return 'is damaged';
    try {
      return placeIn(file, id);
    } catch (cause) {
      return cannotGoOn(cause);
    }
  };
  const found = look();
  if (typeof found === 'number') return { file, place: found, anew: undefined };
  for (const suffix of suffixes) rmSync(`${file}${suffix}`, { force: true });
  return { file, place: look() as number, anew: found };
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
