/**
 * Rules over customers and filters over events, as JSON Schema.
 */
import { Type } from '@sinclair/typebox';
import type { comparisons } from '../engine/comparison.ts';
import { stateBounds } from '../engine/customer-state.ts';
import { joiners } from '../engine/filter.ts';
import { closed, duration, having, name, optional, ref, text, trust } from './schema-parts.ts';

const PATH = '^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z0-9_]+)*$';
const literal = closed(
  { $literal: Type.Unsafe<unknown>({}) },
  { description: 'As it is: { "$literal": "$5" } is text' },
);
const scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]);
const value = Type.Union([scalar, literal], {
  description: 'A value; "$name" is the field "name" of the event that began it all',
});
const ordered = Type.Union([Type.Number(), Type.String()]);
const list = Type.Array(value);
const operands: { [operator in (typeof comparisons)[number]]: object } = {
  $eq: value,
  $ne: value,
  $gt: ordered,
  $gte: ordered,
  $lt: ordered,
  $lte: ordered,
  $in: Type.Union([list, Type.String({ pattern: '^\\$' })]),
  $nin: Type.Union([list, Type.String({ pattern: '^\\$' })]),
  $exists: Type.Boolean(),
  $size: Type.Integer({ minimum: 0 }),
  $all: Type.Array(value, { minItems: 1 }),
};

export const operators = Type.Unsafe<unknown>({
  type: 'object',
  description: 'All of them must hold of the value',
  minProperties: 1,
  additionalProperties: false,
  properties: {
    ...operands,
    $not: ref('operators'),
    $elemMatch: { description: 'Of one entry of a list', anyOf: [ref('operators'), ref('filter')] },
  },
});

export const filter = Type.Unsafe<unknown>({
  type: 'object',
  description: 'Every condition must hold: a path into the event with a value, or with operators',
  additionalProperties: false,
  properties: Object.fromEntries(
    joiners.map((joiner) => [joiner, { type: 'array', minItems: 1, items: ref('filter') }]),
  ),
  patternProperties: { [PATH]: { anyOf: [value, ref('operators')] } },
});

const range = (of: object, description: string) =>
  closed(
    { min: optional(Type.Unsafe<number>(of)), max: optional(Type.Unsafe<number>(of)) },
    { description, anyOf: having('min', 'max') },
  );
const date = text('A day, all of it in UTC, or a time with its zone', {
  pattern: '^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,3})?)?(Z|[+-]\\d\\d:\\d\\d))?$',
  examples: ['2026-03-01', '2026-03-01T12:00:00Z'],
});
const dates = (description: string) =>
  closed({ from: optional(date), to: optional(date) }, { description, anyOf: having('from', 'to') });
const rules = (description: string) => Type.Array(ref('rule'), { minItems: 1, description });

const verbs = {
  all: rules('Every rule must hold'),
  any: rules('One rule must hold'),
  not: ref('rule'),
  tag: text('Has this tag; case does not count'),
  language: text('Speaks this language', { examples: ['en', 'de'] }),
  points: range({ type: 'number', minimum: 0 }, 'The balance of points'),
  property: text('Has this property, with "is" or "where" beside'),
  controlGroup: Type.Boolean({ description: 'Is in the control group, or is not' }),
  entryPoint: text('Came by this entry point'),
  level: range({ type: 'number', minimum: 0 }, 'The id of the level'),
  utm: closed(
    { source: optional(text('utm_source')), campaign: optional(text('utm_campaign')) },
    { description: 'Came by this campaign of another site', anyOf: having('source', 'campaign') },
  ),
  badge: name('Has this badge'),
  mission: name('Completed this mission'),
  segment: name('Is in this segment'),
  event: name('Had this event: the action of a client action, or the type of any other event'),
};

export const rule = closed(
  {
    ...Object.fromEntries(Object.entries(verbs).map(([verb, schema]) => [verb, optional(schema)])),
    is: optional(value),
    where: optional(
      Type.Unsafe<unknown>({
        description: 'Over the event, or operators for the property',
        anyOf: [ref('filter'), ref('operators')],
      }),
    ),
    trust: optional(trust('unverified')),
    count: optional(
      range(
        { type: 'integer', minimum: 0, maximum: stateBounds.history },
        'How many of them; one at least, if nothing is said',
      ),
    ),
    within: optional(duration('Only events of the last so long')),
    date: optional(dates('Only events of these dates')),
    lastDate: optional(dates('When the last of them was')),
    daysSinceLast: optional(range({ type: 'integer', minimum: 0 }, 'Whole days since the last of them')),
  },
  {
    description: 'A question about a customer: one of the names, with what belongs to it',
    oneOf: having(...Object.keys(verbs)),
    dependencies: {
      is: ['property'],
      where: { anyOf: having('property', 'event') },
      property: { oneOf: having('is', 'where') },
      ...Object.fromEntries(
        ['trust', 'count', 'within', 'date', 'lastDate', 'daysSinceLast'].map((beside) => [beside, ['event']]),
      ),
    },
  },
);
