/** Whether a customer is in a segment, and the fact that decided. */
import { expect, test } from 'vitest';
import type { CustomerState } from '../../../src/collector/engine/customer-state.ts';
import { registered } from '../../../src/collector/engine/registered.ts';
import type { SegmentRule } from '../../../src/collector/engine/definitions.ts';
import { askSegment, segmentsOf } from '../../../src/collector/engine/segment.ts';

const anna: CustomerState = {
  ...registered({ key: 'u:anna', user: 'anna' }, { name: 'casino', gamificationShare: 100 }, 0),
  tags: ['VIP'],
  language: 'en',
  points: { balance: 500, ever: 900 },
  properties: { vip: { value: true, trust: 'server' } },
  entry_point: 'banner',
};

test.each<[SegmentRule, boolean, string]>([
  [{ tag: 'VIP' }, true, 'has the tag VIP'],
  [{ tag: 'NEW' }, false, 'lacks the tag NEW'],
  [{ language: 'en' }, true, 'speaks en'],
  [{ language: 'de' }, false, 'speaks en'],
  [{ points: { min: 500 } }, true, '500 points are 500 or more'],
  [{ points: { min: 501 } }, false, '500 points are not 501 or more'],
  [{ points: { max: 499 } }, false, '500 points are not 0 to 499'],
  [{ property: 'vip', is: true }, true, 'vip is true'],
  [{ property: 'vip', is: 'true' }, false, 'vip is true'],
  [{ property: 'unknown', is: null }, true, 'unknown is null'],
  [{ property: 'constructor', is: null }, true, 'constructor is null'],
  [{ controlGroup: true }, false, 'is not in the control group'],
  [{ entryPoint: 'banner' }, true, 'came by banner'],
  [{ entryPoint: 'mail' }, false, 'came by banner'],
  [{ not: { tag: 'VIP' } }, false, 'has the tag VIP'],
  [{ all: [{ tag: 'VIP' }, { language: 'en' }] }, true, 'has the tag VIP, speaks en'],
  [{ all: [{ tag: 'VIP' }, { language: 'de' }] }, false, 'speaks en'],
  [{ any: [{ tag: 'NEW' }, { language: 'en' }] }, true, 'speaks en'],
  [{ any: [{ tag: 'NEW' }, { tag: 'OLD' }] }, false, 'lacks the tag NEW, lacks the tag OLD'],
])('%j', (rule, matches, why) => expect(askSegment(rule, anna)).toEqual({ matches, why }));

test('a customer’s segments are those whose rule matches', () => {
  expect(segmentsOf({ VIP: { tag: 'VIP' }, NEW: { tag: 'NEW' }, ENGLISH: { language: 'en' } }, anna)).toEqual([
    'VIP',
    'ENGLISH',
  ]);
});
