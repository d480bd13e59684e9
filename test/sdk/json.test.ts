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

test('a patch of all objects says nothing of what was said either; an object’s own word is heard', () => {
  const objects = Object.prototype as { toJSON?: unknown };
  objects.toJSON = () => 'patched';
  try {
    const own = { toJSON: () => 'own' };
    expect(stringify({ list: [{ a: 1 }], own })).toBe('{"list":[{"a":1}],"own":"own"}');
  } finally {
    Reflect.deleteProperty(objects, 'toJSON');
  }
});

test('where lists are patched, what JSON cannot say is said in words all the same', () => {
  lists.toJSON = () => 'patched';
  expect(stringifyAny({ list: [10n, [() => 1]] })).toBe('{"list":["10",["[function]"]]}');
});

test('JSON that a script broke after the SDK had loaded is not asked', () => {
  const { stringify: write, parse } = JSON;
  const broken = () => {
    throw new Error('broken');
  };
  Object.assign(JSON, { stringify: broken, parse: broken });
  try {
    expect([stringify({ a: [1] }), parseJson('[1]')]).toEqual(['{"a":[1]}', [1]]);
  } finally {
    Object.assign(JSON, { stringify: write, parse });
  }
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
