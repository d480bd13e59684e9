/** Whether a customer is in a segment, the fact that decided, and until when that stands. */
import { expect, test } from 'vitest';
import type { CustomerState } from '../../../src/collector/engine/customer-state.ts';
import type { SegmentRule } from '../../../src/collector/engine/definitions.ts';
import { registered } from '../../../src/collector/engine/registered.ts';
import { compileRule } from '../../../src/collector/engine/segment.ts';

const anna: CustomerState = {
  ...registered({ key: 'u:anna', user: 'anna' }, { name: 'casino', gamificationShare: 100 }, 0),
  tags: ['VIP'],
  language: 'en-US',
  points: { balance: 500, ever: 900 },
  properties: {
    vip: { value: true, trust: 'server' },
    deposits: { value: 7, trust: 'server' },
    core_utm_source: { value: 'newsletter', trust: 'unverified' },
  },
  entry_point: 'banner',
  level: { id: 2, name: 'Silver' },
  badges: { EARLY: 1 },
  missions: { first: { done: [1], completed_at: 5 }, second: { done: [1], completed_at: null } },
};
const segments: { [name: string]: SegmentRule } = { VIP: { tag: 'VIP' }, GERMAN: { language: 'de' } };

const ask = (rule: SegmentRule, context = {}) => compileRule(rule, segments).ask({ state: anna, now: 1_000, context });

test.each<[SegmentRule, boolean, string]>([
  [{ tag: 'VIP' }, true, 'has the tag VIP'],
  [{ tag: 'NEW' }, false, 'lacks the tag NEW'],
  [{ language: 'en' }, true, 'speaks en'],
  [{ language: 'de' }, false, 'speaks en-US'],
  [{ points: { min: 500 } }, true, '500 points are 500 or more'],
  [{ points: { min: 501 } }, false, '500 points are not 501 or more'],
  [{ points: { max: 499 } }, false, '500 points are not 0 to 499'],
  [{ property: 'vip', is: true }, true, 'vip is true'],
  [{ property: 'vip', is: 'true' }, false, 'vip: true is not "true"'],
  [{ property: 'unknown', is: null }, true, 'unknown is not known'],
  [{ property: 'unknown', is: 1 }, false, 'unknown: is missing'],
  [{ property: 'constructor', is: null }, true, 'constructor is not known'],
  [{ property: 'deposits', where: { $gt: 5, $lt: 10 } }, true, 'deposits is 7'],
  [{ property: 'deposits', where: { $gt: 5, $lt: 7 } }, false, 'deposits: 7 is not below 7'],
  [{ controlGroup: true }, false, 'is not in the control group'],
  [{ controlGroup: false }, true, 'is not in the control group'],
  [{ entryPoint: 'banner' }, true, 'came by banner'],
  [{ entryPoint: 'mail' }, false, 'came by banner'],
  [{ level: { min: 2 } }, true, 'level 2 is 2 or more'],
  [{ level: { min: 3 } }, false, 'level 2 is not 3 or more'],
  [{ utm: { source: 'newsletter' } }, true, 'core_utm_source is "newsletter"'],
  [{ utm: { source: 'newsletter', campaign: 'spring' } }, false, 'core_utm_campaign: is missing'],
  [{ badge: 'EARLY' }, true, 'has the badge EARLY'],
  [{ badge: 'toString' }, false, 'lacks the badge toString'],
  [{ mission: 'first' }, true, 'completed first'],
  [{ mission: 'second' }, false, 'did not complete second'],
  [{ mission: 'third' }, false, 'did not complete third'],
  [{ segment: 'VIP' }, true, 'is in VIP: has the tag VIP'],
  [{ segment: 'GERMAN' }, false, 'is not in GERMAN: speaks en-US'],
  [{ not: { tag: 'VIP' } }, false, 'has the tag VIP'],
  [{ all: [{ tag: 'VIP' }, { language: 'en' }] }, true, 'has the tag VIP, speaks en'],
  [{ all: [{ tag: 'VIP' }, { language: 'de' }] }, false, 'speaks en-US'],
  [{ any: [{ tag: 'NEW' }, { language: 'en' }] }, true, 'speaks en'],
  [{ any: [{ tag: 'NEW' }, { tag: 'OLD' }] }, false, 'lacks the tag NEW, lacks the tag OLD'],
])('%j', (rule, matches, why) => expect(ask(rule)).toEqual({ matches, why, until: null }));

test('a rule says what it looks at, in the segments inside it too', () => {
  const inside: { [name: string]: SegmentRule } = {
    BUSY: { event: 'X', where: { 'cart.total': { $gt: 5 }, $or: [{ way: 'card' }, { item: '$item' }] } },
    BOTH: { any: [{ segment: 'BUSY' }, { not: { event: 'X', where: { prize: 'ABC' } } }, { utm: { source: 'mail' } }] },
  };
  const rule: SegmentRule = {
    all: [{ segment: 'BOTH' }, { event: 'Y' }, { level: { min: 2 } }, { property: 'age', where: { $gt: 18 } }],
  };
  expect(compileRule(rule, inside).mentions).toEqual({
    events: new Map([
      ['X', new Set(['cart', 'way', 'item', 'prize'])],
      ['Y', new Set()],
    ]),
    aspects: new Set(['properties', 'level']),
    segments: new Set(['BOTH', 'BUSY']),
  });
});

test('a rule may name a field of the event that began it all', () => {
  const rule: SegmentRule = { property: 'deposits', where: { $lt: '$limit' } };
  expect(ask(rule, { limit: 8 }).matches).toBe(true);
  expect(ask(rule, { limit: 7 }).why).toBe('deposits: 7 is not below 7 ($limit)');
  expect(ask(rule).why).toBe('deposits: $limit is not in the event');
});
