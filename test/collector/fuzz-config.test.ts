/** The config and its filters under hostile JSON: what is read can be compiled and asked, and what is not says every mistake. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect } from 'vitest';
import { parseConfig } from '../../src/collector/config/config.ts';
import { parseFilter } from '../../src/collector/config/filter.ts';
import { type Mistake, place } from '../../src/collector/config/place.ts';
import { parseRule } from '../../src/collector/config/rule.ts';
import { compileFilter } from '../../src/collector/engine/filter.ts';
import { planOf } from '../../src/collector/engine/plan.ts';
import { registered } from '../../src/collector/engine/registered.ts';
import { compileRule } from '../../src/collector/engine/segment.ts';
import type { Payload } from '../../src/wire/event.ts';
import { mutated } from '../support/mutation.ts';
import { holds } from '../support/properties.ts';
import { root } from '../support/source-map.ts';

const demo = JSON.parse(readFileSync(`${root}/demo/config.json`, 'utf8')) as { labels: object[] };

holds(
  'a config is read and can be planned, or every mistake has its place',
  400,
  mutated(fc.constant(demo)),
  (value) => {
    const parsed = parseConfig(value);
    if (!parsed.ok) return expect(parsed.mistakes.every(({ reason }) => reason !== '')).toBe(true);
    for (const label of parsed.config.labels) planOf(label);
    expect(parseConfig(value)).toEqual(parsed);
  },
);

const filters = fc.constantFrom<object>(
  { amount: { $gte: 5, $lt: 10 }, 'cart.total': { $in: [1, null, '$price'] } },
  { $or: [{ a: 1 }, { 'b.0.c': { $ne: 'x' } }], $nor: [{ d: { $exists: true } }] },
  { list: { $elemMatch: { price: { $gt: 3 } } }, tags: { $all: ['a', 'b'] }, n: { $not: { $gt: 5 } } },
  { literal: { $literal: '$5' }, size: { $size: 2 } },
);
const payloads = mutated(
  fc.constant({
    amount: 7,
    price: 3,
    cart: { total: 3 },
    list: [{ price: 5 }, 1],
    tags: ['a', 'b'],
    b: [{ c: 'y' }],
    n: 1,
  }),
);

holds(
  'a filter that is read gives the same short answer to any payload, every time',
  6_000,
  fc.tuple(mutated(filters), payloads),
  ([value, given]) => {
    const mistakes: Mistake[] = [];
    const filter = parseFilter(place(value, 'where', mistakes));
    if (mistakes.length > 0) return expect(mistakes.every(({ path }) => path.startsWith('where'))).toBe(true);
    const payload = (typeof given === 'object' && given !== null && !Array.isArray(given) ? given : {}) as Payload;
    const ask = compileFilter(filter);
    const said = ask(payload, payload);
    expect(said === null || typeof said === 'string').toBe(true);
    expect(ask(payload, payload)).toBe(said);
  },
);

const segmentRules = fc.constantFrom<object>(
  { event: 'bought', count: { min: 3 }, within: '7d', where: { amount: { $gt: 5 } } },
  { all: [{ tag: 'VIP' }, { not: { language: 'de' } }, { level: { min: 2 } }] },
  { any: [{ property: 'age', where: { $gt: 18 } }, { utm: { source: 'mail' } }, { points: { min: 1 } }] },
);
const label = { name: 'demo', gamificationShare: 100 };
const nobody = registered({ key: 'u:bob', user: 'bob' } as never, label as never, 0);

holds('a rule that is read has an answer for everybody', 3_000, mutated(segmentRules), (value) => {
  const mistakes: Mistake[] = [];
  const rule = parseRule(place(value, 'rule', mistakes), { segments: [], missions: [] });
  if (mistakes.length > 0) return;
  const answer = compileRule(rule, {}).ask({ state: nobody, now: 0 } as never);
  expect(typeof answer).toBe('object');
});
