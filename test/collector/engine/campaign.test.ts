/** Whether a campaign begins, and what says no. */
import { expect, test } from 'vitest';
import { refusalOf, withStart } from '../../../src/collector/engine/campaign.ts';
import { compileCondition } from '../../../src/collector/engine/condition.ts';
import type { CustomerState } from '../../../src/collector/engine/customer-state.ts';
import type { Campaign } from '../../../src/collector/engine/definitions.ts';
import type { Fact } from '../../../src/collector/engine/user-state.ts';
import { campaign, DAY, engineDesk, START, tagged } from '../../support/engine-desk.ts';

const desk = engineDesk({});
const vip: CustomerState = { ...desk.state, tags: ['VIP'] };
const deposit = desk.fact('deposit', { amount: 5, currency: 'EUR' }, { trust: 'verified' });

const refusal = (
  more: Partial<Campaign>,
  { state = vip, fact = deposit as Fact | null, depth = 0, now = START } = {},
): string | null => {
  const one = campaign('deposit', [tagged('A')], more);
  return refusalOf(one, compileCondition(one, {}), state, { fact, depth, now });
};
const begun = (times: number, cap: Campaign['cap'] = null): CustomerState =>
  Array.from({ length: times }, (_, day) => day).reduce((state, day) => {
    const fact = { ...deposit, eid: `earlier-${day}` };
    return withStart(state, campaign('deposit', [], { cap }), { fact, depth: 0, now: START - day * DAY });
  }, vip);
const everyWeek = { times: 3, within: 7 * DAY };

test.each<[string, string | null, string | null]>([
  ['everything holds', refusal({ where: { amount: { $gt: 1 } }, customer: { tag: 'VIP' }, trust: 'verified' }), null],
  ['it is switched off', refusal({ enabled: false }), 'is switched off'],
  ['the event is not trusted enough', refusal({ trust: 'server' }), 'the event is verified, and must be server'],
  [
    'the event has begun it',
    refusal({}, { state: withStart(vip, campaign('deposit', []), { fact: deposit, depth: 0, now: 0 }) }),
    'this event has begun it already',
  ],
  ['the event is another', refusal({ where: { currency: 'USD' } }), 'currency: "EUR" is not "USD"'],
  [
    'a filter names a field that the event lacks',
    refusal({ where: { amount: '$price' } }),
    'amount: $price is not in the event',
  ],
  ['the customer is another', refusal({ customer: { tag: 'NEW' } }), 'customer: lacks the tag NEW'],
  [
    'the cap is reached',
    refusal({ cap: everyWeek }, { state: begun(3, everyWeek) }),
    'has begun 3 times in the last 7 days, which is the cap',
  ],
  [
    'the cap is not reached any more',
    refusal({ cap: everyWeek }, { state: begun(3, everyWeek), now: START + 6 * DAY }),
    null,
  ],
  [
    'it may begin once ever',
    refusal({ cap: { times: 1, within: null } }, { state: begun(1) }),
    'has begun once, which is the cap',
  ],
  ['it is five deep', refusal({}, { depth: 5 }), null],
  ['it is deeper', refusal({}, { depth: 6 }), 'stopped: it would trigger itself, 5 deep'],
  ['it is deep, and would not have begun anyway', refusal({ enabled: false }, { depth: 6 }), 'is switched off'],
  ['nothing but time', refusal({ trust: 'server' }, { fact: null }), null],
  [
    'nothing but time, and a filter over an event',
    refusal({ where: { amount: 5 } }, { fact: null }),
    'amount: is missing',
  ],
])('%s', (_, said, wanted) => expect(said).toBe(wanted));

test('the first condition that says no is told: trust, then the filter, then the customer', () => {
  const all = { trust: 'server', where: { currency: 'USD' }, customer: { tag: 'NEW' } } as const;
  expect(refusal(all)).toContain('must be server');
  expect(refusal({ ...all, trust: 'unverified' })).toContain('currency');
  expect(refusal({ ...all, trust: 'unverified', where: null })).toContain('customer');
});

test('beginnings are remembered as far as the cap counts them, and the last twenty events', () => {
  const { at, eids } = begun(30, everyWeek).campaigns.deposit!;
  expect([at.length, eids.length, eids.at(-1)]).toEqual([3, 20, 'earlier-29']);
});
