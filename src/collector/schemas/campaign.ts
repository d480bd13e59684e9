/**
 * The shapes of campaigns and what they did, as JSON Schema for `/openapi.json`.
 */
import { Type } from '@sinclair/typebox';
import { channels } from '../engine/customer-state.ts';
import { deliveryStatuses } from '../engine/reaction.ts';
import { json, literals, nextPage, orNull, time, whom } from './parts.ts';

export const channel = literals('run', 'popup', 'inbox', 'deep_link', ...channels);
const counts = Type.Array(Type.Object({ channel, status: literals(...deliveryStatuses), count: Type.Integer() }), {
  description: 'Rows of the report. "run" is the campaign itself',
});
const trigger = Type.Record(Type.String(), Type.String(), { description: 'As the config says it: { "event": "X" }' });

export const campaigns = Type.Object({
  campaigns: Type.Array(Type.Object({ name: Type.String(), enabled: Type.Boolean(), on: trigger, counts })),
  missions: Type.Array(
    Type.Object({
      name: Type.String(),
      title: Type.String(),
      tasks: Type.Array(Type.Object({ event: Type.String(), count: Type.Integer() })),
      counts,
    }),
  ),
});

const deliveryFields = {
  ...whom,
  uid: Type.String(),
  campaign: Type.String({ description: 'A campaign’s name, "mission: NAME", or "admin"' }),
  eid: orNull(Type.String({ description: 'Of the event that began it' })),
  channel,
  status: literals(...deliveryStatuses),
  at: time,
  status_at: time,
  why: Type.String(),
};
const deliveryRows = Type.Array(Type.Object(deliveryFields), { description: 'Newest first' });
export const deliveries = Type.Object({ deliveries: deliveryRows, next: nextPage });
export const delivery = Type.Object({
  ...deliveryFields,
  words: orNull(Type.Record(Type.String(), json, { description: 'What went out' })),
});
export const campaign = Type.Object({
  name: Type.String(),
  definition: json,
  counts,
  deliveries: deliveryRows,
  next: nextPage,
});

export const traces = Type.Object({
  traces: Type.Array(
    Type.Object({
      ...whom,
      eid: orNull(Type.String({ description: 'null: nothing but time' })),
      cursor: orNull(Type.Integer()),
      at: time,
      verdicts: Type.Array(Type.Object({ campaign: Type.String(), fired: Type.Boolean(), why: Type.String() })),
    }),
  ),
  more: Type.Boolean({ description: 'There are more than `limit`' }),
});

export const dryRunRequest = Type.Object({
  campaign: Type.Union([Type.String(), Type.Record(Type.String(), json)], {
    description: 'A name of the config, or a definition that is not in it yet',
  }),
  from: Type.Optional(time),
  to: Type.Optional(time),
});
export const dryRun = Type.Object({
  events: Type.Integer({ description: 'Events that were replayed' }),
  customers: Type.Integer({ description: 'Customers for whom the campaign was asked' }),
  fired: Type.Array(Type.Object({ ...whom, eid: orNull(Type.String()), at: time })),
  refused: Type.Array(Type.Object({ why: Type.String(), count: Type.Integer() })),
  more: Type.Boolean({ description: 'There was more than one run takes, or shows' }),
});
