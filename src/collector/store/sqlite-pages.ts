/**
 * Pages and visits (a session on a page) in SQLite: which events came from where, and how complete each page's count is.
 * Pages touched in a transaction are held and written once at its end.
 */
import { bounds } from './event-log.ts';
import { emptySequence, type PageSequence } from './page-sequence.ts';
import { readSequence, type SequenceRow, sequenceColumns } from './page-text.ts';
import type { Sqlite } from './sqlite-file.ts';

export interface Page extends PageSequence {
  id: number;
  session_id: string;
  last_at: number;
  /** Rows of events that stand on it. */
  events: number;
}
export interface Visit {
  id: number;
  page: Page;
}
interface PageRow extends SequenceRow {
  id: number;
  last_at: number;
  events: number;
}

const MOST_KNOWN = 20_000;

export const sqlitePages = (db: Sqlite) => {
  const findPage = db.prepare<[number, string, string], PageRow>(
    `SELECT id, session_id, highest, stored, refused, missing, lost, parts, last_at, events FROM page
     WHERE label = ? AND device_id = ? AND page_id = ?`,
  );
  const countClaimed = db.prepare<[number, string, number], { n: number }>(
    'SELECT count(*) AS n FROM (SELECT 1 FROM page WHERE label = ? AND device_id = ? AND events = 0 LIMIT ?)',
  );
  const makePage = db.prepare(
    `INSERT INTO page (label, device_id, page_id, session_id, highest, stored, refused, missing, last_at)
     VALUES (?, ?, ?, ?, 0, 0, 0, '', 0)`,
  );
  const keepPage = db.prepare(
    `UPDATE page SET session_id = @session_id, highest = @highest, stored = @stored, refused = @refused, missing = @missing,
     lost = @lost, parts = @parts, last_at = @last_at, events = @events WHERE id = @id`,
  );
  const findVisit = db.prepare<[number, string], { id: number }>(
    'SELECT id FROM visit WHERE page = ? AND session_id = ?',
  );
  const makeVisit = db.prepare('INSERT INTO visit (page, session_id) VALUES (?, ?)');

  const pages = new Map<string, Page>();
  const visits = new Map<string, Visit>();
  const touched = new Set<Page>();

  const pageOf = (label: number, device: string, page: string, session: string): Page => {
    const key = `${label} ${device} ${page}`;
    const known = pages.get(key);
    if (known) return known;
    const row = findPage.get(label, device, page);
    const found: Page = row
      ? { id: row.id, session_id: row.session_id, last_at: row.last_at, events: row.events, ...readSequence(row) }
      : {
          ...emptySequence(),
          id: Number(makePage.run(label, device, page, session).lastInsertRowid),
          session_id: session,
          last_at: 0,
          events: 0,
        };
    pages.set(key, found);
    return found;
  };

  const visitOf = (label: number, device: string, page: string, session: string): Visit => {
    const key = `${label} ${device} ${page} ${session}`;
    const known = visits.get(key);
    if (known) return known;
    const onPage = pageOf(label, device, page, session);
    const id = findVisit.get(onPage.id, session)?.id ?? Number(makeVisit.run(onPage.id, session).lastInsertRowid);
    const visit = { id, page: onPage };
    visits.set(key, visit);
    return visit;
  };

  /** A page that no event of it has told of yet: a device may claim so many, and no more. */
  const claim = (label: number, device: string, page: string, session: string): Page | undefined => {
    const isKnown = pages.has(`${label} ${device} ${page}`) || findPage.get(label, device, page) !== undefined;
    const isOneTooMany = !isKnown && countClaimed.get(label, device, bounds.claimedPages)!.n === bounds.claimedPages;
    return isOneTooMany ? undefined : pageOf(label, device, page, session);
  };

  return {
    claim,
    visitOf,
    touch(page: Page, session: string, at: number): void {
      page.session_id = session;
      page.last_at = at;
      touched.add(page);
    },
    count(page: Page): void {
      page.events++;
      touched.add(page);
    },
    /** Writes what was touched; the last step of a transaction. */
    keep(): void {
      for (const page of touched) {
        const { id, session_id, last_at, events } = page;
        keepPage.run({ id, session_id, last_at, events, ...sequenceColumns(page) });
      }
      touched.clear();
      // A visit holds its page: both go together, or two copies of one page would each count alone.
      if (pages.size < MOST_KNOWN && visits.size < MOST_KNOWN) return;
      pages.clear();
      visits.clear();
    },
    forget(): void {
      touched.clear();
      pages.clear();
      visits.clear();
    },
  };
};
