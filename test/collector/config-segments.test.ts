/** Segments, rules and filters as the config says them: what is read, and every mistake with its path and reason. */
import { describe, expect, test } from 'vitest';
import { parseFilter } from '../../src/collector/config/filter.ts';
import { type Mistake, place } from '../../src/collector/config/place.ts';
import { parseRule } from '../../src/collector/config/rule.ts';
import { parseSegments } from '../../src/collector/config/segments.ts';
import { registered } from '../../src/collector/engine/registered.ts';
import { compileRule } from '../../src/collector/engine/segment.ts';

type Read<Value> = { value: Value; mistakes: string[] };
const reading = <Value>(given: unknown, name: string, read: (at: ReturnType<typeof place>) => Value): Read<Value> => {
  const mistakes: Mistake[] = [];
  const value = read(place(given, name, mistakes));
  return { value, mistakes: mistakes.map(({ path, reason }) => `${path}: ${reason}`) };
};
const segments = (given: unknown) => reading(given, 'segments', (at) => parseSegments(at, ['first']));
const where = (given: unknown) => reading(given, 'where', (at) => parseFilter(at));
const customer = (given: unknown) => reading(given, 'customer', (at) => parseRule(at, { segments: [], missions: [] }));
const PATHS = 'a path is field codes of letters, digits and underscores, joined by dots';
const NO_VALUE = 'must be a text, a number, true, false or null; for anything else as it is, write { "$literal": … }';

test('rules are read as they will be asked', () => {
  const { value, mistakes } = segments({
    BUSY: { event: 'X', count: { min: 3 }, within: '7d' },
    SPRING: {
      event: 'deposit',
      where: { 'cart.total': { $gte: 5 }, way: { $in: ['card', null] } },
      date: { from: '2026-03-01', to: '2026-03-31' },
      lastDate: { from: '2026-03-01T12:00:00+01:00' },
      daysSinceLast: { min: 1, max: 30 },
    },
    STATE: {
      all: [
        { level: { min: 2 } },
        { utm: { source: 'mail' } },
        { badge: 'EARLY' },
        { mission: 'first' },
        { segment: 'BUSY' },
        { property: 'age', where: { $gt: 18 } },
        { property: 'price', is: { $literal: '$5' } },
      ],
    },
  });
  expect(mistakes).toEqual([]);
  expect(value).toEqual({
    BUSY: { event: 'X', count: { min: 3 }, within: 604_800_000 },
    SPRING: {
      event: 'deposit',
      where: { 'cart.total': { $gte: 5 }, way: { $in: ['card', null] } },
      date: { from: Date.UTC(2026, 2, 1), to: Date.UTC(2026, 3, 1) - 1 },
      lastDate: { from: Date.UTC(2026, 2, 1, 11) },
      daysSinceLast: { min: 1, max: 30 },
    },
    STATE: {
      all: [
        { level: { min: 2 } },
        { utm: { source: 'mail' } },
        { badge: 'EARLY' },
        { mission: 'first' },
        { segment: 'BUSY' },
        { property: 'age', where: { $gt: 18 } },
        { property: 'price', is: { $literal: '$5' } },
      ],
    },
  });
});

test('a filter is read as it stands', () => {
  const filter = {
    prize: 'ABC',
    'cart.items.0.sku': '$item',
    amount: { $gt: 5, $lte: '$limit.max', $not: { $eq: 7 } },
    tags: { $all: ['a', '$tag'], $size: 2, $exists: true, $nin: '$others' },
    items: { $elemMatch: { sku: { $in: ['a'] }, price: { $lt: 5 } } },
    sizes: { $elemMatch: { $gt: 5 } },
    note: { $literal: { any: ['thing', '$5'] } },
    $or: [{ a: 1 }, { $nor: [{ b: null }, { $and: [{ c: true }] }] }],
  };
  expect(where(filter)).toEqual({ value: filter, mistakes: [] });
});

test.each<[string, unknown, string[]]>([
  ['a hyphen', { 'bonus-code': 1 }, [`where.bonus-code: has a hyphen, which no field code may have: ${PATHS}`]],
  ['SQL', { 'amount) OR 1=1 --': 1 }, [`where.amount) OR 1=1 --: is no path into an event: ${PATHS}`]],
  ['more SQL', { "a' OR 'a": 1 }, [`where.a' OR 'a: is no path into an event: ${PATHS}`]],
  ['a digit first', { '1st': 1 }, [`where.1st: is no path into an event: ${PATHS}`]],
  ['an empty part', { 'a..b': 1 }, [`where.a..b: is no path into an event: ${PATHS}`]],
  ['a prototype', { 'a.constructor': 1 }, ['where.a.constructor: names constructor, which is no field of an event']],
  [
    'another prototype',
    JSON.parse('{ "__proto__": { "$eq": 1 } }'),
    ['where.__proto__: names __proto__, which is no field of an event'],
  ],
  ['a regular expression', { a: { $regex: '^a' } }, ['where.a.$regex: is a regular expression, which no filter takes']],
  [
    'a misspelt operator',
    { a: { $gte: 1, $lse: 2 } },
    ['where.a.$lse: is not an operator that is known here; did you mean "$lte"?'],
  ],
  [
    'code',
    { $where: 'this.a', a: { $function: 'x', $expr: 1 } },
    [
      'where.$where: is not an operator that is known here ($and, $or, $nor)',
      'where.a.$function: is not an operator that is known here ($eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $exists, $size, $all, $not, $elemMatch)',
      'where.a.$expr: is not an operator that is known here ($eq, $ne, $gt, $gte, $lt, $lte, $in, $nin, $exists, $size, $all, $not, $elemMatch)',
    ],
  ],
  ['an operator without a path', { $gt: 5 }, ['where.$gt: stands behind a path, as in { "amount": { "$gt": 5 } }']],
  [
    'a field in a field',
    { cart: { total: 5 } },
    ['where.cart.total: is no operator; a field further in is a path such as "a.total"'],
  ],
  [
    'nothing to ask',
    { a: {}, $or: [] },
    ['where.a: must have at least one operator', 'where.$or: must have at least one filter'],
  ],
  ['no filter', 'a = 1', ['where: must be an object, got string']],
  ['a list for a value', { a: ['x'] }, [`where.a: ${NO_VALUE}`]],
  [
    'values that do not fit',
    { a: { $gt: null, $in: 'x', $all: [], $exists: 1, $size: 1.5 }, b: { $nin: [['x'], { $literal: {} }] } },
    [
      'where.a.$gt: must be a number or a text',
      'where.a.$in: must be an array, got string',
      'where.a.$all: must have at least one entry',
      'where.a.$exists: must be true or false, got number',
      `where.a.$size: must be a whole number of 0 to ${Number.MAX_SAFE_INTEGER}`,
      `where.b.$nin[0]: ${NO_VALUE}`,
      'where.b.$nin[1]: must be one value, no list or object',
    ],
  ],
  [
    'dollars that are no field',
    { a: '$5', b: '$bonus-code', c: '$a.__proto__' },
    [
      `where.a: begins with $ and is no path into an event: ${PATHS}; for text as it is, write { "$literal": "$5" }`,
      `where.b: begins with $ and has a hyphen, which no field code may have: ${PATHS}; for text as it is, write { "$literal": "$bonus-code" }`,
      'where.c: begins with $ and names __proto__, which is no field of an event; for text as it is, write { "$literal": "$a.__proto__" }',
    ],
  ],
])('a filter with %s', (_, given, wanted) => expect(where(given).mistakes).toEqual(wanted));

describe('a filter is not without end', () => {
  const deep = (levels: number): object => (levels === 0 ? { a: 1 } : { $or: [deep(levels - 1)] });
  test('in depth', () => {
    expect(where(deep(20)).mistakes).toEqual([]);
    expect(where(deep(21)).mistakes).toEqual([`where${'.$or[0]'.repeat(21)}: is more than 20 filters deep`]);
    expect(where(JSON.parse(`${'{"$or":['.repeat(5_000)}${']}'.repeat(5_000)}`)).mistakes).toHaveLength(1);
  });
  test('in breadth', () => {
    const broad = (many: number) => ({ $or: Array.from({ length: many }, (_, index) => ({ [`a${index}`]: 1 })) });
    expect(where(broad(100)).mistakes).toEqual([]);
    expect(where(broad(120)).mistakes).toEqual(['where.$or[100].a100: is one of more than 100 conditions']);
  });
});

test.each<[string, unknown, string[]]>([
  [
    'another one that is not there',
    { BUSY: { tag: 'x' }, A: { segment: 'BSUY' } },
    ['segments.A.segment: names a segment that is not there; did you mean "BUSY"?'],
  ],
  [
    'a mission that is not there',
    { A: { mission: 'frist' } },
    ['segments.A.mission: names a mission that is not there; did you mean "first"?'],
  ],
  ['itself', { A: { not: { segment: 'A' } } }, ['segments.A: is inside itself: A -> A']],
  [
    'itself, further round',
    {
      OUT: { segment: 'A' },
      A: { any: [{ tag: 'x' }, { segment: 'B' }] },
      B: { segment: 'C' },
      C: { not: { segment: 'A' } },
      D: { segment: 'D' },
    },
    ['segments.A: is inside itself: A -> B -> C -> A', 'segments.D: is inside itself: D -> D'],
  ],
  [
    'too much to count',
    { A: { event: 'X', count: { min: 101 } } },
    ['segments.A.count: counts to 101, and only 100 events of a name are kept'],
  ],
  ['half a time', { A: { event: 'X', count: { min: 1.5 } } }, ['segments.A.count: must be of whole numbers']],
  [
    'no time',
    { A: { event: 'X', within: '0d' }, B: { event: 'X', within: '3661d' }, C: { event: 'X', within: 7 } },
    [
      'segments.A.within: must be a duration such as "30s", "15m", "12h" or "7d", above 0 and at most 3660d',
      'segments.B.within: must be a duration such as "30s", "15m", "12h" or "7d", above 0 and at most 3660d',
      'segments.C.within: must be a text that is not empty, got number',
    ],
  ],
  [
    'no date',
    {
      A: { event: 'X', date: { from: '2026-02-30' } },
      B: { event: 'X', date: {} },
      C: { event: 'X', lastDate: { from: '2026-03-02', to: '2026-03-01' } },
      D: { event: 'X', date: { to: '1.3.2026' } },
    },
    [
      'segments.A.date.from: must be a date such as "2026-03-01", or a time with its zone such as "2026-03-01T12:00:00Z"',
      'segments.B.date: must have from, to or both',
      'segments.C.lastDate: has a from after its to',
      'segments.D.date.to: must be a date such as "2026-03-01", or a time with its zone such as "2026-03-01T12:00:00Z"',
    ],
  ],
  [
    'what belongs elsewhere',
    { A: { tag: 'x', within: '7d', where: {} } },
    ['segments.A.where: belongs to "property" or "event"', 'segments.A.within: belongs to "event"'],
  ],
  [
    'two values of one property',
    { A: { property: 'age', is: 1, where: { $gt: 1 } } },
    ['segments.A.where: stands beside "is"; one of them is enough'],
  ],
  [
    'a path for a value',
    { A: { property: 'age', where: { years: 1 } } },
    ['segments.A.where.years: is no operator; a field further in is a path such as "a.years"'],
  ],
  [
    'a hyphen in an event’s field',
    { A: { event: 'X', where: { 'bonus-code': 1 } } },
    [`segments.A.where.bonus-code: has a hyphen, which no field code may have: ${PATHS}`],
  ],
  [
    'a field of an event that there is none of',
    { A: { event: 'X', where: { item: '$item' } } },
    ['segments.A.where.item: is a field of the event that began it all, and here there is none'],
  ],
  ['no utm', { A: { utm: {} } }, ['segments.A.utm: must have source, campaign or both']],
  [
    'the name of everything',
    JSON.parse('{ "__proto__": { "tag": "x" } }'),
    ["segments.__proto__: is named by a word of JavaScript's own; choose another name"],
  ],
])('a segment with %s', (_, given, wanted) => expect(segments(given).mistakes).toEqual(wanted));

test('a campaign’s rule may name a field of the event that begins it', () => {
  const rule = { event: 'view', where: { item: '$item' } };
  expect(customer(rule)).toEqual({ value: rule, mistakes: [] });
});

describe('segments inside segments', () => {
  const chain = (many: number, rule: (inside: string) => object) =>
    Object.fromEntries([
      ['S0', { tag: 'x' }],
      ...Array.from({ length: many }, (_, index) => [`S${index + 1}`, rule(`S${index}`)]),
    ]);

  test('stand for a thousand rules at most', () => {
    const twice = (inside: string) => ({ all: [{ segment: inside }, { segment: inside }] });
    expect(segments(chain(7, twice)).mistakes).toEqual([]);
    expect(segments(chain(8, twice)).mistakes).toEqual(['segments.S8: stands for more than 1000 rules']);
  });

  test('are asked without end of breath, however long their chain is', () => {
    const { value, mistakes } = segments(chain(400, (inside) => ({ not: { segment: inside } })));
    expect(mistakes).toEqual([]);
    const state = registered({ key: 'u:anna', user: 'anna' }, { name: 'casino', gamificationShare: 100 }, 0);
    expect(compileRule(value.S400!, value).ask({ state, now: 0, context: {} }).matches).toBe(false);
  });
});
