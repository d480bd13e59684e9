/**
 * What a rule looks at, segments inside it included: what cannot have changed need not be asked again. Pure.
 */
import type { Definitions, SegmentRule } from './definitions.ts';
import { fieldsIn } from './filter.ts';
import type { StateRule } from './state-rule.ts';

export type Aspect =
  | 'tags'
  | 'language'
  | 'points'
  | 'properties'
  | 'control_group'
  | 'entry_point'
  | 'level'
  | 'badges'
  | 'missions';

export interface Mentions {
  /** Names of events, with the fields of theirs that filters name. */
  events: ReadonlyMap<string, ReadonlySet<string>>;
  aspects: ReadonlySet<Aspect>;
  segments: ReadonlySet<string>;
}

type Verb<Rule> = Rule extends unknown ? keyof Rule : never;
const aspects: { [verb in Exclude<Verb<StateRule>, 'is' | 'where'>]: Aspect } = {
  tag: 'tags',
  language: 'language',
  points: 'points',
  property: 'properties',
  controlGroup: 'control_group',
  entryPoint: 'entry_point',
  level: 'level',
  utm: 'properties',
  badge: 'badges',
  mission: 'missions',
};

export const mentionsOf = (rule: SegmentRule, segments: Definitions['segments']): Mentions => {
  const found = { events: new Map<string, Set<string>>(), aspects: new Set<Aspect>(), segments: new Set<string>() };
  const look = (rule: SegmentRule): void => {
    if ('all' in rule) rule.all.forEach(look);
    else if ('any' in rule) rule.any.forEach(look);
    else if ('not' in rule) look(rule.not);
    else if ('segment' in rule) {
      if (found.segments.has(rule.segment)) return;
      found.segments.add(rule.segment);
      look(segments[rule.segment]!);
    } else if ('event' in rule)
      found.events.set(rule.event, new Set([...(found.events.get(rule.event) ?? []), ...fieldsIn(rule.where ?? {})]));
    else
      for (const verb of Object.keys(rule))
        if (Object.hasOwn(aspects, verb)) found.aspects.add(aspects[verb as keyof typeof aspects]);
  };
  look(rule);
  return found;
};
