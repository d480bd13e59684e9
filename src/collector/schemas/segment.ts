/**
 * The shapes of segments and who is in them, as JSON Schema for `/openapi.json`.
 */
import { Type } from '@sinclair/typebox';
import { json, nextPage, time, whom } from './parts.ts';

export const segments = Type.Object({
  segments: Type.Array(Type.Object({ name: Type.String(), rule: json, customers: Type.Integer() })),
});
export const members = Type.Object({
  members: Type.Array(Type.Object({ ...whom, since: time })),
  next: nextPage,
});
export const why = Type.Object({ matches: Type.Boolean(), why: Type.String() });
export const previewRequest = Type.Object({
  rule: json,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
});
export const preview = Type.Object({
  customers: Type.Array(Type.Object({ ...whom, why: Type.String() })),
  checked: Type.Integer({ description: 'Customers who were asked' }),
  more: Type.Boolean({ description: 'The limit was reached before everybody was asked' }),
});
