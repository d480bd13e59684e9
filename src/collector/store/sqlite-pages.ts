/**
 * Pages and visits (a session on a page) in SQLite: which events came from where, and how complete each page's count is.
 * Pages touched in a transaction are held and written once at its end.
 */
import { emptySequence, missingText, type PageSequence, parseMissing } from './page-sequence.ts';
import type { Sqlite } from './sqlite-file.ts';

interface Page extends PageSequence {
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
interface PageRow {
  id: number;
  session_id: string;
  highest: number;
  stored: number;
  missing: string;
  last_at: number;
  events: number;
}

const MOST_KNOWN = 20_000;

export const sqlitePages = (db: Sqlite) => {
  const findPage = db.prepare<[number, string, string], PageRow>(
    'SELECT id, session_id, highest, stored, missing, last_at, events FROM page WHERE label = ? AND device_id = ? AND page_id = ?',
  );
  const makePage = db.prepare(
    "INSERT INTO page (label, device_id, page_id, session_id, highest, stored, missing, last_at) VALUES (?, ?, ?, ?, 0, 0, '', 0)",
  );
  const keepPage = db.prepare(
    'UPDATE page SET session_id = ?, highest = ?, stored = ?, missing = ?, last_at = ?, events = ? WHERE id = ?',
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
      ? { ...row, missing: parseMissing(row.missing) }
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

  return {
    pageOf,
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
        const { session_id, highest, stored, missing, last_at, events, id } = page;
        keepPage.run(session_id, highest, stored, missingText(missing), last_at, events, id);
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
