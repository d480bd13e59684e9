/**
 * The segments of a label: names with a rule each, in the small language of `engine/segment.ts`.
 */
import { normalTag } from '../wire/tags.ts';
import { fields, type Place } from './config-place.ts';
import type { SegmentRule } from './engine/definitions.ts';
import { languageOf } from './engine/language.ts';
import { segmentVerbs } from './engine/segment.ts';

/** Rules inside rules, so that no rule is deeper than a stack. */
const DEEPEST = 20;
const NOTHING: SegmentRule = { any: [] };

const wrong = (at: Place, reason: string): SegmentRule => {
  at.mistake(reason);
  return NOTHING;
};

const parseRules = (at: Place, depth: number): SegmentRule[] => {
  const rules = at.list().map((one) => parseRule(one, depth + 1));
  if (Array.isArray(at.value) && rules.length === 0) at.mistake('must have at least one rule');
  return rules;
};

const parsePoints = (at: Place): SegmentRule => {
  const { min, max } = fields(at, ['min', 'max']);
  if (!min && !max && at.isObject()) return wrong(at, 'must have min, max or both');
  const least = min?.number({ from: 0 });
  const most = max?.number({ from: 0 });
  if (least !== undefined && most !== undefined && least > most) at.mistake('has a min above its max');
  return { points: { ...(least === undefined ? {} : { min: least }), ...(most === undefined ? {} : { max: most }) } };
};

const parseValue = (at: Place): string | number | boolean | null => {
  const { value } = at;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  at.mistake('must be a text, a number, true, false or null');
  return null;
};

const parseProperty = (at: Place): SegmentRule => {
  const { property, is } = fields(at, ['property', 'is'], ['property', 'is']);
  return { property: property?.text() ?? '', is: is && is.value !== undefined ? parseValue(is) : null };
};

const parseLanguage = (at: Place): SegmentRule => {
  const language = languageOf(at.text());
  return language === undefined ? wrong(at, 'must be a language such as "en"') : { language };
};

const parseRule = (at: Place, depth: number): SegmentRule => {
  if (depth > DEEPEST) return wrong(at, `is more than ${DEEPEST} rules deep`);
  const { is, ...named } = fields(at, [...segmentVerbs, 'is']);
  if (!at.isObject()) return NOTHING;
  const [verb, ...others] = segmentVerbs.filter((one) => named[one]);
  const inside = verb && named[verb];
  if (!inside || others.length > 0) return wrong(at, `must have exactly one of ${segmentVerbs.join(', ')}`);
  if (verb !== 'property') is?.mistake('belongs to "property"');
  switch (verb) {
    case 'all':
      return { all: parseRules(inside, depth) };
    case 'any':
      return { any: parseRules(inside, depth) };
    case 'not':
      return { not: parseRule(inside, depth + 1) };
    case 'tag':
      return { tag: normalTag(inside.text()) };
    case 'language':
      return parseLanguage(inside);
    case 'points':
      return parsePoints(inside);
    case 'property':
      return parseProperty(at);
    case 'controlGroup':
      return { controlGroup: inside.flag() };
    case 'entryPoint':
      return { entryPoint: inside.text() };
  }
};

export const parseSegments = (at: Place): { [name: string]: SegmentRule } =>
  Object.fromEntries(at.entries().map(([name, rule]) => [name, parseRule(rule, 0)]));
