/**
 * Takes events out of the log, a slice at a time: all of one customer, or what came before a time. With the last event of a
 * page, a user or a visitor their row goes too. Each slice is a transaction of its own; the registry's and the minutes'
 * counts stay, since they name nobody.
 */
import { userCustomer } from '../engine/customer-key.ts';
import { serversKey } from '../whose-id.ts';
import type { Cursor, EventLog, RejectionRecord } from './event-log.ts';
import type { Sqlite } from './sqlite-file.ts';
import type { TimelineIndex } from './sqlite-timelines.ts';
import { toColumn } from './text-column.ts';

export type Whose = Parameters<EventLog['erase']>[1];
/** `more`: another slice may find others. */
export interface Removed {
  events: number;
  more: boolean;
}
/** Called with the place of each event that is taken, while it is there. */
export type Taken = (seq: Cursor) => void;

interface Row {
  seq: Cursor;
  user: number | null;
  visit: number | null;
}
interface OldRow extends Row {
  label: number;
  received_at: number;
}

/** Rows of other labels that one slice walks past. */
const STRETCH = 5_000;

export const eventRemoval = (db: Sqlite, timelines: TimelineIndex, taken: Taken = () => {}) => {
  const exactly = db.prepare<[number, string], { id: number }>('SELECT id FROM user WHERE label = ? AND ext_id = ?');
  // NOCASE folds ASCII letters alone, which is what makes two spellings one customer.
  const inAnyCase = db.prepare<[number, string], { id: number }>(
    'SELECT id FROM user WHERE label = ? AND ext_id = ? COLLATE NOCASE',
  );
  const ofDevice = db.prepare<[number, string], { id: number }>(
    'SELECT -id AS id FROM visitor WHERE label = ? AND device_id = ?',
  );
  const timeline = db.prepare<[number, number], Row>(
    `SELECT e.seq, e.user, e.visit FROM timeline t CROSS JOIN event e ON e.seq = t.seq WHERE t.user = ? LIMIT ?`,
  );
  const rowAt = db.prepare<[Cursor], Row>('SELECT seq, user, visit FROM event WHERE seq = ?');
  const after = db.prepare<[Cursor, number], OldRow>(
    'SELECT seq, user, visit, label, received_at FROM event WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  const removeEvent = db.prepare<[Cursor], { label: number; eid: string }>(
    'DELETE FROM event WHERE seq = ? RETURNING label, eid',
  );
  const rename = db.prepare('UPDATE event SET eid = ? WHERE label = ? AND eid = ?');
  const removePlace = db.prepare('DELETE FROM timeline WHERE user = ? AND seq = ?');
  const hasEvents = db.prepare<[number], { seq: Cursor }>('SELECT seq FROM timeline WHERE user = ? LIMIT 1');
  const removeUser = db.prepare('DELETE FROM user WHERE id = ?');
  const removeVisitor = db.prepare('DELETE FROM visitor WHERE id = -?');
  const standOn = db.prepare<[number, number], { id: number; events: number }>(
    'UPDATE page SET events = events - ? WHERE id = (SELECT page FROM visit WHERE id = ?) RETURNING id, events',
  );
  const removeVisits = db.prepare('DELETE FROM visit WHERE page = ?');
  const removePage = db.prepare('DELETE FROM page WHERE id = ?');
  const emptyOfDevice = db.prepare<[number, string], { id: number }>(
    'SELECT id FROM page WHERE label = ? AND device_id = ? AND events = 0',
  );
  const emptyBefore = db.prepare<[number, number], { id: number }>(
    `SELECT id FROM page WHERE label = ? AND (missing <> '' OR lost <> '' OR refused > 0) AND last_at < ? AND events = 0`,
  );
  const lossesOfDevice = db.prepare('DELETE FROM loss WHERE label = ? AND device_id = ?');
  const lossesBefore = db.prepare('DELETE FROM loss WHERE label = ? AND reported_at < ?');
  const rejections = db.prepare<[number], { n: number; record: string }>(
    'SELECT n, record FROM rejection WHERE label = ?',
  );
  const removeRejection = db.prepare('DELETE FROM rejection WHERE label = ? AND n = ?');
  /** Where the label's oldest event is no earlier than; walked again after a start. */
  const fronts = new Map<number, Cursor>();

  const idsOf = (label: number, whose: Whose): number[] => {
    if ('visitor' in whose) return ofDevice.all(label, whose.visitor).map(({ id }) => id);
    const find = whose.anyCase ? inAnyCase : exactly;
    return find.all(label, toColumn(whose.user)).map(({ id }) => id);
  };
  const takePage = (page: number): void => {
    removeVisits.run(page);
    removePage.run(page);
  };
  const takePerson = (id: number): void => {
    if (id < 0) removeVisitor.run(id);
    else removeUser.run(id);
  };
  const takeRejections = (label: number, isOne: (record: RejectionRecord) => boolean): void => {
    const found = rejections.all(label).filter(({ record }) => isOne(JSON.parse(record) as RejectionRecord));
    for (const { n } of found) removeRejection.run(label, n);
  };
  /** What stands beside it under its id has the id for itself from now on. */
  const letGo = (seq: Cursor): void => {
    const { label, eid } = removeEvent.get(seq)!;
    rename.run(eid, label, serversKey(eid));
  };
  const take = (rows: Row[]): void => {
    const onVisit = new Map<number, number>();
    for (const { seq, user, visit } of rows) {
      taken(seq);
      letGo(seq);
      if (user !== null) removePlace.run(user, seq);
      if (visit !== null) onVisit.set(visit, (onVisit.get(visit) ?? 0) + 1);
    }
    for (const [visit, events] of onVisit) {
      const page = standOn.get(events, visit);
      if (page?.events === 0) takePage(page.id);
    }
  };

  return {
    erase(label: number, whose: Whose, limit: number, newest: Cursor): Removed {
      timelines.complete(newest);
      const ids = idsOf(label, whose);
      const rows: Row[] = [];
      for (const id of ids) rows.push(...timeline.all(id, limit - rows.length));
      take(rows);
      if (rows.length === limit) return { events: limit, more: true };
      for (const id of ids) takePerson(id);
      if ('visitor' in whose) {
        lossesOfDevice.run(label, whose.visitor);
        for (const { id } of emptyOfDevice.all(label, whose.visitor)) takePage(id);
      } else {
        const keyOf = (user: string): string => userCustomer(user, !whose.anyCase).key;
        takeRejections(label, ({ user_ext_id }) => user_ext_id !== null && keyOf(user_ext_id) === keyOf(whose.user));
      }
      return { events: rows.length, more: false };
    },
    purge(label: number, before: number, limit: number, newest: Cursor): Removed {
      timelines.complete(newest);
      const rows: Row[] = [];
      let front = fronts.get(label) ?? 0;
      let at: 'old' | 'new' | 'full' = 'old';
      const walked = after.all(front, STRETCH);
      for (const row of walked) {
        if (row.received_at >= before) at = 'new';
        else if (rows.length === limit) at = 'full';
        if (at !== 'old') break;
        front = row.seq;
        if (row.label === label) rows.push(row);
      }
      take(rows);
      fronts.set(label, front);
      for (const user of new Set(rows.map(({ user }) => user)))
        if (user !== null && !hasEvents.get(user)) takePerson(user);
      const more = at === 'full' || (at === 'old' && walked.length === STRETCH);
      if (!more) {
        lossesBefore.run(label, before);
        for (const { id } of emptyBefore.all(label, before)) takePage(id);
        takeRejections(label, (record) => record.at < before);
      }
      return { events: rows.length, more };
    },
    /** Single events, by their places; those that are gone already are no mistake. */
    takeAt(places: Cursor[]): void {
      take(places.flatMap((seq) => rowAt.get(seq) ?? []));
    },
    /** Nothing that a purge looked for is left up to here. */
    front: (label: number): Cursor => fronts.get(label) ?? 0,
    /** After a transaction that failed. */
    forget: () => fronts.clear(),
  };
};
