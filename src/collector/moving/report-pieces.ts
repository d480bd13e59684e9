/**
 * What was sent to the customers of a store as pieces for the stream of reports: words first, then deliveries and traces in
 * the order in which they were kept. Whatever is said of them from now on comes after.
 */
import type { Names } from '../cluster/names.ts';
import { placeOfStood } from '../cluster/users/copy.ts';
import { type Rows, reportBytes, rowsBytes, rowsText } from '../cluster/users/document.ts';
import type { Delivery, Trace } from '../engine/reaction.ts';
import type { Sqlite } from '../store/sqlite-file.ts';
import { fromColumn } from '../store/text-column.ts';
import type { End, Piece } from './pour.ts';

interface Row {
  n: number;
  label: string;
}
interface WordsRow extends Row {
  id: string;
  at: number;
  content: string;
}
type DeliveryRow = Row & Delivery & { customer: string };
type TraceRow = Row & Omit<Trace, 'verdicts'> & { customer: string; verdicts: string };

/** The tables in their order, with the column that numbers their rows. */
const numbers = { content: 'rowid', delivery: 'n', trace: 'n' } as const;
type Table = keyof typeof numbers;

/** A table, walked by its numbers: what a row becomes, after so many of the whole report. */
interface Walk {
  table: Table;
  pieces: (after: number, told: number) => Generator<Piece>;
}

const ROWS_AT_ONCE = 1_000;

export const reportPieces = (db: Sqlite, names: Names): ((end: Pick<End, 'place'>) => Generator<Piece>) => {
  const walk = <One extends Row>(
    table: Table,
    columns: string,
    messageOf: (row: One, told: number) => Pick<Piece, 'subject' | 'data'>,
  ): Walk => {
    const n = numbers[table];
    const rowsAfter = db.prepare<[number, number], One>(
      `SELECT ${n} AS n, label, ${columns} FROM ${table} WHERE ${n} > ? ORDER BY ${n} LIMIT ?`,
    );
    return {
      table,
      pieces: function* (after, told) {
        for (let at = after, done = told; ; ) {
          const rows = rowsAfter.all(at, ROWS_AT_ONCE);
          if (rows.length === 0) return;
          for (const row of rows) {
            at = row.n;
            done += 1;
            yield { ...messageOf(row, done), place: `${table} ${at}`, done };
          }
        }
      },
    };
  };
  const rowsMessage = (row: Row & { customer: string; at: number }, told: number, rows: Partial<Rows>) => ({
    subject: names.reportOf(fromColumn(row.label), fromColumn(row.customer)),
    data: rowsBytes({ revision: placeOfStood(told), at: row.at }, rowsText(rows)),
  });

  const walks = [
    walk<WordsRow>('content', 'id, at, content', ({ label, id, at, content }) => ({
      subject: names.wordsOf(fromColumn(label), fromColumn(id)),
      data: reportBytes({ is: 'words', at, content }),
    })),
    walk<DeliveryRow>('delivery', 'customer, uid, campaign, eid, channel, status, at, status_at, why', (row, told) => {
      const { uid, campaign, eid, channel, status, at, status_at, why } = row;
      const delivery = {
        uid: fromColumn(uid),
        campaign: fromColumn(campaign),
        eid: eid === null ? null : fromColumn(eid),
        channel,
        status,
        at,
        status_at,
        why: fromColumn(why),
      };
      return rowsMessage(row, told, { deliveries: [delivery] });
    }),
    walk<TraceRow>('trace', 'customer, eid, cursor, at, verdicts', (row, told) => {
      const { eid, cursor, at, verdicts } = row;
      const trace = {
        eid: eid === null ? null : fromColumn(eid),
        cursor,
        at,
        verdicts: JSON.parse(verdicts) as Trace['verdicts'],
      };
      return rowsMessage(row, told, { traces: [trace] });
    }),
  ];
  const countUpTo = (table: Table, n: number): number =>
    db.prepare<[number], { rows: number }>(`SELECT count(*) AS rows FROM ${table} WHERE ${numbers[table]} <= ?`).get(n)!
      .rows;

  return function* ({ place }) {
    const [table, n] = place?.split(' ') ?? [];
    let told = 0;
    let isReached = place === undefined;
    for (const one of walks) {
      const isHere = one.table === table;
      const from = isHere ? Number(n) : 0;
      const all = countUpTo(one.table, Number.MAX_SAFE_INTEGER);
      if (isHere) isReached = true;
      if (isReached) yield* one.pieces(from, told + (isHere ? countUpTo(one.table, from) : 0));
      told += all;
    }
  };
};
