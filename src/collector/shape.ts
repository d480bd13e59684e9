/**
 * A payload's shape: its fields with their types, as one text that is equal for equal shapes. The log counts events
 * by shape, and the registry is folded from those counts, so that no event touches more than one counter.
 */
import type { Json, Payload } from '../wire/event.ts';

/** The published event that carries a login's entry point, and the field that names it. */
export const entryPointEvent = 'core_set_last_login_entry';
const entryPointField = 'core_last_login_entry';
const actionEvent = 'client_action';

/** The form of a field that campaigns and templates can name. */
export const fieldCode = /^[A-Za-z_][A-Za-z0-9_]*$/;

export type FieldType = 'array' | 'boolean' | 'null' | 'number' | 'object' | 'string';
export type ShapeField = [name: string, type: FieldType];

const typeOf = (value: Json): FieldType => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as FieldType;
};

/** The action or entry point that an event's payload names; empty if it names none. */
export const nameIn = (eventType: string, payload: Payload): string => {
  const name =
    eventType === actionEvent ? payload.client_action : eventType === entryPointEvent ? payload[entryPointField] : '';
  return typeof name === 'string' ? name : '';
};

const PLAIN = /^[A-Za-z0-9_ .:-]*$/;

export const shapeOf = (eventType: string, payload: Payload): string => {
  const naming = eventType === actionEvent ? 'client_action' : '';
  let shape = '';
  for (const name of Object.keys(payload).sort()) {
    if (name === naming) continue;
    const quoted = PLAIN.test(name) ? `"${name}"` : JSON.stringify(name);
    shape += `${shape === '' ? '' : ','}[${quoted},"${typeOf(payload[name] ?? null)}"]`;
  }
  return `[${shape}]`;
};

export const fieldsOf = (shape: string): ShapeField[] => JSON.parse(shape) as ShapeField[];
