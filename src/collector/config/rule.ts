/**
 * A rule about customers in the config, in the small language that `engine/segment.ts` asks. Every name in it exists.
 */
import { normalTag } from '../../wire/tags.ts';
import { stateBounds } from '../engine/customer-state.ts';
import type { EventRule, Range, SegmentRule } from '../engine/definitions.ts';
import { languageOf } from '../engine/language.ts';
import { trusts } from '../engine/trust.ts';
import { parseDates, parseDuration } from './duration.ts';
import { parseFilter, parseValueFilter } from './filter.ts';
import { campaignFilter, type FilterOptions, parseValue } from './filter-value.ts';
import { readName, readReference } from './names.ts';
import { fields, type Place } from './place.ts';

/** Rules inside rules, so that no rule is deeper than a stack. */
const DEEPEST = 20;
const NOTHING: SegmentRule = { any: [] };

const verbs = [
  'all',
  'any',
  'not',
  'tag',
  'language',
  'points',
  'property',
  'controlGroup',
  'entryPoint',
  'level',
  'utm',
  'badge',
  'mission',
  'segment',
  'event',
] as const;
type Verb = (typeof verbs)[number];

/** What stands beside a verb, and beside which. */
const besides = {
  is: ['property'],
  where: ['property', 'event'],
  trust: ['event'],
  count: ['event'],
  within: ['event'],
  date: ['event'],
  lastDate: ['event'],
  daysSinceLast: ['event'],
} as const satisfies { [name: string]: readonly Verb[] };
type Beside = keyof typeof besides;
const besideNames = Object.keys(besides) as Beside[];
type RulePlaces = { [name in Verb | Beside]?: Place };

/** Names that a rule may name. */
export interface RuleNames {
  segments: readonly string[];
  missions: readonly string[];
}
type RuleOptions = RuleNames & FilterOptions;

const wrong = (at: Place, reason: string): SegmentRule => {
  at.mistake(reason);
  return NOTHING;
};

const parseRules = (at: Place, options: RuleOptions, depth: number): SegmentRule[] => {
  const rules = at.list().map((one) => parseDeep(one, options, depth + 1));
  if (Array.isArray(at.value) && rules.length === 0) at.mistake('must have at least one rule');
  return rules;
};

const parseRange = (at: Place): Range => {
  const { min, max } = fields(at, ['min', 'max']);
  if (!min && !max && at.isObject()) at.mistake('must have min, max or both');
  const least = min?.number({ from: 0 });
  const most = max?.number({ from: 0 });
  if (least !== undefined && most !== undefined && least > most) at.mistake('has a min above its max');
  return { ...(least === undefined ? {} : { min: least }), ...(most === undefined ? {} : { max: most }) };
};

const parseWholeRange = (at: Place): Range => {
  const range = parseRange(at);
  for (const one of Object.values(range)) if (!Number.isSafeInteger(one)) at.mistake('must be of whole numbers');
  return range;
};

const parseCount = (at: Place): Range => {
  const range = parseWholeRange(at);
  for (const one of Object.values(range))
    if (one > stateBounds.history)
      at.mistake(`counts to ${one}, and only ${stateBounds.history} events of a name are kept`);
  return range;
};

const parseProperty = (property: Place, { is, where }: RulePlaces, at: Place, options: RuleOptions): SegmentRule => {
  const name = property.text();
  if (is && where) where.mistake('stands beside "is"; one of them is enough');
  if (where) return { property: name, where: parseValueFilter(where, options) };
  if (!is) at.inside(undefined, `${at.path}.is`).mistake('is missing');
  return { property: name, is: is ? parseValue(is, options) : null };
};

const parseEvent = (
  event: Place,
  { where, trust, count, within, date, lastDate, daysSinceLast }: RulePlaces,
  options: RuleOptions,
): EventRule => ({
  event: readName(event),
  ...(where ? { where: parseFilter(where, options) } : {}),
  ...(trust ? { trust: trust.oneOf(trusts) ?? 'server' } : {}),
  ...(count ? { count: parseCount(count) } : {}),
  ...(within ? { within: parseDuration(within) } : {}),
  ...(date ? { date: parseDates(date) } : {}),
  ...(lastDate ? { lastDate: parseDates(lastDate) } : {}),
  ...(daysSinceLast ? { daysSinceLast: parseWholeRange(daysSinceLast) } : {}),
});

const parseUtm = (at: Place): SegmentRule => {
  const { source, campaign } = fields(at, ['source', 'campaign']);
  if (!source && !campaign && at.isObject()) return wrong(at, 'must have source, campaign or both');
  return { utm: { ...(source ? { source: source.text() } : {}), ...(campaign ? { campaign: campaign.text() } : {}) } };
};

const parseLanguage = (at: Place): SegmentRule => {
  const language = languageOf(at.text());
  return language === undefined ? wrong(at, 'must be a language such as "en"') : { language };
};

const parseDeep = (at: Place, options: RuleOptions, depth: number): SegmentRule => {
  if (depth > DEEPEST) return wrong(at, `is more than ${DEEPEST} rules deep`);
  const named: RulePlaces = fields(at, [...verbs, ...besideNames]);
  if (!at.isObject()) return NOTHING;
  const [verb, ...others] = verbs.filter((one) => named[one]);
  const inside = verb && named[verb];
  if (!inside || others.length > 0) return wrong(at, `must have exactly one of ${verbs.join(', ')}`);
  for (const name of besideNames)
    if (!besides[name].some((one) => one === verb))
      named[name]?.mistake(`belongs to ${besides[name].map((one) => `"${one}"`).join(' or ')}`);
  switch (verb) {
    case 'all':
      return { all: parseRules(inside, options, depth) };
    case 'any':
      return { any: parseRules(inside, options, depth) };
    case 'not':
      return { not: parseDeep(inside, options, depth + 1) };
    case 'tag':
      return { tag: normalTag(inside.text()) };
    case 'language':
      return parseLanguage(inside);
    case 'points':
      return { points: parseRange(inside) };
    case 'property':
      return parseProperty(inside, named, at, options);
    case 'controlGroup':
      return { controlGroup: inside.flag() };
    case 'entryPoint':
      return { entryPoint: inside.text() };
    case 'level':
      return { level: parseWholeRange(inside) };
    case 'utm':
      return parseUtm(inside);
    case 'badge':
      return { badge: readName(inside) };
    case 'mission':
      return { mission: readReference(inside, options.missions, 'a mission') };
    case 'segment':
      return { segment: readReference(inside, options.segments, 'a segment') };
    case 'event':
      return parseEvent(inside, named, options);
  }
};

/** @param references whether there is an event that began it all: a campaign has one, a segment has none */
export const parseRule = (at: Place, { segments, missions }: RuleNames, { references } = campaignFilter): SegmentRule =>
  parseDeep(at, { segments, missions, references }, 0);
