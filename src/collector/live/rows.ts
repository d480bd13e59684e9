/**
 * The events that the list shows: newest first, each once, never more than 1,000. Pure: lists in, a list out.
 */
import type { StoredEvent } from './shapes.ts';

/** A person reads a screen; beyond this the filter is the better way, and the page stays quick for days. */
export const MOST_ROWS = 1_000;

const newestFirst = (one: StoredEvent, other: StoredEvent): number => other.cursor - one.cursor;

const onceEach = (events: StoredEvent[]): StoredEvent[] => [
  ...new Map(events.map((event) => [event.cursor, event])).values(),
];

/** What arrived goes on top; what no longer fits falls off the far end. */
export const withNewer = (rows: StoredEvent[], arrived: StoredEvent[]): StoredEvent[] =>
  onceEach([...rows, ...arrived])
    .sort(newestFirst)
    .slice(0, MOST_ROWS);

/** A page from history goes below; what no longer fits falls off the top, so that a reader can go on downwards. */
export const withOlder = (rows: StoredEvent[], older: StoredEvent[]): StoredEvent[] =>
  onceEach([...rows, ...older])
    .sort(newestFirst)
    .slice(-MOST_ROWS);
