import { expect, test } from 'vitest';
import { backoff, retryAfter } from '../../../src/sdk/transport/backoff.ts';

const NOW = Date.UTC(2026, 0, 1, 12);

test.each([
  [1, 1_000],
  [2, 2_000],
  [5, 16_000],
  [6, 30_000],
  [2_000, 30_000],
])('after failure %d the wait is anything from 0 to %d ms', (attempt, longest) => {
  expect([backoff(attempt, 0), backoff(attempt, 0.5), backoff(attempt, 1)]).toEqual([0, longest / 2, longest]);
});

test.each([
  [1, 3_000, 3_000],
  [3, 3_000, 12_000],
  [1, 200, 1_000],
  [1, 86_400_000, 30_000],
])('after failure %d with a wish for %d ms it is that and anything from 0 to %d ms', (attempt, asked, longest) => {
  expect([backoff(attempt, 0, asked), backoff(attempt, 1, asked)]).toEqual([asked, asked + longest]);
});

test.each([
  ['120', 120_000],
  ['0', 0],
  ['1.5', 1_500],
  ['Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
  ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
  ['soon', Number.NaN],
  ['', Number.NaN],
  [null, Number.NaN],
])('Retry-After: %s asks for %d ms', (header, expected) => {
  expect(retryAfter(header, NOW)).toBe(expected);
});
