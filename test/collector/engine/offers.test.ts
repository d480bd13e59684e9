/** What each event of the publisher API makes of an ad for one customer. */
import { describe, expect, test } from 'vitest';
import type { CustomerState, Offer } from '../../../src/collector/engine/customer-state.ts';
import type { Ad } from '../../../src/collector/engine/definitions.ts';
import { offerEvents, offerOf, withOffer } from '../../../src/collector/engine/offers.ts';
import { registered } from '../../../src/collector/engine/registered.ts';
import type { Fact } from '../../../src/collector/engine/user-state.ts';
import type { Payload } from '../../../src/wire/event.ts';

const ad = (id: string, autoActivated = false): Ad => ({ id, serveToken: `token-${id}`, content: {}, autoActivated });
const ads = [ad('coffee'), ad('shoes'), ad('fuel', true)];
const anna = registered({ key: 'u:anna', user: 'Anna' }, { name: 'bank', gamificationShare: 100 }, 1_000);

type Said = [name: string, id?: string];
const fact = ([name, id]: Said, at: number): Fact => {
  const payload: Payload = id === undefined ? {} : { serveToken: `token-${id}` };
  return { cursor: at, eid: `event-${at}`, event_type: name, name, payload, trust: 'server', at };
};
const having = (...said: Said[]): CustomerState =>
  said.reduce((state, one, index) => withOffer(state, fact(one, 2_000 + index), ads), anna);
const stands = (state: CustomerState, id: string): [Offer['activation'], Offer['visibility']] => {
  const { activation, visibility } = offerOf(state, ads.find((one) => one.id === id)!);
  return [activation, visibility];
};

describe('an ad', () => {
  test.each<[string, Said[], ReturnType<typeof stands>]>([
    ['is new and visible', [], ['NEW', 'VISIBLE']],
    ['is served once it was seen', [['AdViewableImpression', 'coffee']], ['SERVED', 'VISIBLE']],
    [
      'is activated by its offer',
      [
        ['AdViewableImpression', 'coffee'],
        ['ActivateOffer', 'coffee'],
      ],
      ['ACTIVATED', 'VISIBLE'],
    ],
    ['is activated though nobody told that it was seen', [['ActivateOffer', 'coffee']], ['ACTIVATED', 'VISIBLE']],
    [
      'stays activated when it is seen again',
      [
        ['ActivateOffer', 'coffee'],
        ['AdViewableImpression', 'coffee'],
      ],
      ['ACTIVATED', 'VISIBLE'],
    ],
    [
      'is parked, and what it was it still is',
      [
        ['AdViewableImpression', 'coffee'],
        ['ParkOffer', 'coffee'],
      ],
      ['SERVED', 'PARKED'],
    ],
    [
      'is activated while it is parked, and stays parked',
      [
        ['ParkOffer', 'coffee'],
        ['ActivateOffer', 'coffee'],
      ],
      ['ACTIVATED', 'PARKED'],
    ],
    [
      'comes back when it is unparked',
      [
        ['ParkOffer', 'coffee'],
        ['UnParkOffer', 'coffee'],
      ],
      ['NEW', 'VISIBLE'],
    ],
    ['comes back with all others', [['ParkOffer', 'coffee'], ['UnParkAllOffers']], ['NEW', 'VISIBLE']],
    ['is not moved by what happens to another', [['ActivateOffer', 'shoes']], ['NEW', 'VISIBLE']],
    ['is not moved by a token that is no ad’s', [['ActivateOffer', 'tea']], ['NEW', 'VISIBLE']],
    ['is not moved by an event without a token', [['ActivateOffer']], ['NEW', 'VISIBLE']],
    [
      'stays as it is while others move',
      [
        ['ParkOffer', 'coffee'],
        ['ActivateOffer', 'shoes'],
      ],
      ['NEW', 'PARKED'],
    ],
    ['is not moved by events of other names', [['UrlLinkClicked', 'coffee']], ['NEW', 'VISIBLE']],
  ])('%s', (_, said, expected) => {
    expect(stands(having(...said), 'coffee')).toEqual(expected);
  });

  test('that activates by itself is active from the first time that it is seen', () => {
    expect(stands(having(['AdViewableImpression', 'fuel']), 'fuel')).toEqual(['ACTIVATED', 'VISIBLE']);
    expect(stands(having(['ParkOffer', 'fuel']), 'fuel')).toEqual(['NEW', 'PARKED']);
  });
});

test('what changes nothing gives the same state again, so that nothing is written', () => {
  const seen = having(['AdViewableImpression', 'coffee']);
  expect(withOffer(seen, fact(['AdViewableImpression', 'coffee'], 9_000), ads)).toBe(seen);
  expect(withOffer(anna, fact(['UnParkAllOffers'], 9_000), ads)).toBe(anna);
  expect(withOffer(anna, fact(['deposit', 'coffee'], 9_000), ads)).toBe(anna);
});

test('an offer knows since when it stands so', () => {
  const state = having(['AdViewableImpression', 'coffee'], ['AdViewableImpression', 'coffee'], ['ParkOffer', 'coffee']);
  expect(state.offers.coffee).toEqual({ activation: 'SERVED', visibility: 'PARKED', at: 2_002 });
});

test('an ad may be called what objects are made of', () => {
  const odd = [{ ...ad('x'), id: '__proto__' }];
  const state = withOffer(anna, fact(['ParkOffer', 'x'], 2_000), odd);
  expect(offerOf(state, odd[0]!).visibility).toBe('PARKED');
  expect(offerOf(JSON.parse(JSON.stringify(state)), odd[0]!).visibility).toBe('PARKED');
  expect(Object.prototype).not.toHaveProperty('visibility');
});

test('the events that can change an offer are known by name', () => {
  expect([...offerEvents].sort()).toEqual([
    'ActivateOffer',
    'AdViewableImpression',
    'ParkOffer',
    'UnParkAllOffers',
    'UnParkOffer',
  ]);
});
