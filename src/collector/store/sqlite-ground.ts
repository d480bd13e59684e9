/**
 * What an event stands on in SQLite: the rows of its label, its kind, whose it is and where it was made, found or made once.
 */
import type { NewEvent } from './event-log.ts';
import { interned } from './interned.ts';
import type { Sqlite } from './sqlite-file.ts';
import type { sqlitePages, Visit } from './sqlite-pages.ts';
import { toColumn } from './text-column.ts';

/** What a submission's last event stood on; the next one mostly stands on the same. */
export interface Ground {
  event: NewEvent;
  kind: number;
  /** A visitor's is below zero. */
  user: number | null;
  visit: Visit | undefined;
}
const isSameKind = (a: NewEvent, b: NewEvent): boolean =>
  a.event_type === b.event_type &&
  a.ext_brand_id === b.ext_brand_id &&
  a.source === b.source &&
  a.frame === b.frame &&
  a.trust === b.trust &&
  a.system === b.system;
const isSamePerson = (a: NewEvent, b: NewEvent): boolean => a.user_ext_id === b.user_ext_id && a.system === b.system;
const isSameVisit = (a: NewEvent, b: NewEvent): boolean => a.page_id === b.page_id && a.session_id === b.session_id;

export const sqliteGround = (db: Sqlite, pages: ReturnType<typeof sqlitePages>) => {
  const find = (sql: string) => db.prepare<unknown[], { id: number }>(sql);
  const labels = interned(
    find('SELECT id FROM label WHERE name = ?'),
    db.prepare('INSERT INTO label (name) VALUES (?)'),
  );
  const users = interned(
    find('SELECT id FROM user WHERE label = ? AND ext_id = ?'),
    db.prepare('INSERT INTO user (label, ext_id) VALUES (?, ?)'),
  );
  const visitors = interned(
    find('SELECT id FROM visitor WHERE label = ? AND device_id = ?'),
    db.prepare('INSERT INTO visitor (label, device_id) VALUES (?, ?)'),
  );
  const kinds = interned(
    find(
      `SELECT id FROM kind WHERE label = ? AND event_type = ? AND brand = ? AND source = ? AND frame = ? AND trust = ?
       AND system = ?`,
    ),
    db.prepare(
      'INSERT INTO kind (label, event_type, brand, source, frame, trust, system) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
  );

  const labelId = (name: string): number => {
    const column = toColumn(name);
    return labels.idOf(column, [column]);
  };
  const whoseId = (label: number, { user_ext_id, system }: NewEvent, device: string | null): number | null => {
    if (user_ext_id === null)
      return device === null || system ? null : -visitors.idOf(`${label} ${device}`, [label, device]);
    const column = toColumn(user_ext_id);
    return users.idOf(`${label} ${column}`, [label, column]);
  };
  const kindId = (label: number, event: NewEvent): number => {
    const { ext_brand_id, source, trust } = event;
    const system = event.system ? 1 : 0;
    const type = toColumn(event.event_type);
    const brand = toColumn(ext_brand_id);
    const frame = event.frame ?? '';
    return kinds.idOf(`${label} ${type}\n${brand}\n${source} ${frame} ${trust} ${system}`, [
      label,
      type,
      brand,
      source,
      frame,
      trust,
      system,
    ]);
  };
  const visitOf = (label: number, device: string | null, event: NewEvent): Visit | undefined =>
    device === null || event.page_id === null || event.session_id === null
      ? undefined
      : pages.visitOf(label, device, event.page_id, event.session_id);

  const groundOf = (label: number, device: string | null, event: NewEvent, last: Ground | undefined): Ground => ({
    event,
    kind: last && isSameKind(last.event, event) ? last.kind : kindId(label, event),
    user: last && isSamePerson(last.event, event) ? last.user : whoseId(label, event, device),
    visit: last && isSameVisit(last.event, event) ? last.visit : visitOf(label, device, event),
  });

  return {
    labelId,
    groundOf,
    forget(): void {
      for (const held of [labels, users, visitors, kinds]) held.forget();
    },
  };
};
