/**
 * One label's log in memory: what it holds, and what an event is to it.
 */
import { actionEvent, entryPointEvent } from '../shape.ts';
import { serversKey } from '../whose-id.ts';
import {
  bounds,
  type LoggedEvent,
  type MinuteCount,
  type NewEvent,
  type Outcome,
  type Registered,
  type RegistryKind,
  type RejectionRecord,
  roomForEntryPoints,
  type ShapeCount,
} from './event-log.ts';
import type { DevicePage } from './loss-report.ts';
import { emptySequence } from './page-sequence.ts';

export interface Kept {
  logged: LoggedEvent;
  payload: string;
}
export interface Page extends DevicePage {
  session_id: string;
}
export interface LabelLog {
  events: Kept[];
  byKey: Map<string, Kept>;
  pages: Map<string, Page>;
  losses: Map<string, { device_id: string; reason: string; count: number; numbered: number; reported_at: number }>;
  rejections: RejectionRecord[];
  shapes: Map<string, ShapeCount>;
  registered: Map<string, Registered>;
  minutes: Map<number, MinuteCount>;
}

const MINUTE = 60_000;

export const emptyLabel = (): LabelLog => ({
  events: [],
  byKey: new Map(),
  pages: new Map(),
  losses: new Map(),
  rejections: [],
  shapes: new Map(),
  registered: new Map(),
  minutes: new Map(),
});

const entryPointsIn = (log: LabelLog): Set<string> =>
  new Set([
    ...[...log.shapes.values()]
      .filter(({ event_type, name }) => event_type === entryPointEvent && name !== '')
      .map(({ name }) => name),
    ...[...log.registered.values()].filter(({ kind }) => kind === 'entry_point').map(({ name }) => name),
  ]);

export const minuteOf = (log: LabelLog, at: number): MinuteCount => {
  const minute = at - (at % MINUTE);
  const known = log.minutes.get(minute) ?? { minute, stored: 0, duplicate: 0, rejected: 0 };
  log.minutes.set(minute, known);
  return known;
};

export const addShape = (log: LabelLog, { event_type, name, shape }: NewEvent, at: number): void => {
  const key = JSON.stringify([event_type, name, shape]);
  const known = log.shapes.get(key) ?? { event_type, name, shape, count: 0, first_seen: at, last_seen: at };
  log.shapes.set(key, { ...known, count: known.count + 1, last_seen: at });
};

/** Whether it was there. */
export const takeName = ({ shapes, registered }: LabelLog, kind: RegistryKind, name: string): boolean => {
  let wasThere = registered.delete(`${kind} ${name}`);
  const isIt = (shape: ShapeCount): boolean =>
    kind === 'event_type'
      ? shape.event_type === name
      : shape.name === name && shape.event_type === (kind === 'action' ? actionEvent : entryPointEvent);
  for (const [key, shape] of shapes) if (isIt(shape)) wasThere = shapes.delete(key);
  return wasThere;
};

export const touchPage = (log: LabelLog, device_id: string, page_id: string, session_id: string, at: number): Page => {
  const key = `${device_id} ${page_id}`;
  const page = log.pages.get(key) ?? { ...emptySequence(), page_id, session_id, device_id, last_at: at };
  log.pages.set(key, page);
  page.session_id = session_id;
  page.last_at = at;
  return page;
};

/** A page that no event of it has told of yet: a device may claim so many, and no more. */
export const claimPage = (
  log: LabelLog,
  device_id: string,
  page_id: string,
  session_id: string,
  at: number,
): Page | undefined => {
  const used = new Set(log.events.map(({ logged }) => logged.page_id));
  const claimed = [...log.pages.values()].filter((page) => page.device_id === device_id && !used.has(page.page_id));
  const isOneTooMany = !log.pages.has(`${device_id} ${page_id}`) && claimed.length >= bounds.claimedPages;
  return isOneTooMany ? undefined : touchPage(log, device_id, page_id, session_id, at);
};

/** What a device says of its losses: totals without numbers, and so many numbers more (or fewer, which came after all). */
export const tellLoss = (
  log: LabelLog,
  device_id: string,
  reason: string,
  at: number,
  told: { count?: number; more?: number },
): void => {
  const key = `${device_id} ${reason}`;
  const known = log.losses.get(key) ?? { device_id, reason, count: 0, numbered: 0, reported_at: at };
  const { count = 0, more = 0 } = told;
  if (count <= known.count && more === 0) return;
  const numbered = Math.max(0, known.numbered + more);
  log.losses.set(key, { ...known, count: Math.max(known.count, count), numbered, reported_at: at });
};

const isSame = ({ logged, payload }: Kept, event: NewEvent): boolean =>
  logged.event_type === event.event_type &&
  logged.user_ext_id === event.user_ext_id &&
  logged.event_date === event.event_date &&
  payload === event.payload;

/** Where it is kept: under its id, unless that stands for something else that a page sent. */
export const keyFor = (log: LabelLog, event: NewEvent): string => {
  const first = log.byKey.get(event.eid);
  const isTaken = first && event.trust === 'server' && first.logged.trust !== 'server' && !isSame(first, event);
  return isTaken ? serversKey(event.eid) : event.eid;
};

export const judge = (log: LabelLog, event: NewEvent, key: string): Exclude<Outcome, number> | 'new' => {
  const first = log.byKey.get(key);
  if (first) return isSame(first, event) ? 'duplicate' : 'conflict';
  if (event.event_type !== entryPointEvent || event.name === '') return 'new';
  const known = entryPointsIn(log);
  return known.has(event.name) || known.size < roomForEntryPoints(event.trust) ? 'new' : 'too_many_entry_points';
};
