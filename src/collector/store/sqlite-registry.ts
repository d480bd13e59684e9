/**
 * The registry's names: set by hand, and taken out with all that was counted under them. Part of the writer's transactions;
 * what events count is `sqlite-tally.ts`'s.
 */
import { actionEvent, entryPointEvent } from '../shape.ts';
import type { Registered, RegistryKind } from './event-log.ts';
import type { Sqlite } from './sqlite-file.ts';
import { fromColumn, toColumn } from './text-column.ts';

export const sqliteRegistry = (db: Sqlite) => {
  const entryPoints = db.prepare<[number, string, number], { name: string }>(
    `SELECT name FROM shape WHERE label = ? AND event_type = ? AND name <> ''
     UNION SELECT name FROM registered WHERE label = ? AND kind = 'entry_point'`,
  );
  const register = db.prepare('INSERT OR IGNORE INTO registered (label, kind, name) VALUES (?, ?, ?)');
  const rule = db.prepare('UPDATE registered SET fields = ? WHERE label = ? AND kind = ? AND name = ?');
  const unregister = db.prepare('DELETE FROM registered WHERE label = ? AND kind = ? AND name = ?');
  const uncountType = db.prepare('DELETE FROM shape WHERE label = ? AND event_type = ?');
  const uncountName = db.prepare('DELETE FROM shape WHERE label = ? AND event_type = ? AND name = ?');

  const uncount = (label: number, kind: RegistryKind, name: string): number => {
    if (kind === 'event_type') return uncountType.run(label, name).changes;
    return uncountName.run(label, kind === 'action' ? actionEvent : entryPointEvent, name).changes;
  };
  return {
    /** Distinct ones, seen and registered. */
    entryPoints: (label: number): string[] =>
      entryPoints.all(label, entryPointEvent, label).map(({ name }) => fromColumn(name)),
    /** Whether it is new. */
    register(label: number, kind: RegistryKind, name: string, fields: Registered['fields'] | undefined): boolean {
      const isNew = register.run(label, kind, toColumn(name)).changes > 0;
      if (fields) rule.run(JSON.stringify(fields), label, kind, toColumn(name));
      return isNew;
    },
    /** Whether it was there. */
    unregister(label: number, kind: RegistryKind, name: string): boolean {
      const byHand = unregister.run(label, kind, toColumn(name)).changes;
      return uncount(label, kind, toColumn(name)) + byHand > 0;
    },
  };
};
