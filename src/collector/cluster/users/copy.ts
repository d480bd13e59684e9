/**
 * A collector's copy of all customers, in the tables that a store on one machine has: every document of the bucket and every
 * row of the report, as far as their streams were read. Both streams are applied in their own order, and come in any order
 * to each other: a row knows the place in the bucket of the change that it belongs to, the greater place wins, and what is
 * from before an erasure or older than was ordered is passed over. So every copy comes out the same, whenever it is made.
 */
import type { JsMsg } from '@nats-io/jetstream';
import { customerRemoval } from '../../store/customer-removal.ts';
import { sqliteDeliveries } from '../../store/sqlite-deliveries.ts';
import { checkpoint, type Sqlite } from '../../store/sqlite-file.ts';
import { sqliteProgress } from '../../store/sqlite-progress.ts';
import { sqliteStates } from '../../store/sqlite-states.ts';
import { sqliteTraces } from '../../store/sqlite-traces.ts';
import { fromColumn, toColumn } from '../../store/text-column.ts';
import type { CustomerKey, Erased } from '../../store/user-store.ts';
import type { CustomerDocument, Erasure, ReportMessage, Rows } from './document.ts';

/** How a customer stands in the bucket, for whoever writes the next version. */
export interface Standing {
  /** 0: there is no document. */
  version: number;
  /** Place of the document, or of the erasure where there is none; 0: neither. */
  revision: number;
  /** When the document was written. */
  at: number;
  /** Rows of its change, JSON text; empty: none. */
  rows: string;
  /** Place of the last erasure, 0: none. */
  erased: number;
}

export interface Whose {
  label: string;
  customer: CustomerKey;
}

export interface OldDocument extends Whose {
  revision: number;
}

/** Rows of one change, at most, of a kind: each has a place of its own in its order. Whoever writes sees to it. */
export const ROWS_OF_CHANGE = 8192;
const placeOf = (revision: number, n: number): number => revision * ROWS_OF_CHANGE + n;

/** The place in the bucket of what stood in another store, as the `n`th of its report: before every change that is made here. */
export const placeOfStood = (n: number): number => n - 2 ** 39;

export type UsersCopy = ReturnType<typeof createUsersCopy>;

export const createUsersCopy = (db: Sqlite, now: () => number) => {
  const states = sqliteStates(db, now);
  const deliveries = sqliteDeliveries(db);
  const traces = sqliteTraces(db);
  const progress = sqliteProgress(db);
  const removal = customerRemoval(db, states);

  const findPlace = db.prepare<[string], { seq: number }>('SELECT seq FROM stream WHERE name = ?');
  const keepPlace = db.prepare('UPDATE stream SET seq = ?, at = ? WHERE name = ?');
  const findDocument = db.prepare<[string, string], Omit<Standing, 'erased' | 'rows'> & { rows: string | null }>(
    `SELECT c.version, d.revision, d.at, d.rows FROM customer c JOIN document d ON d.id = c.id
     WHERE c.label = ? AND c.customer = ?`,
  );
  const findId = db.prepare<[string, string], { id: number }>(
    'SELECT id FROM customer WHERE label = ? AND customer = ?',
  );
  const keepDocument = db.prepare(
    'INSERT OR REPLACE INTO document (id, label, at, revision, rows) VALUES (?, ?, ?, ?, ?)',
  );
  const dropDocument = db.prepare('DELETE FROM document WHERE id = ?');
  const findErased = db.prepare<[string, string], { revision: number }>(
    'SELECT revision FROM erased WHERE label = ? AND customer = ?',
  );
  const keepErased = db.prepare('INSERT OR REPLACE INTO erased (label, customer, revision, at) VALUES (?, ?, ?, ?)');
  const findPurged = db.prepare<[string], { before: number }>('SELECT before FROM purged WHERE label = ?');
  const keepPurged = db.prepare(
    'INSERT INTO purged (label, before) VALUES (?, ?) ON CONFLICT DO UPDATE SET before = max(before, excluded.before)',
  );
  const addContent = db.prepare('INSERT OR IGNORE INTO content (label, id, at, content) VALUES (?, ?, ?, ?)');
  const findContent = db.prepare<[string, string], { content: string }>(
    'SELECT content FROM content WHERE label = ? AND id = ?',
  );
  const oldDocuments = db.prepare<[string, number, number], { customer: string; revision: number }>(
    `SELECT c.customer, d.revision FROM document d JOIN customer c ON c.id = d.id
     WHERE d.label = ? AND d.at < ? AND d.rows IS NOT NULL LIMIT ?`,
  );
  const oldErasures = db.prepare<[number, number], { label: string; customer: string; revision: number }>(
    'SELECT label, customer, revision FROM erased WHERE at < ? LIMIT ?',
  );
  const dropErasures = db.prepare('DELETE FROM erased WHERE at < ?');

  const erasedAt = (label: string, customer: CustomerKey): number =>
    findErased.get(toColumn(label), toColumn(customer))?.revision ?? 0;
  const oldestKept = (label: string): number => findPurged.get(toColumn(label))?.before ?? 0;

  const keepRows = (whose: Whose, of: { revision: number; at: number }, rows: Rows): void => {
    const erased = erasedAt(whose.label, whose.customer);
    if (erased > 0 && of.revision < erased) return;
    const oldest = oldestKept(whose.label);
    const label = toColumn(whose.label);
    const { customer } = whose;
    if (of.at >= oldest)
      for (const { id, content } of rows.contents) addContent.run(label, toColumn(id), of.at, content);
    for (const [n, delivery] of rows.deliveries.entries())
      if (delivery.at >= oldest) deliveries.keep(label, customer, delivery, placeOf(of.revision, n));
    for (const [n, trace] of rows.traces.entries())
      if (trace.at >= oldest) traces.keep(label, customer, trace, placeOf(of.revision, n));
  };

  const erase = ({ label: name, customer }: Whose, revision: number, at: number, words?: string[]): Erased => {
    const label = toColumn(name);
    const row = findId.get(label, toColumn(customer));
    if (row) dropDocument.run(row.id);
    keepErased.run(label, toColumn(customer), revision, at);
    const erased = removal.erase(label, customer, words, placeOf(revision, 0));
    traces.recount();
    return erased;
  };

  const inOneStep = db.transaction((stream: string, seq: number, work: () => void) => {
    work();
    traces.trim();
    keepPlace.run(seq, now(), stream);
  });

  return {
    states,
    deliveries,
    traces,
    progress,
    removal,
    place: (stream: string): number => findPlace.get(stream)?.seq ?? 0,
    /** Everything that `work` applies, together with how far the stream was read. */
    apply(stream: string, messages: JsMsg[], work: (message: JsMsg) => void): void {
      try {
        inOneStep.immediate(stream, messages.at(-1)!.seq, () => {
          for (const message of messages) work(message);
        });
      } catch (cause) {
        traces.recount();
        throw cause;
      }
    },
    standing(label: string, customer: CustomerKey): Standing {
      const erased = erasedAt(label, customer);
      const row = findDocument.get(toColumn(label), toColumn(customer));
      return row ? { ...row, rows: row.rows ?? '', erased } : { version: 0, revision: erased, at: 0, rows: '', erased };
    },
    /** Part of an `apply`. Returns what went, of one who was erased and came back before this copy heard of it. */
    document(whose: Whose, revision: number, { rows, state, erased, ...head }: CustomerDocument): Erased | undefined {
      const { label, customer } = whose;
      const gone = erased > erasedAt(label, customer) ? erase(whose, erased, head.at) : undefined;
      const id = states.put(toColumn(label), customer, { ...head, text: state });
      keepDocument.run(id, toColumn(label), head.at, revision, rows === '' ? null : rows);
      if (rows !== '') keepRows(whose, { revision, at: head.at }, JSON.parse(rows) as Rows);
      return gone;
    },
    /** Part of an `apply`. */
    erasure: (whose: Whose, revision: number, { at, words }: Erasure): Erased => erase(whose, revision, at, words),
    /** Part of an `apply`. */
    rows: (whose: Whose, of: Extract<ReportMessage, { is: 'rows' }>): void => keepRows(whose, of, of.rows),
    /** Part of an `apply`. */
    words(label: string, id: string, at: number, content: string): void {
      if (at >= oldestKept(label)) addContent.run(toColumn(label), toColumn(id), at, content);
    },
    /** Nothing older comes into this copy any more. */
    keepNothingBefore(label: string, before: number): void {
      keepPurged.run(toColumn(label), before);
    },
    oldestKept,
    purgeRows(label: string, before: number, limit: number): number {
      const gone = removal.purgeRows(toColumn(label), before, limit);
      traces.recount();
      return gone;
    },
    /** Documents that still carry rows of a change which is older. */
    documentsWithOldRows: (label: string, before: number, limit: number): OldDocument[] =>
      oldDocuments
        .all(toColumn(label), before, limit)
        .map(({ customer, revision }) => ({ label, customer: fromColumn(customer), revision })),
    erasuresBefore: (before: number, limit: number): OldDocument[] =>
      oldErasures.all(before, limit).map(({ label, customer, revision }) => ({
        label: fromColumn(label),
        customer: fromColumn(customer),
        revision,
      })),
    forgetErasures: (before: number): void => void dropErasures.run(before),
    content: (label: string, id: string): string | undefined => findContent.get(toColumn(label), toColumn(id))?.content,
    /** What was taken out is out of the files. */
    checkpoint: (): void => checkpoint(db),
    close: (): void => void db.close(),
  };
};
