/**
 * Our patterns, read from the source, and whether each is done with 100 kB of anything in linear time. What is quadratic takes
 * some 10,000,000,000 steps of that, and the time that it has is over.
 */
import { createContext, runInContext } from 'node:vm';
import { expect, test } from 'vitest';
import { sourceFiles } from './source-map.ts';

export const LENGTH = 100_000;
/** For one head: a thousand times what linear work takes. */
const PATIENCE = 8_000;

/** Regular expressions as they are written in a source; a comment's have no place in it. */
export const patternsIn = (text: string): string[] =>
  Array.from(
    text
      .replace(/^\s*(?:\*|\/[/*]).*$/gm, '')
      .matchAll(/(?<=[=(,:?|&!>]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g),
    ([pattern]) => pattern,
  );
/** Those of the files whose path is one of these, each once. */
export const patternsOf = (isOne: RegExp): string[] => [
  ...new Set(
    sourceFiles()
      .filter(({ path }) => isOne.test(path))
      .flatMap(({ text }) => patternsIn(text)),
  ),
];

/** What a pattern may begin with, what it may go on with for ever, and what it does not end with. */
const HEADS = ['', 'https://', 'dp:', '1', '"[', 'a=', '/a'];
const RUNS = [
  'a',
  '1',
  ' ',
  '/',
  '.',
  '-',
  '&',
  '=',
  '+',
  ':',
  '[',
  '%',
  '_',
  'a.',
  '1.',
  '/a',
  ', ',
  ' ,',
  '\n',
  '\u200b',
];
const ENDS = ['', '!', '\n', '/', '-push', '\\'];

/** One test a pattern. */
export const readInTime = (patterns: readonly string[]): void => {
  test.each(patterns)(
    '%s reads any text in time',
    (pattern) => {
      for (const head of HEADS) {
        const texts = RUNS.map((run) => head + run.repeat(LENGTH / run.length));
        const realm = createContext({ texts, ENDS });
        const read = `const pattern = ${pattern};
          for (const text of texts) for (const end of ENDS) { pattern.lastIndex = 0; (text + end).replace(pattern, ''); }`;
        expect(() => runInContext(read, realm, { timeout: PATIENCE })).not.toThrow();
      }
    },
    HEADS.length * PATIENCE,
  );
};
