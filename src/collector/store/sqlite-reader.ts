/**
 * Every read of the log, over a read-only connection of its own: a reader neither waits for the writer nor stops it.
 * Every statement names the label first; searches read a bounded stretch and say where to go on.
 */

import { eidOfKey, serversKey } from '../whose-id.ts';
import type {
  Cursor,
  EventPage,
  EventQuery,
  LoggedEvent,
  MinuteCount,
  Profile,
  Registered,
  RegistryRows,
  RejectionRecord,
  ShapeCount,
} from './event-log.ts';
import type { LossReport } from './loss-report.ts';
import { matchesText } from './search-text.ts';
import { EVENTS, type EventRow, toEvent } from './sqlite-event-row.ts';
import { openForReading } from './sqlite-file.ts';
import { sqliteLosses } from './sqlite-losses.ts';
import { indexedUpTo } from './sqlite-timelines.ts';
import { fromColumn, toColumn } from './text-column.ts';

/** Events that one statement walks, and that one read walks in all: well below 1, and about 50 ms. */
const STRETCH = 1_000;
const LONGEST_WALK = 100_000;
/** Characters of payloads that one read looks through: a log of large ones would take seconds where one of small ones takes 50 ms. */
const MOST_READ = 64_000_000;

type Whose = { user: string } | { visitor: string };

export interface SqliteReader {
  events(label: string, query: EventQuery): EventPage;
  profile(label: string, whose: Whose): Profile | undefined;
  losses(label: string): LossReport;
  rejections(label: string, limit: number): RejectionRecord[];
  registry(label: string): RegistryRows;
  minutes(label: string, from: number): MinuteCount[];
  close(): void;
}

const whoseIn = ({ user, visitor }: EventQuery): Whose | undefined => {
  if (user !== undefined) return { user };
  return visitor === undefined ? undefined : { visitor };
};
const isOf = (row: EventRow, query: EventQuery): boolean => {
  const whose = whoseIn(query);
  if (!whose) return true;
  return 'user' in whose
    ? row.ext_id === toColumn(whose.user)
    : row.ext_id === null && row.system === 0 && row.device_id === whose.visitor;
};

export const openSqliteReader = (file: string): SqliteReader => {
  const db = openForReading(file);
  const labelId = db.prepare<[string], { id: number }>('SELECT id FROM label WHERE name = ?');
  const userId = db.prepare<[number, string], { id: number }>('SELECT id FROM user WHERE label = ? AND ext_id = ?');
  const visitorId = db.prepare<[number, string], { id: number }>(
    'SELECT -id AS id FROM visitor WHERE label = ? AND device_id = ?',
  );
  // Events are counted and not places, which may lie far apart.
  const endOf = {
    asc: db.prepare<[Cursor, number], { seq: Cursor }>(
      'SELECT seq FROM event WHERE seq > ? ORDER BY seq LIMIT 1 OFFSET ?',
    ),
    desc: db.prepare<[Cursor, number], { seq: Cursor }>(
      'SELECT seq FROM event WHERE seq < ? ORDER BY seq DESC LIMIT 1 OFFSET ?',
    ),
  };
  const select = (where: string, order: 'asc' | 'desc') =>
    db.prepare<unknown[], EventRow>(`${EVENTS} WHERE ${where} ORDER BY e.seq ${order}`);
  // The unary plus keeps SQLite from walking the index of eids, whose order is not the cursor's.
  const stretchOf = {
    asc: select('+e.label = ? AND e.seq > ? AND e.seq <= ?', 'asc'),
    desc: select('+e.label = ? AND e.seq >= ? AND e.seq < ?', 'desc'),
  };
  const indexed = indexedUpTo(db);
  const fromTimeline = (where: string, order: 'asc' | 'desc') =>
    db.prepare<unknown[], EventRow>(
      `${EVENTS.replace('FROM event e', 'FROM timeline t CROSS JOIN event e ON e.seq = t.seq')}
       WHERE t.user = ? AND t.seq <= ? AND ${where} ORDER BY t.seq ${order}`,
    );
  const timelineOf = { asc: fromTimeline('t.seq > ?', 'asc'), desc: fromTimeline('t.seq < ?', 'desc') };
  const tailOf = {
    asc: select('+e.user = ? AND e.seq > ? AND e.seq > ?', 'asc'),
    desc: select('+e.user = ? AND e.seq > ? AND e.seq < ?', 'desc'),
  };
  /** The indexed part and the tail in their order; both are cut at one mark, so no event is in both or neither. */
  const eventsOf = function* (user: number, after: number, order: 'asc' | 'desc'): Generator<EventRow> {
    const { upto } = indexed.get()!;
    const timeline = timelineOf[order];
    const tail = tailOf[order];
    if (order === 'asc') yield* timeline.iterate(user, upto, after);
    yield* tail.iterate(user, upto, after);
    if (order === 'desc') yield* timeline.iterate(user, upto, after);
  };
  const byEid = select('e.label = ? AND e.eid IN (?, ?)', 'asc');
  const profileOf = db.prepare<{ user: number }, { first_seq: number | null; last_seq: number; events: number }>(
    `SELECT min(seq) AS first_seq, max(seq) AS last_seq, count(*) AS events FROM (
     SELECT seq FROM timeline WHERE user = @user AND seq <= (SELECT upto FROM timeline_progress)
     UNION ALL SELECT seq FROM event e WHERE +e.user = @user AND seq > (SELECT upto FROM timeline_progress))`,
  );
  const receivedAt = db.prepare<[number], { at: number }>('SELECT received_at AS at FROM event WHERE seq = ?');
  const losses = sqliteLosses(db);
  const rejections = db.prepare<[number, number], { record: string }>(
    'SELECT record FROM rejection WHERE label = ? ORDER BY n DESC LIMIT ?',
  );
  const shapes = db.prepare<[number], ShapeCount>(
    'SELECT event_type, name, fields AS shape, count, first_seen, last_seen FROM shape WHERE label = ? ORDER BY id',
  );
  const registered = db.prepare<[number], Omit<Registered, 'fields'> & { fields: string }>(
    'SELECT kind, name, fields FROM registered WHERE label = ? ORDER BY kind, name',
  );
  const minutes = db.prepare<[number, number], MinuteCount>(
    'SELECT minute, stored, duplicate, rejected FROM minute WHERE label = ? AND minute >= ? ORDER BY minute',
  );

  const idOf = (label: string): number => labelId.get(toColumn(label))?.id ?? 0;
  /** As the events have it; 0 is nobody. */
  const personOf = (label: number, whose: Whose): number =>
    ('user' in whose ? userId.get(label, toColumn(whose.user)) : visitorId.get(label, whose.visitor))?.id ?? 0;

  const matches = (row: EventRow, { type, text, eid, after, order }: EventQuery): boolean =>
    (type === undefined || fromColumn(row.event_type) === type) &&
    (eid === undefined || eidOfKey(row.eid) === eid) &&
    (after === undefined || (order === 'asc' ? row.seq > after : row.seq < after)) &&
    (text === undefined ||
      matchesText(row.ext_id === null ? '' : fromColumn(row.ext_id), fromColumn(row.event_type), row.payload, text));

  /** Adds matches up to the limit. Ends where `next` begins: at the last one taken, or where it has walked enough. */
  const take = (
    rows: Iterable<EventRow>,
    query: EventQuery,
    events: LoggedEvent[],
    read = { characters: 0 },
  ): Cursor | null => {
    let walked = 0;
    for (const row of rows) {
      read.characters += row.payload.length;
      const isMatch = matches(row, query);
      if (isMatch && events.length === query.limit) return events.at(-1)!.cursor;
      if (isMatch) events.push(toEvent(row));
      if (++walked === LONGEST_WALK || read.characters > MOST_READ) return row.seq;
    }
    return null;
  };

  const walk = (label: number, query: EventQuery): EventPage => {
    const events: LoggedEvent[] = [];
    const read = { characters: 0 };
    const { order } = query;
    let at = query.after ?? (order === 'asc' ? 0 : Number.MAX_SAFE_INTEGER);
    for (let walked = 0; walked < LONGEST_WALK; walked += STRETCH) {
      const end = endOf[order].get(at, STRETCH - 1)?.seq;
      const rows =
        order === 'asc'
          ? stretchOf.asc.iterate(label, at, end ?? Number.MAX_SAFE_INTEGER)
          : stretchOf.desc.iterate(label, end ?? 0, at);
      const next = take(rows, query, events, read);
      if (next !== null || end === undefined) return { events, next };
      at = end;
    }
    return { events, next: at };
  };

  return {
    events(label: string, query: EventQuery): EventPage {
      const id = idOf(label);
      const events: LoggedEvent[] = [];
      if (query.eid !== undefined) {
        const rows = byEid.all(id, query.eid, serversKey(query.eid)).filter((row) => isOf(row, query));
        return { events, next: take(rows, query, events) };
      }
      const whose = whoseIn(query);
      if (!whose) return walk(id, query);
      const from = query.after ?? (query.order === 'asc' ? 0 : Number.MAX_SAFE_INTEGER);
      return { events, next: take(eventsOf(personOf(id, whose), from, query.order), query, events) };
    },
    profile(label: string, whose: Whose): Profile | undefined {
      const row = profileOf.get({ user: personOf(idOf(label), whose) });
      if (!row || row.first_seq === null) return undefined;
      const at = (seq: number): number => receivedAt.get(seq)!.at;
      return { first_seen: at(row.first_seq), last_seen: at(row.last_seq), events: row.events };
    },
    losses: (label: string): LossReport => losses(idOf(label)),
    rejections: (label: string, limit: number): RejectionRecord[] =>
      rejections.all(idOf(label), limit).map(({ record }) => JSON.parse(record) as RejectionRecord),
    registry(label: string): RegistryRows {
      const id = idOf(label);
      return {
        shapes: shapes
          .all(id)
          .map((row) => ({ ...row, event_type: fromColumn(row.event_type), name: fromColumn(row.name) })),
        registered: registered.all(id).map((row) => ({
          ...row,
          name: fromColumn(row.name),
          fields: JSON.parse(row.fields) as Registered['fields'],
        })),
      };
    },
    minutes: (label: string, from: number): MinuteCount[] => minutes.all(idOf(label), from),
    close() {
      db.close();
    },
  };
};
