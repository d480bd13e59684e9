/** Whose turn it is, and how much time has passed: what collectors agree on without a word. */
import { expect, test } from 'vitest';
import { passedTime } from '../../../src/collector/cluster/holding/passed-time.ts';
import { shouldHold } from '../../../src/collector/cluster/holding/rendezvous.ts';

const labels = Array.from({ length: 600 }, (_, n) => `label ${n}`);
const holders = (...ids: string[]) => labels.map((label) => shouldHold(label, ids));

test('labels are shared about evenly, in whatever order the collectors are named', () => {
  const shares = ['a', 'b', 'c'].map((id) => holders('a', 'b', 'c').filter((one) => one === id).length);
  for (const share of shares) expect(share).toBeGreaterThan(150);
  expect(holders('c', 'a', 'b')).toEqual(holders('a', 'b', 'c'));
});

test('who goes moves their own labels only, and nobody is nobody', () => {
  const without = holders('a', 'b');
  const moved = holders('a', 'b', 'c').filter((one, at) => one !== 'c' && one !== without[at]);
  expect(moved).toEqual([]);
  expect(shouldHold('casino', [])).toBeUndefined();
});

test('time passes while the machine sleeps, and does not go back with the clock on the wall', () => {
  let [steady, wall] = [5_000, 1_000_000];
  const passed = passedTime(
    () => steady,
    () => wall,
  );
  steady += 100;
  wall += 100;
  expect(passed()).toBe(100);
  wall += 60_000;
  expect(passed()).toBe(60_100);
  wall -= 3_600_000;
  steady += 50;
  expect(passed()).toBe(60_150);
});
