/**
 * What happened to one customer, newest first: their own events, and those that they made as the visitor of a device before
 * they were known there.
 */
import { VISITOR_LINKED } from '../following/fact.ts';
import type { Cursor, EventLog, LoggedEvent } from '../store/event-log.ts';

/** `linked_from`: the device whose visitor it was. */
export type TimelineEvent = LoggedEvent & { linked_from?: string };
export interface TimelinePage {
  events: TimelineEvent[];
  next: Cursor | null;
}

export type Whose = { user: string } | { visitor: string };

/** A time during which the visitor of a device was the customer, as the collector said when they logged in there. */
export interface LinkedTime {
  device: string;
  from: number;
  to: number;
}
type Log = Pick<EventLog, 'events'>;

/** As many devices as a customer is known by, each several times. */
const MOST_LINKED = 200;

const linkedTime = ({ trust, payload: { device_id, from, to } }: LoggedEvent): LinkedTime[] =>
  trust === 'server' && typeof device_id === 'string' && typeof from === 'number' && typeof to === 'number'
    ? [{ device: device_id, from, to }]
    : [];

export const linkedTimes = async (log: Log, label: string, whose: readonly Whose[]): Promise<LinkedTime[]> => {
  const pages = await Promise.all(
    whose.map((one) => log.events(label, { ...one, type: VISITOR_LINKED, order: 'desc', limit: MOST_LINKED })),
  );
  return pages.flatMap(({ events }) => events.flatMap(linkedTime));
};

/** Newest first. A page may be short and still have a next one. */
export const timelineOf = async (
  log: Log,
  label: string,
  whose: readonly Whose[],
  linked: readonly LinkedTime[],
  { after, limit }: { after?: Cursor | undefined; limit: number },
): Promise<TimelinePage> => {
  const read = (one: Whose): Promise<TimelinePage> =>
    log.events(label, { ...one, order: 'desc', limit, ...(after === undefined ? {} : { after }) });
  const ofDevice = async (device: string): Promise<TimelinePage> => {
    const times = linked.filter((one) => one.device === device);
    const first = Math.min(...times.map(({ from }) => from));
    const { events, next } = await read({ visitor: device });
    const isTheirs = ({ received_at: at }: LoggedEvent): boolean => times.some(({ from, to }) => from < at && at <= to);
    return {
      events: events.filter(isTheirs).map((event) => ({ ...event, linked_from: device })),
      next: (events.at(-1)?.received_at ?? first) <= first ? null : next,
    };
  };
  const devices = [...new Set(linked.map(({ device }) => device))];
  const pages = await Promise.all([...whose.map(read), ...devices.map(ofDevice)]);
  // Below the place where one list was left, the others cannot tell yet what lies between.
  const horizon = Math.max(...pages.map(({ next }) => next ?? 0));
  const all = pages
    .flatMap(({ events }) => events)
    .filter(({ cursor }) => cursor >= horizon)
    .sort((a, b) => b.cursor - a.cursor);
  const events = all.slice(0, limit);
  return { events, next: all.length > limit ? events.at(-1)!.cursor : horizon || null };
};
