/**
 * The pieces that the schema of the config is made of: closed objects, and references by which a rule is inside a rule.
 */
import { type ObjectOptions, type TProperties, type TSchema, Type } from '@sinclair/typebox';
import { limits } from '../../wire/limits.ts';

/** Names that nobody asked for are mistakes. */
export const closed = <Properties extends TProperties>(properties: Properties, options: ObjectOptions = {}) =>
  Type.Object(properties, { additionalProperties: false, ...options });

/** For `oneOf` and `anyOf`: each by itself is enough. */
export const having = (...names: string[]) => names.map((one) => ({ required: [one] }));

export const ref = (name: 'rule' | 'filter' | 'operators' | 'steps' | 'step') =>
  Type.Unsafe<unknown>({ $ref: `#/definitions/${name}` });

export const optional = (schema: TSchema) => Type.Optional(schema);
export const text = (description: string, more: object = {}) => Type.String({ description, minLength: 1, ...more });
export const texts = (description: string, more: object = {}) =>
  Type.Array(Type.String({ minLength: 1 }), { description, ...more });
export const name = (description: string) => text(description, { maxLength: limits.nameLength, pattern: '\\S' });
export const flag = (description: string, normal: boolean) => Type.Boolean({ description, default: normal });
export const whole = (description: string, minimum: number, maximum: number, more: object = {}) =>
  Type.Integer({ description, minimum, maximum, ...more });
export const choice = (description: string, choices: readonly string[], normal: string) =>
  Type.Unsafe<string>({ type: 'string', description, enum: [...choices], default: normal });
export const orNothing = (schema: TSchema, description: string) =>
  Type.Union([schema, Type.Null()], { description, default: null });
export const duration = (description: string) =>
  text(description, { pattern: '^\\d{1,9}[smhd]$', examples: ['30s', '15m', '12h', '7d'] });
/** Of any JSON. */
export const payload = (description: string) => Type.Object({}, { additionalProperties: true, description });

/** Definitions by the names that they go by. */
export const named = (inside: TSchema, description: string, most: number) =>
  Type.Unsafe<unknown>({
    type: 'object',
    description,
    maxProperties: most,
    propertyNames: { pattern: '\\S', maxLength: limits.nameLength },
    additionalProperties: inside,
  });

export const trust = (normal: string) =>
  choice(
    'Whose word counts, at least: server, verified (by a hash), or anybody’s',
    ['server', 'verified', 'unverified'],
    normal,
  );
export const cap = closed(
  {
    times: whole('At most so often', 1, 100),
    within: optional(duration('Counted over the last so long; ever, if nothing is said')),
  },
  { description: 'At most how often for one customer' },
);
