/**
 * The one writer of the SQLite file: a group of submissions in one transaction, on disk when `commit` returns.
 * Knows nothing of threads and queues; runs on the main thread or in the worker just the same.
 */
import { type CopyStep, isTaking, type StepResult } from './copy-step.ts';
import type { Outcome, Registered, RegistryKind, Submission } from './event-log.ts';
import { eventRemoval, type Removed, type Whose } from './event-removal.ts';
import { sqliteCopy } from './sqlite-copy.ts';
import { checkpoint, copiedIn, heldInPlace, openForWriting, touch } from './sqlite-file.ts';
import { sqliteStoring } from './sqlite-storing.ts';

export interface SqliteWriter {
  commit(group: Submission[]): Outcome[][];
  register(label: string, kind: RegistryKind, name: string, fields?: Registered['fields']): boolean;
  unregister(label: string, kind: RegistryKind, name: string): boolean;
  /** Both take a slice, which stops nobody for long. */
  erase(label: string, whose: Whose, limit: number): Removed;
  purge(label: string, before: number, limit: number): Removed;
  /** Of a file that is a copy: steps in their order, whole or not at all, but for orders, which are taken slice by slice. */
  apply(steps: CopyStep[]): StepResult[];
  /** Throws if it cannot store just now. */
  check(): void;
  /** Moves the write-ahead log into the file, and closes it. */
  close(): void;
}

export const openSqliteWriter = (file: string): SqliteWriter => {
  const db = openForWriting(file);
  // What a copy loses with the power it reads again in the stream.
  if (copiedIn(db)) db.pragma('synchronous = NORMAL');
  const checkInPlace = heldInPlace(file);
  const storing = sqliteStoring(db);
  const removal = eventRemoval(db, storing.timelines);
  const copy = sqliteCopy(db, storing);

  const commit = db.transaction((group: Submission[]): Outcome[][] => {
    const outcomes = group.map((submission) => storing.storeSubmission(submission));
    storing.keep();
    return outcomes;
  });
  const register = db.transaction(storing.register);
  const unregister = db.transaction(storing.unregister);
  const erase = db.transaction(removal.erase);
  const purge = db.transaction(removal.purge);
  const apply = db.transaction((steps: CopyStep[]): StepResult[] => steps.map(copy.take));
  /** A transaction that failed took back the rows that were remembered from inside it. */
  const orForget = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      removal.forget();
      copy.forget();
      storing.forget();
      throw cause;
    }
  };
  /** Rows that were remembered may be gone with the events that stood on them. */
  const thenForget = <Taken extends Pick<Removed, 'more'>>(removed: Taken): Taken => {
    storing.forget();
    if (!removed.more) checkpoint(db);
    return removed;
  };

  return {
    commit: (group) =>
      orForget(() => {
        const outcomes = commit.immediate(group);
        checkInPlace();
        return outcomes;
      }),
    check() {
      touch(db);
      checkInPlace();
    },
    register: (label, kind, name, fields) =>
      orForget(() => register.immediate(storing.labelId(label), kind, name, fields)),
    unregister: (label, kind, name) => orForget(() => unregister.immediate(storing.labelId(label), kind, name)),
    erase: (label, whose, limit) =>
      orForget(() => thenForget(erase.immediate(storing.labelId(label), whose, limit, storing.newest()))),
    purge: (label, before, limit) =>
      orForget(() => thenForget(purge.immediate(storing.labelId(label), before, limit, storing.newest()))),
    apply: (steps) =>
      orForget(() => {
        const results = apply.immediate(steps);
        checkInPlace();
        for (const one of results) if (isTaking(one)) thenForget(one);
        return results;
      }),
    close() {
      try {
        db.pragma('wal_checkpoint(TRUNCATE)');
      } finally {
        db.close();
      }
    },
  };
};
