/**
 * How a customer stands to the ads of their label, after one more event. Pure. Two axes that know nothing of each other: an
 * ad is new, then served, then activated, and never goes back; it is visible or parked, which is to say dismissed, to and fro.
 */

import type { CustomerState, Offer } from './customer-state.ts';
import type { Ad } from './definitions.ts';
import type { Fact } from './user-state.ts';

interface Transition {
  /** `all`: every ad of the label, since the event names none. */
  of: 'ad' | 'all';
  activation?: Offer['activation'];
  visibility?: Offer['visibility'];
}

const transitions = new Map<string, Transition>([
  ['AdViewableImpression', { of: 'ad', activation: 'SERVED' }],
  ['ActivateOffer', { of: 'ad', activation: 'ACTIVATED' }],
  ['ParkOffer', { of: 'ad', visibility: 'PARKED' }],
  ['UnParkOffer', { of: 'ad', visibility: 'VISIBLE' }],
  ['UnParkAllOffers', { of: 'all', visibility: 'VISIBLE' }],
]);

/** Events, by what definitions call them, that can change an offer. */
export const offerEvents: ReadonlySet<string> = new Set(transitions.keys());

const forward: readonly Offer['activation'][] = ['NEW', 'SERVED', 'ACTIVATED'];
const further = (now: Offer['activation'], next: Offer['activation']): Offer['activation'] =>
  forward.indexOf(next) > forward.indexOf(now) ? next : now;

/** As the customer stands to it: new and visible, if nothing happened. */
export const offerOf = ({ offers, registered_at }: CustomerState, ad: Ad): Offer =>
  Object.hasOwn(offers, ad.id) ? offers[ad.id]! : { activation: 'NEW', visibility: 'VISIBLE', at: registered_at };

const moved = (offer: Offer, ad: Ad, { activation = 'NEW', visibility }: Transition, at: number): Offer => {
  // What the publisher activates by itself needs no click: it is on from the first time that it was seen.
  const reached = activation === 'SERVED' && ad.autoActivated ? 'ACTIVATED' : activation;
  const next = { activation: further(offer.activation, reached), visibility: visibility ?? offer.visibility };
  return next.activation === offer.activation && next.visibility === offer.visibility ? offer : { ...next, at };
};

/** The same state again for an event that changes no offer, or whose `serveToken` is no ad's. */
export const withOffer = (state: CustomerState, { name, payload, at }: Fact, ads: readonly Ad[]): CustomerState => {
  const transition = transitions.get(name);
  if (!transition) return state;
  let { offers } = state;
  for (const ad of ads) {
    if (transition.of === 'ad' && ad.serveToken !== payload.serveToken) continue;
    const before = offerOf(state, ad);
    const after = moved(before, ad, transition, at);
    if (after !== before) offers = { ...offers, [ad.id]: after };
  }
  return offers === state.offers ? state : { ...state, offers };
};
