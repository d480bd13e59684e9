/**
 * Submissions into the tables of the log: each event once by its id, and beside it what is counted of pages, shapes and
 * minutes. A part of whoever's transaction it is. Events get the places that follow the newest, unless they are told theirs.
 */
import type { Trust } from '../../wire/event.ts';
import { entryPointEvent } from '../shape.ts';
import { serversKey } from '../whose-id.ts';
import { isBlankRecord, wasOfUser } from './blank.ts';
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
import { refuse, store } from './page-sequence.ts';
import type { Sqlite } from './sqlite-file.ts';
import { type Ground, sqliteGround } from './sqlite-ground.ts';
import { sqliteNumbers } from './sqlite-numbers.ts';
import { sqlitePages } from './sqlite-pages.ts';
import { sqliteRegistry } from './sqlite-registry.ts';
import { sqliteStood } from './sqlite-stood.ts';
import { sqliteTally } from './sqlite-tally.ts';
import { newestGiven, timelineIndex } from './sqlite-timelines.ts';
import type { Stood } from './stood.ts';
import { fromColumn } from './text-column.ts';

interface Content {
  event_type: string;
  ext_id: string | null;
  event_date: number;
  payload: string;
  trust: Trust;
}

export const sqliteStoring = (db: Sqlite) => {
  const pages = sqlitePages(db);
  const grounds = sqliteGround(db, pages);
  const tally = sqliteTally(db);
  const registry = sqliteRegistry(db);
  const numbers = sqliteNumbers(pages, tally);
  const standing = sqliteStood(db, grounds, tally);
  const timelines = timelineIndex(db);
  const given = newestGiven(db);
  let newest = given();
  /** Since the last `keep`. */
  let stored = 0;
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

  const insertUnder = (key: string, cursor: Cursor, label: number, ground: Ground, at: number): boolean => {
    const { event, kind, user, visit } = ground;
    const { seq, event_date, payload } = event;
    return insert.run(cursor, label, key, kind, user, visit?.id ?? null, seq, event_date, at, payload).changes > 0;
  };
  /** Stores it, beside a page's event where that has its id; or finds what it is a duplicate of or in conflict with. */
  const insertOrFind = (
    cursor: Cursor,
    label: number,
    ground: Ground,
    at: number,
  ): 'stored' | 'stored beside' | Content => {
    const { eid, trust } = ground.event;
    if (insertUnder(eid, cursor, label, ground, at)) return 'stored';
    const first = contentOf.get(label, eid)!;
    if (trust !== 'server' || first.trust === 'server' || isSame(first, ground.event)) return first;
    return insertUnder(serversKey(eid), cursor, label, ground, at)
      ? 'stored beside'
      : contentOf.get(label, serversKey(eid))!;
  };

  const storeEvent = (submission: Submission, label: number, ground: Ground, cursor: Cursor): Outcome => {
    const { event, visit } = ground;
    const at = submission.received_at;
    if (isOneTooMany(label, event)) {
      numbers.came(submission, label, ground, refuse);
      return 'too_many_entry_points';
    }
    const found = insertOrFind(cursor, label, ground, at);
    numbers.came(submission, label, ground, typeof found === 'object' ? refuse : store);
    if (typeof found === 'object') return isSame(found, event) ? 'duplicate' : 'conflict';
    if (found === 'stored beside' && !wasOfUser(event))
      tally.record(label, rejectionByLog(submission, event, 'id_of_page'));
    if (visit) pages.count(visit.page);
    if (event.event_type === entryPointEvent && event.name !== '') entryPointsOf(label).add(event.name);
    tally.stored(label, event, at);
    newest = cursor;
    stored++;
    return cursor;
  };

  const putDown = (label: number, submission: Submission, stood: Stood): Outcome[] => {
    newest = Math.max(newest, standing.putDown(label, submission, stood));
    timelines.forget();
    return stood.cursors;
  };

  return {
    labelId: grounds.labelId,
    timelines,
    newest: () => newest,
    /** @param next called for each event, answers the place that it gets if it is stored: above all that were given */
    storeSubmission(submission: Submission, next = (): Cursor => newest + 1): Outcome[] {
      const label = grounds.labelId(submission.label);
      if (submission.stood) return putDown(label, submission, submission.stood);
      const at = submission.received_at;
      let ground: Ground | undefined;
      const outcomes = submission.events.map((event) => {
        ground = grounds.groundOf(label, submission.device_id, event, ground);
        const outcome = storeEvent(submission, label, ground, next());
        if (outcome === 'duplicate' || outcome === 'conflict') tally.duplicate(label, at);
        if (outcome === 'too_many_entry_points') tally.rejected(label, at);
        if ((outcome === 'conflict' || outcome === 'too_many_entry_points') && !wasOfUser(event))
          tally.record(label, rejectionByLog(submission, event, outcome));
        return outcome;
      });
      for (const record of submission.rejected) {
        tally.rejected(label, at);
        if (!isBlankRecord(record)) tally.record(label, record);
      }
      if (submission.device_id !== null) numbers.hear(submission, label, submission.device_id);
      return outcomes;
    },
    /** Writes what was held while submissions came; the last step of whatever is whole. */
    keep(): void {
      pages.keep();
      tally.keep();
      timelines.keepUp(newest, stored);
      stored = 0;
    },
    /** Whether it is new. */
    register(label: number, kind: RegistryKind, name: string, fields: Registered['fields'] | undefined): boolean {
      const isNew = registry.register(label, kind, name, fields);
      if (kind === 'entry_point') entryPointsOf(label).add(name);
      return isNew;
    },
    /** Whether it was there. */
    unregister(label: number, kind: RegistryKind, name: string): boolean {
      const wasThere = registry.unregister(label, kind, name);
      tally.forget();
      return wasThere;
    },
    /** Rows that were remembered may be gone. */
    forget(): void {
      for (const held of [grounds, pages, tally, timelines, standing]) held.forget();
      newest = given();
      stored = 0;
    },
  };
};
