/**
 * What each campaign said to each event, in SQLite: a row for each reaction, the newest of a label and no more, by number and
 * by size. They are so few that a reader walks one index; another of customers would dirty a page of its own for every row
 * that is written.
 */
import type { Trace } from '../engine/reaction.ts';
import type { Sqlite } from './sqlite-file.ts';
import { fromColumn, toColumn } from './text-column.ts';
import { type CustomerKey, type KeptTrace, TRACES_KEPT } from './user-store.ts';

type Row = Omit<KeptTrace, 'verdicts'> & { verdicts: string };

/** Bytes of a label's verdicts: where a hundred campaigns have something to say to each event, fewer of them are kept. */
const BYTES_KEPT = 50_000_000;
/** The oldest, looked at together. */
const AT_ONCE = 100;

interface Kept {
  rows: number;
  bytes: number;
}

const traceOf = (row: Row): KeptTrace => ({
  ...row,
  customer: fromColumn(row.customer),
  eid: row.eid === null ? null : fromColumn(row.eid),
  verdicts: JSON.parse(row.verdicts) as Trace['verdicts'],
});

export const sqliteTraces = (db: Sqlite) => {
  const add = db.prepare(
    'INSERT OR IGNORE INTO trace (n, label, customer, eid, cursor, at, verdicts) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const select = (where: string) =>
    db.prepare<[string, string, number], Row>(
      `SELECT customer, eid, cursor, at, verdicts FROM trace INDEXED BY trace_walk
       WHERE label = ? AND ${where} ORDER BY n DESC LIMIT ?`,
    );
  const ofEid = select('eid = ?');
  const ofCustomer = select('customer = ?');
  const count = db.prepare<[string], Kept>(
    'SELECT count(*) AS rows, total(octet_length(verdicts)) AS bytes FROM trace WHERE label = ?',
  );
  const oldest = db.prepare<[string, number], { n: number; bytes: number }>(
    'SELECT n, octet_length(verdicts) AS bytes FROM trace WHERE label = ? ORDER BY n LIMIT ?',
  );
  const trim = db.prepare('DELETE FROM trace WHERE label = ? AND n <= ?');
  const known = new Map<string, Kept>();
  const keptOf = (label: string): Kept => {
    const kept = known.get(label) ?? count.get(label)!;
    known.set(label, kept);
    return kept;
  };
  const isTooMuch = ({ rows, bytes }: Kept): boolean => rows > TRACES_KEPT || bytes > BYTES_KEPT;

  return {
    /** @param place in the order of all changes, where rows may come in another, or twice */
    keep(label: string, customer: CustomerKey, { eid, cursor, at, verdicts }: Trace, place?: number): void {
      const kept = keptOf(label);
      const text = JSON.stringify(verdicts);
      const about = [toColumn(customer), eid === null ? null : toColumn(eid), cursor, at, text];
      if (add.run(place ?? null, label, ...about).changes === 0) return;
      kept.rows += 1;
      kept.bytes += Buffer.byteLength(text);
    },
    /** The last step of a transaction. */
    trim(): void {
      for (const [label, kept] of known)
        while (isTooMuch(kept)) {
          let last = 0;
          for (const { n, bytes } of oldest.all(label, AT_ONCE)) {
            if (!isTooMuch(kept)) break;
            kept.rows -= 1;
            kept.bytes -= bytes;
            last = n;
          }
          trim.run(label, last);
        }
    },
    find: (label: string, of: { eid: string } | { customer: CustomerKey }, limit: number): KeptTrace[] => {
      const rows =
        'eid' in of ? ofEid.all(label, toColumn(of.eid), limit) : ofCustomer.all(label, toColumn(of.customer), limit);
      return rows.map(traceOf);
    },
    /** Rows were taken away, or a transaction failed. */
    recount: () => known.clear(),
  };
};
