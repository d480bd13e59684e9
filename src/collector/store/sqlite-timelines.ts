/**
 * Which events are whose: the index of customers, written a stretch of the log at a time. In the same commit as each
 * event it would dirty a page of its own for nearly every one, and pages are what a commit costs. What is not yet
 * indexed is a short tail that a reader walks.
 */
import type { Statement } from 'better-sqlite3';
import type { Sqlite } from './sqlite-file.ts';

/** Events of a stretch: long enough to share pages, short enough that neither its commit nor a walk is felt. */
const STRETCH = 4096;

export interface TimelineIndex {
  /** Indexes the tail, however short: whoever takes events away finds all of them here. */
  complete(newest: number): void;
  /** Part of a transaction that stored events up to `newest`. */
  keepUp(newest: number): void;
  forget(): void;
}

export const indexedUpTo = (db: Sqlite): Statement<[], { upto: number }> =>
  db.prepare<[], { upto: number }>('SELECT upto FROM timeline_progress');

export const timelineIndex = (db: Sqlite): TimelineIndex => {
  const progress = indexedUpTo(db);
  const index = db.prepare(
    `INSERT INTO timeline (user, seq) SELECT user, seq FROM event
     WHERE seq > ? AND seq <= ? AND user IS NOT NULL ORDER BY user, seq`,
  );
  const keep = db.prepare('UPDATE timeline_progress SET upto = ?');
  let upto = progress.get()!.upto;
  const complete = (newest: number): void => {
    index.run(upto, newest);
    keep.run(newest);
    upto = newest;
  };

  return {
    complete,
    keepUp(newest) {
      if (newest - upto >= STRETCH) complete(newest);
    },
    forget() {
      upto = progress.get()!.upto;
    },
  };
};
