/**
 * The shapes of what is known of one customer, as JSON Schema for `/openapi.json`.
 */
import { type TSchema, Type } from '@sinclair/typebox';
import type { PublicProps } from '../../wire/protocol.ts';
import { channels } from '../engine/customer-state.ts';
import { storedEvent } from './events.ts';
import { json, literals, orNull, time, trusts, whom } from './parts.ts';

export const publicProps = Type.Unsafe<PublicProps>({
  type: 'object',
  additionalProperties: true,
  description: 'What a page may see, under the published names',
});

const profile = Type.Object({ first_seen: time, last_seen: time, events: Type.Integer() });
const byName = <Schema extends TSchema>(schema: Schema) => Type.Record(Type.String(), schema);

const engagement = Type.Object({
  uid: Type.String(),
  kind: literals('popup', 'inbox', 'deep_link'),
  at: time,
  expires_at: orNull(time),
  status: literals('pending', 'shown', 'clicked', 'failed'),
  status_at: time,
  from: Type.String(),
  eid: Type.Optional(Type.String({ description: 'Of the event that it answers' })),
  about: Type.String(),
});
const inboxEntry = Type.Object({
  uid: Type.String(),
  at: time,
  category_id: orNull(Type.Integer()),
  expires_at: orNull(time),
  read: Type.Boolean(),
  starred: Type.Boolean(),
});
const timelineEvent = Type.Intersect([
  storedEvent,
  Type.Object({
    linked_from: Type.Optional(Type.String({ description: 'The device whose visitor it was, before they were known' })),
  }),
]);

export const customer = Type.Object({
  ...whom,
  profile: orNull(profile),
  tags: Type.Array(Type.String()),
  segments: Type.Array(Type.String(), { description: 'Names of the segments that match' }),
  memberships: Type.Array(Type.Object({ segment: Type.String(), since: orNull(time), why: Type.String() }), {
    description: 'The same with the reason; `since` is null until the label’s definitions were held against them',
  }),
  level: orNull(Type.Object({ id: Type.Integer(), name: Type.String() })),
  missions: Type.Array(
    Type.Object({
      name: Type.String(),
      title: Type.String(),
      tasks: Type.Array(Type.Object({ event: Type.String(), done: Type.Integer(), count: Type.Integer() })),
      completed_at: orNull(time),
    }),
  ),
  badges: byName(time),
  offers: byName(
    Type.Object({
      activation: literals('NEW', 'SERVED', 'ACTIVATED'),
      visibility: literals('VISIBLE', 'PARKED'),
      at: time,
    }),
  ),
  campaigns: Type.Array(
    Type.Object({
      name: Type.String(),
      began: Type.Array(time, { description: 'The newest last' }),
      waits_until: orNull(time),
    }),
  ),
  unsubscribed: Type.Array(literals(...channels)),
  devices: byName(time),
  properties: byName(Type.Object({ value: json, trust: literals(...trusts) })),
  props: publicProps,
  engagements: Type.Array(engagement),
  inbox: Type.Array(inboxEntry),
  push: Type.Array(
    Type.Object({
      platform: Type.Integer({ description: 'Published number: 0 Chrome desktop ... 11' }),
      native: Type.Boolean({ description: 'A token of an app: kept, and nothing is sent to it' }),
      at: time,
    }),
  ),
  timeline: Type.Array(timelineEvent),
  next: orNull(Type.Integer({ description: 'Where the following page of the timeline begins' })),
});

export const receipt = Type.Object(
  {
    receipt: Type.String(),
    at: time,
    events: Type.Integer(),
    customers: Type.Integer({ description: 'The customer, and visitors that became them' }),
    deliveries: Type.Integer(),
    traces: Type.Integer(),
    contents: Type.Integer({ description: 'Words of messages' }),
  },
  { description: 'What was taken away. It names nobody, and is kept' },
);
export const customerExport = Type.Object(
  {
    ...whom,
    exported_at: time,
    known: json,
    events: Type.Array(timelineEvent),
    deliveries: Type.Array(json, { description: 'With the words of each' }),
    traces: Type.Array(json),
  },
  { description: 'Everything that is kept of a customer' },
);
