// @vitest-environment node
import { describe, expect, test, vi } from 'vitest';
import { answered, flushing, later, pass, withFlushTimers } from '../../support/flushing.ts';

withFlushTimers();

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

  test('does not repeat what is on its way in a request that outlives it anyway', async () => {
    const { flush, capture, sent, always } = flushing();
    always(() => new Promise(() => {}));
    capture(2);
    await pass(1);
    flush.leave();
    expect(sent.map(({ leaving }) => leaving)).toEqual([false]);
  });

  test('repeats what did not get through, and what is too long to outlive it', async () => {
    const failed = flushing();
    failed.next(later);
    failed.capture();
    await pass(1);
    failed.flush.leave();
    expect(failed.sent.map(({ leaving }) => leaving)).toEqual([false, true]);

    const long = flushing();
    long.always(() => new Promise(() => {}));
    long.capture(2, { text: 'x'.repeat(5_000) });
    await pass(1);
    long.flush.leave();
    expect(long.sent.map(({ leaving }) => leaving)).toEqual([false, true]);
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
