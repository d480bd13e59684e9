import { describe, expect, test } from 'vitest';
import { createFeed, type FeedView } from '../../../src/collector/live/feed.ts';
import { everything, type Filter, passes } from '../../../src/collector/live/filter.ts';
import type { EventPage, StoredEvent } from '../../../src/collector/live/shapes.ts';
import { storedEvent } from './event.ts';

/** A collector's log that answers when told to, and frames that are drawn when told to. */
const makeFeed = (stored: StoredEvent[] = [], stretch = 10_000) => {
  const log = [...stored];
  const held: (() => void)[] = [];
  const frames: (() => void)[] = [];
  let hold = false;
  let away = false;
  const problems: unknown[] = [];
  let drawings = 0;
  let view: FeedView | undefined;
  const events = async (filter: Filter, after: number | null, limit: number): Promise<EventPage> => {
    if (away) throw new Error('away');
    const below = log
      .filter(({ cursor }) => after === null || cursor < after)
      .sort((one, other) => other.cursor - one.cursor);
    // As the collector does: at most a page is told, and at most a stretch of the log is read for it.
    const read = below.slice(0, stretch);
    const found = read.filter(passes(filter));
    if (hold) await new Promise<void>((answer) => held.push(answer));
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : below.length > stretch ? read.at(-1) : undefined;
    return { events: page, next: last?.cursor ?? null };
  };
  const feed = createFeed({
    api: { events, event: async (eid) => log.find((event) => event.eid === eid) },
    beforeDrawing: (run) => frames.push(run),
    onChange: (to) => {
      view = to;
      drawings++;
    },
    onProblem: (problem) => problems.push(problem),
  });
  return {
    feed,
    log,
    view: () => view as FeedView,
    shown: () => (view as FeedView).rows.map(({ cursor }) => cursor),
    drawings: () => drawings,
    frame: () => {
      for (const run of frames.splice(0)) run();
    },
    problems,
    goAway: (to: boolean) => {
      away = to;
    },
    holdAnswers: () => {
      hold = true;
    },
    answer: async (index: number) => {
      held[index]?.();
      await settled();
    },
  };
};
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const some = (from: number, to: number): StoredEvent[] =>
  Array.from({ length: to - from + 1 }, (_, index) => storedEvent(from + index));

describe('the list of events', () => {
  test('shows the newest of history, and what arrives on top of it', async () => {
    const { feed, frame, shown } = makeFeed(some(1, 3));
    feed.look(everything);
    await settled();
    feed.arrived(storedEvent(4));
    frame();
    expect(shown()).toEqual([4, 3, 2, 1]);
  });

  test('an event that comes both ways is shown once', async () => {
    const { feed, frame, shown, log } = makeFeed(some(1, 2));
    feed.look(everything);
    feed.arrived(storedEvent(3));
    log.push(storedEvent(3));
    await settled();
    feed.arrived(storedEvent(3));
    frame();
    expect(shown()).toEqual([3, 2, 1]);
  });

  test('a thousand arrivals between two frames are drawn once', async () => {
    const { feed, frame, drawings, shown } = makeFeed();
    feed.look(everything);
    await settled();
    const before = drawings();
    for (const event of some(1, 1000)) feed.arrived(event);
    frame();
    expect(drawings() - before).toBe(1);
    expect(shown()).toHaveLength(1000);
  });

  test('a tab hidden for a day holds no more than the list could show, and the newest of it', async () => {
    const { feed, frame, shown, view } = makeFeed();
    feed.look(everything);
    await settled();
    for (const event of some(1, 5000)) feed.arrived(event);
    frame();
    expect(shown()).toHaveLength(1000);
    expect(shown()[0]).toBe(5000);
    expect(view().next).toBe(4001);
  });

  test('while paused nothing moves, what came is counted, and going on shows it', async () => {
    const { feed, frame, shown, view, log } = makeFeed(some(1, 2));
    feed.look(everything);
    await settled();
    feed.pause();
    log.push(storedEvent(3));
    feed.arrived(storedEvent(3));
    frame();
    expect(shown()).toEqual([2, 1]);
    expect(view().flow).toEqual({ at: 'paused', missed: 1 });
    feed.resume();
    await settled();
    expect(shown()).toEqual([3, 2, 1]);
    expect(view().flow).toEqual({ at: 'live' });
  });

  test('older pages go below and stop the flow', async () => {
    const { feed, shown, view } = makeFeed(some(1, 150));
    feed.look(everything);
    await settled();
    expect(shown().at(-1)).toBe(51);
    feed.older();
    await settled();
    expect(shown().at(-1)).toBe(1);
    expect(view()).toMatchObject({ flow: { at: 'paused' }, next: null });
  });

  test('the answer to an earlier filter never replaces that to a later one', async () => {
    const { feed, shown, answer, holdAnswers } = makeFeed([
      storedEvent(1, { user_ext_id: 'ann' }),
      storedEvent(2, { user_ext_id: 'bob' }),
    ]);
    holdAnswers();
    feed.look({ ...everything, user: 'ann' });
    feed.look({ ...everything, user: 'bob' });
    await answer(1);
    await answer(0);
    expect(shown()).toEqual([2]);
  });

  test('with a filter, what arrives and does not match is not shown', async () => {
    const { feed, frame, shown } = makeFeed();
    feed.look({ ...everything, user: 'ann' });
    await settled();
    feed.arrived(storedEvent(1, { user_ext_id: 'bob' }));
    feed.arrived(storedEvent(2, { user_ext_id: 'ann' }));
    frame();
    expect(shown()).toEqual([2]);
  });

  test('a search goes on through stretches of the log that hold no match, and asks before it reads for ever', async () => {
    const rare = storedEvent(1, { user_ext_id: 'ann' });
    const near = makeFeed([rare, ...some(2, 150)], 10);
    near.feed.look({ ...everything, user: 'ann' });
    await settled();
    expect(near.shown()).toEqual([1]);
    const far = makeFeed([rare, ...some(2, 250)], 10);
    far.feed.look({ ...everything, user: 'ann' });
    await settled();
    expect(far.shown()).toEqual([]);
    expect(far.view().next).toBe(51);
    far.feed.older();
    await settled();
    expect(far.shown()).toEqual([1]);
  });

  test('a look-up that failed is told, claims nothing, and is made good when the stream is back', async () => {
    const { feed, shown, view, goAway, problems } = makeFeed(some(1, 3));
    goAway(true);
    feed.look(everything);
    await settled();
    expect(problems).toHaveLength(1);
    expect(view().answered).toBe(false);
    goAway(false);
    feed.catchUp();
    await settled();
    expect(view().answered).toBe(true);
    expect(shown()).toEqual([3, 2, 1]);
  });

  test('an eid in the text finds its event wherever it is in the log', async () => {
    const { feed, shown } = makeFeed(some(1, 500));
    feed.look({ ...everything, text: 'eid-00000007' });
    await settled();
    expect(shown()).toEqual([7]);
  });
});
