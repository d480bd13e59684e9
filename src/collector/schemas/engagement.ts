/**
 * The shapes of what is sent to a customer by hand, as JSON Schema for `/openapi.json`. They describe; `engagement/request.ts`,
 * `markers.ts` and `push/notice.ts` are what checks.
 */
import { Type } from '@sinclair/typebox';
import { tagOperations } from '../../wire/tags.ts';

const list = (description: string) => Type.Array(Type.String(), { description });
const link = Type.String({ description: 'https, http on this machine, a path of the page, or dp:...' });
const time = Type.Integer({ description: 'Milliseconds since the epoch', minimum: 0 });
const uid = Type.String({ pattern: '^[A-Za-z0-9._-]{8,64}$' });
const optional = {
  engagement_uid: Type.Optional(uid),
  html: Type.Optional(Type.String({ maxLength: 65_536 })),
  buttons: Type.Optional(Type.Array(Type.Object({ text: Type.String(), action: link }), { maxItems: 4 })),
  expires_at: Type.Optional(time),
};

export const engagementRequest = Type.Union([
  Type.Object({
    kind: Type.Literal('popup'),
    title: Type.String(),
    body: Type.Optional(Type.String()),
    width: Type.Optional(Type.Integer()),
    height: Type.Optional(Type.Integer()),
    priority: Type.Optional(Type.Integer()),
    dir: Type.Optional(Type.Union([Type.Literal('ltr'), Type.Literal('rtl')])),
    ...optional,
  }),
  Type.Object({
    kind: Type.Literal('inbox'),
    title: Type.String(),
    body: Type.String(),
    image: Type.Optional(link),
    action: Type.Optional(link),
    category_id: Type.Optional(Type.Integer()),
    custom_data: Type.Optional(Type.Object({}, { additionalProperties: true })),
    ...optional,
  }),
  Type.Object({
    kind: Type.Literal('deep_link'),
    dp: link,
    engagement_uid: Type.Optional(uid),
    expires_at: Type.Optional(time),
  }),
]);

const removed = Type.Array(Type.Object({ what: Type.String(), why: Type.String() }), {
  description: 'What was taken out of the HTML',
});

export const engagementSent = Type.Object({
  engagement_uid: uid,
  delivered: Type.Integer({
    description: 'Open pages on this collector, which were told; those on others are told too, and not counted',
  }),
  removed,
});
export const engagementPreview = Type.Object({
  mistakes: Type.Array(Type.Object({ path: Type.String(), code: Type.String(), reason: Type.String() })),
  removed,
});

export const tagChange = Type.Object({
  operation: Type.Union(tagOperations.map((one) => Type.Literal(one))),
  tags: list('Upper-cased when they are stored'),
});
export const tagged = Type.Object({ eid: Type.String(), tags: list('The customer’s tags with this change') });

export const notice = Type.Object({
  title: Type.String(),
  body: Type.String(),
  action: Type.Optional(link),
  icon: Type.Optional(link),
});
export const pushReport = Type.Object({
  sent: Type.Integer(),
  gone: Type.Integer({ description: 'Subscriptions that will never work again; they are no longer kept' }),
  failed: Type.Array(Type.Object({ endpoint_host: Type.String(), why: Type.String() })),
  native: Type.Integer({ description: 'Native tokens, which are kept and to which nothing is sent' }),
});
