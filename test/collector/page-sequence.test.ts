/** Which numbers of a page never came. */
import { expect, test } from 'vitest';
import {
  arrive,
  emptySequence,
  missingNumbers,
  missingText,
  parseMissing,
  reach,
  store,
} from '../../src/collector/store/page-sequence.ts';

test('numbers in order leave nothing missing', () => {
  const page = emptySequence();
  for (const seq of [1, 2, 3]) store(page, seq);
  expect(page).toEqual({ highest: 3, stored: 3, missing: [] });
});

test('in whatever order numbers come, and however often, the same ones are missing', () => {
  const page = emptySequence();
  for (const seq of [5, 2, 5, 9, 7, 2, 1]) store(page, seq);
  expect(page).toEqual({
    highest: 9,
    stored: 5,
    missing: [
      [3, 4],
      [6, 6],
      [8, 8],
    ],
  });
});

test('a lost tail shows once the page says how far it counted', () => {
  const page = emptySequence();
  store(page, 1);
  reach(page, 4);
  reach(page, 2);
  expect(page).toEqual({ highest: 4, stored: 1, missing: [[2, 4]] });
});

test('a number that was refused is neither stored nor missing', () => {
  const page = emptySequence();
  store(page, 1);
  arrive(page, 3);
  expect(page).toEqual({ highest: 3, stored: 1, missing: [[2, 2]] });
});

test('a page that skips at every step is bounded', () => {
  const page = emptySequence();
  for (let seq = 2; seq < 100_000; seq += 2) store(page, seq);
  expect(page.missing).toHaveLength(100);
  expect(page.highest).toBe(99_998);
});

test('what is missing is written and read back, and listed up to a number', () => {
  const missing: [number, number][] = [
    [3, 5],
    [9, 9],
  ];
  expect(missingText(missing)).toBe('3-5,9-9');
  expect(parseMissing('3-5,9-9')).toEqual(missing);
  expect(parseMissing('')).toEqual([]);
  expect(missingNumbers(missing, 100)).toEqual([3, 4, 5, 9]);
  expect(missingNumbers([[1, 1_000_000_000]], 3)).toEqual([1, 2, 3]);
});
