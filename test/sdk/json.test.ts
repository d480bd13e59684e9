import { afterEach, expect, test } from 'vitest';
import { parseJson, stringify, stringifyAny } from '../../src/sdk/json.ts';

const lists = Array.prototype as { toJSON?: unknown };
afterEach(() => void Reflect.deleteProperty(lists, 'toJSON'));

test('lists stay lists on a page with Prototype.js, whose own patch is left as it was', () => {
  const patch = function (this: unknown[]) {
    return `[${this.join(', ')}]`;
  };
  lists.toJSON = patch;
  expect(JSON.stringify({ list: [1, 2] })).toBe('{"list":"[1, 2]"}');
  expect(stringify({ list: [1, 2] })).toBe('{"list":[1,2]}');
  expect(lists.toJSON).toBe(patch);
});

test('the patch is back even when the value refuses', () => {
  const patch = () => 'patched';
  lists.toJSON = patch;
  expect(() => stringify({ digits: 5n })).toThrow(TypeError);
  expect(lists.toJSON).toBe(patch);
});

test('a page without the patch gets none', () => {
  stringify([1]);
  expect('toJSON' in lists).toBe(false);
});

test('what JSON cannot say is said in words', () => {
  const cyclic: { [name: string]: unknown } = { digits: 10n ** 20n, call: () => 1, mark: Symbol('m'), list: [() => 1] };
  cyclic.self = cyclic;
  cyclic.deep = { list: [cyclic] };
  expect(JSON.parse(stringifyAny(cyclic))).toEqual({
    digits: '100000000000000000000',
    call: '[function]',
    mark: '[symbol]',
    list: ['[function]'],
    self: '[cycle]',
    deep: { list: ['[cycle]'] },
  });
});

test('one object in two places is no cycle', () => {
  const twice = { a: 1 };
  expect(stringifyAny({ x: twice, y: [twice, twice], digits: 1n })).toBe(
    '{"x":{"a":1},"y":[{"a":1},{"a":1}],"digits":"1"}',
  );
});

test.each(['', 'undefined', '{"cut', '{a:1}', null])('a text from storage that is no JSON (%s) is null', (text) => {
  expect(parseJson(text)).toBeNull();
});
