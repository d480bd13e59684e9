/**
 * What each campaign said to each event, in SQLite: a row for each reaction, the newest of a label and no more. They are so
 * few that a reader walks one index; another of customers would dirty a page of its own for every row that is written.
 */
import type { Trace } from '../engine/reaction.ts';
import type { Sqlite } from './sqlite-file.ts';
import { fromColumn, toColumn } from './text-column.ts';
import { type CustomerKey, type KeptTrace, TRACES_KEPT } from './user-store.ts';

type Row = Omit<KeptTrace, 'verdicts'> & { verdicts: string };

const traceOf = (row: Row): KeptTrace => ({
  ...row,
  customer: fromColumn(row.customer),
  eid: row.eid === null ? null : fromColumn(row.eid),
  verdicts: JSON.parse(row.verdicts) as Trace['verdicts'],
});

export const sqliteTraces = (db: Sqlite) => {
  const add = db.prepare('INSERT INTO trace (label, customer, eid, cursor, at, verdicts) VALUES (?, ?, ?, ?, ?, ?)');
  const select = (where: string) =>
    db.prepare<[string, string, number], Row>(
      `SELECT customer, eid, cursor, at, verdicts FROM trace INDEXED BY trace_walk
       WHERE label = ? AND ${where} ORDER BY n DESC LIMIT ?`,
    );
  const ofEid = select('eid = ?');
  const ofCustomer = select('customer = ?');
  const count = db.prepare<[string], { n: number }>('SELECT count(*) AS n FROM trace WHERE label = ?');
  const trim = db.prepare('DELETE FROM trace WHERE n IN (SELECT n FROM trace WHERE label = ? ORDER BY n LIMIT ?)');
  const known = new Map<string, number>();
  const countOf = (label: string): number => known.get(label) ?? count.get(label)!.n;

  return {
    keep(label: string, customer: CustomerKey, { eid, cursor, at, verdicts }: Trace): void {
      known.set(label, countOf(label) + 1);
      add.run(label, toColumn(customer), eid === null ? null : toColumn(eid), cursor, at, JSON.stringify(verdicts));
    },
    /** The last step of a transaction. */
    trim(): void {
      for (const [label, kept] of known)
        if (kept > TRACES_KEPT) {
          trim.run(label, kept - TRACES_KEPT);
          known.set(label, TRACES_KEPT);
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
