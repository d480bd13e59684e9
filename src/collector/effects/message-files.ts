/**
 * Messages as files, where no gateway is configured: whole or not there, one a message, readable by nobody else.
 */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What a file is called begins with its folder. */
const endings = { mail: '.eml', sms: '.txt' } as const;
export type FileKind = keyof typeof endings;

export interface MessageFiles {
  /** Resolves with where it is, as seen from the data folder. The same message again is the same file. */
  write(kind: FileKind, label: string, uid: string, content: Buffer | string): Promise<string>;
  /** What was written under these ids: for a customer who is erased. */
  forget(label: string, uids: readonly string[]): Promise<void>;
}

/** A name that stays within its folder, whatever the text: no separators, and no dot at its beginning. */
const asName = (text: string): string => encodeURIComponent(text).replace(/^\./, '%2E');

export const createMessageFiles = (dataDir: string): MessageFiles => {
  const placeOf = (kind: FileKind, label: string, uid: string): string =>
    join(kind, asName(label), `${asName(uid)}${endings[kind]}`);

  return {
    async write(kind, label, uid, content) {
      const place = placeOf(kind, label, uid);
      const file = join(dataDir, place);
      const beside = `${file}.part`;
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(beside, content, { mode: 0o600, flush: true });
      await rename(beside, file);
      return place;
    },
    async forget(label, uids) {
      const kinds = Object.keys(endings) as FileKind[];
      const files = uids.flatMap((uid) => kinds.map((kind) => join(dataDir, placeOf(kind, label, uid))));
      for (const file of files) await rm(file, { force: true });
    },
  };
};
