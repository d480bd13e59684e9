/**
 * What an operator registers by hand: a name, and rules for its fields. Unknown in; the request out, or every mistake
 * with its path.
 */
import { limits } from '../../wire/limits.ts';
import { fields, type Mistake, type Place, place } from '../config/place.ts';
import { refuseMistakes } from '../refusal.ts';
import { actionEvent, fieldTypes, namingField } from '../shape.ts';
import { type FieldRule, type Registered, type RegistryKind, registryKinds } from '../store/event-log.ts';

export interface Registration {
  kind: RegistryKind;
  name: string;
  /** `undefined`: the rules that there are stay. */
  fields: Registered['fields'] | undefined;
}

const readRule = (at: Place): FieldRule | undefined => {
  const { type, drop } = fields(at, ['type', 'drop']);
  if (type && drop) return void at.mistake('has a type or is dropped, and not both');
  if (drop) return drop.value === true ? { drop: true } : void drop.mistake('must be true, or not stand here');
  if (!type) return void (at.isObject() && at.mistake('must have a type, or drop'));
  const known = type.oneOf(fieldTypes);
  return known && { type: known };
};

const readRules = (at: Place, kind: RegistryKind | undefined, name: string): Registered['fields'] => {
  if (kind === 'entry_point') at.mistake('belong to actions and event types, and an entry point is neither');
  const naming = namingField(kind === 'action' ? actionEvent : name);
  const given = at.entries();
  if (given.length > limits.payloadKeys) at.mistake(`has more than ${limits.payloadKeys} fields`);
  const rules: [string, FieldRule][] = [];
  for (const [field, inside] of given.slice(0, limits.payloadKeys)) {
    if (field === '' || field.length > limits.nameLength)
      inside.mistake(`is not a field's name of 1 to ${limits.nameLength} characters`);
    if (field === naming) inside.mistake('names what happened: it is a text, and never dropped');
    const rule = readRule(inside);
    if (rule) rules.push([field, rule]);
  }
  return Object.fromEntries(rules);
};

/** Throws `bad_request`. */
export const readRegistration = (body: unknown): Registration => {
  const mistakes: Mistake[] = [];
  const known = fields(place(body, '', mistakes), ['kind', 'name', 'fields'], ['kind', 'name']);
  const kind = known.kind?.oneOf(registryKinds);
  const name = known.name?.text() ?? '';
  if (name.trim() === '' || name.length > limits.nameLength)
    known.name?.mistake(`must be a string of 1 to ${limits.nameLength} characters`);
  const rules = known.fields && readRules(known.fields, kind, name);
  if (mistakes.length > 0 || !kind) throw refuseMistakes('bad_request', mistakes);
  return { kind, name, fields: rules };
};
