/**
 * The report of losses as the SQLite file has it.
 */
import { bounds } from './event-log.ts';
import { type DevicePage, type LossReport, sessionLosses } from './loss-report.ts';
import { missingNumbers } from './page-sequence.ts';
import { readSequence, type SequenceRow } from './page-text.ts';
import type { Sqlite } from './sqlite-file.ts';

interface PageRow extends SequenceRow {
  page_id: string;
  device_id: string;
  last_at: number;
}
const PAGE = 'SELECT page_id, session_id, device_id, highest, stored, refused, missing, lost, parts, last_at FROM page';

export const sqliteLosses = (db: Sqlite): ((label: number) => LossReport) => {
  const totals = db.prepare<[number], { reason: string; count: number }>(
    // `total`, not `sum`: what devices claim may be more than 64 bits hold, and `sum` fails then.
    `SELECT reason, total(count + numbered) AS count FROM loss WHERE label = ? AND count + numbered > 0
     GROUP BY reason ORDER BY reason`,
  );
  const devices = db.prepare<[number, number], LossReport['devices'][number]>(
    `SELECT device_id, reason, count + numbered AS count, reported_at FROM loss WHERE label = ? AND count + numbered > 0
     ORDER BY reported_at DESC LIMIT ?`,
  );
  const gapPages = db.prepare<[number, number], PageRow>(
    `${PAGE} WHERE label = ? AND missing <> '' ORDER BY last_at DESC LIMIT ?`,
  );
  const shortPages = db.prepare<[number, number], { device_id: string }>(
    `SELECT device_id FROM page WHERE label = ? AND (missing <> '' OR lost <> '' OR refused > 0)
     ORDER BY last_at DESC LIMIT ?`,
  );
  const pagesOf = db.prepare<[number, string, number], PageRow>(
    `${PAGE} WHERE label = ? AND device_id = ? ORDER BY last_at DESC LIMIT ?`,
  );

  /** All pages of devices that lately had one with a number that is not stored. */
  const shortDevicesPages = (label: number): DevicePage[] => {
    const rows: PageRow[] = [];
    for (const device of new Set(shortPages.all(label, bounds.gapPages).map(({ device_id }) => device_id))) {
      rows.push(...pagesOf.all(label, device, bounds.pagesOfDevice));
      if (rows.length > bounds.pagesSummed) break;
    }
    return rows.map((row) => ({
      ...readSequence(row),
      page_id: row.page_id,
      device_id: row.device_id,
      last_at: row.last_at,
    }));
  };

  return (label) => ({
    totals: Object.fromEntries(totals.all(label).map(({ reason, count }) => [reason, count])),
    devices: devices.all(label, bounds.lossDevices),
    sessions: sessionLosses(shortDevicesPages(label)),
    gaps: gapPages.all(label, bounds.gapPages).map((row) => ({
      page_id: row.page_id,
      session_id: row.session_id,
      device_id: row.device_id,
      highest_seq: row.highest,
      stored: row.stored,
      missing: missingNumbers(readSequence(row).missing, bounds.missingShown),
      last_at: row.last_at,
    })),
  });
};
