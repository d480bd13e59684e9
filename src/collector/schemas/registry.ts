/**
 * The shapes of the registry, as JSON Schema for `/openapi.json`. They describe; `registry-request.ts` is what checks.
 */
import { Type } from '@sinclair/typebox';
import { limits } from '../../wire/limits.ts';
import { fieldTypes } from '../shape.ts';
import { registryKinds } from '../store/event-log.ts';
import { literals, orNull, time } from './parts.ts';

const fieldRule = Type.Union(
  [Type.Object({ type: literals(...fieldTypes) }), Type.Object({ drop: Type.Literal(true) })],
  {
    description: 'A field of another type refuses its event (bad_field_type); one that is dropped is never stored',
  },
);

export const registryEntry = Type.Object({
  name: Type.String(),
  count: Type.Integer(),
  first_seen: orNull(time),
  last_seen: orNull(time),
  registered: Type.Boolean(),
  warning: Type.Optional(Type.String()),
  fields: Type.Array(
    Type.Object({
      name: Type.String(),
      types: Type.Array(literals(...fieldTypes)),
      count: Type.Integer(),
      referable: Type.Boolean(),
      reason: Type.Optional(Type.String()),
      rule: Type.Optional(fieldRule),
    }),
  ),
});
export const registry = Type.Object({
  actions: Type.Array(registryEntry),
  event_types: Type.Array(registryEntry),
  entry_points: Type.Array(registryEntry),
  untallied: Type.Integer(),
});
export const registration = Type.Object({
  kind: literals(...registryKinds),
  name: Type.String({ minLength: 1, maxLength: limits.nameLength }),
  fields: Type.Optional(
    Type.Record(Type.String(), fieldRule, { description: 'Replaces the rules that there are; without it they stay' }),
  ),
});
