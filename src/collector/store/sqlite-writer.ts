/**
 * The one writer of the SQLite file: a group of submissions in one transaction, on disk when `commit` returns.
 * Knows nothing of threads and queues; runs on the main thread or in the worker just the same.
 */
import { limits } from '../../wire/limits.ts';
import { entryPointEvent } from '../shape.ts';
import { type NewEvent, type Outcome, type RegistryKind, rejectionByLog, type Submission } from './event-log.ts';
import { interned } from './interned.ts';
import { arrive, reach, store } from './page-sequence.ts';
import { openForWriting } from './sqlite-file.ts';
import { sqlitePages, type Visit } from './sqlite-pages.ts';
import { sqliteTally } from './sqlite-tally.ts';
import { timelineIndex } from './sqlite-timelines.ts';
import { fromColumn, toColumn } from './text-column.ts';

export interface SqliteWriter {
  commit(group: Submission[]): Outcome[][];
  register(label: string, kind: RegistryKind, name: string): boolean;
  /** Moves the write-ahead log into the file, and closes it. */
  close(): void;
}

/** What a submission's last event stood on; the next one mostly stands on the same. */
interface Ground {
  event: NewEvent;
  kind: number;
  user: number | null;
  visit: Visit | undefined;
}
interface Content {
  event_type: string;
  ext_id: string | null;
  event_date: number;
  payload: string;
}

const isSameKind = (a: NewEvent, b: NewEvent): boolean =>
  a.event_type === b.event_type &&
  a.ext_brand_id === b.ext_brand_id &&
  a.source === b.source &&
  a.frame === b.frame &&
  a.trust === b.trust &&
  a.system === b.system;
const isSameVisit = (a: NewEvent, b: NewEvent): boolean => a.page_id === b.page_id && a.session_id === b.session_id;

export const openSqliteWriter = (file: string): SqliteWriter => {
  const db = openForWriting(file);
  const find = (sql: string) => db.prepare<unknown[], { id: number }>(sql);
  const labels = interned(
    find('SELECT id FROM label WHERE name = ?'),
    db.prepare('INSERT INTO label (name) VALUES (?)'),
  );
  const users = interned(
    find('SELECT id FROM user WHERE label = ? AND ext_id = ?'),
    db.prepare('INSERT INTO user (label, ext_id) VALUES (?, ?)'),
  );
  const kinds = interned(
    find(
      `SELECT id FROM kind WHERE label = ? AND event_type = ? AND brand = ? AND source = ? AND frame = ? AND trust = ?
       AND system = ?`,
    ),
    db.prepare(
      'INSERT INTO kind (label, event_type, brand, source, frame, trust, system) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
  );
  const pages = sqlitePages(db);
  const tally = sqliteTally(db);
  const timelines = timelineIndex(db);
  let newest = 0;
  const insert = db.prepare(
    `INSERT OR IGNORE INTO event (label, eid, kind, user, visit, page_seq, event_date, received_at, payload)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const contentOf = db.prepare<[number, string], Content>(
    `SELECT k.event_type, u.ext_id, e.event_date, e.payload FROM event e JOIN kind k ON k.id = e.kind
     LEFT JOIN user u ON u.id = e.user WHERE e.label = ? AND e.eid = ?`,
  );
  const seenEntryPoints = db.prepare<[number, string, number], { name: string }>(
    `SELECT name FROM shape WHERE label = ? AND event_type = ? AND name <> ''
     UNION SELECT name FROM registered WHERE label = ? AND kind = 'entry_point'`,
  );
  const register = db.prepare('INSERT OR IGNORE INTO registered (label, kind, name) VALUES (?, ?, ?)');

  const labelId = (name: string): number => {
    const column = toColumn(name);
    return labels.idOf(column, [column]);
  };
  const userId = (label: number, user: string | null): number | null => {
    if (user === null) return null;
    const column = toColumn(user);
    return users.idOf(`${label} ${column}`, [label, column]);
  };
  const kindId = (label: number, event: NewEvent): number => {
    const { ext_brand_id, source, trust } = event;
    const system = event.system ? 1 : 0;
    const type = toColumn(event.event_type);
    const brand = toColumn(ext_brand_id);
    const frame = event.frame ?? '';
    return kinds.idOf(`${label} ${type}\n${brand}\n${source} ${frame} ${trust} ${system}`, [
      label,
      type,
      brand,
      source,
      frame,
      trust,
      system,
    ]);
  };
  const entryPointsOf = (label: number): Set<string> =>
    tally.entryPoints(label, () =>
      seenEntryPoints.all(label, entryPointEvent, label).map(({ name }) => fromColumn(name)),
    );

  const sameContent = (label: number, event: NewEvent): boolean => {
    const first = contentOf.get(label, event.eid)!;
    return (
      fromColumn(first.event_type) === event.event_type &&
      (first.ext_id === null ? null : fromColumn(first.ext_id)) === event.user_ext_id &&
      first.event_date === event.event_date &&
      first.payload === event.payload
    );
  };

  /** An entry point beyond the bound is refused, unless the event is stored already: then it is a duplicate like any. */
  const isOneTooMany = (label: number, event: NewEvent): boolean => {
    if (event.event_type !== entryPointEvent || event.name === '') return false;
    const known = entryPointsOf(label);
    return !known.has(event.name) && known.size >= limits.entryPoints && contentOf.get(label, event.eid) === undefined;
  };

  const visitOf = (label: number, device: string | null, event: NewEvent): Visit | undefined =>
    device === null || event.page_id === null || event.session_id === null
      ? undefined
      : pages.visitOf(label, device, event.page_id, event.session_id);

  const groundOf = (label: number, device: string | null, event: NewEvent, last: Ground | undefined): Ground => ({
    event,
    kind: last && isSameKind(last.event, event) ? last.kind : kindId(label, event),
    user: last && last.event.user_ext_id === event.user_ext_id ? last.user : userId(label, event.user_ext_id),
    visit: last && isSameVisit(last.event, event) ? last.visit : visitOf(label, device, event),
  });

  const storeEvent = (submission: Submission, label: number, { event, kind, user, visit }: Ground): Outcome => {
    const at = submission.received_at;
    if (isOneTooMany(label, event)) return 'too_many_entry_points';
    const row = insert.run(
      label,
      event.eid,
      kind,
      user,
      visit?.id ?? null,
      event.seq,
      event.event_date,
      at,
      event.payload,
    );
    if (row.changes === 0) return sameContent(label, event) ? 'duplicate' : 'conflict';
    if (visit && event.session_id !== null && event.seq !== null) {
      store(visit.page, event.seq);
      pages.touch(visit.page, event.session_id, at);
    }
    if (event.event_type === entryPointEvent && event.name !== '') entryPointsOf(label).add(event.name);
    tally.stored(label, event, at);
    newest = Number(row.lastInsertRowid);
    return newest;
  };

  const storeSubmission = (submission: Submission): Outcome[] => {
    const label = labelId(submission.label);
    const at = submission.received_at;
    let ground: Ground | undefined;
    const outcomes = submission.events.map((event) => {
      ground = groundOf(label, submission.device_id, event, ground);
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
    if (submission.device_id === null) return outcomes;
    for (const { page_id, session_id, seq } of submission.arrived) {
      const page = pages.pageOf(label, submission.device_id, page_id, session_id);
      arrive(page, seq);
      pages.touch(page, session_id, at);
    }
    for (const { page_id, session_id, seq } of submission.pages) {
      const page = pages.pageOf(label, submission.device_id, page_id, session_id);
      reach(page, seq);
      pages.touch(page, session_id, at);
    }
    tally.losses(label, submission);
    return outcomes;
  };

  const inTransaction = db.transaction((group: Submission[]): Outcome[][] => {
    newest = 0;
    const outcomes = group.map(storeSubmission);
    pages.keep();
    tally.keep();
    if (newest > 0) timelines.keepUp(newest);
    return outcomes;
  });
  /** A transaction that failed took back the rows that were remembered from inside it. */
  const orForget = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      for (const held of [labels, users, kinds, pages, tally, timelines]) held.forget();
      throw cause;
    }
  };

  return {
    commit: (group) => orForget(() => inTransaction.immediate(group)),
    register: (label, kind, name) =>
      orForget(() => {
        const id = labelId(label);
        const isNew = register.run(id, kind, toColumn(name)).changes > 0;
        if (kind === 'entry_point') entryPointsOf(id).add(name);
        return isNew;
      }),
    close() {
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
    },
  };
};
