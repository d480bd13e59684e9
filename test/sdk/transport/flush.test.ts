// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answered, asked, flushing, later, split, stop, tooSlow } from '../../support/flushing.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

describe('the rhythm', () => {
  test('the first event of a quiet period travels at once, those after it a second after the last send began', async () => {
    const { capture, moments, sent } = flushing();
    const [first] = capture();
    await pass(0);
    const second = capture();
    await pass(400);
    const third = capture();
    await pass(10_000);
    capture();
    await pass(5_000);
    expect(moments()).toEqual([0, 1_000, 10_400]);
    expect(sent.slice(0, 2).map(({ eids }) => eids)).toEqual([[first], [...second, ...third]]);
  });

  test('a thousand events of one task travel in two requests, in order', async () => {
    const { capture, sent, queue } = flushing();
    const eids = capture(1_000);
    await pass(0);
    expect(sent.map(({ eids }) => eids.length)).toEqual([500, 500]);
    expect(sent.flatMap(({ eids }) => eids)).toEqual(eids);
    expect(await queue.count()).toBe(0);
  });

  test('large events travel in requests of 256 kB at the most', async () => {
    const { capture, sent } = flushing();
    capture(20, { text: 'x'.repeat(30_000) });
    await pass(0);
    expect(sent.map(({ eids }) => eids.length)).toEqual([8, 8, 4]);
  });

  test('what is captured while a request is under way follows a second after that request began', async () => {
    const { capture, next, moments, sent } = flushing();
    next(() => new Promise((resolve) => setTimeout(resolve, 300, answered())));
    capture();
    await pass(100);
    const [second] = capture();
    await pass(5_000);
    expect(moments()).toEqual([0, 1_000]);
    expect(sent[1]?.eids).toEqual([second]);
  });

  test('while another tab is sending, we look again after a second', async () => {
    let ours = false;
    const { capture, moments } = flushing({
      turn: {
        async take(work) {
          if (ours) await work();
          return ours;
        },
        giveBack: () => {},
      },
    });
    capture();
    await pass(2_500);
    ours = true;
    await pass(5_000);
    expect(moments()).toEqual([3_000]);
  });
});

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

  test('is over some time: the events travel then, though flush() was called meanwhile', async () => {
    const { next, flush, capture, moments, queue } = flushing();
    next(asked(20_000));
    capture();
    await pass(1_000);
    await flush.now();
    await pass(19_000);
    expect([moments(), await queue.count()]).toEqual([[0, 20_000], 0]);
  });

  test('of 0 s is a retry at once, after the pause between two sends', async () => {
    const { next, capture, moments } = flushing();
    next(asked(0));
    capture();
    await pass(5_000);
    expect(moments()).toEqual([0, 1_000]);
  });

  test('of a year does not turn into a storm of requests', async () => {
    const { next, capture, sent } = flushing();
    next(asked(365 * 86_400_000));
    capture();
    await pass(60_000);
    expect(sent).toHaveLength(1);
  });
});

describe('a verdict', () => {
  test('of “rejected” makes a dead letter, told once; the others are stored and all leave the queue', async () => {
    const { next, capture, buried, receipts, queue, told } = flushing();
    next(([a, b, c]) =>
      answered([`${c}`], [{ index: 1, eid: `${b}`, code: 'unknown_brand', message: `no brand; ${a}` }]),
    );
    const [a, b, c] = capture(3);
    await pass(0);
    expect(receipts.map(({ eid, verdict, code }) => [eid, verdict, code])).toEqual([
      [a, 'stored', undefined],
      [b, 'rejected', 'unknown_brand'],
      [c, 'duplicate', undefined],
    ]);
    expect(buried).toEqual([[b, expect.stringContaining(`"eid":"${b}"`), 'unknown_brand', `no brand; ${a}`]]);
    expect(told).toEqual([`event_rejected: unknown_brand: no brand; ${a}`]);
    expect(await queue.count()).toBe(0);
  });

  test('“too large” for a batch halves it until only the culprit is left, which becomes a dead letter', async () => {
    const { always, capture, buried, sent, queue } = flushing();
    let culprit = '';
    const stored: string[] = [];
    always((eids) => {
      if (eids.includes(culprit)) return split;
      stored.push(...eids);
      return answered();
    });
    const eids = capture(8);
    culprit = `${eids[5]}`;
    await pass(0);
    expect(buried.map(([eid, , code]) => [eid, code])).toEqual([[culprit, 'body_too_large']]);
    expect(stored).toEqual(eids.filter((eid) => eid !== culprit));
    expect(sent.length).toBeLessThan(12);
    expect(await queue.count()).toBe(0);
  });

  test('a body that was too slow is half as large the next time, and grows again when it goes well', async () => {
    const { next, capture, sent } = flushing();
    next(tooSlow);
    capture(100);
    await pass(10_000);
    capture(150);
    await pass(10_000);
    expect(sent.map(({ eids }) => eids.length)).toEqual([100, 50, 50, 150]);
  });

  test('of a wrong key or origin stops the sending until the page is loaded anew; the events stay', async () => {
    const { next, flush, capture, sent, queue, told } = flushing();
    next(stop);
    capture();
    await pass(0);
    capture();
    flush.online();
    flush.leave();
    expect(await flush.now()).toEqual({ stored: 0, duplicate: 0, rejected: 0, pending: 2 });
    await pass(60_000);
    expect([sent.length, await queue.count(), told]).toEqual([1, 2, ['sending_stopped: origin_not_allowed: not here']]);
  });
});

describe('a page that leaves', () => {
  test('sends what it has at hand in one request that outlives it, and the same rows only once', async () => {
    const { flush, capture, sent, always } = flushing();
    always(() => new Promise(() => {}));
    const eids = capture(3);
    flush.leave();
    flush.leave();
    const [later] = capture();
    flush.leave();
    expect(sent.map(({ eids, leaving }) => ({ eids, leaving }))).toEqual([
      { eids, leaving: true },
      { eids: [later], leaving: true },
    ]);
  });

  test('whose last request fails keeps its events and no wait', async () => {
    const kept = { patience: '' };
    const { flush, capture, next, queue } = flushing({}, kept);
    next(later);
    capture();
    flush.leave();
    await Promise.resolve();
    expect([kept.patience, await queue.count()]).toEqual(['', 1]);
  });

  test('and stays after all (another tab was opened) hears the answer: nothing is sent again', async () => {
    const { flush, capture, sent, queue } = flushing();
    capture();
    flush.leave();
    await pass(5_000);
    expect([sent.length, await queue.count()]).toEqual([1, 0]);
  });

  test('sends no more than browsers allow a last request to carry', () => {
    const { flush, capture, sent } = flushing();
    capture(3, { text: 'x'.repeat(25_000) });
    flush.leave();
    expect(sent.map(({ eids }) => eids.length)).toEqual([2]);
  });

  test('gives its turn back, so that it may rest in the back-forward cache', () => {
    const giveBack = vi.fn();
    flushing({ turn: { take: async () => true, giveBack } }).flush.leave();
    expect(giveBack).toHaveBeenCalledOnce();
  });
});

describe('flush()', () => {
  test('counts what became of everything that waited', async () => {
    const { flush, capture, next } = flushing();
    next(([first]) => answered([`${first}`], [{ index: 1, eid: null, code: 'bad_event', message: '' }]));
    capture(501);
    expect(await flush.now()).toEqual({ stored: 499, duplicate: 1, rejected: 1, pending: 0 });
  });

  test('waits for its turn while another tab sends', async () => {
    let turns = 0;
    const { flush, capture } = flushing({
      turn: {
        async take(work) {
          if (++turns > 2) await work();
          return turns > 2;
        },
        giveBack: () => {},
      },
    });
    capture();
    const counts = flush.now();
    await pass(5_000);
    expect(await counts).toMatchObject({ stored: 1, pending: 0 });
  });

  test('with nothing to send resolves at once and sends nothing', async () => {
    const { flush, sent } = flushing();
    expect(await flush.now()).toEqual({ stored: 0, duplicate: 0, rejected: 0, pending: 0 });
    expect(sent).toEqual([]);
  });
});
