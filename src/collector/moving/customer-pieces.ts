/**
 * The customers of a store as pieces for their bucket: a document each, of the version that it had. What was sent to them is
 * the report's.
 */

import { customerKey, type Names } from '../cluster/names.ts';
import { documentBytes } from '../cluster/users/document.ts';
import type { CustomerState } from '../engine/customer-state.ts';
import type { Sqlite } from '../store/sqlite-file.ts';
import { fromColumn } from '../store/text-column.ts';
import type { End, Piece } from './pour.ts';

interface Row {
  id: number;
  label: string;
  customer: string;
  version: number;
  changed_at: number;
  wakes_at: number | null;
  segments: string;
  state: string;
}

const ROWS_AT_ONCE = 500;

const documentOf = ({ version, changed_at, wakes_at, segments, state }: Row): Uint8Array =>
  documentBytes({
    version,
    at: changed_at,
    erased: 0,
    wakes_at,
    segments: JSON.parse(segments) as CustomerState['segments'],
    user: (JSON.parse(state) as CustomerState).user,
    rows: '',
    state,
  });

export const customerPieces = (db: Sqlite, names: Names): ((end: Pick<End, 'place'>) => Generator<Piece>) => {
  const before = db.prepare<[number], { n: number }>('SELECT count(*) AS n FROM customer WHERE id <= ?');
  const after = db.prepare<[number, number], Row>(
    `SELECT id, label, customer, version, changed_at, wakes_at, segments, state FROM customer
     WHERE id > ? ORDER BY id LIMIT ?`,
  );
  return function* ({ place }) {
    let at = Number(place ?? 0);
    let done = before.get(at)!.n;
    for (let rows = after.all(at, ROWS_AT_ONCE); rows.length > 0; rows = after.all(at, ROWS_AT_ONCE))
      for (const row of rows) {
        at = row.id;
        const key = customerKey(fromColumn(row.label), fromColumn(row.customer));
        yield { subject: `$KV.${names.customers}.${key}`, data: documentOf(row), place: String(at), done: ++done };
      }
  };
};
