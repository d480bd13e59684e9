import { describe, expect, test } from 'vitest';
import { barsOf, hourWords, lastHour, MINUTE, scaleTop } from '../../../src/collector/live/minutes.ts';

const now = 60 * 24 * 400 * MINUTE + 17_000;
const at = (minutesAgo: number, stored: number, duplicate = 0, rejected = 0) => ({
  minute: now - 17_000 - minutesAgo * MINUTE,
  stored,
  duplicate,
  rejected,
});

describe('the last hour', () => {
  test('has every minute, the empty ones too, and none that is older', () => {
    const minutes = lastHour([at(0, 3), at(59, 2), at(60, 9)], now);
    expect(minutes).toHaveLength(60);
    expect(minutes.at(-1)).toEqual(at(0, 3));
    expect(minutes[0]).toEqual(at(59, 2));
    expect(minutes[30]).toEqual(at(29, 0));
  });

  test.each([
    [0, 4],
    [4, 4],
    [5, 6],
    [9, 10],
    [11, 20],
    [209, 300],
    [399, 400],
    [401, 500],
  ])('a busiest minute of %d is drawn on a scale up to %d', (most, top) => {
    expect(scaleTop([at(0, most)])).toBe(top);
  });

  test('one rejection among thousands is seen, and bars never leave the chart', () => {
    const bars = barsOf(at(0, 10_000, 1, 1), 10_000);
    expect(bars.map(({ outcome }) => outcome)).toEqual(['stored', 'duplicate', 'rejected']);
    for (const { top, height } of bars) {
      expect(top).toBeGreaterThanOrEqual(0);
      expect(top + height).toBeLessThanOrEqual(100);
    }
    expect(barsOf(at(0, 5_000, 0, 1), 10_000).at(-1)).toEqual({ outcome: 'rejected', top: 48, height: 2 });
  });

  test('is told in words by its busiest minute', () => {
    expect(hourWords(lastHour([at(0, 1), at(3, 1000, 1)], now))).toMatch(/^Busiest minute \d\d:\d\d, 1,001 events$/);
    expect(hourWords(lastHour([], now))).toBe('No events in the last 60 minutes');
  });
});
