/**
 * The registry as TypeScript: a declaration file by which `_smartico.action` and `_smartico.event` know a label's names and
 * what comes with each. Pure. Names are whatever pages sent, so they stand in string literals and nowhere else.
 */
import type { RegistryEntry, RegistryField, RegistryView } from '../registry-tally.ts';
import { actionEvent, type FieldType } from '../shape.ts';

/** Where a site has the SDK's own types from. */
const SDK = '"openaction"';

const typeWords: { [type in FieldType]: string } = {
  array: 'unknown[]',
  boolean: 'boolean',
  null: 'null',
  number: 'number',
  object: '{ [name: string]: unknown }',
  string: 'string',
};

const typeOfField = ({ types, rule }: RegistryField): string => {
  const known = rule && 'type' in rule ? [rule.type] : types;
  return known.map((type) => typeWords[type]).join(' | ') || 'unknown';
};

const fieldLine = (entry: RegistryEntry, field: RegistryField): string => {
  // One that some event came without may be left out, and so may any of a name that was never seen.
  const mark = entry.count > 0 && field.count === entry.count ? '' : '?';
  return `      ${JSON.stringify(field.name)}${mark}: ${typeOfField(field)};`;
};

const isKept = ({ rule }: RegistryField): boolean => !(rule && 'drop' in rule);

const nameLines = (entry: RegistryEntry): string => {
  const fields = entry.fields.filter(isKept).sort((a, b) => (a.name < b.name ? -1 : 1));
  if (fields.length === 0) return `    ${JSON.stringify(entry.name)}: object;`;
  const lines = fields.map((field) => fieldLine(entry, field));
  return `    ${JSON.stringify(entry.name)}: {\n${lines.join('\n')}\n    };`;
};

const block = (name: string, entries: RegistryEntry[]): string => {
  const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  return `  ${name}: {\n${sorted.map((entry) => `${nameLines(entry)}\n`).join('')}  };`;
};

/** A client action goes by the name of its action. */
const isNotAction = ({ name }: RegistryEntry): boolean => name !== actionEvent;

export const typesFile = ({ actions, event_types }: RegistryView): string => `/**
 * What this label has seen, by name, with the fields that came with it. Fields that not every event had are optional.
 * Fetch it again (GET /types.d.ts) when something new is sent; a name that is not in here does not compile.
 */
import type { Smartico } from ${SDK};

export interface Seen {
${block('actions', actions)}
${block('events', event_types.filter(isNotAction))}
}

declare global {
  const _smartico: Smartico<Seen>;
}
`;
