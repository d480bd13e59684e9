/**
 * The ads of a label as one customer may see them now. Pure. A parked ad is left out unless it is asked for.
 */
import type { Payload } from '../../wire/event.ts';
import type { CustomerState, Offer } from '../engine/customer-state.ts';
import type { Ad } from '../engine/definitions.ts';
import { offerOf } from '../engine/offers.ts';
import { Refusal } from '../refusal.ts';

export interface AdQuery {
  activationStates: readonly Offer['activation'][];
  visibilityStates: readonly Offer['visibility'][];
  /** Most that are answered. */
  limit: number;
}

const activations = ['NEW', 'SERVED', 'ACTIVATED'] as const satisfies Offer['activation'][];
const visibilities = ['VISIBLE', 'PARKED'] as const satisfies Offer['visibility'][];

const statesIn = <State extends string>(given: unknown, name: string, all: readonly State[]): State[] | undefined => {
  if (given === undefined || given === null) return undefined;
  const known = Array.isArray(given) ? all.filter((state) => given.includes(state)) : [];
  if (Array.isArray(given) && given.length > 0 && given.every((state) => all.some((one) => one === state)))
    return known;
  throw new Refusal('bad_request', `${name}: must be a list of ${all.join(', ')}`);
};

/** The body of a question; other published names are taken and change nothing. Refuses what is of another form. */
export const adQueryIn = (body: unknown): AdQuery => {
  if (body !== undefined && (typeof body !== 'object' || body === null || Array.isArray(body)))
    throw new Refusal('bad_request', 'body: must be an object');
  const { activationStates, visibilityStates, maxAdLimit } = Object(body) as { [name: string]: unknown };
  if (
    maxAdLimit !== undefined &&
    maxAdLimit !== null &&
    !(Number.isSafeInteger(maxAdLimit) && (maxAdLimit as number) > 0)
  )
    throw new Refusal('bad_request', 'maxAdLimit: must be a whole number from 1');
  return {
    activationStates: statesIn(activationStates, 'activationStates', activations) ?? activations,
    visibilityStates: statesIn(visibilityStates, 'visibilityStates', visibilities) ?? ['VISIBLE'],
    limit: (maxAdLimit as number | null | undefined) ?? Number.POSITIVE_INFINITY,
  };
};

/** By the ad's id, in the order of the config. */
export const adsFor = (ads: readonly Ad[], state: CustomerState, query: AdQuery): { [id: string]: Payload } => {
  const asked = ads.flatMap((ad) => {
    const { activation, visibility } = offerOf(state, ad);
    if (!query.activationStates.includes(activation) || !query.visibilityStates.includes(visibility)) return [];
    const shown: Payload = {
      ...ad.content,
      adId: ad.id,
      adServeToken: ad.serveToken,
      activationState: activation,
      visibilityState: visibility,
      ...(ad.autoActivated ? { activationModel: 'AUTO_ACTIVATED' } : {}),
    };
    return [[ad.id, shown] as const];
  });
  return Object.fromEntries(asked.slice(0, query.limit));
};
