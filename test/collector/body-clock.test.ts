/** How long a body may take, and how much all bodies together may hold. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type BodyClock, createBodyClock } from '../../src/collector/body-clock.ts';
import type { Refusal } from '../../src/collector/refusal.ts';

let clock: BodyClock;
beforeEach(() => {
  vi.useFakeTimers();
  clock = createBodyClock(Date.now, () => 0);
});
afterEach(() => {
  clock.close();
  vi.useRealTimers();
});

/** A body that brings `bytes` every `every` milliseconds; what it was refused for, and after how many seconds. */
const slowBody = (bytes: number, every: number) => {
  const began = Date.now();
  let refused: [reason: string, afterSeconds: number] | undefined;
  const watch = clock.open((refusal: Refusal) => {
    refused ??= [refusal.message, Math.floor((Date.now() - began) / 1000)];
    watch.end();
  });
  for (let at = 0; at < 100_000 && !refused; at += every) {
    vi.advanceTimersByTime(every);
    watch.arrived(bytes);
  }
  return refused;
};

test('a body is given up after 10 s of silence', () => {
  expect(slowBody(1_000_000, 11_000)).toEqual(['no byte of the body came for 10 s', 10]);
});

test('a body that drips is given up for its mean, once it has had 10 s', () => {
  expect(slowBody(100, 500)).toEqual(['the body came slower than 1000 bytes a second', 10]);
});

test('a body that comes steadily is given up after 60 s in all', () => {
  expect(slowBody(1_000, 500)).toEqual(['the body took longer than 60 s', 60]);
});

test('a body that ended is not looked at again', () => {
  const late = vi.fn();
  clock.open(late).end();
  vi.advanceTimersByTime(100_000);
  expect(late).not.toHaveBeenCalled();
});

test('all bodies together hold no more than the bound, and what ended counts no more', () => {
  const quarter = 64 * 1024 * 1024;
  const watches = Array.from({ length: 4 }, () => clock.open(() => {}));
  expect(watches.map((watch) => watch.arrived(quarter))).toEqual([undefined, undefined, undefined, undefined]);
  const next = clock.open(() => {});
  expect(next.arrived(1)).toMatchObject({ code: 'overloaded', headers: { 'retry-after': '2' } });
  watches[0]!.end();
  expect(next.arrived(1)).toBeUndefined();
});
