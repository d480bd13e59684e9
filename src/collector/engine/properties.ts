/**
 * What is known of a customer by name (`update_profile`), whatever the name, each with the trust of whoever said it. Pure.
 * What a page says never replaces what an operator's server said, nor takes its place.
 */
import type { Json, Payload, Trust } from '../../wire/event.ts';
import { limits } from '../../wire/limits.ts';
import { type CustomerState, type Property, stateBounds } from './customer-state.ts';
import { languageOf } from './language.ts';
import { isAtLeast, trustRank } from './trust.ts';

/** Characters of JSON: a profile is facts, not documents. A state is read and written whole, and so is all of it. */
const LONGEST = { value: 2_000, profile: 64_000 };
const languageNames = ['core_user_language', 'language'];

const mayWrite = (properties: CustomerState['properties'], name: string, trust: Trust): boolean =>
  !Object.hasOwn(properties, name) || isAtLeast(trust, properties[name]!.trust);

const isFact = (name: string, value: Json): boolean =>
  name.length <= limits.nameLength && JSON.stringify(value).length <= LONGEST.value;

/** Beyond the bounds what is trusted least goes first, and of that what was written longest ago. */
const withinBounds = (properties: Map<string, Property>): CustomerState['properties'] => {
  const leastFirst = [...properties].sort(([, one], [, other]) => trustRank[one.trust] - trustRank[other.trust]);
  let room = LONGEST.profile;
  const hasRoom = (property: [string, Property]): boolean => {
    room -= JSON.stringify(property).length;
    return room >= 0;
  };
  const kept = leastFirst.slice(-stateBounds.properties).reverse().filter(hasRoom);
  return Object.fromEntries(kept.reverse());
};

export const withProperties = (
  state: CustomerState,
  { payload, trust }: { payload: Payload; trust: Trust },
): CustomerState => {
  const written = Object.entries(payload).filter(
    ([name, value]) => mayWrite(state.properties, name, trust) && isFact(name, value),
  );
  if (written.length === 0) return state;
  const properties = new Map<string, Property>(Object.entries(state.properties));
  for (const [name, value] of written) {
    // What is written again goes to the end (a whole number for a name does not: objects begin with those).
    properties.delete(name);
    properties.set(name, { value, trust });
  }
  const [language] = written
    .filter(([name]) => languageNames.includes(name))
    .flatMap(([, value]) => languageOf(value) ?? []);
  return { ...state, properties: withinBounds(properties), language: language ?? state.language };
};

/** With what somebody else's profile has and this one lacks. */
export const withLackingProperties = (state: CustomerState, { properties }: CustomerState): CustomerState => {
  const lacking = Object.entries(properties).filter(([name]) => !Object.hasOwn(state.properties, name));
  if (lacking.length === 0) return state;
  return { ...state, properties: withinBounds(new Map([...lacking, ...Object.entries(state.properties)])) };
};
