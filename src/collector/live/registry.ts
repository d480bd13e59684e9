/**
 * Every action, event type and entry point that was seen or registered by hand, with the fields it came with; and the form
 * that registers one before its first event.
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

const entryRow = (entry: RegistryEntry): (Node | string)[] => [
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
];

const section = (heading: string, entries: RegistryEntry[]): Node[] => [
  element('h3', {}, heading),
  entries.length
    ? table(heading, ['Name', 'Events', 'First seen', 'Last seen', 'Fields'], entries.map(entryRow))
    : note('None seen, none registered.'),
];

export const showRegistry = ({ actions, event_types, entry_points, untallied }: Registry): void => {
  byId('registry-content').replaceChildren(
    ...section('Actions', actions),
    ...section('Event types', event_types),
    ...section('Entry points', entry_points),
    ...(untallied
      ? [note(`${countOf(untallied, 'event')} had payloads of too many different forms to be listed here.`)]
      : []),
  );
  byId('known-types').replaceChildren(...event_types.map(({ name }) => element('option', { value: name })));
};

const kindWords: { [kind in RegistryKind]: string } = {
  action: 'action',
  event_type: 'event type',
  entry_point: 'entry point',
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
