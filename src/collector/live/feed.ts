/**
 * Which events are on the page: what arrives, what history has under the filter, and whether a person has stopped the flow.
 * Knows no DOM. At any rate of arrival it costs one pass a frame, and it never holds more than the list may show.
 */
import { isEventId } from '../../wire/ids.ts';
import { everything, type Filter, isFiltered, passes } from './filter.ts';
import type { ReadApi } from './read-api.ts';
import { MOST_ROWS, withNewer, withOlder } from './rows.ts';
import type { EventPage, StoredEvent } from './shapes.ts';

/** `paused` counts what arrived under the filter meanwhile; going on looks it up again. */
export type Flow = { at: 'live' } | { at: 'paused'; missed: number };

export interface FeedView {
  rows: StoredEvent[];
  filter: Filter;
  flow: Flow;
  /** Whether history has answered under this filter; until then an empty list means nothing. */
  answered: boolean;
  /** Where history goes on below the last row; `null` at its end. */
  next: number | null;
  /** Events that the collector left out of the stream because there were too many a second. */
  skipped: number;
}

interface FeedNeeds {
  api: Pick<ReadApi, 'events' | 'event'>;
  /** Runs once before the next drawing; `requestAnimationFrame` in the page. */
  beforeDrawing(run: () => void): void;
  onChange(view: FeedView): void;
  onProblem(problem: unknown): void;
}

export interface Feed {
  arrived(event: StoredEvent): void;
  skipped(count: number): void;
  /** Shows the newest events under this filter. */
  look(filter: Filter): void;
  pause(): void;
  resume(): void;
  /** Looks up the newest once more: between a look-up and a stream that opens, or one that breaks, something may have come. */
  catchUp(): void;
  /** The next page of history, below the last row. It pauses: who reads downwards must not be pushed away. */
  older(): void;
}

const PAGE = 100;
/** A search reads a bounded stretch of the log at a time; so many stretches are read before a person is asked to go on. */
const STRETCHES = 20;
const ENOUGH = 30;
/** With a filter, what the stream leaves out is looked up, and not more often than this. */
const CATCH_UP = 2_000;

export const createFeed = ({ api, beforeDrawing, onChange, onProblem }: FeedNeeds): Feed => {
  let view: FeedView = { rows: [], filter: everything, flow: { at: 'live' }, answered: false, next: null, skipped: 0 };
  let shown = passes(everything);
  let waiting: StoredEvent[] = [];
  let drawing = false;
  let catchingUp = false;
  /** A later question makes the answer to an earlier one worthless. */
  let question = 0;

  const change = (to: Partial<FeedView>): void => {
    view = { ...view, ...to };
    onChange(view);
  };

  const add = (events: StoredEvent[]): void => {
    const rows = withNewer(view.rows, events);
    const cut = rows.length === MOST_ROWS ? (rows.at(-1)?.cursor ?? null) : null;
    change({ rows, next: cut ?? view.next });
  };

  const drawSoon = (): void => {
    if (drawing) return;
    drawing = true;
    beforeDrawing(() => {
      drawing = false;
      const arrived = waiting;
      waiting = [];
      if (view.flow.at === 'live') add(arrived);
      else change({ flow: { at: 'paused', missed: view.flow.missed + arrived.length } });
    });
  };

  const pageFrom = async (filter: Filter, from: number | null, asked: number): Promise<EventPage> => {
    const page = await api.events(filter, from, PAGE);
    for (
      let read = 1;
      read < STRETCHES && page.next !== null && page.events.length < ENOUGH && asked === question;
      read++
    ) {
      const further = await api.events(filter, page.next, PAGE);
      page.events.push(...further.events);
      page.next = further.next;
    }
    return page;
  };

  const look = async (filter: Filter): Promise<void> => {
    const asked = ++question;
    shown = passes(filter);
    waiting = [];
    // The old rows stay until the answer is here, in as far as they are asked for: an empty list would flicker.
    change({ rows: view.rows.filter(shown), filter, flow: { at: 'live' }, answered: false, skipped: 0 });
    const [page, named] = await Promise.all([
      pageFrom(filter, null, asked),
      isEventId(filter.text) ? api.event(filter.text) : undefined,
    ]);
    if (asked !== question) return;
    change({ rows: withNewer(page.events, [...(named ? [named] : []), ...waiting]), answered: true, next: page.next });
    waiting = [];
  };

  const older = async (): Promise<void> => {
    if (view.next === null) return;
    const asked = ++question;
    if (view.flow.at === 'live') change({ flow: { at: 'paused', missed: 0 } });
    const page = await pageFrom(view.filter, view.next, asked);
    if (asked === question) change({ rows: withOlder(view.rows, page.events), next: page.next });
  };

  const catchUp = async (): Promise<void> => {
    if (!view.answered) return look(view.filter);
    const asked = question;
    const page = await api.events(view.filter, null, PAGE);
    if (asked === question && view.flow.at === 'live') add(page.events);
  };

  return {
    arrived: (event) => {
      if (!shown(event)) return;
      waiting.push(event);
      // A hidden tab draws no frames: keep only what the list could show.
      if (waiting.length > 2 * MOST_ROWS) waiting = waiting.slice(-MOST_ROWS);
      drawSoon();
    },
    skipped: (count) => {
      if (!isFiltered(view.filter)) return change({ skipped: view.skipped + count });
      if (catchingUp) return;
      catchingUp = true;
      setTimeout(() => {
        catchingUp = false;
        catchUp().catch(onProblem);
      }, CATCH_UP);
    },
    catchUp: () => void catchUp().catch(onProblem),
    look: (filter) => void look(filter).catch(onProblem),
    pause: () => view.flow.at === 'live' && change({ flow: { at: 'paused', missed: 0 } }),
    resume: () => void look(view.filter).catch(onProblem),
    older: () => void older().catch(onProblem),
  };
};
