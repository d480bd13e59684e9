/**
 * The shapes of requests and answers as JSON Schema, for `/openapi.json`. They describe; `wire/parse` is what checks.
 * A type test holds those of the wire equal to the wire's types.
 */
import { type TSchema, Type } from '@sinclair/typebox';
import { requestCodes } from '../../wire/codes.ts';
import { lossReasons, type Payload } from '../../wire/event.ts';
import { limits } from '../../wire/limits.ts';
import { ORIGIN_LENGTH } from '../../wire/origin.ts';
import { id, literals, orNull, time, trusts } from './parts.ts';

const frame = Type.String({
  description: 'Origin of the framed platform that made it; with source "bridge", and only then',
  maxLength: ORIGIN_LENGTH,
});
const payload = Type.Unsafe<Payload>({ type: 'object', additionalProperties: true });

const envelopeFields = {
  eid: id,
  event_date: time,
  ext_brand_id: orNull(Type.String({ maxLength: limits.nameLength })),
  user_ext_id: orNull(Type.String({ maxLength: limits.userIdLength })),
  event_type: Type.String({ maxLength: limits.nameLength }),
  payload,
  scope: Type.Optional(Type.Literal('system')),
};
export const envelope = Type.Object(envelopeFields, { description: 'One fact that happened' });

export const browserEvent = Type.Object({
  ...envelopeFields,
  session_id: id,
  page_id: id,
  seq: Type.Integer({ minimum: 1 }),
  source: literals('api', 'deep_link', 'bridge', 'auto'),
  link: Type.Optional(Type.Object({ exp: time, sig: Type.String() })),
  frame: Type.Optional(frame),
});

const losses = Type.Object({
  overflow: Type.Optional(Type.Integer()),
  storage: Type.Optional(Type.Integer()),
  too_large: Type.Optional(Type.Integer()),
  flood: Type.Optional(Type.Integer()),
});

export const batch = Type.Object({
  batch_id: Type.String({ maxLength: 64 }),
  label_key: Type.String(),
  device_id: id,
  sent_at: time,
  hashes: Type.Record(Type.String(), Type.String(), { description: 'user_ext_id to its user_hash' }),
  losses,
  lost: Type.Optional(
    Type.Array(
      Type.Object({
        page_id: id,
        session_id: id,
        reason: literals(...lossReasons),
        from: Type.Integer({ minimum: 1 }),
        to: Type.Integer({ minimum: 1 }),
      }),
      { maxItems: limits.lost, description: 'Numbers of pages that were lost on the device, both ends included' },
    ),
  ),
  pages: Type.Array(
    Type.Object({ page_id: id, session_id: id, seq: Type.Integer(), from: Type.Optional(Type.Integer()) }),
    { maxItems: limits.pages },
  ),
  events: Type.Array(browserEvent, { maxItems: limits.batchEvents }),
});

const rejection = Type.Object({
  index: Type.Integer(),
  eid: orNull(Type.String()),
  code: Type.String(),
  message: Type.String(),
});
const verdictFields = {
  request_id: Type.String(),
  duplicate: Type.Array(Type.String()),
  rejected: Type.Array(rejection),
};
export const verdicts = Type.Object(verdictFields, {
  description: 'Every event in neither list is stored, and on disk',
});
export const batchAnswer = Type.Object({ batch_id: Type.String(), ...verdictFields });
export const errorBody = Type.Object({ code: Type.String(), message: Type.String(), request_id: Type.String() });

export const storedEvent = Type.Object({
  ...envelopeFields,
  label_key: Type.String(),
  device_id: orNull(id),
  session_id: orNull(id),
  page_id: orNull(id),
  seq: orNull(Type.Integer()),
  source: literals('api', 'deep_link', 'bridge', 'auto', 'server'),
  frame: Type.Optional(frame),
  trust: literals(...trusts),
  received_at: time,
  cursor: Type.Integer(),
});
const next = orNull(Type.Integer({ description: 'Where the following page begins' }));
export const eventPage = Type.Object({ events: Type.Array(storedEvent), next });
export const message = Type.Object(
  {
    api_key: Type.String({ description: 'A secret key, or the label’s public key' }),
    brand_key: Type.Optional(Type.String()),
    ext_user_id: Type.Optional(Type.String()),
    hash: Type.Optional(Type.String({ description: 'The user_hash; with a public key' })),
    device_id: Type.Optional(id),
    cid: Type.Integer(),
    uuid: Type.Optional(Type.String({ maxLength: 64 })),
    ts: Type.Optional(time),
  },
  { additionalProperties: true },
);
export const messageAnswer = Type.Object(
  {
    cid: Type.Integer(),
    uuid: Type.Optional(Type.String()),
    ts: Type.Optional(time),
    errCode: Type.Integer({ description: '0 is success' }),
    errMsg: Type.Optional(Type.String()),
  },
  { additionalProperties: true },
);
export const label = Type.Object({ name: Type.String(), label_key: Type.String(), brands: Type.Array(Type.String()) });
const numbers = { from: Type.Integer(), to: Type.Integer() };
const given = { given: Type.Integer(), stored: Type.Integer(), refused: Type.Integer() };
export const lossReport = Type.Object({
  totals: Type.Record(Type.String(), Type.Integer()),
  devices: Type.Array(Type.Object({ device_id: id, reason: Type.String(), count: Type.Integer(), reported_at: time })),
  sessions: Type.Array(
    Type.Object(
      {
        session_id: id,
        device_id: id,
        ...given,
        lost: Type.Record(Type.String(), Type.Integer(), { description: 'By reason' }),
        missing: Type.Integer(),
        last_at: time,
        pages: Type.Array(
          Type.Object({
            page_id: id,
            ...given,
            lost: Type.Array(Type.Object({ ...numbers, reason: literals(...lossReasons) })),
            missing: Type.Array(Type.Object(numbers)),
          }),
        ),
      },
      { description: 'given = stored + refused + lost + missing' },
    ),
  ),
  gaps: Type.Array(
    Type.Object({
      page_id: id,
      session_id: id,
      device_id: id,
      highest_seq: Type.Integer(),
      stored: Type.Integer(),
      missing: Type.Array(Type.Integer()),
      last_at: time,
    }),
  ),
});
export const rejections = Type.Object({
  rejections: Type.Array(
    Type.Object({
      at: time,
      index: Type.Integer(),
      eid: orNull(Type.String()),
      code: Type.String(),
      message: Type.String(),
      event_type: orNull(Type.String()),
      user_ext_id: orNull(Type.String()),
      from: literals('browser', 'server'),
      request_id: Type.String(),
    }),
  ),
});
export const stats = Type.Object({
  minutes: Type.Array(
    Type.Object({ minute: time, stored: Type.Integer(), duplicate: Type.Integer(), rejected: Type.Integer() }),
  ),
});
const lag = Type.Object(
  { messages: Type.Number(), seconds: Type.Number() },
  { description: 'Messages that cannot be read here yet, and the age of the oldest; without contact, since when' },
);
export const health = Type.Object({
  status: Type.Union(
    ['ok', 'behind', 'failing'].map((status) => Type.Literal(status)),
    {
      description: 'behind: events are taken, and what follows from them waits; failing: no events are taken',
    },
  ),
  version: Type.String(),
  store: Type.String(),
  lag: Type.Optional(Type.Object({ events: lag, customers: lag }, { description: 'Only with a cluster' })),
  faults: Type.Optional(
    Type.Object(
      { events: Type.Optional(Type.String()), customers: Type.Optional(Type.String()) },
      {
        description:
          'What cannot be stored, and why: disk_full, disk_fails, busy, read_only, unreachable, damaged, gone, cluster_unreachable, cluster_refuses, cluster_differs, cluster_behind',
      },
    ),
  ),
});

/** An answer's schemas, with the one form that every refusal has. */
export const answers = (ok: TSchema, more: Record<number, TSchema> = {}): Record<string, TSchema> => ({
  200: ok,
  ...more,
  default: { ...errorBody, description: `Codes: ${Object.keys(requestCodes).join(', ')}` },
});
