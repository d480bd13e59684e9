/**
 * Customers' documents in SQLite, and the rows that follow from them: who is in a segment, and who is to be looked at when.
 * Each is part of the caller's transaction.
 */
import { type CustomerState, nothingYet } from '../engine/customer-state.ts';
import type { Sqlite } from './sqlite-file.ts';
import { fromColumn, toColumn } from './text-column.ts';
import type { CustomerKey, CustomerPage, MemberPage, StateChange, StoredState } from './user-store.ts';

type Segments = CustomerState['segments'];
interface StateRow {
  customer: string;
  version: number;
  state: string;
}
interface KnownRow {
  id: number;
  version: number;
  segments: string;
}

/** A document as it is written: what is asked across customers beside its text. */
export interface WrittenState {
  version: number;
  /** When. */
  at: number;
  wakes_at: number | null;
  segments: Segments;
  user: string | null;
  /** JSON text. */
  text: string;
}

/** One document of an earlier version lacks all of these or none; to spread the others would cost three times their parsing. */
const stateOf = ({ state }: StateRow): CustomerState => {
  const known = JSON.parse(state) as CustomerState;
  return known.history === undefined ? { ...nothingYet(), ...known } : known;
};

/** `null`: the key says it. */
const writtenIn = (customer: CustomerKey, user: string | null): string | null =>
  user === null || user === customer.slice(2) ? null : toColumn(user);

export const sqliteStates = (db: Sqlite, now: () => number) => {
  const find = db.prepare<[string, string], StateRow>(
    'SELECT customer, version, state FROM customer WHERE label = ? AND customer = ?',
  );
  const writtenId = db.prepare<[string, string], { written: string }>(
    'SELECT written FROM customer INDEXED BY customer_written WHERE label = ? AND customer = ? AND written IS NOT NULL',
  );
  const page = db.prepare<[string, string, number], StateRow>(
    'SELECT customer, version, state FROM customer WHERE label = ? AND customer > ? ORDER BY customer LIMIT ?',
  );
  const known = db.prepare<[string, string], KnownRow>(
    'SELECT id, version, segments FROM customer WHERE label = ? AND customer = ?',
  );
  const add = db.prepare(
    `INSERT INTO customer (label, customer, version, changed_at, wakes_at, segments, state, written)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const replace = db.prepare(
    'UPDATE customer SET version = ?, changed_at = ?, wakes_at = ?, segments = ?, state = ? WHERE id = ?',
  );
  const remove = db.prepare('DELETE FROM customer WHERE id = ?');
  const enter = db.prepare(
    'INSERT INTO member (label, segment, customer, since) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET since = excluded.since',
  );
  const leave = db.prepare('DELETE FROM member WHERE label = ? AND segment = ? AND customer = ?');
  const due = db.prepare<[string, number, number], { customer: string }>(
    `SELECT customer FROM customer WHERE label = ? AND wakes_at IS NOT NULL AND wakes_at <= ?
     ORDER BY wakes_at LIMIT ?`,
  );
  const membersAfter = db.prepare<[string, string, string, number], { customer: string; since: number }>(
    'SELECT customer, since FROM member WHERE label = ? AND segment = ? AND customer > ? ORDER BY customer LIMIT ?',
  );
  const counts = db.prepare<[string], { segment: string; members: number }>(
    'SELECT segment, members FROM member_count WHERE label = ? AND members > 0',
  );
  const visitors = db.prepare<[string, number, number], { customer: string }>(
    `SELECT customer FROM customer WHERE label = ? AND customer >= 'd:' AND customer < 'd;' AND changed_at < ?
     ORDER BY changed_at LIMIT ?`,
  );

  /** Only what changed: most events move nobody, and a customer may be in many. */
  const move = (label: string, customer: string, before: Segments, after: Segments): void => {
    for (const [segment, since] of Object.entries(after))
      if (before[segment] !== since) enter.run(label, toColumn(segment), customer, since);
    for (const segment of Object.keys(before))
      if (!Object.hasOwn(after, segment)) leave.run(label, toColumn(segment), customer);
  };

  const write = (label: string, customer: CustomerKey, row: KnownRow | undefined, written: WrittenState): number => {
    const { version, at, wakes_at, user, text } = written;
    const key = toColumn(customer);
    const segments = JSON.stringify(written.segments);
    const before = row?.segments ?? '{}';
    if (before !== segments) move(label, key, JSON.parse(before) as Segments, written.segments);
    if (!row) {
      const added = add.run(label, key, version, at, wakes_at, segments, text, writtenIn(customer, user));
      return Number(added.lastInsertRowid);
    }
    replace.run(version, at, wakes_at, segments, text, row.id);
    return row.id;
  };

  return {
    get(label: string, customer: CustomerKey): StoredState | undefined {
      const row = find.get(label, toColumn(customer));
      return row && { version: row.version, state: stateOf(row) };
    },
    writtenIds(label: string, customers: readonly CustomerKey[]): Map<CustomerKey, string> {
      const ids = new Map<CustomerKey, string>();
      for (const customer of customers) {
        const row = writtenId.get(label, toColumn(customer));
        if (row) ids.set(customer, fromColumn(row.written));
      }
      return ids;
    },
    /** `false`: somebody else stored a version since. */
    store(label: string, { customer, version, state }: StateChange): boolean {
      const row = known.get(label, toColumn(customer));
      if ((row?.version ?? 0) !== version) return false;
      const { wakes_at, segments, user } = state;
      write(label, customer, row, {
        version: version + 1,
        at: now(),
        wakes_at,
        segments,
        user,
        text: JSON.stringify(state),
      });
      return true;
    },
    /** In place of whatever was there. Returns the number of its row. */
    put: (label: string, customer: CustomerKey, written: WrittenState): number =>
      write(label, customer, known.get(label, toColumn(customer)), written),
    /** `false`: there was nobody. */
    forget(label: string, customer: CustomerKey): boolean {
      const key = toColumn(customer);
      const row = known.get(label, key);
      if (!row) return false;
      remove.run(row.id);
      move(label, key, JSON.parse(row.segments) as Segments, {});
      return true;
    },
    list(label: string, after: CustomerKey | undefined, limit: number): CustomerPage {
      const rows = page.all(label, after === undefined ? '' : toColumn(after), limit + 1);
      const customers = rows
        .slice(0, limit)
        .map((row) => ({ customer: fromColumn(row.customer), version: row.version, state: stateOf(row) }));
      return { customers, next: rows.length > limit ? customers.at(-1)!.customer : null };
    },
    due: (label: string, until: number, limit: number): CustomerKey[] =>
      due.all(label, until, limit).map(({ customer }) => fromColumn(customer)),
    members(label: string, segment: string, after: CustomerKey | undefined, limit: number): MemberPage {
      const rows = membersAfter.all(label, toColumn(segment), after === undefined ? '' : toColumn(after), limit + 1);
      const members = rows.slice(0, limit).map(({ customer, since }) => ({ customer: fromColumn(customer), since }));
      return { members, next: rows.length > limit ? members.at(-1)!.customer : null };
    },
    memberCounts: (label: string): { [segment: string]: number } =>
      Object.fromEntries(counts.all(label).map(({ segment, members }) => [fromColumn(segment), members])),
    /** Visitors of whom nothing was heard since, the quietest first. */
    quietVisitors: (label: string, before: number, limit: number): CustomerKey[] =>
      visitors.all(label, before, limit).map(({ customer }) => fromColumn(customer)),
  };
};
