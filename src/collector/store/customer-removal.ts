/**
 * Takes customers, and what is old, out of the file of customers. Each is part of the caller's transaction.
 */
import type { CustomerState } from '../engine/customer-state.ts';
import type { Sqlite } from './sqlite-file.ts';
import type { sqliteStates } from './sqlite-states.ts';
import { fromColumn, toColumn } from './text-column.ts';
import type { CustomerKey, Erased } from './user-store.ts';

/** Ids that the words of something sent to this customer are kept under. */
const uidsIn = ({ engagements, inbox, outbox }: CustomerState): string[] =>
  [engagements, inbox, outbox].flatMap((sent) => sent.map(({ uid }) => uid));

export const customerRemoval = (db: Sqlite, states: ReturnType<typeof sqliteStates>) => {
  const uidsOf = db.prepare<[string, string], { uid: string }>(
    'SELECT uid FROM delivery WHERE label = ? AND customer = ?',
  );
  const isOthers = db.prepare<[string, string, string]>(
    'SELECT 1 FROM delivery WHERE label = ? AND uid = ? AND customer <> ?',
  );
  const removeDeliveries = db.prepare('DELETE FROM delivery WHERE label = ? AND customer = ? AND n < ?');
  const removeTraces = db.prepare('DELETE FROM trace WHERE label = ? AND customer = ? AND n < ?');
  // Once their own deliveries are gone, a delivery that names the words is somebody else's.
  const removeContent = db.prepare(
    `DELETE FROM content WHERE label = @label AND id = @uid
     AND NOT EXISTS (SELECT 1 FROM delivery WHERE label = @label AND uid = @uid)`,
  );
  const removeOld = ['content', 'trace', 'delivery'].map((table) => {
    const key = table === 'content' ? 'rowid' : 'n';
    return db.prepare(
      `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE label = ? AND at < ? LIMIT ?)`,
    );
  });

  /** Ids of the words that were sent to this customer, and which of them also went to another. */
  const wordsOf = (label: string, customer: CustomerKey): { theirs: string[]; shared: string[] } => {
    const key = toColumn(customer);
    const state = states.get(label, customer)?.state;
    const uids = new Set([
      ...uidsOf.all(label, key).map(({ uid }) => fromColumn(uid)),
      ...(state ? uidsIn(state) : []),
    ]);
    const isShared = (uid: string): boolean => isOthers.get(label, toColumn(uid), key) !== undefined;
    return { theirs: [...uids].filter((uid) => !isShared(uid)), shared: [...uids].filter(isShared) };
  };

  /** Of deliveries, traces and words. */
  const purgeRows = (label: string, before: number, limit: number): number => {
    let gone = 0;
    for (const remove of removeOld) gone += remove.run(label, before, limit - gone).changes;
    return gone;
  };

  return {
    wordsOf,
    /**
     * @param words the ids of those that go
     * @param before rows whose place is not before it are of somebody who came since
     */
    erase(
      label: string,
      customer: CustomerKey,
      words: string[] = wordsOf(label, customer).theirs,
      before: number = Number.MAX_SAFE_INTEGER,
    ): Erased {
      const key = toColumn(customer);
      const deliveries = removeDeliveries.run(label, key, before).changes;
      let contents = 0;
      for (const uid of words) contents += removeContent.run({ label, uid: toColumn(uid) }).changes;
      const traces = removeTraces.run(label, key, before).changes;
      return { states: states.forget(label, customer) ? 1 : 0, contents, deliveries, traces };
    },
    purgeRows,
    purge(label: string, before: number, limit: number): number {
      let gone = purgeRows(label, before, limit);
      for (const visitor of states.quietVisitors(label, before, limit - gone))
        if (states.forget(label, visitor)) gone++;
      return gone;
    },
  };
};
