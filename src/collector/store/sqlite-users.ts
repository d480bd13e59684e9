/**
 * Customers in SQLite, in a file beside the log's: what is in it can be folded again from the log, but for what readers of
 * an inbox did and for what was sent. Whoever opens the log holds the directory.
 */
import { mkdirSync } from 'node:fs';
import type { CustomerState } from '../engine/customer-state.ts';
import type { Cursor } from './event-log.ts';
import { customersFile, openCustomers } from './sqlite-file.ts';
import { fromColumn, toColumn } from './text-column.ts';
import type { Progress, StateChange, UserStore } from './user-store.ts';

interface CustomerRow {
  customer: string;
  version: number;
  state: string;
}

/** An `update` that waits for its commit. */
interface Waiting {
  label: string;
  changes: StateChange[];
  progress: Progress;
  resolve(stored: boolean[]): void;
  reject(cause: unknown): void;
}

const stateOf = ({ state }: CustomerRow): CustomerState => JSON.parse(state) as CustomerState;

export const openSqliteUsers = async (dataDir: string): Promise<UserStore> => {
  mkdirSync(dataDir, { recursive: true });
  const db = openCustomers(customersFile(dataDir));
  const find = db.prepare<[string, string], CustomerRow>(
    'SELECT customer, version, state FROM customer WHERE label = ? AND customer = ?',
  );
  const add = db.prepare('INSERT OR IGNORE INTO customer (label, customer, version, state) VALUES (?, ?, 1, ?)');
  const replace = db.prepare(
    'UPDATE customer SET version = version + 1, state = ? WHERE label = ? AND customer = ? AND version = ?',
  );
  const page = db.prepare<[string, string, number], CustomerRow>(
    'SELECT customer, version, state FROM customer WHERE label = ? AND customer > ? ORDER BY customer LIMIT ?',
  );
  const findFolded = db.prepare<[string], { cursor: Cursor }>('SELECT cursor FROM folded WHERE label = ?');
  const keepFolded = db.prepare(
    'INSERT INTO folded (label, cursor) VALUES (?, ?) ON CONFLICT DO UPDATE SET cursor = excluded.cursor',
  );
  const addContent = db.prepare('INSERT OR IGNORE INTO content (label, id, content) VALUES (?, ?, ?)');
  const findContent = db.prepare<[string, string], { content: string }>(
    'SELECT content FROM content WHERE label = ? AND id = ?',
  );
  const addSetting = db.prepare('INSERT OR IGNORE INTO setting (name, value) VALUES (?, ?)');
  const findSetting = db.prepare<[string], { value: string }>('SELECT value FROM setting WHERE name = ?');

  const store = (label: string, { customer, version, state }: StateChange): boolean => {
    const key = toColumn(customer);
    const json = JSON.stringify(state);
    const written = version === 0 ? add.run(label, key, json) : replace.run(json, label, key, version);
    return written.changes === 1;
  };
  const storeAll = db.transaction((updates: Waiting[]): boolean[][] =>
    updates.map(({ label, changes, progress: { folded } }) => {
      const stored = changes.map((change) => store(label, change));
      if (folded !== undefined && stored.every(Boolean)) keepFolded.run(label, folded);
      return stored;
    }),
  );
  let waiting: Waiting[] = [];
  /** A commit stops everybody until the disk has it: those of one turn share it. */
  const commit = (): void => {
    const updates = waiting;
    if (updates.length === 0) return;
    waiting = [];
    try {
      const stored = storeAll.immediate(updates);
      for (const [at, { resolve }] of updates.entries()) resolve(stored[at]!);
    } catch (cause) {
      for (const { reject } of updates) reject(cause);
    }
  };

  return {
    async get(label, customer) {
      const row = find.get(toColumn(label), toColumn(customer));
      return row && { version: row.version, state: stateOf(row) };
    },
    update: (label, changes, progress = {}) =>
      new Promise((resolve, reject) => {
        if (waiting.push({ label: toColumn(label), changes, progress, resolve, reject }) === 1) setImmediate(commit);
      }),
    folded: async (label) => findFolded.get(toColumn(label))?.cursor ?? 0,
    async list(label, after, limit) {
      const rows = page.all(toColumn(label), after === undefined ? '' : toColumn(after), limit + 1);
      const customers = rows
        .slice(0, limit)
        .map((row) => ({ customer: fromColumn(row.customer), state: stateOf(row) }));
      return { customers, next: rows.length > limit ? customers.at(-1)!.customer : null };
    },
    async keepContent(label, id, content) {
      addContent.run(toColumn(label), toColumn(id), content);
    },
    content: async (label, id) => findContent.get(toColumn(label), toColumn(id))?.content,
    async keepSetting(name, value) {
      addSetting.run(name, value);
      return findSetting.get(name)!.value;
    },
    async close() {
      commit();
      db.close();
    },
  };
};
