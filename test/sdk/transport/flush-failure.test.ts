// @vitest-environment node
import { describe, expect, test, vi } from 'vitest';
import { asked, flushing, later, pass, withFlushTimers } from '../../support/flushing.ts';

const DAY = 86_400_000;
withFlushTimers();

describe('after a failure', () => {
  test('events stay, and the wait doubles up to 30 s, with jitter', async () => {
    const { always, capture, moments, queue, told } = flushing();
    always(later);
    capture();
    await pass(80_000);
    expect(moments()).toEqual([0, 1_000, 2_000, 4_000, 8_000, 16_000, 31_000, 46_000, 61_000, 76_000]);
    expect(await queue.count()).toBe(1);
    expect(new Set(told)).toEqual(new Set(['collector_unreachable: events are kept']));
  });

  test('only a request after a success may outlive its page: a spent browser budget looks like any failure', async () => {
    const { next, capture, sent } = flushing();
    next(later);
    capture();
    await pass(5_000);
    capture();
    await pass(5_000);
    expect(sent.map(({ first }) => first)).toEqual([true, false, true]);
  });

  test('the wait survives a reload: a new page does not hammer', async () => {
    const kept = { patience: '' };
    const before = flushing({}, kept);
    before.always(later);
    before.capture();
    await pass(8_000);
    const after = flushing({}, kept);
    after.capture();
    await pass(7_900);
    expect(after.moments()).toEqual([]);
    await pass(200);
    expect(after.sent).toHaveLength(1);
  });

  test('a wait that a script of the page spoilt is none, and the next failure makes a good one', async () => {
    const { always, capture, moments } = flushing({}, { patience: 'no numbers here' });
    always(later);
    capture();
    await pass(5_000);
    expect(moments()).toEqual([0, 1_000, 2_000, 4_000]);
  });

  test('new events do not shorten the wait', async () => {
    const { always, capture, moments } = flushing();
    always(later);
    capture();
    await pass(4_000);
    for (let second = 0; second < 3; second++) {
      capture();
      await pass(1_000);
    }
    expect(moments()).toEqual([0, 1_000, 2_000, 4_000]);
  });

  test('a network that comes back ends the wait', async () => {
    const { next, flush, capture, moments } = flushing();
    next(later, later, later, later);
    capture();
    await pass(4_500);
    flush.online();
    await pass(0);
    expect(moments()).toEqual([0, 1_000, 2_000, 4_000, 4_500]);
  });

  test('flush() tries at once, and says what is left', async () => {
    const { next, flush, capture, moments } = flushing();
    next(later, later);
    capture();
    await pass(100);
    expect(await flush.now()).toEqual({ stored: 0, duplicate: 0, rejected: 0, pending: 1 });
    expect(await flush.now()).toEqual({ stored: 1, duplicate: 0, rejected: 0, pending: 0 });
    expect(moments()).toEqual([0, 100, 100]);
  });

  test('a flush that breaks in an unforeseen way is told and wedges nothing', async () => {
    const { next, capture, queue, told } = flushing();
    next(() => Promise.reject(new Error('unforeseen')));
    capture();
    await pass(0);
    expect(told).toEqual(['collector_unreachable: a flush failed']);
    capture();
    await pass(1_000);
    expect(await queue.count()).toBe(0);
  });
});

describe('a Retry-After', () => {
  test('is kept to: neither new events, nor the network, nor flush(), nor a page that leaves shortens it', async () => {
    const { next, flush, capture, moments } = flushing();
    next(asked(20_000));
    capture();
    await pass(1_000);
    flush.online();
    flush.leave();
    capture();
    expect(await flush.now()).toMatchObject({ stored: 0, pending: 2 });
    await pass(18_999);
    expect(moments()).toEqual([0]);
  });

  test('comes with a chance of its own, the larger the longer it is and the oftener it comes: all pages got the same', async () => {
    const { always, capture, moments } = flushing();
    always(asked(3_000));
    capture();
    await pass(50_000);
    expect(moments()).toEqual([0, 4_500, 10_500, 19_500, 34_500]);
  });

  test('is over some time: the events travel then, though flush() was called meanwhile', async () => {
    const { next, flush, capture, moments, queue } = flushing();
    next(asked(20_000));
    capture();
    await pass(1_000);
    await flush.now();
    await pass(29_000);
    expect([moments(), await queue.count()]).toEqual([[0, 30_000], 0]);
  });

  test('of 0 s is a retry at once, after the pause between two sends', async () => {
    const { next, capture, moments } = flushing();
    next(asked(0));
    capture();
    await pass(5_000);
    expect(moments()).toEqual([0, 1_000]);
  });

  test('of a year is one of a day, and does not turn into a storm of requests', async () => {
    const { next, capture, moments } = flushing();
    next(asked(365 * DAY));
    capture();
    await pass(DAY - 1);
    expect(moments()).toEqual([0]);
    await pass(1);
    expect(moments()).toEqual([0, DAY]);
  });
});

describe.each([
  ['an hour', DAY / 24],
  ['a year', 365 * DAY],
])('a clock that was put back by %s', (_, back) => {
  test.each([
    ['a backoff', later],
    ['a Retry-After', asked(20_000)],
  ])('does not become a part of %s', async (_, outcome) => {
    const { next, capture, flush, sent } = flushing();
    next(outcome);
    capture();
    await pass(100);
    vi.setSystemTime(Date.now() - back);
    flush.soon(true);
    await pass(0);
    expect(sent).toHaveLength(2);
  });

  test('nor of the pause between two sends', async () => {
    const { capture, sent } = flushing();
    capture();
    await pass(100);
    vi.setSystemTime(Date.now() - back);
    capture();
    await pass(1_000);
    expect(sent).toHaveLength(2);
  });
});
