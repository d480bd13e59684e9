/**
 * What happened to one customer, newest first: their own events, and those of visitors who became them, as far back as they
 * were taken along.
 */
import type { CustomerState } from './engine/customer-state.ts';
import { LINKED_BACK_MS } from './following/recall.ts';
import type { Cursor, EventLog, LoggedEvent } from './store/event-log.ts';

/** `linked_from`: the device whose visitor it was, before they were known. */
export type TimelineEvent = LoggedEvent & { linked_from?: string };
export interface TimelinePage {
  events: TimelineEvent[];
  next: Cursor | null;
}

export type Whose = { user: string } | { visitor: string };

/** One of the lists that a timeline is made of, read as far down as `next`. */
interface Strand {
  events: TimelineEvent[];
  next: Cursor | null;
}

/** Newest first. A page may be short and still have a next one. */
export const timelineOf = async (
  log: Pick<EventLog, 'events'>,
  label: string,
  whose: readonly Whose[],
  devices: CustomerState['devices'],
  { after, limit }: { after?: Cursor | undefined; limit: number },
): Promise<TimelinePage> => {
  const read = (one: Whose): Promise<Strand> =>
    log.events(label, { ...one, order: 'desc', limit, ...(after === undefined ? {} : { after }) });
  const ofDevice = async ([device, linkedAt]: [string, number]): Promise<Strand> => {
    const { events, next } = await read({ visitor: device });
    const isTheirs = ({ received_at }: LoggedEvent): boolean =>
      received_at <= linkedAt && received_at >= linkedAt - LINKED_BACK_MS;
    const oldest = events.at(-1);
    return {
      events: events.filter(isTheirs).map((event) => ({ ...event, linked_from: device })),
      next: oldest && oldest.received_at < linkedAt - LINKED_BACK_MS ? null : next,
    };
  };
  const strands = await Promise.all([...whose.map(read), ...Object.entries(devices).map(ofDevice)]);
  // Below the place where one strand was left, the others cannot tell yet what lies between.
  const horizon = Math.max(...strands.map(({ next }) => next ?? 0));
  const all = strands
    .flatMap(({ events }) => events)
    .filter(({ cursor }) => cursor >= horizon)
    .sort((a, b) => b.cursor - a.cursor);
  const events = all.slice(0, limit);
  return { events, next: all.length > limit ? events.at(-1)!.cursor : horizon || null };
};
