/**
 * The event log in memory, for tests and for reading: every promise of the port in its plainest form, except that
 * nothing outlives the process.
 */
import { limits } from '../../wire/limits.ts';
import { userCustomer } from '../engine/customer-key.ts';
import { entryPointEvent } from '../shape.ts';
import {
  bounds,
  type EventLog,
  type EventQuery,
  type LoggedEvent,
  loggedEvent,
  type MinuteCount,
  type NewEvent,
  type Outcome,
  type Registered,
  type RejectionRecord,
  rejectionByLog,
  type ShapeCount,
  type Submission,
} from './event-log.ts';
import { arrive, emptySequence, missingNumbers, type PageSequence, reach, store } from './page-sequence.ts';
import { matchesText } from './search-text.ts';

interface Kept {
  logged: LoggedEvent;
  payload: string;
}
interface Page extends PageSequence {
  page_id: string;
  session_id: string;
  device_id: string;
  last_at: number;
}
interface LabelLog {
  events: Kept[];
  byEid: Map<string, Kept>;
  pages: Map<string, Page>;
  losses: Map<string, { device_id: string; reason: string; count: number; reported_at: number }>;
  rejections: RejectionRecord[];
  shapes: Map<string, ShapeCount>;
  registered: Map<string, Registered>;
  minutes: Map<number, MinuteCount>;
}

const MINUTE = 60_000;

const emptyLabel = (): LabelLog => ({
  events: [],
  byEid: new Map(),
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

const minuteOf = (log: LabelLog, at: number): MinuteCount => {
  const minute = at - (at % MINUTE);
  const known = log.minutes.get(minute) ?? { minute, stored: 0, duplicate: 0, rejected: 0 };
  log.minutes.set(minute, known);
  return known;
};

const addShape = (log: LabelLog, { event_type, name, shape }: NewEvent, at: number): void => {
  const key = JSON.stringify([event_type, name, shape]);
  const known = log.shapes.get(key) ?? { event_type, name, shape, count: 0, first_seen: at, last_seen: at };
  log.shapes.set(key, { ...known, count: known.count + 1, last_seen: at });
};

const touchPage = (log: LabelLog, device_id: string, page_id: string, session_id: string, at: number): Page => {
  const key = `${device_id} ${page_id}`;
  const page = log.pages.get(key) ?? { ...emptySequence(), page_id, session_id, device_id, last_at: at };
  log.pages.set(key, page);
  page.session_id = session_id;
  page.last_at = at;
  return page;
};

const judge = (log: LabelLog, event: NewEvent): Exclude<Outcome, number> | 'new' => {
  const first = log.byEid.get(event.eid);
  if (first) {
    const { event_type, user_ext_id, event_date } = first.logged;
    const isSame =
      event_type === event.event_type &&
      user_ext_id === event.user_ext_id &&
      event_date === event.event_date &&
      first.payload === event.payload;
    return isSame ? 'duplicate' : 'conflict';
  }
  if (event.event_type !== entryPointEvent || event.name === '') return 'new';
  const known = entryPointsIn(log);
  return known.has(event.name) || known.size < limits.entryPoints ? 'new' : 'too_many_entry_points';
};

type Whose = Parameters<EventLog['erase']>[1];
const isOf = (logged: LoggedEvent, whose: Whose): boolean => {
  if ('visitor' in whose)
    return logged.user_ext_id === null && logged.scope !== 'system' && logged.device_id === whose.visitor;
  return logged.user_ext_id !== null && isSameUser(logged.user_ext_id, whose);
};
const isSameUser = (user: string, whose: { user: string; anyCase?: boolean }): boolean =>
  userCustomer(user, !whose.anyCase).key === userCustomer(whose.user, !whose.anyCase).key;

const matches = ({ logged, payload }: Kept, query: EventQuery): boolean => {
  const { user, visitor, eid, type, text, after, order } = query;
  return (
    (user === undefined || isOf(logged, { user })) &&
    (visitor === undefined || isOf(logged, { visitor })) &&
    (eid === undefined || logged.eid === eid) &&
    (type === undefined || logged.event_type === type) &&
    (after === undefined || (order === 'asc' ? logged.cursor > after : logged.cursor < after)) &&
    (text === undefined || matchesText(logged.user_ext_id ?? '', logged.event_type, payload, text))
  );
};

/** Takes events away, and with the last event of a page the page. */
const takeAway = (log: LabelLog, gone: Set<LoggedEvent>): number => {
  const pageOf = ({ device_id, page_id }: LoggedEvent): string => `${device_id} ${page_id}`;
  log.events = log.events.filter(({ logged }) => !gone.has(logged));
  const left = new Set(log.events.map(({ logged }) => pageOf(logged)));
  for (const logged of gone) {
    log.byEid.delete(logged.eid);
    if (!left.has(pageOf(logged))) log.pages.delete(pageOf(logged));
  }
  return gone.size;
};
/** Pages that no event stands on. */
const takeEmptyPages = (log: LabelLog, isOne: (page: Page) => boolean): void => {
  const used = new Set(log.events.map(({ logged: { device_id, page_id } }) => `${device_id} ${page_id}`));
  for (const [key, page] of log.pages) if (!used.has(key) && isOne(page)) log.pages.delete(key);
};

export const createMemoryLog = (): EventLog => {
  const labels = new Map<string, LabelLog>();
  let cursor = 0;
  let state: 'open' | 'closed' = 'open';

  const labelOf = (name: string): LabelLog => {
    const log = labels.get(name) ?? emptyLabel();
    labels.set(name, log);
    return log;
  };

  const keepRecord = (log: LabelLog, record: RejectionRecord): void => {
    log.rejections.unshift(record);
    log.rejections.length = Math.min(log.rejections.length, bounds.rejections);
  };

  const storeEvent = (log: LabelLog, submission: Submission, event: NewEvent): Outcome => {
    const at = submission.received_at;
    const verdict = judge(log, event);
    if (verdict === 'duplicate' || verdict === 'conflict') minuteOf(log, at).duplicate++;
    if (verdict === 'too_many_entry_points') minuteOf(log, at).rejected++;
    if (verdict === 'conflict' || verdict === 'too_many_entry_points')
      keepRecord(log, rejectionByLog(submission, event, verdict));
    if (verdict !== 'new') return verdict;
    const kept = { logged: loggedEvent(submission, event, ++cursor), payload: event.payload };
    log.events.push(kept);
    log.byEid.set(event.eid, kept);
    minuteOf(log, at).stored++;
    addShape(log, event, at);
    if (submission.device_id !== null && event.page_id !== null && event.session_id !== null && event.seq !== null)
      store(touchPage(log, submission.device_id, event.page_id, event.session_id, at), event.seq);
    return cursor;
  };

  const storeSubmission = (submission: Submission): Outcome[] => {
    const log = labelOf(submission.label);
    const { received_at: at, device_id } = submission;
    const outcomes = submission.events.map((event) => storeEvent(log, submission, event));
    for (const record of submission.rejected) {
      minuteOf(log, at).rejected++;
      keepRecord(log, record);
    }
    if (device_id === null) return outcomes;
    for (const one of submission.arrived) arrive(touchPage(log, device_id, one.page_id, one.session_id, at), one.seq);
    for (const one of submission.pages) reach(touchPage(log, device_id, one.page_id, one.session_id, at), one.seq);
    for (const [reason, count] of submission.losses)
      if (count > (log.losses.get(`${device_id} ${reason}`)?.count ?? 0))
        log.losses.set(`${device_id} ${reason}`, { device_id, reason, count, reported_at: at });
    return outcomes;
  };

  return {
    async append(group) {
      if (state === 'closed') throw new Error('the log is closed');
      return group.map(storeSubmission);
    },
    async events(label, query) {
      const found = labelOf(label).events.filter((kept) => matches(kept, query));
      if (query.order === 'desc') found.reverse();
      const events = found.slice(0, query.limit).map(({ logged }) => logged);
      return { events, next: found.length > query.limit ? events.at(-1)!.cursor : null };
    },
    async profile(label, whose) {
      const found = labelOf(label).events.filter(({ logged }) => isOf(logged, whose));
      const [first] = found;
      const last = found.at(-1);
      return first && last
        ? { first_seen: first.logged.received_at, last_seen: last.logged.received_at, events: found.length }
        : undefined;
    },
    async losses(label) {
      const { losses, pages } = labelOf(label);
      const totals: Record<string, number> = {};
      for (const { reason, count } of losses.values()) totals[reason] = (totals[reason] ?? 0) + count;
      const gaps = [...pages.values()]
        .filter(({ missing }) => missing.length > 0)
        .sort((a, b) => b.last_at - a.last_at);
      return {
        totals,
        devices: [...losses.values()].sort((a, b) => b.reported_at - a.reported_at).slice(0, bounds.lossDevices),
        gaps: gaps.slice(0, bounds.gapPages).map(({ highest, missing, ...gap }) => ({
          ...gap,
          highest_seq: highest,
          missing: missingNumbers(missing, bounds.missingShown),
        })),
      };
    },
    rejections: async (label, limit) => labelOf(label).rejections.slice(0, limit),
    async registry(label) {
      const { shapes, registered } = labelOf(label);
      return { shapes: [...shapes.values()], registered: [...registered.values()] };
    },
    async register(label, kind, name, fields) {
      const { registered } = labelOf(label);
      const key = `${kind} ${name}`;
      const known = registered.get(key);
      registered.set(key, { kind, name, fields: structuredClone(fields ?? known?.fields ?? {}) });
      return known === undefined;
    },
    async erase(label, whose) {
      const log = labelOf(label);
      const found = log.events.map(({ logged }) => logged).filter((logged) => isOf(logged, whose));
      const events = takeAway(log, new Set(found));
      if ('user' in whose) {
        log.rejections = log.rejections.filter(
          ({ user_ext_id }) => user_ext_id === null || !isSameUser(user_ext_id, whose),
        );
        return events;
      }
      takeEmptyPages(log, ({ device_id }) => device_id === whose.visitor);
      for (const [key, { device_id }] of log.losses) if (device_id === whose.visitor) log.losses.delete(key);
      return events;
    },
    async purge(label, before, limit) {
      const log = labelOf(label);
      const old = log.events.map(({ logged }) => logged).filter(({ received_at }) => received_at < before);
      const events = takeAway(log, new Set(old.slice(0, limit)));
      if (events === limit) return events;
      log.rejections = log.rejections.filter(({ at }) => at >= before);
      takeEmptyPages(log, ({ last_at }) => last_at < before);
      for (const [key, { reported_at }] of log.losses) if (reported_at < before) log.losses.delete(key);
      return events;
    },
    async minutes(label, from) {
      const found = [...labelOf(label).minutes.values()].filter(({ minute }) => minute >= from);
      return found.sort((a, b) => a.minute - b.minute);
    },
    async close() {
      state = 'closed';
    },
  };
};
