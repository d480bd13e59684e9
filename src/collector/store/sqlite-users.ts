/**
 * Customers in SQLite, in a file beside the log's: what is in it can be folded again from the log, but for what readers of
 * an inbox did and for what was sent. Whoever opens the log holds the directory.
 */
import { mkdirSync } from 'node:fs';
import { customerRemoval } from './customer-removal.ts';
import type { Cursor } from './event-log.ts';
import { sqliteDeliveries } from './sqlite-deliveries.ts';
import { checkpoint, customersFile, openCustomers, touch } from './sqlite-file.ts';
import { sqliteProgress } from './sqlite-progress.ts';
import { sqliteStates } from './sqlite-states.ts';
import { sqliteTraces } from './sqlite-traces.ts';
import { fromColumn, toColumn } from './text-column.ts';
import type { CustomerKey, Progress, StateChange, UserStore } from './user-store.ts';

/** An `update` that waits for its commit. */
interface Waiting {
  label: string;
  changes: StateChange[];
  progress: Progress;
  resolve(stored: boolean[]): void;
  reject(cause: unknown): void;
}

/** @param now when a row was written, which retention goes by */
export const openSqliteUsers = async (dataDir: string, now: () => number = Date.now): Promise<UserStore> => {
  mkdirSync(dataDir, { recursive: true });
  const db = openCustomers(customersFile(dataDir));
  const states = sqliteStates(db, now);
  const deliveries = sqliteDeliveries(db);
  const traces = sqliteTraces(db);
  const removal = customerRemoval(db, states);
  const progressOf = sqliteProgress(db);
  const addContent = db.prepare('INSERT OR IGNORE INTO content (label, id, at, content) VALUES (?, ?, ?, ?)');
  const findContent = db.prepare<[string, string], { content: string }>(
    'SELECT content FROM content WHERE label = ? AND id = ?',
  );
  const addSetting = db.prepare('INSERT OR IGNORE INTO setting (name, value) VALUES (?, ?)');
  const findSetting = db.prepare<[string], { value: string }>('SELECT value FROM setting WHERE name = ?');

  const moved = new Set<(label: string, folded: Cursor) => void>();

  const store = (label: string, change: StateChange): boolean => {
    if (!states.store(label, change)) return false;
    const { customer, contents = [], traces: told = [] } = change;
    for (const { id, content } of contents) addContent.run(label, toColumn(id), now(), content);
    for (const delivery of change.deliveries ?? []) deliveries.keep(label, customer, delivery);
    for (const trace of told) traces.keep(label, customer, trace);
    return true;
  };
  const storeAll = db.transaction((updates: Waiting[]): boolean[][] => {
    const stored = updates.map(({ label, changes, progress }) => {
      const each = changes.map((change) => store(label, change));
      if (each.every(Boolean)) progressOf.keep(label, progress);
      return each;
    });
    traces.trim();
    return stored;
  });
  let waiting: Waiting[] = [];
  /** A commit stops everybody until the disk has it: those of one turn share it. */
  const commit = (): void => {
    const updates = waiting;
    if (updates.length === 0) return;
    waiting = [];
    try {
      const stored = storeAll.immediate(updates);
      for (const [at, { label, progress, resolve }] of updates.entries()) {
        const isWhole = stored[at]!.every(Boolean);
        if (isWhole && progress.folded !== undefined)
          for (const told of moved) told(fromColumn(label), progress.folded);
        resolve(stored[at]!);
      }
    } catch (cause) {
      traces.recount();
      for (const { reject } of updates) reject(cause);
    }
  };
  const eraseAll = db.transaction((label: string, customer: CustomerKey) => removal.erase(label, customer));
  const purgeSome = db.transaction(removal.purge);

  return {
    get: async (label, customer) => states.get(toColumn(label), customer),
    writtenIds: async (label, customers) => states.writtenIds(toColumn(label), customers),
    update: (label, changes, progress = {}) =>
      new Promise((resolve, reject) => {
        if (waiting.push({ label: toColumn(label), changes, progress, resolve, reject }) === 1) setImmediate(commit);
      }),
    folded: async (label) => progressOf.folded(toColumn(label)),
    listen(told) {
      moved.add(told);
      return () => void moved.delete(told);
    },
    list: async (label, after, limit) => states.list(toColumn(label), after, limit),
    due: async (label, until, limit) => states.due(toColumn(label), until, limit),
    members: async (label, segment, after, limit) => states.members(toColumn(label), segment, after, limit),
    memberCounts: async (label) => states.memberCounts(toColumn(label)),
    deliveries: async (label, query) => deliveries.page(toColumn(label), query),
    delivery: async (label, uid) => deliveries.find(toColumn(label), uid),
    funnel: async (label, query) => deliveries.funnel(toColumn(label), query),
    traces: async (label, of, limit) => traces.find(toColumn(label), of, limit),
    fanouts: async (label) => progressOf.fanouts(toColumn(label)),
    async erase(label, customer) {
      commit();
      const erased = eraseAll.immediate(toColumn(label), customer);
      traces.recount();
      checkpoint(db);
      return erased;
    },
    async purge(label, before, limit) {
      commit();
      const gone = purgeSome.immediate(toColumn(label), before, limit);
      traces.recount();
      if (gone < limit) checkpoint(db);
      return gone;
    },
    async keepContent(label, id, content) {
      addContent.run(toColumn(label), toColumn(id), now(), content);
    },
    content: async (label, id) => findContent.get(toColumn(label), toColumn(id))?.content,
    async keepSetting(name, value) {
      addSetting.run(name, value);
      return findSetting.get(name)!.value;
    },
    setting: async (name) => findSetting.get(name)?.value,
    async check() {
      commit();
      touch(db);
    },
    async close() {
      commit();
      db.close();
    },
  };
};
