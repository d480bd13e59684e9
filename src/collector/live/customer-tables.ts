/**
 * What is known of a customer, what was sent to them and what became of it, what they did: drawn, and nothing else.
 */
import { addressOf } from './admin-key.ts';
import { element, note, table } from './draw.ts';
import type { Customer, Engagement } from './shapes.ts';
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

const eventRow = (event: Customer['timeline'][number]): Cells => [
  time(event.event_date),
  element(
    'span',
    {},
    element('a', { href: addressOf({ event: event.eid }) }, title(event)),
    ...(event.linked_from === undefined ? [] : [badge('', 'as visitor')]),
  ),
  element('span', { class: 'message' }, payloadLine(event) || '–'),
  element('span', { class: `badge ${event.trust}`, title: trustWords[event.trust] }, event.trust),
];

type Fact = [name: string, value: Cells];
const optional = (name: string, values: string[]): Fact[] => (values.length ? [[name, [values.join('; ')]]] : []);

const memberships = ({ memberships }: Customer): Node | string =>
  memberships.length === 0
    ? 'in none'
    : element(
        'ul',
        {},
        ...memberships.map(({ segment, since, why }) =>
          element(
            'li',
            {},
            element('b', {}, segment),
            ...(since === null ? [] : [' since ', time(since)]),
            element('small', {}, why),
          ),
        ),
      );

const named = (times: { [name: string]: number }): Cells => {
  const entries = Object.entries(times);
  return entries.length === 0
    ? ['none']
    : entries.flatMap(([name, at], place) => [place ? ', ' : '', code(name), ' ', time(at)]);
};

/** Progress of each task, also of those completed. */
export const missionsOf = ({ missions }: Customer): Node[] =>
  missions.length === 0
    ? []
    : [
        element('h3', {}, 'Missions'),
        element(
          'ul',
          { class: 'progress' },
          ...missions.flatMap(({ title, tasks, completed_at }) =>
            tasks.map(({ event, done, count }) =>
              element(
                'li',
                {},
                element('b', {}, title),
                ` ${done} of ${count} `,
                code(event),
                ...(completed_at === null ? [] : [', completed ', time(completed_at)]),
                element('br', {}),
                element('progress', { max: count, value: done, 'aria-hidden': 'true' }),
              ),
            ),
          ),
        ),
      ];

export const factsOf = (customer: Customer): Node => {
  const { profile, push, props, level, badges, offers, campaigns, unsubscribed, devices } = customer;
  const native = push.filter((one) => one.native).length;
  const facts: Fact[] = [
    ['Events', profile ? [`${countOf(profile.events, 'event')}, the last `, time(profile.last_seen)] : ['none yet']],
    ['Segments', [memberships(customer)]],
    ['Level', [level?.name ?? 'none', `, ${countOf(props.ach_points_balance, 'point')}`]],
    ['Badges', named(badges)],
    ...optional(
      'Ads',
      Object.entries(offers).map(([ad, { activation, visibility }]) => `${ad}: ${activation}, ${visibility}`),
    ),
    ...optional(
      'Waits in',
      campaigns.filter(({ waits_until }) => waits_until !== null).map(({ name }) => name),
    ),
    ...optional('Unsubscribed', unsubscribed),
    ...(Object.keys(devices).length ? [['Was visitor', named(devices)] as Fact] : []),
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
