/**
 * Whatever is promised names what holds it: each row of README's promises and of SECURITY's threats a test file of ours,
 * and in it a test by its very words.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { columnUnder } from './support/markdown.ts';
import { root } from './support/source-map.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const numbered = (letter: string, most: number) => Array.from({ length: most }, (_, at) => `${letter}${at + 1}`);

/** A file in backticks, and the tests in it: `path` “title”, “title”; `path` “title”. */
const testsIn = (cell: string): [file: string, titles: string[]][] =>
  cell
    .split('; `')
    .map((one) => [
      /^`?([^`]+)`/.exec(one)?.[1] ?? one,
      Array.from(one.matchAll(/“([^”]+)”/g), ([, title = '']) => title),
    ]);

describe.each([
  ['SECURITY.md', /^Threats$/, 4, numbered('T', 31)],
  ['README.md', /^What holds them$/, 1, numbered('P', 8)],
] as const)('%s, under %s', (page, heading, column, rows) => {
  const names = columnUnder(read(page), heading, 0).slice(2);
  const cells = columnUnder(read(page), heading, column).slice(2);

  test('has its rows, in order', () => expect(names).toEqual(rows));

  test.each(names.map((name, at) => [name, testsIn(cells[at] ?? '')] as const))(
    '%s has tests, and they stand',
    (_, tests) => {
      expect(tests).not.toEqual([]);
      for (const [file, titles] of tests) {
        expect(file).toMatch(/^test\/.*\.ts$/);
        expect(existsSync(join(root, file)), file).toBe(true);
        expect(titles, file).not.toEqual([]);
        const text = read(file).replaceAll("\\'", "'");
        expect(
          titles.filter((title) => !text.includes(title)),
          file,
        ).toEqual([]);
      }
    },
  );
});
