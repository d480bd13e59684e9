/**
 * Puts down what stood in another store as it stood there: events under their own places, pages and losses as they were
 * told, what a label counted as it was counted. Part of the writer's transactions, and before anything else in the file: the
 * counters held in memory know nothing of it yet.
 */
import { isBlankRecord } from './blank.ts';
import type { Cursor, Submission } from './event-log.ts';
import { interned } from './interned.ts';
import type { Sqlite } from './sqlite-file.ts';
import type { Ground, sqliteGround } from './sqlite-ground.ts';
import type { sqliteTally } from './sqlite-tally.ts';
import type { Stood, StoodPage } from './stood.ts';
import { toColumn } from './text-column.ts';

export const sqliteStood = (
  db: Sqlite,
  grounds: ReturnType<typeof sqliteGround>,
  tally: ReturnType<typeof sqliteTally>,
) => {
  const addEvent = db.prepare(
    `INSERT INTO event (seq, label, eid, kind, user, visit, page_seq, event_date, received_at, payload)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const addPlace = db.prepare('INSERT INTO timeline (user, seq) VALUES (?, ?)');
  // Places come in the order of each label, and not of all: the index has each already, and goes on after the greatest.
  const reach = db.prepare('UPDATE timeline_progress SET upto = max(upto, ?)');
  const pages = interned(
    db.prepare<unknown[], { id: number }>('SELECT id FROM page WHERE label = ? AND device_id = ? AND page_id = ?'),
    db.prepare(
      `INSERT INTO page (label, device_id, page_id, session_id, highest, stored, refused, missing, last_at)
       VALUES (?, ?, ?, '', 0, 0, 0, '', 0)`,
    ),
  );
  const visits = interned(
    db.prepare<unknown[], { id: number }>('SELECT id FROM visit WHERE page = ? AND session_id = ?'),
    db.prepare('INSERT INTO visit (page, session_id) VALUES (?, ?)'),
  );
  const standOn = db.prepare('UPDATE page SET events = events + ? WHERE id = ?');
  const setPage = db.prepare(
    `UPDATE page SET session_id = @session_id, highest = @highest, stored = @stored, refused = @refused, missing = @missing,
     lost = @lost, parts = @parts, last_at = @last_at WHERE label = @label AND device_id = @device AND page_id = @page_id`,
  );
  const addLoss = db.prepare(
    'INSERT INTO loss (label, device_id, reason, count, numbered, reported_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const addShape = db.prepare(
    'INSERT INTO shape (label, event_type, name, fields, count, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const addMinute = db.prepare(
    'INSERT INTO minute (label, minute, stored, duplicate, rejected) VALUES (?, ?, ?, ?, ?)',
  );

  const pageId = (label: number, device: string, page: string): number =>
    pages.idOf(`${label} ${device} ${page}`, [label, device, page]);

  const putEvents = (
    label: number,
    { device_id, received_at, events }: Submission,
    cursors: readonly Cursor[],
  ): void => {
    const onPages = new Map<number, number>();
    let ground: Ground | undefined;
    for (const [at, event] of events.entries()) {
      // Its page is found here, so that no count of it is begun.
      ground = grounds.groundOf(label, device_id, { ...event, page_id: null }, ground);
      const { kind, user } = ground;
      const cursor = cursors[at]!;
      let visit: number | null = null;
      if (device_id !== null && event.page_id !== null && event.session_id !== null) {
        const page = pageId(label, device_id, event.page_id);
        visit = visits.idOf(`${page} ${event.session_id}`, [page, event.session_id]);
        onPages.set(page, (onPages.get(page) ?? 0) + 1);
      }
      const { eid, seq, event_date, payload } = event;
      addEvent.run(cursor, label, eid, kind, user, visit, seq, event_date, received_at, payload);
      if (user !== null) addPlace.run(user, cursor);
    }
    for (const [page, count] of onPages) standOn.run(count, page);
  };

  /** Its events came before. */
  const putPage = (label: number, device: string, { events, ...page }: StoodPage): void => {
    if (events === 0) pageId(label, device, page.page_id);
    setPage.run({ ...page, label, device });
  };

  return {
    /** Answers the greatest of its places, 0 if it has none. */
    putDown(label: number, submission: Submission, { cursors, losses, shapes, minutes, ...stood }: Stood): Cursor {
      const { device_id, rejected } = submission;
      putEvents(label, submission, cursors);
      const newest = cursors.at(-1) ?? 0;
      reach.run(newest);
      if (device_id !== null) {
        for (const page of stood.pages) putPage(label, device_id, page);
        for (const { reason, count, numbered, reported_at } of losses)
          addLoss.run(label, device_id, reason, count, numbered, reported_at);
      }
      for (const record of rejected) if (!isBlankRecord(record)) tally.record(label, record);
      for (const { event_type, name, shape, count, first_seen, last_seen } of shapes)
        addShape.run(label, toColumn(event_type), toColumn(name), shape, count, first_seen, last_seen);
      for (const one of minutes) addMinute.run(label, one.minute, one.stored, one.duplicate, one.rejected);
      return newest;
    },
    forget(): void {
      for (const held of [pages, visits]) held.forget();
    },
  };
};
