/**
 * What is known of a customer by name (`update_profile`): any names, each with the trust of whoever said it. Pure. What a
 * page says never replaces what an operator's server said.
 */
import type { Json, Payload, Trust } from '../../wire/event.ts';
import { type CustomerState, type Property, stateBounds } from './customer-state.ts';
import { languageOf } from './language.ts';

const rank: { [trust in Trust]: number } = { unverified: 0, verified: 1, server: 2 };
/** Characters of JSON: a profile is facts, not documents. */
const LONGEST_VALUE = 2_000;
const languageNames = ['core_user_language', 'language'];

const mayWrite = (properties: CustomerState['properties'], name: string, trust: Trust): boolean =>
  !Object.hasOwn(properties, name) || rank[trust] >= rank[properties[name]!.trust];

const isFact = (value: Json): boolean => JSON.stringify(value).length <= LONGEST_VALUE;

export const withProperties = (
  state: CustomerState,
  { payload, trust }: { payload: Payload; trust: Trust },
): CustomerState => {
  const written = Object.entries(payload).filter(
    ([name, value]) => mayWrite(state.properties, name, trust) && isFact(value),
  );
  if (written.length === 0) return state;
  // What is written again goes to the end: beyond the bound the properties written longest ago go first.
  const properties = new Map<string, Property>(Object.entries(state.properties));
  for (const [name, value] of written) {
    properties.delete(name);
    properties.set(name, { value, trust });
  }
  const kept = [...properties].slice(-stateBounds.properties);
  const [language] = written
    .filter(([name]) => languageNames.includes(name))
    .flatMap(([, value]) => languageOf(value) ?? []);
  return { ...state, properties: Object.fromEntries(kept), language: language ?? state.language };
};
