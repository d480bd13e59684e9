/**
 * The event log in memory, for tests and for reading: every promise of the port in its plainest form, except that
 * nothing outlives the process.
 */
import {
  bounds,
  type EventLog,
  type EventQuery,
  loggedEvent,
  type NewEvent,
  type Outcome,
  type RejectionRecord,
  rejectionByLog,
  type Submission,
} from './event-log.ts';
import { logNews } from './log-news.ts';
import { sessionLosses } from './loss-report.ts';
import {
  addShape,
  claimPage,
  emptyLabel,
  judge,
  type Kept,
  keyFor,
  type LabelLog,
  minuteOf,
  takeName,
  tellLoss,
  touchPage,
} from './memory-label.ts';
import { eraseFrom, isOf, purgeFrom } from './memory-removal.ts';
import { lose, missingNumbers, reach, refuse, store } from './page-sequence.ts';
import { matchesText } from './search-text.ts';

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

export const createMemoryLog = (): EventLog => {
  const labels = new Map<string, LabelLog>();
  let cursor = 0;
  let state: 'open' | 'closed' = 'open';
  const news = logNews();

  const labelOf = (name: string): LabelLog => {
    const log = labels.get(name) ?? emptyLabel();
    labels.set(name, log);
    return log;
  };

  const keepRecord = (log: LabelLog, record: RejectionRecord): void => {
    log.rejections.unshift(record);
    log.rejections.length = Math.min(log.rejections.length, bounds.rejections);
  };

  /** The event's number has come. */
  const countNumber = (log: LabelLog, submission: Submission, event: NewEvent, as: typeof store): void => {
    const { device_id, received_at: at } = submission;
    const { page_id, session_id, seq } = event;
    if (device_id === null || page_id === null || session_id === null || seq === null) return;
    const reason = as(touchPage(log, device_id, page_id, session_id, at), session_id, seq);
    if (reason) tellLoss(log, device_id, reason, at, { more: -1 });
  };

  const storeEvent = (log: LabelLog, submission: Submission, event: NewEvent): Outcome => {
    const at = submission.received_at;
    const key = keyFor(log, event);
    const verdict = judge(log, event, key);
    countNumber(log, submission, event, verdict === 'new' ? store : refuse);
    if (verdict === 'duplicate' || verdict === 'conflict') minuteOf(log, at).duplicate++;
    if (verdict === 'too_many_entry_points') minuteOf(log, at).rejected++;
    if (verdict === 'conflict' || verdict === 'too_many_entry_points')
      keepRecord(log, rejectionByLog(submission, event, verdict));
    if (verdict !== 'new') return verdict;
    if (key !== event.eid) keepRecord(log, rejectionByLog(submission, event, 'id_of_page'));
    const kept = { logged: loggedEvent(submission, event, ++cursor), payload: event.payload };
    log.events.push(kept);
    log.byKey.set(key, kept);
    minuteOf(log, at).stored++;
    addShape(log, event, at);
    return cursor;
  };

  /** What the device says beside its events. */
  const hearDevice = (log: LabelLog, submission: Submission, device: string): void => {
    const at = submission.received_at;
    for (const { page_id, session_id, seq } of submission.arrived) {
      const page = claimPage(log, device, page_id, session_id, at);
      const reason = page && refuse(page, session_id, seq);
      if (reason) tellLoss(log, device, reason, at, { more: -1 });
    }
    for (const { page_id, session_id, seq, from } of submission.pages) {
      const page = claimPage(log, device, page_id, session_id, at);
      if (page) reach(page, session_id, seq, from);
    }
    for (const { page_id, session_id, reason, from, to } of submission.lost) {
      const page = claimPage(log, device, page_id, session_id, at);
      if (page) tellLoss(log, device, reason, at, { more: lose(page, session_id, [from, to, reason]) });
    }
    for (const [reason, count] of submission.losses) tellLoss(log, device, reason, at, { count });
  };

  const storeSubmission = (submission: Submission): Outcome[] => {
    const log = labelOf(submission.label);
    const { received_at: at, device_id } = submission;
    const outcomes = submission.events.map((event) => storeEvent(log, submission, event));
    for (const record of submission.rejected) {
      minuteOf(log, at).rejected++;
      keepRecord(log, record);
    }
    if (device_id !== null) hearDevice(log, submission, device_id);
    return outcomes;
  };

  return {
    appendsAtOnce: 2,
    purgesAtOnce: 200,
    async append(group) {
      if (state === 'closed') throw new Error('the log is closed');
      const outcomes = group.map(storeSubmission);
      news.stored(group, outcomes);
      return outcomes;
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
      const devices = [...losses.values()]
        .map(({ numbered, count, ...told }) => ({ ...told, count: count + numbered }))
        .filter(({ count }) => count > 0);
      for (const { reason, count } of devices) totals[reason] = (totals[reason] ?? 0) + count;
      const gaps = [...pages.values()]
        .filter(({ missing }) => missing.length > 0)
        .sort((a, b) => b.last_at - a.last_at);
      return {
        totals,
        devices: devices.sort((a, b) => b.reported_at - a.reported_at).slice(0, bounds.lossDevices),
        sessions: sessionLosses([...pages.values()]),
        gaps: gaps.slice(0, bounds.gapPages).map((page) => ({
          page_id: page.page_id,
          session_id: page.session_id,
          device_id: page.device_id,
          highest_seq: page.highest,
          stored: page.parts.reduce((sum, { stored }) => sum + stored, 0),
          missing: missingNumbers(page.missing, bounds.missingShown),
          last_at: page.last_at,
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
      news.ruled(label);
      return known === undefined;
    },
    async unregister(label, kind, name) {
      const wasThere = takeName(labelOf(label), kind, name);
      news.ruled(label);
      return wasThere;
    },
    async erase(label, whose) {
      const gone = eraseFrom(labelOf(label), whose);
      news.erased(label, whose);
      return gone;
    },
    purge: async (label, before, limit) => purgeFrom(labelOf(label), before, limit),
    async minutes(label, from) {
      const found = [...labelOf(label).minutes.values()].filter(({ minute }) => minute >= from);
      return found.sort((a, b) => a.minute - b.minute);
    },
    listen: news.listen,
    settled: async () => {},
    check: async () => {},
    async close() {
      state = 'closed';
    },
  };
};
