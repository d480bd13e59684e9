/**
 * How far each label is folded, and which of its system events are still being told, in SQLite. Each is part of the caller's
 * transaction.
 */
import type { Cursor } from './event-log.ts';
import type { Sqlite } from './sqlite-file.ts';
import { fromColumn, toColumn } from './text-column.ts';
import type { Fanout, Progress } from './user-store.ts';

export const sqliteProgress = (db: Sqlite) => {
  const findFolded = db.prepare<[string], { cursor: Cursor }>('SELECT cursor FROM folded WHERE label = ?');
  const keepFolded = db.prepare(
    'INSERT INTO folded (label, cursor) VALUES (?, ?) ON CONFLICT DO UPDATE SET cursor = excluded.cursor',
  );
  const fanouts = db.prepare<[string], Fanout>('SELECT cursor, after FROM fanout WHERE label = ? ORDER BY cursor');
  const keepFanout = db.prepare(
    'INSERT INTO fanout (label, cursor, after) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET after = excluded.after',
  );
  const endFanout = db.prepare('DELETE FROM fanout WHERE label = ? AND cursor = ?');

  return {
    folded: (label: string): Cursor => findFolded.get(label)?.cursor ?? 0,
    fanouts: (label: string): Fanout[] =>
      fanouts.all(label).map(({ cursor, after }) => ({ cursor, after: after === null ? null : fromColumn(after) })),
    keep(label: string, { folded, fanouts = [], fannedOut = [] }: Progress): void {
      if (folded !== undefined) keepFolded.run(label, folded);
      for (const { cursor, after } of fanouts) keepFanout.run(label, cursor, after === null ? null : toColumn(after));
      for (const cursor of fannedOut) endFanout.run(label, cursor);
    },
  };
};
