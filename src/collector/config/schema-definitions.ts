/**
 * What a label says should follow its events, as JSON Schema.
 */
import { Type } from '@sinclair/typebox';
import {
  cap,
  choice,
  closed,
  flag,
  having,
  name,
  named,
  optional,
  orNothing,
  payload,
  ref,
  text,
  trust,
  whole,
} from './schema-parts.ts';
import { emailBodies } from './schema-steps.ts';

const event = name('The action of a client action, or the type of any other event');
const trigger = closed(
  {
    event: optional(event),
    system: optional(name('An event that concerns everybody')),
    entered: optional(name('A segment')),
    left: optional(name('A segment')),
  },
  { description: 'What begins it', oneOf: having('event', 'system', 'entered', 'left') },
);

const campaign = closed({
  on: trigger,
  where: optional(ref('filter')),
  customer: optional(ref('rule')),
  cap: optional(orNothing(cap, 'At most how often for one customer')),
  trust: optional(trust('unverified')),
  enabled: optional(flag('Whether it begins for anybody', true)),
  steps: Type.Unsafe<unknown>({ allOf: [ref('steps')], minItems: 1 }),
});

const mission = closed({
  title: optional(text('As customers read it')),
  tasks: Type.Array(
    closed({
      event,
      where: optional(ref('filter')),
      count: optional(whole('So often', 1, 1_000_000, { default: 1 })),
    }),
    { minItems: 1, maxItems: 20 },
  ),
  trust: optional(trust('unverified')),
  repeats: optional(flag('It can be completed again and again', false)),
  reward: optional(Type.Unsafe<unknown>({ allOf: [ref('steps')], minItems: 1 })),
});

const level = closed({
  id: whole('What rules call it', 0, 1_000_000),
  name: text('What customers call it'),
  points: Type.Number({ minimum: 0, maximum: 1e12, description: 'Reached with so many points ever earned' }),
});

const ad = closed({
  serveToken: text('By which the publisher’s events name it'),
  autoActivated: optional(flag('Served is activated', false)),
  content: optional(payload('What getAds answers of it')),
});

const template = closed(
  { subject: text('One line, with Liquid'), ...emailBodies },
  { description: 'Words of e-mails', anyOf: having('html', 'text') },
);

const time = text('By the clock', { pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', examples: ['22:00'] });
const messages = closed(
  {
    quietHours: optional(orNothing(closed({ from: time, to: time }), 'In the customer’s time zone nothing goes out')),
    timeZone: optional(text('Of customers who have none', { default: 'UTC', examples: ['Europe/Berlin'] })),
    caps: optional(
      closed(
        { email: optional(cap), sms: optional(cap), webhook: optional(cap), push: optional(cap) },
        { description: 'At most how many of a kind for one customer' },
      ),
    ),
    inboxPerMonth: optional(
      orNothing(Type.Integer({ minimum: 0, maximum: 1e9 }), 'Inbox messages a month, of the whole label'),
    ),
    recipientTrust: optional(
      choice('Of an e-mail address or a phone number, at least', ['server', 'verified', 'unverified'], 'server'),
    ),
    email: optional(
      closed({
        from: text('The sender', { examples: ['Casino <hello@op.example>'] }),
        smtp: optional(
          orNothing(text('smtp: or smtps:', { pattern: '^smtps?://.' }), 'The mail server; files, if there is none'),
        ),
      }),
    ),
    sms: optional(
      orNothing(
        closed({ url: text('https', { pattern: '^https://' }), key: text('Signs what is sent') }),
        'The operator’s gateway; files, if there is none',
      ),
    ),
    webhooks: optional(orNothing(closed({ key: text('Signs what is sent') }), 'Of webhook steps')),
  },
  { description: 'When and how often messages go out, and by whom' },
);

export const definitions = {
  segments: optional(named(ref('rule'), 'Groups of customers: a question each', 1_000)),
  levels: optional(Type.Array(level, { maxItems: 100, description: 'By points ever earned' })),
  templates: optional(named(template, 'Words of e-mails, for steps to name', 1_000)),
  campaigns: optional(named(campaign, 'What follows an event; the first one goes first', 1_000)),
  missions: optional(named(mission, 'Tasks, and what their completion brings', 1_000)),
  ads: optional(named(ad, 'Ads of the publisher API, by id', 10_000)),
  messages: optional(messages),
};
