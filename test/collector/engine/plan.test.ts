/** Definitions by what they mention. */
import { describe, expect, test } from 'vitest';
import type { Definitions } from '../../../src/collector/engine/definitions.ts';
import { planOf } from '../../../src/collector/engine/plan.ts';
import { campaign, defined, engineDesk, mission, tagged } from '../../support/engine-desk.ts';

const some: Partial<Definitions> = {
  segments: { fans: { event: 'play', where: { game: 'chess', 'with.whom': 'Bob' }, count: { min: 3 } } },
  campaigns: [
    campaign('trigger', [tagged('A')]),
    campaign('rule', [], { customer: { event: 'visit', where: { page: '$page' } } }),
    campaign('branch', [
      { kind: 'branch', otherwise: 1, where: null, customer: { event: 'play', where: { score: 5 } } },
    ]),
    campaign('stock', [], { trigger: { system: 'in_stock' } }),
  ],
  missions: [mission('three', { tasks: [{ event: 'deposit', where: { amount: 5 }, count: 3 }] })],
};
const plan = planOf(defined(some));

test.each([
  ['triggers a campaign', 'trigger', true],
  ['a segment counts', 'play', true],
  ["a campaign's rule counts", 'visit', true],
  ["a mission's task counts", 'deposit', true],
  ['concerns everybody', 'in_stock', false],
  ['nobody mentions', 'scroll', false],
])('an event that %s is mentioned: %s %s', (_, name, wanted) => expect(plan.mentions(name)).toBe(wanted));

test('events of the publisher API are mentioned where there are ads', () => {
  const ads = [{ id: 'ad-1', serveToken: 't', content: {}, autoActivated: false }];
  expect([plan.mentions('ActivateOffer'), planOf(defined({ ads })).mentions('ActivateOffer')]).toEqual([false, true]);
});

test('a system event concerns all only where a campaign asks for it', () =>
  expect([plan.concernsAll('in_stock'), plan.concernsAll('trigger')]).toEqual([true, false]));

test('of events that are asked about again the named fields are kept, and no others', () =>
  expect(Object.fromEntries(plan.history)).toEqual({
    play: ['game', 'score', 'with'],
    visit: ['page'],
    deposit: ['amount'],
  }));

describe('the digest', () => {
  const digest = (more: Partial<Definitions>): string => planOf(defined({ ...some, ...more })).digest;
  test.each<[string, boolean, Partial<Definitions>]>([
    ['the same', true, {}],
    ['another campaign that asks nothing new', true, { campaigns: [...some.campaigns!, campaign('more', [])] }],
    ['other segments', false, { segments: { fans: { tag: 'FAN' } } }],
    ['other levels', false, { levels: [{ id: 1, name: 'Bronze', points: 0 }] }],
    [
      'a campaign that asks about other events',
      false,
      { campaigns: [campaign('more', [], { customer: { event: 'win' } })] },
    ],
  ])('of %s is the same: %s', (_, isSame, more) => expect(digest(more) === plan.digest).toBe(isSame));
});

describe('history that a state lacks', () => {
  const { state } = engineDesk(some);
  test('is all of it until it was reviewed by these definitions', () => {
    expect(plan.missing(state).map(({ name }) => name)).toEqual(['play', 'visit', 'deposit']);
    expect(plan.missing({ ...state, reviewed: plan.digest })).toEqual([]);
  });

  test('is not what was kept with the same fields', () => {
    const kept = { count: 0, first_at: 0, last_at: 0, recent: [], kept: 'amount' };
    const known = { ...state, history: { deposit: kept, visit: { ...kept, kept: 'other' } } };
    expect(plan.missing(known)).toEqual([
      { name: 'play', fields: ['game', 'score', 'with'] },
      { name: 'visit', fields: ['page'] },
    ]);
  });
});
