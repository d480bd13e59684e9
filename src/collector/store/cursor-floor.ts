/**
 * After a restore customers may know more of the log than there is: of an older copy of the events, or of none. What comes
 * then must not get a place in the log that they have folded already, or nothing would follow from it.
 */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Cursor } from './event-log.ts';
import { customersFile, eventsFile, inFile, openForWriting } from './sqlite-file.ts';
import { timelineIndex } from './sqlite-timelines.ts';

const foldedUpTo = (file: string): Cursor => {
  const db = new Database(file, { readonly: true });
  try {
    const isMade = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'folded'").get() !== undefined;
    return isMade
      ? db.prepare<[], { upto: Cursor }>('SELECT ifnull(max(cursor), 0) AS upto FROM folded').get()!.upto
      : 0;
  } finally {
    db.close();
  }
};

/** Before anybody writes: the next event of the log comes after everything that customers have folded. */
export const raiseCursors = (dataDir: string): void => {
  if (!existsSync(customersFile(dataDir))) return;
  const folded = inFile(customersFile(dataDir), () => foldedUpTo(customersFile(dataDir)));
  const db = openForWriting(eventsFile(dataDir));
  try {
    const { newest } = db.prepare<[], { newest: Cursor }>('SELECT ifnull(max(seq), 0) AS newest FROM event').get()!;
    const given = db.prepare<[], { upto: Cursor }>('SELECT upto FROM timeline_progress').get()!.upto;
    if (folded > Math.max(newest, given)) db.transaction(() => timelineIndex(db).complete(folded))();
  } finally {
    db.close();
  }
};
