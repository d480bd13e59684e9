/** Labels and customers as tokens of subjects and keys: exactly, back again, and never anybody else's. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { customerKey, fromToken, namesOf, toToken } from '../../../src/collector/cluster/names.ts';

/** With lone surrogates and the characters that mean something in a subject. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: fc.constantFrom('.', '*', '>', ' ', '=', '0', 'a', '\u0000') }),
);

test('any text is one token, and is read back exactly', () => {
  fc.assert(
    fc.property(text, (one) => {
      expect(toToken(one)).toMatch(/^[A-Za-z0-9_=-]+$/);
      expect(fromToken(toToken(one))).toBe(one);
    }),
  );
});

test('two texts are two tokens, and two customers two keys', () => {
  fc.assert(
    fc.property(text, text, text, (label, one, other) => {
      fc.pre(one !== other);
      expect(toToken(one)).not.toBe(toToken(other));
      expect(customerKey(label, one)).not.toBe(customerKey(label, other));
    }),
  );
});

test('nothing of one world has a name of another', () => {
  const namesIn = (world: string): string[] =>
    Object.values(namesOf(world)).map((one) => (typeof one === 'function' ? one('a', 'b') : one));
  const other = new Set(namesIn('two'));
  expect(namesIn('one').filter((one) => other.has(one))).toEqual([]);
  expect(new Set(namesIn('one')).size).toBe(namesIn('one').length);
});
