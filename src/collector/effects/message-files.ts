/**
 * Messages as files, where no gateway is configured: whole or not there, one a message, readable by nobody else.
 */
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What a file is called begins with its folder. */
const endings = { mail: '.eml', sms: '.txt' } as const;
export type FileKind = keyof typeof endings;
/** Their folders in the data folder. */
export const fileKinds = Object.keys(endings) as FileKind[];

export interface MessageFiles {
  /** Resolves with where it is, as seen from the data folder. The same message again is the same file. */
  write(kind: FileKind, label: string, uid: string, content: Buffer | string): Promise<string>;
  /** What was written under these ids: for a customer who is erased. */
  forget(label: string, uids: readonly string[]): Promise<void>;
  /** What was written before that goes; at most `limit` files a call, resolves with how many. */
  purge(label: string, before: number, limit: number): Promise<number>;
}

/** A name that stays within its folder, whatever the text: no separators, and no dot at its beginning. */
const asName = (text: string): string => encodeURIComponent(text).replace(/^\./, '%2E');

const filesIn = async (folder: string): Promise<string[]> => {
  try {
    return (await readdir(folder)).map((name) => join(folder, name));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []; // nothing was ever written
    throw cause;
  }
};

export const createMessageFiles = (dataDir: string): MessageFiles => {
  const placeOf = (kind: FileKind, label: string, uid: string): string =>
    join(kind, asName(label), `${asName(uid)}${endings[kind]}`);
  /** Beside it while it is written, and after an end in the midst of that. */
  const partOf = (file: string): string => `${file}.part`;

  return {
    async write(kind, label, uid, content) {
      const place = placeOf(kind, label, uid);
      const file = join(dataDir, place);
      const beside = partOf(file);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(beside, content, { mode: 0o600, flush: true });
      await rename(beside, file);
      return place;
    },
    async forget(label, uids) {
      const files = uids.flatMap((uid) => fileKinds.map((kind) => join(dataDir, placeOf(kind, label, uid))));
      for (const file of files) for (const one of [partOf(file), file]) await rm(one, { force: true });
    },
    async purge(label, before, limit) {
      const files = await Promise.all(fileKinds.map((kind) => filesIn(join(dataDir, kind, asName(label)))));
      let taken = 0;
      for (const file of files.flat()) {
        if (taken === limit) break;
        if ((await stat(file)).mtimeMs >= before) continue;
        await rm(file, { force: true });
        taken++;
      }
      return taken;
    },
  };
};
