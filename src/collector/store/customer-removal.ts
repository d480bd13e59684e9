/**
 * Takes customers, and what is old, out of the file of customers. Each is part of the caller's transaction.
 */
import type { CustomerState } from '../engine/customer-state.ts';
import type { Sqlite } from './sqlite-file.ts';
import type { sqliteStates } from './sqlite-states.ts';
import { toColumn } from './text-column.ts';
import type { CustomerKey, Erased } from './user-store.ts';

/** Ids that the words of something sent to this customer are kept under. */
const uidsIn = ({ engagements, inbox, outbox }: CustomerState): string[] =>
  [engagements, inbox, outbox].flatMap((sent) => sent.map(({ uid }) => uid));

export const customerRemoval = (db: Sqlite, states: ReturnType<typeof sqliteStates>) => {
  const uidsOf = db.prepare<[string, string], { uid: string }>(
    'SELECT uid FROM delivery WHERE label = ? AND customer = ?',
  );
  const removeDeliveries = db.prepare('DELETE FROM delivery WHERE label = ? AND customer = ?');
  const removeTraces = db.prepare('DELETE FROM trace WHERE label = ? AND customer = ?');
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

  return {
    erase(label: string, customer: CustomerKey): Erased {
      const key = toColumn(customer);
      const state = states.get(label, customer)?.state;
      const uids = new Set([
        ...uidsOf.all(label, key).map(({ uid }) => uid),
        ...(state ? uidsIn(state).map(toColumn) : []),
      ]);
      const deliveries = removeDeliveries.run(label, key).changes;
      let contents = 0;
      for (const uid of uids) contents += removeContent.run({ label, uid }).changes;
      const traces = removeTraces.run(label, key).changes;
      return { states: states.forget(label, customer) ? 1 : 0, contents, deliveries, traces };
    },
    purge(label: string, before: number, limit: number): number {
      let gone = 0;
      for (const remove of removeOld) gone += remove.run(label, before, limit - gone).changes;
      for (const visitor of states.quietVisitors(label, before, limit - gone))
        if (states.forget(label, visitor)) gone++;
      return gone;
    },
  };
};
