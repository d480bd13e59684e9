/**
 * The pieces that schemas of more than one topic are made of.
 */
import { type TSchema, Type } from '@sinclair/typebox';
import type { Json } from '../../wire/event.ts';

export const literals = <Text extends string>(...texts: Text[]) => Type.Unsafe<Text>({ type: 'string', enum: texts });
export const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const trusts = ['server', 'verified', 'unverified'] as const;
export const id = Type.String({ pattern: '^[A-Za-z0-9._:-]{8,64}$' });
export const time = Type.Integer({ description: 'Milliseconds since the epoch', minimum: 0 });
/** Any value of a JSON document. */
export const json = Type.Unsafe<Json>({});
/** Of a list whose pages go by a text. */
export const nextPage = orNull(Type.String({ description: 'Where the following page begins' }));

/** Who a row is about: one of the two. */
export const whom = {
  user_ext_id: orNull(Type.String()),
  device_id: orNull(Type.String({ description: 'Of a visitor' })),
};
