/**
 * The one writer of the SQLite file: a group of submissions in one transaction, on disk when `commit` returns.
 * Knows nothing of threads and queues; runs on the main thread or in the worker just the same.
 */
import type { Trust } from '../../wire/event.ts';
import { entryPointEvent } from '../shape.ts';
import { serversKey } from '../whose-id.ts';
import {
  type Cursor,
  type NewEvent,
  type Outcome,
  type Registered,
  type RegistryKind,
  rejectionByLog,
  roomForEntryPoints,
  type Submission,
} from './event-log.ts';
import { eventRemoval, type Removed, type Whose } from './event-removal.ts';
import { refuse, store } from './page-sequence.ts';
import { checkpoint, heldInPlace, openForWriting, touch } from './sqlite-file.ts';
import { type Ground, sqliteGround } from './sqlite-ground.ts';
import { sqliteNumbers } from './sqlite-numbers.ts';
import { sqlitePages } from './sqlite-pages.ts';
import { sqliteRegistry } from './sqlite-registry.ts';
import { sqliteStood } from './sqlite-stood.ts';
import { sqliteTally } from './sqlite-tally.ts';
import { timelineIndex } from './sqlite-timelines.ts';
import type { Stood } from './stood.ts';
import { fromColumn } from './text-column.ts';

export interface SqliteWriter {
  commit(group: Submission[]): Outcome[][];
  register(label: string, kind: RegistryKind, name: string, fields?: Registered['fields']): boolean;
  unregister(label: string, kind: RegistryKind, name: string): boolean;
  /** Both take a slice, which stops nobody for long. */
  erase(label: string, whose: Whose, limit: number): Removed;
  purge(label: string, before: number, limit: number): Removed;
  /** Throws if it cannot store just now. */
  check(): void;
  /** Moves the write-ahead log into the file, and closes it. */
  close(): void;
}

interface Content {
  event_type: string;
  ext_id: string | null;
  event_date: number;
  payload: string;
  trust: Trust;
}

export const openSqliteWriter = (file: string): SqliteWriter => {
  const db = openForWriting(file);
  const checkInPlace = heldInPlace(file);
  const pages = sqlitePages(db);
  const grounds = sqliteGround(db, pages);
  const tally = sqliteTally(db);
  const registry = sqliteRegistry(db);
  const numbers = sqliteNumbers(pages, tally);
  const timelines = timelineIndex(db);
  const standing = sqliteStood(db, grounds, tally);
  const removal = eventRemoval(db, timelines);
  // The index is complete before anything is taken away: what it came to was given out, though it may be gone.
  const newestGiven = db.prepare<[], { seq: Cursor }>(
    'SELECT max(upto, ifnull((SELECT max(seq) FROM event), 0)) AS seq FROM timeline_progress',
  );
  let newest = newestGiven.get()!.seq;
  const insert = db.prepare(
    `INSERT OR IGNORE INTO event (seq, label, eid, kind, user, visit, page_seq, event_date, received_at, payload)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const contentOf = db.prepare<[number, string], Content>(
    `SELECT k.event_type, k.trust, u.ext_id, e.event_date, e.payload FROM event e JOIN kind k ON k.id = e.kind
     LEFT JOIN user u ON u.id = e.user WHERE e.label = ? AND e.eid = ?`,
  );

  const entryPointsOf = (label: number): Set<string> => tally.entryPoints(label, () => registry.entryPoints(label));

  const isSame = (first: Content, event: NewEvent): boolean =>
    fromColumn(first.event_type) === event.event_type &&
    (first.ext_id === null ? null : fromColumn(first.ext_id)) === event.user_ext_id &&
    first.event_date === event.event_date &&
    first.payload === event.payload;

  /** An entry point beyond the bound is refused, unless the event is stored already: then it is a duplicate like any. */
  const isOneTooMany = (label: number, event: NewEvent): boolean => {
    if (event.event_type !== entryPointEvent || event.name === '') return false;
    const known = entryPointsOf(label);
    const isFull = known.size >= roomForEntryPoints(event.trust);
    return isFull && !known.has(event.name) && contentOf.get(label, event.eid) === undefined;
  };

  const insertUnder = (key: string, label: number, { event, kind, user, visit }: Ground, at: number): boolean => {
    const { seq, event_date, payload } = event;
    const row = insert.run(newest + 1, label, key, kind, user, visit?.id ?? null, seq, event_date, at, payload);
    return row.changes > 0;
  };
  /** Stores it, beside a page's event where that has its id; or finds what it is a duplicate of or in conflict with. */
  const insertOrFind = (label: number, ground: Ground, at: number): 'stored' | 'stored beside' | Content => {
    const { eid, trust } = ground.event;
    if (insertUnder(eid, label, ground, at)) return 'stored';
    const first = contentOf.get(label, eid)!;
    if (trust !== 'server' || first.trust === 'server' || isSame(first, ground.event)) return first;
    return insertUnder(serversKey(eid), label, ground, at) ? 'stored beside' : contentOf.get(label, serversKey(eid))!;
  };

  const storeEvent = (submission: Submission, label: number, ground: Ground): Outcome => {
    const { event, visit } = ground;
    const at = submission.received_at;
    if (isOneTooMany(label, event)) {
      numbers.came(submission, label, ground, refuse);
      return 'too_many_entry_points';
    }
    const found = insertOrFind(label, ground, at);
    numbers.came(submission, label, ground, typeof found === 'object' ? refuse : store);
    if (typeof found === 'object') return isSame(found, event) ? 'duplicate' : 'conflict';
    if (found === 'stored beside') tally.record(label, rejectionByLog(submission, event, 'id_of_page'));
    newest++;
    if (visit) pages.count(visit.page);
    if (event.event_type === entryPointEvent && event.name !== '') entryPointsOf(label).add(event.name);
    tally.stored(label, event, at);
    return newest;
  };

  const putDown = (label: number, submission: Submission, stood: Stood): Outcome[] => {
    newest = Math.max(newest, standing.putDown(label, submission, stood));
    timelines.forget();
    return stood.cursors;
  };

  const storeSubmission = (submission: Submission): Outcome[] => {
    const label = grounds.labelId(submission.label);
    if (submission.stood) return putDown(label, submission, submission.stood);
    const at = submission.received_at;
    let ground: Ground | undefined;
    const outcomes = submission.events.map((event) => {
      ground = grounds.groundOf(label, submission.device_id, event, ground);
      const outcome = storeEvent(submission, label, ground);
      if (outcome === 'duplicate' || outcome === 'conflict') tally.duplicate(label, at);
      if (outcome === 'too_many_entry_points') tally.rejected(label, at);
      if (outcome === 'conflict' || outcome === 'too_many_entry_points')
        tally.record(label, rejectionByLog(submission, event, outcome));
      return outcome;
    });
    for (const record of submission.rejected) {
      tally.rejected(label, at);
      tally.record(label, record);
    }
    if (submission.device_id !== null) numbers.hear(submission, label, submission.device_id);
    return outcomes;
  };

  const inTransaction = db.transaction((group: Submission[]): Outcome[][] => {
    const outcomes = group.map(storeSubmission);
    pages.keep();
    tally.keep();
    timelines.keepUp(newest);
    return outcomes;
  });
  const registerInTransaction = db.transaction(registry.register);
  const unregisterInTransaction = db.transaction(registry.unregister);
  const eraseInTransaction = db.transaction(removal.erase);
  const purgeInTransaction = db.transaction(removal.purge);
  const forget = (): void => {
    for (const held of [grounds, pages, tally, timelines, standing]) held.forget();
    newest = newestGiven.get()!.seq;
  };
  /** A transaction that failed took back the rows that were remembered from inside it. */
  const orForget = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      removal.forget();
      forget();
      throw cause;
    }
  };
  /** Rows that were remembered may be gone with the events that stood on them. */
  const thenForget = (removed: Removed): Removed => {
    forget();
    if (!removed.more) checkpoint(db);
    return removed;
  };

  return {
    commit: (group) =>
      orForget(() => {
        const outcomes = inTransaction.immediate(group);
        checkInPlace();
        return outcomes;
      }),
    check() {
      touch(db);
      checkInPlace();
    },
    register: (label, kind, name, fields) =>
      orForget(() => {
        const id = grounds.labelId(label);
        const isNew = registerInTransaction.immediate(id, kind, name, fields);
        if (kind === 'entry_point') entryPointsOf(id).add(name);
        return isNew;
      }),
    unregister: (label, kind, name) =>
      orForget(() => {
        const wasThere = unregisterInTransaction.immediate(grounds.labelId(label), kind, name);
        tally.forget();
        return wasThere;
      }),
    erase: (label, whose, limit) =>
      orForget(() => thenForget(eraseInTransaction.immediate(grounds.labelId(label), whose, limit, newest))),
    purge: (label, before, limit) =>
      orForget(() => thenForget(purgeInTransaction.immediate(grounds.labelId(label), before, limit, newest))),
    close() {
      try {
        db.pragma('wal_checkpoint(TRUNCATE)');
      } finally {
        db.close();
      }
    },
  };
};
