import { expect, test } from 'vitest';
import { changedTags, type TagOperation, tagsIn } from '../../src/wire/tags.ts';

test.each<[TagOperation, string[], unknown, string[]]>([
  ['add', ['A'], ['b', 'a', 'B'], ['A', 'B']],
  ['add', [], [' x ', '', ' '], ['X']],
  ['add', [], 'solo', ['SOLO']],
  ['add', ['A'], [5, null, {}, 'x'.repeat(101)], ['A']],
  ['remove', ['A', 'B'], ['b', 'c'], ['A']],
  ['replace', ['A', 'B'], ['c', 'C', 'd'], ['C', 'D']],
  ['replace', ['A'], [], []],
  ['clear', ['A'], ['b'], []],
])('tags after %s of %j with %j are %j', (operation, before, given, after) => {
  expect(changedTags(before, operation, tagsIn(given))).toEqual(after);
});

test.each<[TagOperation]>([['add'], ['replace']])('%s keeps the newest 200', (operation) => {
  const tags = changedTags(['OLD'], operation, tagsIn(Array.from({ length: 201 }, (_, n) => `t${n}`)));
  expect([tags.length, tags[0], tags.at(-1)]).toEqual([200, 'T1', 'T200']);
});
