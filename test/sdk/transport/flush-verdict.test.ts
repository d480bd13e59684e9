// @vitest-environment node
import { describe, expect, test } from 'vitest';
import { answered, flushing, pass, split, stop, tooSlow, withFlushTimers } from '../../support/flushing.ts';

withFlushTimers();

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
