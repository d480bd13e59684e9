/**
 * Every action, event type and entry point that was seen or registered by hand, with the fields it came with, and a way to take
 * each out; and the form that registers one before its first event.
 */

import { Refused } from './ask.ts';
import { byId, element, note, table } from './draw.ts';
import type { ReadApi } from './read-api.ts';
import type { Field, Registry, RegistryEntry, RegistryKind } from './shapes.ts';
import { count, countOf, timeText } from './words.ts';

const ruleWords = (rule: Field['rule']): string => {
  if (!rule) return '–';
  return 'drop' in rule ? 'never stored' : `must be ${rule.type}`;
};

const fieldRow = ({ name, types, count: times, referable, reason, rule }: Field): (Node | string)[] => [
  element('code', {}, name),
  types.join(' | '),
  count(times),
  referable ? 'yes' : element('span', {}, 'no', element('small', {}, reason ?? '')),
  ruleWords(rule),
];

const fieldsOf = ({ name, fields }: RegistryEntry): Node | string =>
  fields.length
    ? element(
        'details',
        {},
        element('summary', {}, countOf(fields.length, 'field')),
        table(`Fields of ${name}`, ['Field', 'Types', 'Seen', 'Usable in texts', 'Rule'], fields.map(fieldRow)),
      )
    : '–';

/** Takes one out. */
type Remove = (kind: RegistryKind, name: string) => void;

const kindWords: { [kind in RegistryKind]: string } = {
  action: 'action',
  event_type: 'event type',
  entry_point: 'entry point',
};

const removeButton = (kind: RegistryKind, name: string, remove: Remove): Node => {
  const button = element('button', { type: 'button', 'aria-label': `Remove ${name}` }, 'Remove');
  button.addEventListener('click', () => {
    const sure = `Remove the ${kindWords[kind]} ${name}? Its counts and rules go; its events stay, and the next one names it again.`;
    if (confirm(sure)) remove(kind, name);
  });
  return button;
};

const entryRow = (kind: RegistryKind, entry: RegistryEntry, remove: Remove): (Node | string)[] => [
  element(
    'span',
    {},
    element('b', {}, entry.name),
    ...(entry.registered ? [element('span', { class: 'badge' }, 'by hand')] : []),
    ...(entry.warning ? [element('small', {}, entry.warning)] : []),
  ),
  entry.count ? count(entry.count) : element('i', {}, 'not seen yet'),
  entry.first_seen === null ? '–' : timeText(entry.first_seen),
  entry.last_seen === null ? '–' : timeText(entry.last_seen),
  fieldsOf(entry),
  removeButton(kind, entry.name, remove),
];

const heads = ['Name', 'Events', 'First seen', 'Last seen', 'Fields', ''];
const section = (heading: string, kind: RegistryKind, entries: RegistryEntry[], remove: Remove): Node[] => [
  element('h3', {}, heading),
  entries.length
    ? table(
        heading,
        heads,
        entries.map((entry) => entryRow(kind, entry, remove)),
      )
    : note('None seen, none registered.'),
];

export const showRegistry = ({ actions, event_types, entry_points, untallied }: Registry, remove: Remove): void => {
  byId('registry-content').replaceChildren(
    ...section('Actions', 'action', actions, remove),
    ...section('Event types', 'event_type', event_types, remove),
    ...section('Entry points', 'entry_point', entry_points, remove),
    ...(untallied
      ? [note(`${countOf(untallied, 'event')} had payloads of too many different forms to be listed here.`)]
      : []),
  );
  byId('known-types').replaceChildren(...event_types.map(({ name }) => element('option', { value: name })));
};

export const createRegisterForm = (api: Pick<ReadApi, 'register'>, onRegistered: () => void): void => {
  const form = byId<HTMLFormElement>('register');
  const name = byId<HTMLInputElement>('register-name');
  const said = byId('register-said');
  const say = (text: string, ok: boolean): void => {
    said.textContent = text;
    said.className = ok ? 'said' : 'said problem';
    name.setAttribute('aria-invalid', String(!ok));
  };
  form.addEventListener('submit', async (submit) => {
    submit.preventDefault();
    const kind = byId<HTMLSelectElement>('register-kind').value as RegistryKind;
    try {
      const entry = await api.register(kind, name.value);
      say(`The ${kindWords[kind]} ${entry.name} is registered.`, true);
      name.value = '';
      onRegistered();
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      say(`${problem.message} (${problem.code})`, false);
    }
    name.focus();
  });
};
