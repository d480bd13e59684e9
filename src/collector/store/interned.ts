/**
 * Rows that stand for a value: found or made once, remembered, so that an event row holds a number instead of texts.
 * Bounded; what falls out is found again in the table.
 */
import type { Statement } from 'better-sqlite3';

export interface Interned {
  /** The row's id, made if need be. `key` names the same value as `columns` do. */
  idOf(key: string, columns: unknown[]): number;
  /** After a rollback the table no longer has what was made inside it. */
  forget(): void;
}

export const interned = (find: Statement<unknown[], { id: number }>, make: Statement, most = 50_000): Interned => {
  const known = new Map<string, number>();
  return {
    idOf(key, columns) {
      const hit = known.get(key);
      if (hit !== undefined) return hit;
      const id = find.get(...columns)?.id ?? Number(make.run(...columns).lastInsertRowid);
      if (known.size >= most) known.clear();
      known.set(key, id);
      return id;
    },
    forget: () => known.clear(),
  };
};
