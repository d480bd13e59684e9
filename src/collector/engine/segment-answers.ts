/**
 * The segments of a label asked of one customer, each with its reason. Rules are compiled once for as long as their
 * definitions are in force.
 */
import type { CustomerState } from './customer-state.ts';
import type { Definitions } from './definitions.ts';
import { type CompiledRule, compileRule } from './segment.ts';

type Segments = Definitions['segments'];

export interface Membership {
  segment: string;
  /** `null` until the customer's state was held against these definitions. */
  since: number | null;
  why: string;
}

const compiled = new WeakMap<Segments, Map<string, CompiledRule>>();

/** By name, in the order of the definitions. */
export const compiledSegments = (segments: Segments): ReadonlyMap<string, CompiledRule> => {
  const known =
    compiled.get(segments) ??
    new Map(Object.entries(segments).map(([name, rule]) => [name, compileRule(rule, segments)]));
  compiled.set(segments, known);
  return known;
};

/** The segments that a customer is in now. */
export const membershipsOf = (segments: Segments, state: CustomerState, now: number): Membership[] =>
  [...compiledSegments(segments)].flatMap(([segment, rule]) => {
    const { matches, why } = rule.ask({ state, now, context: {} });
    return matches ? [{ segment, since: state.segments[segment] ?? null, why }] : [];
  });
