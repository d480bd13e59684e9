// @vitest-environment node
/**
 * No text can hang a page: every pattern of the SDK, and whatever reads what anybody may write, is done with 100 kB of it in
 * linear time.
 */
import { describe, expect, test } from 'vitest';
import { findLink, parseLink } from '../../src/sdk/deep-link.ts';
import { allowedAddress } from '../../src/sdk/live/address.ts';
import { underRule } from '../../src/sdk/live/suspension.ts';
import { LENGTH, patternsIn, patternsOf, readInTime } from '../support/patterns.ts';

const patterns = patternsOf(/^(sdk|bridge|wire)\//);

test('the SDK’s patterns are found', () => {
  expect(patternsIn('x = /a\\/[/]b/gi;\n * /no/\n y.replace(/^c/, z / 2 / w);')).toEqual(['/a\\/[/]b/gi', '/^c/']);
  expect(patterns.length).toBeGreaterThan(35);
});

readInTime(patterns);

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
