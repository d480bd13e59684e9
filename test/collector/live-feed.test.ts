/** Who listens hears every event once, whatever is stored while the past is replayed. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLiveFeed, type Listener, type LiveFeed } from '../../src/collector/live-feed.ts';
import { type EventPage, type LoggedEvent, loggedEvent, type Submission } from '../../src/collector/store/event-log.ts';
import { event, submission } from '../support/submissions.ts';

const committed = (cursor: number): [Submission[], number[][]] => [
  [submission({ events: [event(`event-${cursor}`)] })],
  [[cursor]],
];
const logged = (cursor: number): LoggedEvent => loggedEvent(submission(), event(`event-${cursor}`), cursor);

/** Reads of the log that are answered by hand. */
const reads: ((page: EventPage) => void)[] = [];
let feed: LiveFeed;
let heard: string[];
const listener: Listener = {
  send: (kind, value) => heard.push(`${kind} ${(value as LoggedEvent).eid}`),
  heartbeat: () => {},
  end: () => heard.push('end'),
};
const failures: unknown[] = [];
beforeEach(() => {
  reads.length = 0;
  heard = [];
  const log = {
    events: () => new Promise<EventPage>((resolve) => reads.push(resolve)),
    minutes: async () => [],
  };
  feed = createLiveFeed(
    log,
    Date.now,
    (_, one) => one,
    (cause) => failures.push(cause),
  );
});
afterEach(() => {
  feed.close();
  expect(failures).toEqual([]);
});
const answer = async (events: LoggedEvent[]): Promise<void> => {
  while (reads.length === 0) await nextTurn();
  reads.shift()!({ events, next: null });
  await nextTurn();
};

test('what is stored while a read is under way is read again', async () => {
  feed.listen('casino', listener, 0);
  feed.committed(...committed(2));
  await answer([logged(1)]);
  await answer([logged(2)]);
  feed.committed(...committed(3));
  expect(heard).toEqual(['stored event-1', 'stored event-2', 'stored event-3']);
  expect(reads).toEqual([]);
});

test('what a read saw before its commit was told is heard once', async () => {
  feed.listen('casino', listener, 0);
  await answer([logged(1), logged(2)]);
  feed.committed(...committed(2));
  feed.committed(...committed(3));
  expect(heard).toEqual(['stored event-1', 'stored event-2', 'stored event-3']);
});

test('who ended hears nothing more, and a close ends the others', () => {
  const end = feed.listen('casino', listener, undefined);
  feed.committed(...committed(1));
  end();
  feed.committed(...committed(2));
  feed.listen('casino', listener, undefined);
  feed.close();
  expect(heard).toEqual(['stored event-1', 'end']);
});

test('a long replay lets everybody else have their turn', async () => {
  let pages = 0;
  const long = createLiveFeed(
    { events: async () => ({ events: [], next: ++pages < 1_000 ? pages : null }), minutes: async () => [] },
    Date.now,
    (_, one) => one,
    (cause) => failures.push(cause),
  );
  long.listen('casino', listener, 0);
  await nextTurn();
  expect(pages).toBeLessThan(10);
  long.close();
});

test('who ended while the past was read hears nothing of it', async () => {
  feed.listen('casino', listener, 0);
  feed.close();
  await answer([logged(1)]);
  expect(heard).toEqual(['end']);
});

test('who comes after the end is let go at once', () => {
  feed.close();
  feed.listen('casino', listener, 0);
  expect(heard).toEqual(['end']);
  expect(reads).toEqual([]);
});
