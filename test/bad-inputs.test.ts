/** The list of hostile inputs and the tests that play them: no entry without a test that says its number. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './support/source-map.ts';

interface BadInput {
  id: string;
  surface: string;
  input: string;
  expect: string;
}

const entries = JSON.parse(readFileSync(join(root, 'test/fixtures/bad-inputs.json'), 'utf8')) as BadInput[];
const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.test.ts') && path !== 'bad-inputs.test.ts',
);

/** Numbers at the head of a title, or of a row of a table of cases: `'I43: ...'`, `'D14, D15: ...'`, `D14: [...]`. */
const NUMBERS = /(?:['"`]|\n\s+)((?:[DIB]\d\d(?:, )?)+)\b/g;
const played = new Set(
  tests
    .flatMap((path) => [...readFileSync(join(root, 'test', path), 'utf8').matchAll(NUMBERS)])
    .flatMap(([, numbers = '']) => numbers.match(/[DIB]\d\d/g) ?? []),
);

test('every entry has a number of its own, and says what is expected', () => {
  const ids = entries.map(({ id }) => id);
  expect([ids.length, new Set(ids).size]).toEqual([61, 61]);
  expect(entries.filter((one) => !/^[DIB]\d\d$/.test(one.id) || !one.surface || !one.input || !one.expect)).toEqual([]);
});

test('every entry is played by a test that says its number', () => {
  expect(entries.map(({ id }) => id).filter((id) => !played.has(id))).toEqual([]);
});

test('no test says a number that the list does not have', () => {
  const known = new Set(entries.map(({ id }) => id));
  expect([...played].filter((id) => !known.has(id))).toEqual([]);
});
