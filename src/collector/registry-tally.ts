/**
 * The registry, folded from counts of shapes: which actions, event types and entry points a label's events name, with
 * the fields each came with. Pure; a name is never dropped, one that campaigns cannot refer to says why.
 */
import { publishedTypeOf } from '../wire/client-event.ts';
import { entryPointEvent, type FieldType, fieldCode, fieldsOf } from './shape.ts';
import type { FieldRule, RegistryKind, RegistryRows, ShapeCount } from './store/event-log.ts';

export interface RegistryField {
  name: string;
  types: FieldType[];
  count: number;
  referable: boolean;
  reason?: string;
  /** Set by hand: the type that it must have, or that it is never kept. */
  rule?: FieldRule;
}
export interface RegistryEntry {
  name: string;
  count: number;
  /** `null`: registered by hand, and never seen. */
  first_seen: number | null;
  last_seen: number | null;
  registered: boolean;
  /** What is odd about the name. */
  warning?: string;
  fields: RegistryField[];
}
export interface RegistryView {
  actions: RegistryEntry[];
  event_types: RegistryEntry[];
  entry_points: RegistryEntry[];
  /** Events whose names came after the registry was full; they are stored like any. */
  untallied: number;
}

const newEntry = (name: string): RegistryEntry => ({
  name,
  count: 0,
  first_seen: null,
  last_seen: null,
  registered: false,
  fields: [],
});

type KnownFields = Map<string, RegistryField>;

const fieldIn = (entry: RegistryEntry, known: KnownFields, name: string): RegistryField => {
  const there = known.get(name);
  if (there) return there;
  const field: RegistryField = { name, types: [], count: 0, referable: fieldCode.test(name) };
  if (!field.referable)
    field.reason = 'a campaign can name letters, digits and underscores only, not beginning with a digit';
  known.set(name, field);
  entry.fields.push(field);
  return field;
};

const addField = (entry: RegistryEntry, known: KnownFields, name: string, type: FieldType, count: number): void => {
  const field = fieldIn(entry, known, name);
  field.count += count;
  if (!field.types.includes(type)) field.types.push(type);
};

/** A publisher's event whose name nobody published is stored like any, and may be a misspelt one; by hand, it is meant. */
const isUnpublished = ({ name, registered, fields }: RegistryEntry): boolean =>
  !registered && publishedTypeOf(name) === undefined && fields.some((field) => field.name === 'clientEventType');

export const foldRegistry = ({ shapes, registered }: RegistryRows): RegistryView => {
  const entries: Record<RegistryKind, Map<string, RegistryEntry>> = {
    action: new Map(),
    event_type: new Map(),
    entry_point: new Map(),
  };
  const fields = new Map<RegistryEntry, KnownFields>();
  let untallied = 0;

  const entryOf = (kind: RegistryKind, name: string): RegistryEntry => {
    const entry = entries[kind].get(name) ?? newEntry(name);
    entries[kind].set(name, entry);
    return entry;
  };
  const fieldsKnownOf = (entry: RegistryEntry): KnownFields => {
    const known = fields.get(entry) ?? new Map<string, RegistryField>();
    fields.set(entry, known);
    return known;
  };
  const add = (kind: RegistryKind, name: string, { count, first_seen, last_seen, shape }: ShapeCount): void => {
    const entry = entryOf(kind, name);
    entry.count += count;
    entry.first_seen = Math.min(entry.first_seen ?? first_seen, first_seen);
    entry.last_seen = Math.max(entry.last_seen ?? last_seen, last_seen);
    const known = fieldsKnownOf(entry);
    for (const [field, type] of fieldsOf(shape)) addField(entry, known, field, type, count);
  };

  for (const row of shapes) {
    if (row.event_type === '') {
      untallied += row.count;
      continue;
    }
    add('event_type', row.event_type, row);
    if (row.name === '') continue;
    add(row.event_type === entryPointEvent ? 'entry_point' : 'action', row.name, row);
  }
  for (const { kind, name, fields: rules } of registered) {
    const entry = entryOf(kind, name);
    entry.registered = true;
    for (const [field, rule] of Object.entries(rules)) fieldIn(entry, fieldsKnownOf(entry), field).rule = rule;
  }

  for (const entry of entries.event_type.values())
    if (isUnpublished(entry)) entry.warning = 'not among the published names of client events';

  const listed = (kind: RegistryKind): RegistryEntry[] =>
    [...entries[kind].values()].sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  return {
    actions: listed('action'),
    event_types: listed('event_type'),
    entry_points: listed('entry_point'),
    untallied,
  };
};
