/**
 * Rules about what a customer is: tags, language, points and the like. Nothing of it changes by time alone. Pure.
 */
import type { Json, Payload } from '../../wire/event.ts';
import type { CustomerState } from './customer-state.ts';
import type { EventRule, Range, SegmentRule } from './definitions.ts';
import { compileOperators } from './filter.ts';
import { languageOf } from './language.ts';
import { isWithin, rangeText } from './range.ts';
import type { Ask } from './segment.ts';
import { shown } from './shown.ts';

/** Names under which `update_profile` sets what a link of a campaign brought. */
const utmNames = { source: 'core_utm_source', campaign: 'core_utm_campaign' } as const;

/** Rules that hold other rules, and those about events, are elsewhere. */
export type StateRule = Exclude<
  SegmentRule,
  { all: unknown } | { any: unknown } | { not: unknown } | { segment: unknown } | EventRule
>;

interface Fact {
  matches: boolean;
  why: string;
}
type AskState = (state: CustomerState, context: Payload) => Fact;

const fact = (matches: boolean, ifSo: string, ifNot: string): Fact => ({ matches, why: matches ? ifSo : ifNot });

const inRange = (range: Range, number: number, subject: string): Fact =>
  fact(isWithin(range, number), `${subject} ${rangeText(range)}`, `${subject} not ${rangeText(range)}`);

const propertyIn = ({ properties }: CustomerState, name: string): Json | undefined =>
  Object.hasOwn(properties, name) ? properties[name]!.value : undefined;

const property = (name: string, where: { [operator: string]: Json }): AskState => {
  const asked = compileOperators(where);
  return (state, context) => {
    const value = propertyIn(state, name);
    const said = asked(value, context);
    if (said !== null) return { matches: false, why: `${name}: ${said}` };
    return { matches: true, why: `${name} is ${value === undefined ? 'not known' : shown(value)}` };
  };
};

const utm = ({ source, campaign }: { source?: string; campaign?: string }): AskState => {
  const asked = [
    ...(source === undefined ? [] : [property(utmNames.source, { $eq: { $literal: source } })]),
    ...(campaign === undefined ? [] : [property(utmNames.campaign, { $eq: { $literal: campaign } })]),
  ];
  return (state, context) => {
    const facts = asked.map((one) => one(state, context));
    return facts.find(({ matches }) => !matches) ?? { matches: true, why: facts.map(({ why }) => why).join(', ') };
  };
};

const askState = (rule: StateRule): AskState => {
  if ('tag' in rule)
    return ({ tags }) => fact(tags.includes(rule.tag), `has the tag ${rule.tag}`, `lacks the tag ${rule.tag}`);
  if ('language' in rule)
    return ({ language }) =>
      fact(languageOf(language) === rule.language, `speaks ${rule.language}`, `speaks ${language ?? 'nothing known'}`);
  if ('points' in rule) return ({ points: { balance } }) => inRange(rule.points, balance, `${balance} points are`);
  if ('property' in rule) return property(rule.property, 'where' in rule ? rule.where : { $eq: rule.is });
  if ('controlGroup' in rule)
    return ({ control_group }) => ({
      matches: control_group === rule.controlGroup,
      why: control_group ? 'is in the control group' : 'is not in the control group',
    });
  if ('entryPoint' in rule)
    return ({ entry_point }) => ({
      matches: entry_point === rule.entryPoint,
      why: entry_point === null ? 'came by no entry point' : `came by ${entry_point}`,
    });
  if ('level' in rule)
    return ({ level }) =>
      level ? inRange(rule.level, level.id, `level ${level.id} is`) : { matches: false, why: 'has no level' };
  if ('utm' in rule) return utm(rule.utm);
  if ('badge' in rule)
    return ({ badges }) =>
      fact(Object.hasOwn(badges, rule.badge), `has the badge ${rule.badge}`, `lacks the badge ${rule.badge}`);
  return ({ missions }) => {
    const progress = Object.hasOwn(missions, rule.mission) ? missions[rule.mission] : undefined;
    const completed = progress !== undefined && progress.completed_at !== null;
    return fact(completed, `completed ${rule.mission}`, `did not complete ${rule.mission}`);
  };
};

export const compileStateRule = (rule: StateRule): Ask => {
  const ask = askState(rule);
  return ({ state, context }) => ({ ...ask(state, context), until: null });
};
