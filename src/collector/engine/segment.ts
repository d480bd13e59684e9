/**
 * Segments: a question about a customer's state, as a small tree of rules, and its answer with the reason. Pure.
 */
import type { Json } from '../../wire/event.ts';
import type { CustomerState } from './customer-state.ts';
import type { SegmentRule } from './definitions.ts';
import { languageOf } from './language.ts';

export const segmentVerbs = [
  'all',
  'any',
  'not',
  'tag',
  'language',
  'points',
  'property',
  'controlGroup',
  'entryPoint',
] as const;

export interface SegmentAnswer {
  matches: boolean;
  /** For the operator: the fact that decided. */
  why: string;
}

const answer = (matches: boolean, ifSo: string, ifNot: string): SegmentAnswer => ({
  matches,
  why: matches ? ifSo : ifNot,
});

const all = (rules: readonly SegmentRule[], state: CustomerState): SegmentAnswer => {
  const answers = rules.map((rule) => askSegment(rule, state));
  return answers.find(({ matches }) => !matches) ?? { matches: true, why: answers.map(({ why }) => why).join(', ') };
};

const any = (rules: readonly SegmentRule[], state: CustomerState): SegmentAnswer => {
  const answers = rules.map((rule) => askSegment(rule, state));
  return answers.find(({ matches }) => matches) ?? { matches: false, why: answers.map(({ why }) => why).join(', ') };
};

const points = (
  { min = 0, max = Infinity }: { min?: number; max?: number },
  { points }: CustomerState,
): SegmentAnswer => {
  const { balance } = points;
  const range = max === Infinity ? `${min} or more` : `${min} to ${max}`;
  return answer(
    balance >= min && balance <= max,
    `${balance} points are ${range}`,
    `${balance} points are not ${range}`,
  );
};

const property = (name: string, is: Json, { properties }: CustomerState): SegmentAnswer => {
  const value = Object.hasOwn(properties, name) ? properties[name]!.value : null;
  return answer(value === is, `${name} is ${JSON.stringify(is)}`, `${name} is ${JSON.stringify(value)}`);
};

export const askSegment = (rule: SegmentRule, state: CustomerState): SegmentAnswer => {
  if ('all' in rule) return all(rule.all, state);
  if ('any' in rule) return any(rule.any, state);
  if ('not' in rule) {
    const { matches, why } = askSegment(rule.not, state);
    return { matches: !matches, why };
  }
  if ('tag' in rule)
    return answer(state.tags.includes(rule.tag), `has the tag ${rule.tag}`, `lacks the tag ${rule.tag}`);
  if ('language' in rule)
    return answer(languageOf(state.language) === rule.language, `speaks ${rule.language}`, `speaks ${state.language}`);
  if ('points' in rule) return points(rule.points, state);
  if ('property' in rule) return property(rule.property, rule.is, state);
  if ('controlGroup' in rule)
    return answer(
      state.control_group === rule.controlGroup,
      rule.controlGroup ? 'is in the control group' : 'is not in the control group',
      rule.controlGroup ? 'is not in the control group' : 'is in the control group',
    );
  return answer(
    state.entry_point === rule.entryPoint,
    `came by ${rule.entryPoint}`,
    state.entry_point === null ? 'came by no entry point' : `came by ${state.entry_point}`,
  );
};

/** The names of the segments that the customer is in. */
export const segmentsOf = (segments: { [name: string]: SegmentRule }, state: CustomerState): string[] =>
  Object.entries(segments)
    .filter(([, rule]) => askSegment(rule, state).matches)
    .map(([name]) => name);
