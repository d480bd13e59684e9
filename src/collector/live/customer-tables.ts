/**
 * What is known of a customer, what was sent to them and what became of it, what they did: drawn, and nothing else.
 */
import { addressOf } from './admin-key.ts';
import { element, note, table } from './draw.ts';
import type { Customer, Engagement, StoredEvent } from './shapes.ts';
import { countOf, exactTime, payloadLine, timeText, title, trustWords } from './words.ts';

type Cells = (Node | string)[];

const time = (at: number): Node => element('time', { datetime: exactTime(at), title: exactTime(at) }, timeText(at));
const expiry = (at: number | null): Node | string => (at === null ? '–' : time(at));
const code = (text: string): Node => element('code', {}, text);
const badge = (kind: string, text: string): Node => element('span', { class: `badge ${kind}` }, text);
const about = (text: string): Node => element('span', { class: 'about' }, text);
const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const kindWords: { [kind in Engagement['kind']]: string } = { popup: 'popup', inbox: 'inbox', deep_link: 'deep link' };

const engagementRow = (one: Engagement): Cells => [
  time(one.at),
  kindWords[one.kind],
  about(one.about),
  element('span', {}, badge(one.status, one.status), ...(one.status === 'pending' ? [] : [' ', time(one.status_at)])),
  expiry(one.expires_at),
  one.from,
  code(one.uid),
];

const inboxRow =
  ({ engagements }: Customer) =>
  ({ uid, at, read, starred, expires_at }: Customer['inbox'][number]): Cells => [
    time(at),
    about(engagements.find((one) => one.uid === uid)?.about ?? uid),
    read ? badge('', 'read') : badge('pending', 'unread'),
    starred ? 'starred' : '–',
    expiry(expires_at),
  ];

const eventRow = (event: StoredEvent): Cells => [
  time(event.event_date),
  element('a', { href: addressOf({ event: event.eid }) }, title(event)),
  element('span', { class: 'message' }, payloadLine(event) || '–'),
  element('span', { class: `badge ${event.trust}`, title: trustWords[event.trust] }, event.trust),
];

export const factsOf = ({ profile, segments, push, props }: Customer): Node => {
  const native = push.filter((one) => one.native).length;
  const facts: [name: string, value: Cells][] = [
    ['Events', profile ? [`${countOf(profile.events, 'event')}, the last `, time(profile.last_seen)] : ['none yet']],
    ['Segments', [segments.join(', ') || 'in none']],
    ['Push', [`${countOf(push.length - native, 'browser')}, ${countOf(native, 'native token')}`]],
    ['Control group', [props.ach_gamification_in_control_group ? 'yes: no gamification' : 'no']],
  ];
  const lines = facts.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, ...value)]);
  return element('dl', { class: 'facts' }, ...lines);
};

export const propsOf = ({ props, properties }: Customer): Node => {
  const [seen, told] = [Object.entries(props), Object.entries(properties)];
  const summary = `${countOf(seen.length, 'prop')} of the page, ${countOf(told.length, 'property', 'properties')}`;
  return element(
    'details',
    {},
    element('summary', {}, summary),
    table(
      'What a page sees',
      ['Prop', 'Value'],
      seen.map(([name, value]) => [code(name), valueText(value)]),
    ),
    table(
      'What was told of the customer',
      ['Property', 'Value', 'Trust'],
      told.map(([name, { value, trust }]) => [code(name), valueText(value), trust]),
    ),
  );
};

/** A heading and a table, or the words for an empty one. */
const section = (heading: string, heads: string[], rows: Cells[], none: string): Node[] => [
  element('h3', {}, heading),
  rows.length ? table(`${heading}, newest first`, heads, rows) : note(none),
];

export const historyOf = (customer: Customer): Node[] => [
  ...section(
    'Engagements',
    ['Sent', 'Kind', 'About', 'Status', 'Expires', 'From', 'Id'],
    customer.engagements.map(engagementRow),
    'Nothing was sent yet.',
  ),
  ...section(
    'Inbox',
    ['Sent', 'Title', 'State', 'Star', 'Expires'],
    customer.inbox.map(inboxRow(customer)),
    'The inbox is empty.',
  ),
  ...section(
    'Timeline',
    ['Time', 'What', 'Payload', 'Trust'],
    customer.timeline.map(eventRow),
    'No event of this customer is stored.',
  ),
];
