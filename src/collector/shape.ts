/**
 * A payload's shape: its fields with their types, as one text that is equal for equal shapes. The log counts events
 * by shape, and the registry is folded from those counts, so that no event touches more than one counter.
 */
import type { Json, Payload } from '../wire/event.ts';

/** The published event that carries a login's entry point, and the field that names it. */
export const entryPointEvent = 'core_set_last_login_entry';
const entryPointField = 'core_last_login_entry';
export const actionEvent = 'client_action';

/** The form of a field that campaigns and templates can name. */
export const fieldCode = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const fieldTypes = ['array', 'boolean', 'null', 'number', 'object', 'string'] as const;
export type FieldType = (typeof fieldTypes)[number];
export type ShapeField = [name: string, type: FieldType];

export const typeOf = (value: Json): FieldType => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as FieldType;
};

/** The field by which an event of this type names its action or entry point. */
export const namingField = (eventType: string): string | undefined =>
  eventType === actionEvent ? 'client_action' : eventType === entryPointEvent ? entryPointField : undefined;

/** The action or entry point that an event's payload names; empty if it names none. */
export const nameIn = (eventType: string, payload: Payload): string => {
  const name =
    eventType === actionEvent ? payload.client_action : eventType === entryPointEvent ? payload[entryPointField] : '';
  return typeof name === 'string' ? name : '';
};

const PLAIN = /^[A-Za-z0-9_ .:-]*$/;

const shapeText = (names: readonly string[], types: readonly FieldType[]): string => {
  const fields = names.map((name, at) => [PLAIN.test(name) ? `"${name}"` : JSON.stringify(name), types[at]!] as const);
  const sorted = fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `[${sorted.map(([name, type]) => `[${name},"${type}"]`).join()}]`;
};

/**
 * The last shape of each action and type. Most events repeat it, and the same text for all of them costs neither the
 * making nor the memory of thousands of copies while they wait for their commit.
 */
const lastShapes = new Map<string, { names: string[]; types: FieldType[]; shape: string }>();
const MOST_REMEMBERED = 1_000;

export const shapeOf = (eventType: string, payload: Payload): string => {
  const naming = eventType === actionEvent ? 'client_action' : '';
  const names = Object.keys(payload);
  if (naming !== '') names.splice(names.indexOf(naming), 1);
  const key = nameIn(eventType, payload) || eventType;
  const last = lastShapes.get(key);
  if (
    last?.names.length === names.length &&
    names.every((name, at) => name === last.names[at] && typeOf(payload[name]!) === last.types[at])
  )
    return last.shape;
  const types = names.map((name) => typeOf(payload[name]!));
  const shape = shapeText(names, types);
  if (lastShapes.size >= MOST_REMEMBERED) lastShapes.clear();
  lastShapes.set(key, { names, types, shape });
  return shape;
};

export const fieldsOf = (shape: string): ShapeField[] => JSON.parse(shape) as ShapeField[];
