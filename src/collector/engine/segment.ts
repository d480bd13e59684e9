/**
 * Segments: a question about a customer, as a small tree of rules, and its answer with the reason. Pure. Also answers until
 * when it stands if nothing happens, so that nobody has to ask again before.
 */
import type { Json, Payload } from '../../wire/event.ts';
import type { CustomerState } from './customer-state.ts';
import type { Definitions, SegmentRule } from './definitions.ts';
import { compileEventRule } from './event-rule.ts';
import { type Mentions, mentionsOf } from './mentions.ts';
import { lacking } from './reference.ts';
import { compileStateRule } from './state-rule.ts';

export type { Aspect, Mentions } from './mentions.ts';

export interface Situation {
  state: CustomerState;
  now: number;
  /** Of the event that began it all, `{}` where there is none: what `$name` in a rule stands for. */
  context: Payload;
}

export interface SegmentAnswer {
  matches: boolean;
  /** For the operator: the fact that decided. */
  why: string;
  /** The earliest moment at which the answer can be another although nothing happens; `null`: never. */
  until: number | null;
}

export type Ask = (situation: Situation) => SegmentAnswer;

export interface CompiledRule {
  ask: Ask;
  mentions: Mentions;
}

const whys = (answers: readonly SegmentAnswer[]): string => answers.map(({ why }) => why).join(', ');
const untils = (answers: readonly SegmentAnswer[]): number[] => answers.flatMap(({ until }) => until ?? []);

/**
 * The answer of several: `verdict` if one of them says so. Then it stands until the last of those that say so may change;
 * else until the first of all may.
 */
const ifOne =
  (verdict: boolean, asks: readonly Ask[]): Ask =>
  (situation) => {
    const others: SegmentAnswer[] = [];
    const saying: SegmentAnswer[] = [];
    for (const ask of asks) {
      const answer = ask(situation);
      // It stands for ever: the rest has no say.
      if (answer.matches === verdict && answer.until === null) return { ...(saying[0] ?? answer), until: null };
      (answer.matches === verdict ? saying : others).push(answer);
    }
    const [first] = saying;
    if (first) return { ...first, until: Math.max(...untils(saying)) };
    const soon = untils(others);
    return { matches: !verdict, why: whys(others), until: soon.length === 0 ? null : Math.min(...soon) };
  };

/** The filters and values of a rule: where an event that began it all is named. */
const askedIn = (rule: SegmentRule): Json[] => {
  if ('all' in rule) return rule.all.flatMap(askedIn);
  if ('any' in rule) return rule.any.flatMap(askedIn);
  if ('not' in rule) return askedIn(rule.not);
  if ('is' in rule) return [rule.is];
  return 'where' in rule && rule.where ? [rule.where] : [];
};

export const compileRule = (rule: SegmentRule, segments: Definitions['segments']): CompiledRule => {
  const named = new Map<string, Ask>();
  const segment = (name: string): Ask => {
    const known = named.get(name) ?? compile(segments[name]!);
    named.set(name, known);
    return (situation) => {
      const { matches, why, until } = known(situation);
      return { matches, why: `${matches ? 'is' : 'is not'} in ${name}: ${why}`, until };
    };
  };
  const compile = (rule: SegmentRule): Ask => {
    if ('all' in rule) return ifOne(false, rule.all.map(compile));
    if ('any' in rule) return ifOne(true, rule.any.map(compile));
    if ('not' in rule) {
      const ask = compile(rule.not);
      const lacks = lacking(askedIn(rule.not));
      return (situation) => {
        const lack = lacks(situation.context);
        if (lack !== null) return { matches: false, why: lack, until: null };
        const answer = ask(situation);
        return { ...answer, matches: !answer.matches };
      };
    }
    if ('segment' in rule) return segment(rule.segment);
    return 'event' in rule ? compileEventRule(rule) : compileStateRule(rule);
  };
  return { ask: compile(rule), mentions: mentionsOf(rule, segments) };
};
