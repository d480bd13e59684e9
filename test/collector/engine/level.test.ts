/** Points, and the level that they lead to. */
import { expect, test } from 'vitest';
import type { Level } from '../../../src/collector/engine/definitions.ts';
import { levelOf, withLevel, withPoints } from '../../../src/collector/engine/level.ts';
import { engineDesk } from '../../support/engine-desk.ts';

const levels: Level[] = [
  { id: 1, name: 'Bronze', points: 0 },
  { id: 2, name: 'Silver', points: 100 },
  { id: 3, name: 'Gold', points: 1_000 },
];
const anna = engineDesk({}).state;

test.each([
  [0, 'Bronze'],
  [99, 'Bronze'],
  [100, 'Silver'],
  [999, 'Silver'],
  [50_000, 'Gold'],
])('%i points ever earned are %s', (ever, name) => expect(levelOf(levels, ever)?.name).toBe(name));

test('below the first level there is none', () => expect(levelOf(levels.slice(1), 99)).toBeNull());

test.each([
  ['earned points', [100], { balance: 100, ever: 100 }, 'Silver'],
  ['points that are spent', [100, -40], { balance: 60, ever: 100 }, 'Silver'],
  ['more spent than there are', [100, -500], { balance: 0, ever: 100 }, 'Silver'],
  ['points after that', [100, -500, 10], { balance: 10, ever: 110 }, 'Silver'],
])('%s: the balance is never below zero, and the level is never lost', (_, steps, points, level) => {
  const state = steps.reduce((state, one) => withPoints(state, one, levels), anna);
  expect([state.points, state.level?.name]).toEqual([points, level]);
});

test('levels that are defined otherwise are a level of that name, and those that stay change nothing', () => {
  const silver = withPoints(anna, 100, levels);
  expect(withLevel(silver, levels)).toBe(silver);
  expect(withLevel(silver, [{ id: 9, name: 'Blue', points: 0 }]).level).toEqual({ id: 9, name: 'Blue' });
  expect(withLevel(silver, []).level).toBeNull();
});
