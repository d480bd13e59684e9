/**
 * Which events are whose: the index of customers, written a stretch of the log at a time. In the same commit as each
 * event it would dirty a page of its own for nearly every one, and pages are what a commit costs. What is not yet
 * indexed is a short tail that a reader walks.
 */
import type { Statement } from 'better-sqlite3';
import type { Cursor } from './event-log.ts';
import type { Sqlite } from './sqlite-file.ts';

/** Events of a stretch: long enough to share pages, short enough that neither its commit nor a walk is felt. */
const STRETCH = 4096;

export interface TimelineIndex {
  /** Indexes the tail, however short: whoever takes events away finds all of them here. */
  complete(newest: number): void;
  /** Part of a transaction that stored so many more events, up to `newest`. */
  keepUp(newest: number, stored: number): void;
  forget(): void;
}

export const indexedUpTo = (db: Sqlite): Statement<[], { upto: number }> =>
  db.prepare<[], { upto: number }>('SELECT upto FROM timeline_progress');

// The index is complete before anything is taken away: what it came to was given out, though it may be gone.
export const newestGiven = (db: Sqlite): (() => Cursor) => {
  const newest = db.prepare<[], { seq: Cursor }>(
    'SELECT max(upto, ifnull((SELECT max(seq) FROM event), 0)) AS seq FROM timeline_progress',
  );
  return () => newest.get()!.seq;
};

export const timelineIndex = (db: Sqlite): TimelineIndex => {
  const progress = indexedUpTo(db);
  const index = db.prepare(
    `INSERT INTO timeline (user, seq) SELECT user, seq FROM event
     WHERE seq > ? AND seq <= ? AND user IS NOT NULL ORDER BY user, seq`,
  );
  const keep = db.prepare('UPDATE timeline_progress SET upto = ?');
  // A tail that is longer than a stretch is one however long it is.
  const countTail = db.prepare<[number, number], { events: number }>(
    'SELECT count(*) AS events FROM (SELECT 1 FROM event WHERE seq > ? LIMIT ?)',
  );
  const tailAfter = (place: number): number => countTail.get(place, STRETCH)!.events;
  let upto = progress.get()!.upto;
  let tail = tailAfter(upto);
  const complete = (newest: number): void => {
    index.run(upto, newest);
    keep.run(newest);
    upto = newest;
    tail = 0;
  };

  return {
    complete,
    keepUp(newest, stored) {
      tail += stored;
      if (tail >= STRETCH) complete(newest);
    },
    forget() {
      upto = progress.get()!.upto;
      tail = tailAfter(upto);
    },
  };
};
