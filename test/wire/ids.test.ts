import { expect, test } from 'vitest';
import { eventIds, isEventId } from '../../src/wire/ids.ts';

const RANDOM = 'V1StGXR8_Z5j';
const NOW = 1_737_986_306_201;

/** Ids made at these readings of the clock. */
const idsAt = (...times: number[]) => {
  const clock = times[Symbol.iterator]();
  const next = eventIds(() => clock.next().value as number, RANDOM);
  return times.map(next);
};

test('ids in text order are ids in call order, inside one millisecond and across a longer number', () => {
  const ids = idsAt(NOW, NOW, ...Array(1_300).fill(NOW), NOW + 1, 36 ** 8 - 1, 36 ** 8 - 1);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test('a clock that is set back makes neither an older nor a second id', () => {
  const ids = idsAt(NOW, NOW - 3_600_000, NOW - 3_600_000, NOW, NOW + 1);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(5);
});

test('two pages at one moment make different ids', () => {
  expect(eventIds(() => NOW, 'page-one-000')()).not.toBe(eventIds(() => NOW, 'page-two-000')());
});

test('an id that we make is an id that the collector takes', () => {
  expect(idsAt(0, 1, NOW, 8.64e15).every(isEventId)).toBe(true);
});

test.each([
  ['8 characters', 'a.b_c:d-', true],
  ['64 characters', 'x'.repeat(64), true],
  ['7 characters', 'abcdefg', false],
  ['65 characters', 'x'.repeat(65), false],
  ['an empty text', '', false],
  ['SQL (I09)', "'; DROP TABLE events;--", false],
  ['a line end after a good id', 'abcdefgh\n', false],
  ['letters other than ASCII', 'abcdefgé', false],
  ['a number', 12345678, false],
  ['an array around a good id', ['abcdefgh'], false],
  ['nothing', undefined, false],
])('%s: an id or not', (_name, value, expected) => {
  expect(isEventId(value)).toBe(expected);
});
