/**
 * The condition of a campaign or of a branch in its steps: a filter over the event and a rule over the customer, compiled
 * once. Pure.
 */
import type { CustomerState } from './customer-state.ts';
import type { Condition, Definitions } from './definitions.ts';
import { compileFilter, type Said } from './filter.ts';
import { compileRule, type Mentions } from './segment.ts';
import type { Fact } from './user-state.ts';

export interface CompiledCondition {
  /** @param fact `null`: nothing but time */
  ask(state: CustomerState, fact: Fact | null, now: number): Said;
  /** What its rule is over; `undefined` without one. */
  mentions: Mentions | undefined;
}

export const compileCondition = (
  { where, customer }: Condition,
  segments: Definitions['segments'],
): CompiledCondition => {
  const filter = where ? compileFilter(where) : undefined;
  const rule = customer ? compileRule(customer, segments) : undefined;
  return {
    ask(state, fact, now) {
      const context = fact?.payload ?? {};
      const said = filter?.(context, context) ?? null;
      if (said !== null || !rule) return said;
      const { matches, why } = rule.ask({ state, now, context });
      return matches ? null : `customer: ${why}`;
    },
    mentions: rule?.mentions,
  };
};
