// @vitest-environment node
/**
 * No text can hang a page: every pattern of the SDK, and whatever reads what anybody may write, is done with 100 kB of it in
 * linear time. What is quadratic takes some 10,000,000,000 steps of that, and the time that a test has is over.
 */
import { createContext, runInContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { findLink, parseLink } from '../../src/sdk/deep-link.ts';
import { allowedAddress } from '../../src/sdk/live/address.ts';
import { underRule } from '../../src/sdk/live/suspension.ts';
import { sourceFiles } from '../support/source-map.ts';

const LENGTH = 100_000;
/** Thousands of times what linear work takes here. */
const PATIENCE = 8_000;

/** Regular expressions as they are written in a source; a comment's have no place in it. */
const patternsIn = (text: string): string[] =>
  Array.from(
    text
      .replace(/^\s*(?:\*|\/[/*]).*$/gm, '')
      .matchAll(/(?<=[=(,:?|&!>]\s*)\/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g),
    ([pattern]) => pattern,
  );
const sources = sourceFiles().filter(({ path }) => /^(sdk|bridge|wire)\//.test(path));
const patterns = [...new Set(sources.flatMap(({ text }) => patternsIn(text)))];

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

test('the SDK’s patterns are found', () => {
  expect(patternsIn('x = /a\\/[/]b/gi;\n * /no/\n y.replace(/^c/, z / 2 / w);')).toEqual(['/a\\/[/]b/gi', '/^c/']);
  expect(patterns.length).toBeGreaterThan(35);
});

test.each(patterns)('%s reads any text in time', (pattern) => {
  const texts = HEADS.flatMap((head) => RUNS.map((run) => head + run.repeat(LENGTH / run.length)));
  const realm = createContext({ texts, ENDS });
  const read = `const pattern = ${pattern};
    for (const text of texts) for (const end of ENDS) { pattern.lastIndex = 0; (text + end).replace(pattern, ''); }`;
  expect(() => runInContext(read, realm, { timeout: PATIENCE })).not.toThrow();
});

describe('100 kB', () => {
  const parts = [
    'dp:',
    '_smartico_dp=',
    '&_smartico_dp=',
    '#_smartico_dp=dp:a',
    '&action=',
    '%',
    '%25',
    '=',
    '//',
    '\\',
    '*',
    'a*',
  ];
  test.each(parts)('of %j is read as a link, an address and a rule', (part) => {
    const text = part.repeat(LENGTH / part.length);
    for (const around of [text, `https://op.example/?${text}`, `https://op.example/#${text}!`, `dp:${text}!`]) {
      parseLink(around);
      findLink(around, '_smartico_dp');
      allowedAddress(around, 'https://op.example/', ['shop.op.example']);
    }
    expect(underRule('/*a*a*a*a*a*b', text, text)).toBe(false);
  });
});
