import { expect, test } from 'vitest';
import { readPatience, writePatience } from '../../../src/sdk/transport/patience.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const DAY = 86_400_000;

test.each([
  ['a failure’s', writePatience(NOW, 3_000, 2, false), { until: NOW + 3_000, attempt: 2, asked: false }],
  ['the collector’s', writePatience(NOW - 1_000, 3_000, 1, true), { until: NOW + 2_000, attempt: 1, asked: true }],
  ['one that is over', writePatience(NOW - 5_000, 3_000, 1, true), { until: NOW - 2_000, attempt: 1, asked: false }],
  ['one of a year', writePatience(NOW, 365 * DAY, 1, true), { until: NOW + DAY, attempt: 1, asked: true }],
  [
    'one from before the clock was put back',
    writePatience(NOW + 1, 3_000, 4, true),
    { until: 0, attempt: 4, asked: false },
  ],
  ['a spoilt one', 'no numbers here', { until: 0, attempt: 0, asked: false }],
  ['an endless one', `${NOW} Infinity 1 1`, { until: NOW + DAY, attempt: 1, asked: true }],
  ['none', null, { until: 0, attempt: 0, asked: false }],
])('a wait is read as it was written: %s', (_, text, expected) => {
  expect(readPatience(text, NOW)).toEqual(expected);
});
