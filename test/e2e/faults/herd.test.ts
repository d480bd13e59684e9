/**
 * A hundred pages that a collector sends away together, in the SDK's own code for sending and on a scripted clock: when do
 * they come back? The collector is one that can only say "later" until it is well again.
 */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSend } from '../../../src/sdk/transport/send.ts';
import { flushing, pass } from '../../support/flushing.ts';
import { refusal, scriptedCollector } from '../../support/scripted-collector.ts';
import { chanceOf, seeds } from '../../support/seeds.ts';

const PAGES = 100;
const HINT = 3_000;

beforeEach(
  () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] }),
);
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A collector that is asked by all pages, and when each of them asked it. */
const besieged = () => {
  const collector = scriptedCollector();
  const pages = Array.from({ length: PAGES }, () => {
    const asked: number[] = [];
    const fetch: typeof globalThis.fetch = (...request) => {
      asked.push(Date.now());
      return collector.fetch(...request);
    };
    return { asked, ...flushing({ send: createSend(fetch, Date.now, 'https://events.example/v1/events') }) };
  });
  return { collector, pages };
};
/** How many fall into each second from the first of them to the last. */
const bySecond = (moments: number[]): number[] => {
  const first = Math.min(...moments);
  const seconds = Array.from({ length: Math.floor((Math.max(...moments) - first) / 1_000) + 1 }, () => 0);
  for (const moment of moments) seconds[Math.floor((moment - first) / 1_000)]!++;
  return seconds;
};

test.each([429, 503].flatMap((status) => seeds.map((seed) => [status, seed] as const)))(
  '%d with Retry-After: nobody comes before, and they do not come together (seed %d)',
  async (status, seed) => {
    vi.spyOn(Math, 'random').mockImplementation(chanceOf(seed).share);
    const { collector, pages } = besieged();
    collector.always(
      refusal(status, status === 429 ? 'rate_limited' : 'overloaded', { 'Retry-After': `${HINT / 1_000}` }),
    );
    for (const { capture } of pages) capture();
    await pass(20_000);
    // A second wave finds the collector still away: by then the pages must have spread further, not closed up again.
    for (const wave of [1, 2]) {
      await vi.waitUntil(async () => {
        await pass(50);
        return pages.every(({ asked }) => asked.length > wave);
      });
      const again = pages.map(({ asked }) => asked[wave]!);
      for (const { asked } of pages) expect(asked[wave]! - asked[wave - 1]!).toBeGreaterThanOrEqual(HINT);
      const seconds = bySecond(again);
      expect(seconds.length).toBeGreaterThanOrEqual(HINT / 1_000);
      expect(Math.max(...seconds)).toBeLessThanOrEqual((3 * PAGES) / seconds.length);
    }
    collector.always(undefined);
    await pass(60_000);
    expect(collector.stored).toHaveLength(PAGES);
  },
);
