/**
 * A copy of everything in the data folder while the collector writes to it, from a process of its own. What was acknowledged
 * before it began is in it. Written beside its place and moved there at the end, so that a backup is whole or not there.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { fileKinds } from '../effects/message-files.ts';
import { customersFile, eventsFile, type Sqlite } from './sqlite-file.ts';
import { storeFaultText } from './store-fault.ts';

/** A reason of the operator's making; its message says what to do. */
export class BackupRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BackupRefused';
  }
}

export interface BackupOrder {
  dataDir: string;
  /** A directory that is not there yet. */
  target: string;
  /** Its end leaves nothing behind. */
  signal: AbortSignal;
  /** Called with what was copied of all, in bytes, now and then. */
  progress: (done: number, all: number) => void;
}

/** Between two looks at the clock and at the signal: some milliseconds of a disk. */
const PAGES_AT_ONCE = 1_000;
/** Room for what the databases grow by until they are read. */
const SPARE = 1.05;

const sizeOf = async (file: string): Promise<number> => (existsSync(file) ? (await stat(file)).size : 0);

const checkOrder = async ({ dataDir, target }: BackupOrder): Promise<void> => {
  if (existsSync(target)) throw new BackupRefused(`${target} exists; a backup overwrites nothing, name another place`);
  const parent = dirname(resolve(target));
  if (!existsSync(parent)) throw new BackupRefused(`the directory ${parent} does not exist; make it first`);
  if (!existsSync(eventsFile(dataDir)))
    throw new BackupRefused(
      `there are no events of a collector that stands alone in ${dataDir}; name its directory with DATA_DIR`,
    );
  const files = [eventsFile(dataDir), customersFile(dataDir)].flatMap((file) => [file, `${file}-wal`]);
  const sizes = await Promise.all(files.map(sizeOf));
  const needed = sizes.reduce((sum, size) => sum + size, 0) * SPARE;
  const { bavail, bsize } = await statfs(parent);
  const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
  if (bavail * bsize < needed)
    throw new BackupRefused(
      `no room in ${parent}: it has ${megabytes(bavail * bsize)}, and ${megabytes(needed)} are needed`,
    );
};

/** From now on it sees the database as it is, whatever is written meanwhile. */
const held = (file: string): Sqlite => {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  db.exec('BEGIN');
  db.prepare('SELECT count(*) FROM sqlite_schema').get();
  return db;
};

/** A single file, read once as a whole: what cannot be read back is no backup. */
const checkCopy = (file: string): void => {
  const db = new Database(file);
  db.pragma('journal_mode = DELETE');
  const said = db.pragma('quick_check(1)', { simple: true }) as string;
  db.close();
  if (said !== 'ok') throw Object.assign(new Error(`${file}: ${said}`), { code: 'SQLITE_CORRUPT' });
};

const sync = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  await handle.sync();
  await handle.close();
};

const isGone = (cause: unknown): boolean => (cause as NodeJS.ErrnoException).code === 'ENOENT';
const namesIn = async (folder: string): Promise<string[]> => (existsSync(folder) ? readdir(folder) : []);

/** A message that is erased meanwhile is in no backup that begins later, and in this one or not. */
const copyMessages = async (from: string, to: string, signal: AbortSignal): Promise<void> => {
  for (const kind of fileKinds)
    for (const label of await namesIn(join(from, kind))) {
      const folder = join(to, kind, label);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      for (const name of await namesIn(join(from, kind, label))) {
        signal.throwIfAborted();
        if (name.endsWith('.part')) continue;
        try {
          await copyFile(join(from, kind, label, name), join(folder, name));
          await sync(join(folder, name));
        } catch (cause) {
          if (!isGone(cause)) throw cause;
        }
      }
      for (const one of [folder, dirname(folder)]) await sync(one);
    }
};

const copyAll = async ({ dataDir, signal, progress }: BackupOrder, to: string): Promise<void> => {
  // Customers first: what is folded into them is then in the events, and not the reverse.
  const files = [customersFile(dataDir), eventsFile(dataDir)].filter((file) => existsSync(file));
  const open: { db: Sqlite; copy: string; bytes: number }[] = [];
  try {
    for (const file of files) {
      const db = held(file);
      const pages = db.pragma('page_count', { simple: true }) as number;
      const bytes = pages * (db.pragma('page_size', { simple: true }) as number);
      open.push({ db, copy: join(to, basename(file)), bytes });
    }
    const all = open.reduce((sum, { bytes }) => sum + bytes, 0);
    let before = 0;
    for (const { db, copy, bytes } of open) {
      await db.backup(copy, {
        progress({ totalPages, remainingPages }) {
          signal.throwIfAborted();
          progress(before + (bytes * (totalPages - remainingPages)) / Math.max(1, totalPages), all);
          return PAGES_AT_ONCE;
        },
      });
      before += bytes;
    }
  } finally {
    for (const { db } of open) db.close();
  }
  for (const { copy } of open) {
    checkCopy(copy);
    await sync(copy);
  }
  await copyMessages(dataDir, to, signal);
  await sync(to);
};

/** Rejects with `BackupRefused`, with what the disk says, or with the signal's reason. */
export const backup = async (order: BackupOrder): Promise<void> => {
  await checkOrder(order);
  const target = resolve(order.target);
  let beside: string | undefined;
  try {
    beside = await mkdtemp(`${target}.part-`);
    await copyAll({ ...order, dataDir: resolve(order.dataDir) }, beside);
    await rename(beside, target);
    await sync(dirname(target));
  } catch (cause) {
    if (beside) await rm(beside, { recursive: true, force: true });
    if (order.signal.aborted) throw cause;
    throw new BackupRefused(`no backup was made: ${storeFaultText(cause)}`);
  }
};
