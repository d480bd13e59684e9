/**
 * An event as it is read from the file: the row that the tables are joined to, and the event that it stands for.
 */
import type { Source, Trust } from '../../wire/event.ts';
import { eidOfKey } from '../whose-id.ts';
import type { LoggedEvent } from './event-log.ts';
import { fromColumn } from './text-column.ts';

export interface EventRow {
  seq: number;
  /** The key that it is kept under. */
  eid: string;
  event_type: string;
  brand: string;
  source: Source | 'server';
  /** Empty for none. */
  frame: string;
  trust: Trust;
  system: number;
  ext_id: string | null;
  session_id: string | null;
  page_id: string | null;
  device_id: string | null;
  page_seq: number | null;
  event_date: number;
  received_at: number;
  payload: string;
}

// CROSS JOIN holds SQLite to this order: walk the events, look the rest up.
export const EVENTS = `SELECT e.seq, e.eid, k.event_type, k.brand, k.source, k.frame, k.trust, k.system, u.ext_id,
  v.session_id, p.page_id, coalesce(p.device_id, w.device_id) AS device_id, e.page_seq, e.event_date, e.received_at, e.payload
  FROM event e CROSS JOIN kind k ON k.id = e.kind LEFT JOIN user u ON u.id = e.user
  LEFT JOIN visit v ON v.id = e.visit LEFT JOIN page p ON p.id = v.page
  LEFT JOIN visitor w ON w.id = -e.user`;

export const toEvent = (row: EventRow): LoggedEvent => ({
  eid: eidOfKey(row.eid),
  event_date: row.event_date,
  ext_brand_id: fromColumn(row.brand),
  user_ext_id: row.ext_id === null ? null : fromColumn(row.ext_id),
  event_type: fromColumn(row.event_type),
  payload: JSON.parse(row.payload) as LoggedEvent['payload'],
  ...(row.system ? { scope: 'system' as const } : {}),
  device_id: row.device_id,
  session_id: row.session_id,
  page_id: row.page_id,
  seq: row.page_seq,
  source: row.source,
  ...(row.frame === '' ? {} : { frame: row.frame }),
  trust: row.trust,
  received_at: row.received_at,
  cursor: row.seq,
});
