/**
 * Steps, as JSON Schema: each is an object with one of the known names.
 */
import { Type } from '@sinclair/typebox';
import { longest } from '../engagement/request.ts';
import { closed, duration, flag, having, name, optional, payload, ref, text } from './schema-parts.ts';

const words = 'Words with Liquid: {{ event.amount }}, {{ client.properties.name }}';
const template = (what: string, more: object = {}) => text(`${what}. ${words}`, more);
const address = (what: string) => text(`${what}: an https URL, a path of the page, or a link such as dp:inbox`);
const buttons = Type.Array(closed({ text: template('What it says'), action: address('Where it leads') }), {
  maxItems: 4,
});
const transactional = optional(flag('Goes out whatever the quiet hours, the caps and unsubscribing say', false));
const shown = {
  title: template('The title'),
  html: optional(template('Cleaned, and shown in a frame without script')),
  buttons: optional(buttons),
  expiresIn: optional(duration('Is not shown any more after so long')),
};
const orNull = (schema: object) => optional(Type.Unsafe<unknown>({ anyOf: [schema, { type: 'null' }] }));

const popup = closed(
  {
    ...shown,
    body: orNull(template('The text', { maxLength: longest.body })),
    width: orNull(Type.Integer({ minimum: 200, maximum: 2000 })),
    height: orNull(Type.Integer({ minimum: 50, maximum: 2000 })),
    priority: orNull(Type.Integer({ minimum: -1000, maximum: 1000 })),
    dir: orNull(Type.Unsafe<string>({ enum: ['ltr', 'rtl'] })),
  },
  { description: 'Is shown over the page' },
);
const inbox = closed(
  {
    ...shown,
    body: template('The text', { maxLength: longest.body }),
    image: orNull(address('A picture')),
    action: orNull(address('Where a click leads')),
    category_id: orNull(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
    custom_data: orNull(payload('Whatever the page wants to have with it')),
  },
  { description: 'Stays in the inbox until it is read' },
);

export const emailBodies = {
  html: optional(template('Cleaned before it goes out')),
  text: optional(template('For who reads no HTML; made of the HTML, if nothing is said')),
};
const email = closed(
  {
    template: optional(name('Words of "templates"')),
    subject: optional(template('One line')),
    ...emailBodies,
    transactional,
  },
  {
    description: 'To the address that the operator’s server said; as a file where "messages" names no mail server',
    oneOf: [
      { required: ['template'], not: { anyOf: having('subject', 'html', 'text') } },
      { required: ['subject'], anyOf: having('html', 'text') },
    ],
  },
);

const tags = Type.Union([Type.String({ minLength: 1 }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })]);
const verbs = {
  tag: { ...tags, description: 'Sets tags' },
  untag: { ...tags, description: 'Takes tags away' },
  points: Type.Integer({ not: { const: 0 }, description: 'Adds points, or takes them away down to none' }),
  badge: name('Awards a badge'),
  popup,
  inbox,
  deepLink: address('Is run in the page'),
  email,
  sms: closed(
    { text: template('The text'), transactional },
    { description: 'By the gateway of "messages", or as a file' },
  ),
  push: closed(
    {
      title: template('The title'),
      body: template('The text'),
      action: orNull(address('Where a click leads')),
      icon: orNull(address('A picture')),
      transactional,
    },
    { description: 'A notification of the browser' },
  ),
  webhook: closed(
    {
      url: text('https, and no private address', { pattern: '^https://' }),
      body: optional(payload(`Added to what is told of the event and the customer. ${words}`)),
    },
    { description: 'A signed POST to a system of the operator’s; needs messages.webhooks.key' },
  ),
  wait: duration('Goes on after so long, restarts included'),
  filter: closed(
    { where: optional(ref('filter')), customer: optional(ref('rule')) },
    {
      description: 'Goes on with "then" or "else", and after them; with neither, only where it holds',
      anyOf: having('where', 'customer'),
    },
  ),
};
/** By a name of their own: an object that has one in writing passes for a promise. */
const [HOLDS, NOT] = ['then', 'else'] as const;

export const step = closed(
  {
    ...Object.fromEntries(Object.entries(verbs).map(([verb, schema]) => [verb, optional(schema)])),
    [HOLDS]: optional(ref('steps')),
    [NOT]: optional(ref('steps')),
  },
  {
    description: 'One step: one of the names',
    oneOf: having(...Object.keys(verbs)),
    dependencies: { [HOLDS]: ['filter'], [NOT]: ['filter'] },
  },
);

export const steps = Type.Array(ref('step'), {
  maxItems: 50,
  description: 'One after the other; 50 in all, those of branches included',
});
