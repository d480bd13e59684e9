/**
 * What may stand in a filter in the place of a value: the value itself, `"$name"` for a field of the event that began it
 * all, or `{ "$literal": … }` for what only looks like one. Pure.
 */
import type { Json, Payload } from '../../wire/event.ts';

const isObject = (value: Json | undefined): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isReference = (value: Json): value is string => typeof value === 'string' && value.startsWith('$');

export const isLiteral = (value: Json): value is { $literal: Json } =>
  isObject(value) && Object.hasOwn(value, '$literal');

/** A value that is no reference, as it is meant. */
export const plain = (value: Json): Json => (isLiteral(value) ? value.$literal : value);

/** Every reference in a filter, or in a part of one. */
export const referencesIn = (value: Json): string[] => {
  if (isReference(value)) return [value];
  if (typeof value !== 'object' || value === null || isLiteral(value)) return [];
  return Object.values(value).flatMap(referencesIn);
};

/** Reads the field that a reference names; `undefined` where the event has none. Own properties only. */
export const fieldOf = (reference: string): ((context: Payload) => Json | undefined) => {
  const names = reference.slice(1).split('.');
  return (context) => {
    let value: Json | undefined = context;
    for (const name of names) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
      value = (value as Payload)[name];
    }
    return value;
  };
};

/** What an event lacks of the fields that are named: nothing is true of a field that is not there, nor its opposite. */
export const lacking = (asked: Json): ((context: Payload) => string | null) => {
  const fields = referencesIn(asked).map((name) => ({ name, read: fieldOf(name) }));
  return (context) => {
    const lack = fields.find(({ read }) => read(context) === undefined);
    return lack === undefined ? null : `${lack.name} is not in the event`;
  };
};
