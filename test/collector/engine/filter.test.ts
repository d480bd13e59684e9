/** Filters over what an event says: what holds, and else the first condition that said no. */
import sift from 'sift';
import { expect, test } from 'vitest';
import type { Filter } from '../../../src/collector/engine/definitions.ts';
import { compileFilter, compileOperators, fieldsIn, type Said } from '../../../src/collector/engine/filter.ts';
import type { Json, Payload } from '../../../src/wire/event.ts';

const click: Payload = {
  client_action: 'PIGGY-BANK-CLICK',
  prize: 'XYZ',
  amount: 44.22,
  bonus: null,
  tags: ['new', 'hot'],
  sizes: [[1, 2], [3]],
  cart: {
    items: [
      { sku: 'a', price: 5 },
      { sku: 'b', price: 9 },
    ],
  },
};
const HOLDS = null;

test.each<[Filter, Said]>([
  [{}, HOLDS],
  [{ prize: 'XYZ' }, HOLDS],
  [{ prize: 'ABC' }, 'prize: "XYZ" is not "ABC"'],
  [{ prize: 'XYZ', amount: 44 }, 'amount: 44.22 is not 44'],
  [{ amount: '44.22' }, 'amount: 44.22 is not "44.22"'],
  [{ unknown: 'ABC' }, 'unknown: is missing'],
  [{ unknown: null }, HOLDS],
  [{ bonus: null }, HOLDS],
  [{ prize: { $eq: 'XYZ' } }, HOLDS],
  [{ prize: { $ne: 'ABC' } }, HOLDS],
  [{ unknown: { $ne: 'ABC' } }, HOLDS],
  [{ prize: { $ne: 'XYZ' } }, 'prize: "XYZ" is "XYZ", and must not'],
  [{ amount: { $gt: 40, $lt: 50 } }, HOLDS],
  [{ amount: { $gt: 40, $lt: 44 } }, 'amount: 44.22 is not below 44'],
  [{ amount: { $gt: 44.22 } }, 'amount: 44.22 is not above 44.22'],
  [{ amount: { $gte: 44.22 } }, HOLDS],
  [{ amount: { $gte: 50 } }, 'amount: 44.22 is not 50 or more'],
  [{ amount: { $lte: 40 } }, 'amount: 44.22 is not 40 or less'],
  [{ amount: { $gt: '1' } }, 'amount: 44.22 is not above "1"'],
  [{ unknown: { $lt: 5 } }, 'unknown: is missing'],
  [{ prize: { $in: ['ABC', 'XYZ'] } }, HOLDS],
  [{ prize: { $in: ['ABC'] } }, 'prize: "XYZ" is not one of ["ABC"]'],
  [{ prize: { $nin: ['ABC', 'XYZ'] } }, 'prize: "XYZ" is one of ["ABC", "XYZ"], and must not'],
  [{ prize: { $exists: true }, unknown: { $exists: false } }, HOLDS],
  [{ unknown: { $exists: true } }, 'unknown: is missing'],
  [{ prize: { $exists: false } }, 'prize: is "XYZ", and must not be there'],
  [{ tags: 'hot' }, HOLDS],
  [{ tags: { $size: 2 } }, HOLDS],
  [{ tags: { $size: 3 } }, 'tags: ["new", "hot"] has not 3 entries'],
  [{ tags: { $all: ['hot', 'new'] } }, HOLDS],
  [{ tags: { $all: ['hot', 'old'] } }, 'tags: ["new", "hot"] has not all of ["hot", "old"]'],
  [{ tags: { $nin: ['hot'] } }, 'tags: ["new", "hot"] is one of ["hot"], and must not'],
  [{ tags: { $elemMatch: { $eq: 'hot' } } }, HOLDS],
  [{ 'cart.items.sku': 'b' }, HOLDS],
  [{ 'cart.items.1.sku': 'b' }, HOLDS],
  [{ 'cart.items.0.sku': 'b' }, 'cart.items.0.sku: "a" is not "b"'],
  [{ 'cart.items.sku': 'c' }, 'cart.items.sku: ["a", "b"] is not "c"'],
  [{ 'cart.items.sku': { $ne: 'b' } }, 'cart.items.sku: ["a", "b"] is "b", and must not'],
  [{ 'cart.items': { $elemMatch: { sku: 'b', price: { $gt: 5 } } } }, HOLDS],
  [
    { 'cart.items': { $elemMatch: { sku: 'a', price: { $gt: 5 } } } },
    'cart.items: [{"sku": "a", "price": 5}, {"sku": "b", "price": 9}] has no entry that holds {"sku": "a", "price": {"$gt": 5}}',
  ],
  [{ prize: { $elemMatch: { $eq: 'X' } } }, 'prize: "XYZ" has no entry that holds {"$eq": "X"}'],
  [{ sizes: { $size: 1 } }, HOLDS],
  [{ amount: { $not: { $gt: 50 } } }, HOLDS],
  [{ unknown: { $not: { $gt: 50 } } }, HOLDS],
  [{ amount: { $not: { $gt: 40 } } }, 'amount: holds {"$gt": 40}, and must not'],
  [{ $and: [{ prize: 'XYZ' }, { amount: { $gt: 40 } }] }, HOLDS],
  [{ $and: [{ prize: 'XYZ' }, { amount: 1 }] }, 'amount: 44.22 is not 1'],
  [{ $or: [{ prize: 'ABC' }, { amount: { $gt: 40 } }] }, HOLDS],
  [{ $or: [{ prize: 'ABC' }, { amount: 1 }] }, 'prize: "XYZ" is not "ABC", and amount: 44.22 is not 1'],
  [{ $nor: [{ prize: 'ABC' }, { amount: 1 }] }, HOLDS],
  [{ $nor: [{ prize: 'ABC' }, { amount: 44.22 }] }, 'holds [{"prize": "ABC"}, {"amount": 44.22}], and must not'],
  [{ cart: { $literal: { items: [] } } }, 'cart: {"items": [{…}, {…}]} is not {"items": []}'],
])('%j', (filter, said) => expect(compileFilter(filter)(click, {})).toBe(said));

test.each(['toString', 'prize.length', 'tags.length', 'tags.at', 'prize.link', 'hasOwnProperty'])(
  '%s is nothing that an event said',
  (path) => {
    expect(compileFilter({ [path]: { $exists: true } })(click, {})).toBe(`${path}: is missing`);
    expect(compileFilter({ [path]: null })(click, {})).toBe(HOLDS);
  },
);

test('a field that an event did say is found under any name', () => {
  const said = JSON.parse('{ "toString": 1, "length": 2, "at": { "link": 3 } }');
  expect(compileFilter({ toString: 1, length: 2, 'at.link': 3 } as Filter)(said, {})).toBe(HOLDS);
});

/** A campaign that waits for what the customer looked at. */
const stock: Payload = { item: 'XYZ', price: 44.22, skus: ['XYZ', 'b'], seller: { name: 'Anna' }, $5: 1 };

test.each<[Filter, Said]>([
  [{ prize: '$item' }, HOLDS],
  [{ prize: '$seller.name' }, 'prize: "XYZ" is not "Anna" ($seller.name)'],
  [{ prize: { $ne: '$item' } }, 'prize: "XYZ" is "XYZ" ($item), and must not'],
  [{ amount: { $lte: '$price' } }, HOLDS],
  [{ amount: { $lt: '$price' } }, 'amount: 44.22 is not below 44.22 ($price)'],
  [{ amount: { $gt: '$item' } }, 'amount: 44.22 is not above "XYZ" ($item)'],
  [{ prize: { $in: '$skus' } }, HOLDS],
  [{ prize: { $nin: '$skus' } }, 'prize: "XYZ" is one of ["XYZ", "b"] ($skus), and must not'],
  [{ prize: { $in: ['$item', 'c'] } }, HOLDS],
  [{ prize: { $in: ['$seller.name', 'c'] } }, 'prize: "XYZ" is not one of ["Anna", "c"]'],
  [{ tags: { $all: ['hot', '$item'] } }, 'tags: ["new", "hot"] has not all of ["hot", "XYZ"]'],
  [{ tags: '$item' }, 'tags: ["new", "hot"] is not "XYZ" ($item)'],
  [{ 'cart.items': { $elemMatch: { price: { $lt: '$price' } } } }, HOLDS],
  [{ prize: '$skus' }, 'prize: $skus is ["XYZ", "b"], and must be one value'],
  [{ prize: { $in: ['$seller'] } }, 'prize: $seller is {"name": "Anna"}, and must be one value'],
  [{ prize: '$constructor' }, 'prize: $constructor is not in the event'],
  [{ prize: '$unknown' }, 'prize: $unknown is not in the event'],
  [{ unknown: '$unknown' }, 'unknown: $unknown is not in the event'],
  [{ prize: { $ne: '$unknown' } }, 'prize: $unknown is not in the event'],
  [{ prize: { $not: { $eq: '$unknown' } } }, 'prize: $unknown is not in the event'],
  [{ $nor: [{ prize: '$unknown' }] }, '$unknown is not in the event'],
  [{ tags: { $not: { $elemMatch: { $eq: '$unknown' } } } }, 'tags: $unknown is not in the event'],
  [{ $or: [{ prize: '$unknown' }, { prize: 'XYZ' }] }, HOLDS],
  [{ prize: { $literal: '$item' } }, 'prize: "XYZ" is not "$item"'],
])('with fields of another event: %j', (filter, said) => expect(compileFilter(filter)(click, stock)).toBe(said));

test('what the other event holds is a value, whatever it looks like', () => {
  const asked = compileFilter({ prize: { $in: ['$item'] }, tags: { $all: ['$item'] } });
  expect(asked(click, { item: { $where: 'while(true);' } })).toMatch(/^prize: \$item is .* and must be one value$/);
  expect(compileFilter({ prize: '$item' })(click, { item: '$where' })).toBe('prize: "XYZ" is not "$where" ($item)');
});

test('one filter asked of many events answers each by itself', () => {
  const asked = compileFilter({ prize: '$item', tags: { $all: ['hot', '$tag'] } });
  expect(asked(click, { item: 'XYZ', tag: 'new' })).toBe(HOLDS);
  expect(asked(click, { item: 'XYZ', tag: 'old' })).toBe('tags: ["new", "hot"] has not all of ["hot", "old"]');
  expect(asked(click, { item: 'XYZ', tag: 'new' })).toBe(HOLDS);
});

test('values of one name are asked without a path', () => {
  const asked = compileOperators({ $gt: 5, $lt: '$limit' });
  expect(asked(7, { limit: 8 })).toBe(HOLDS);
  expect(asked(7, { limit: 7 })).toBe('7 is not below 7 ($limit)');
  expect(asked(undefined, { limit: 7 })).toBe('is missing');
});

test('a reason is short, however long what was found is', () => {
  const long = { text: 'x'.repeat(30_000), list: Array.from({ length: 10_000 }, () => 'y'.repeat(100)) };
  for (const field of ['text', 'list'])
    expect(compileFilter({ [field]: 'ABC' })(long, {})?.length).toBeLessThanOrEqual('list:  is not "ABC"'.length + 60);
});

test('lists are asked as Mongo asks them, whatever stands in them', () => {
  const values: Json[] = [null, 0, 1, '1', 'a', true, false, '', [], [1], ['a', 1], [null], [{ a: 1 }], { a: 1 }];
  const lists: Json[][] = [[1], ['a'], [null], [1, 'a'], ['1', true], [0], [''], [false, null]];
  for (const comparison of ['$in', '$nin', '$all'] as const)
    for (const asked of lists)
      for (const found of [undefined, ...values]) {
        const said = compileFilter({ v: { [comparison]: asked } })(found === undefined ? {} : { v: found }, {});
        const wanted = sift({ [comparison]: asked })(found);
        expect([comparison, asked, found, said === null]).toEqual([comparison, asked, found, wanted]);
      }
});

test.each<[string, boolean]>([
  ['$in', false],
  ['$nin', true],
  ['$all', false],
])('a long list is asked of a long list by %s before anybody grows tired of it', (comparison, holds) => {
  const long = (name: string): string[] => Array.from({ length: 40_000 }, (_, n) => `${name} ${n}`);
  const said = compileFilter({ list: { [comparison]: long('asked') } })({ list: long('found') }, {});
  expect(said === null).toBe(holds);
});

test('the fields of a filter are the first parts of its paths, wherever they stand', () => {
  const filter: Filter = {
    'cart.items': { $elemMatch: { sku: 'a' } },
    $or: [{ prize: '$item' }, { $nor: [{ 'cart.total': 1 }, { amount: { $gt: 5 } }] }],
  };
  expect(fieldsIn(filter)).toEqual(['cart', 'prize', 'amount']);
});
