/**
 * The publisher API's requests and answers as JSON Schema, for `/openapi.json`. They describe; `publisher/` is what checks.
 */
import { type TSchema, Type } from '@sinclair/typebox';
import { channels, clientEventTypes } from '../../wire/client-event.ts';
import { limits } from '../../wire/limits.ts';

const literals = <Text extends string>(...texts: Text[]) => Type.Unsafe<Text>({ type: 'string', enum: texts });
const requestId = Type.String({ description: 'X-CDLX-Request-Id as it came, or one of ours' });
const customer = Type.String({ minLength: 1, maxLength: limits.userIdLength });
const open = { additionalProperties: true };

export const publisherHeaders = Type.Object(
  {
    authorization: Type.Optional(
      Type.String({ description: 'Bearer and a secret key, or Bearer and a session token' }),
    ),
    'x-source-customer-id': Type.Optional(customer),
    'x-cdlx-session-token': Type.Optional(Type.String()),
    'x-cdlx-request-id': Type.Optional(Type.String({ maxLength: 64 })),
  },
  open,
);
export const eventHeaders = Type.Composite([
  publisherHeaders,
  Type.Object({
    'x-cdlx-session': Type.Optional(Type.String({ description: 'Kept with each event, as request.session' })),
    'x-cdlx-meta': Type.Optional(Type.String({ description: 'Its first 512 bytes are kept, as request.meta' })),
    'x-mock-data': Type.Optional(Type.String({ description: '"true": judged and answered, and not stored' })),
  }),
]);

export const sessionRequest = Type.Object(
  {
    secret: Type.Optional(Type.String({ description: 'A secret key, where no Authorization header names one' })),
    sourceCustomerId: Type.Optional(customer),
  },
  open,
);
export const sessionAnswer = Type.Object({
  requestId,
  sessionToken: Type.String(),
  sessionExpirationTimestamp: Type.String({ format: 'date-time' }),
});

export const clientEvents = Type.Object({
  clientEvents: Type.Array(
    Type.Object({
      clientEventId: Type.String({ pattern: '^[A-Za-z0-9._:-]{8,64}$' }),
      clientEventType: literals(...clientEventTypes),
      clientEvent: Type.String({ minLength: 1, maxLength: limits.nameLength }),
      clientEventTimestamp: Type.String({ format: 'date-time' }),
      clientEventMetadata: Type.Union([
        Type.Object(
          {
            section: Type.String(),
            channel: literals(...channels),
            serveToken: Type.Optional(Type.String()),
            imageSlots: Type.Optional(Type.Array(Type.String())),
            categoryId: Type.Optional(Type.String()),
            curationId: Type.Optional(Type.String()),
            displayPosition: Type.Optional(Type.Integer({ minimum: 0 })),
          },
          { ...open, description: 'Required of the two types that are about an ad' },
        ),
        Type.Null(),
      ]),
    }),
    { minItems: 1, maxItems: limits.batchEvents },
  ),
});

const rejected = Type.Array(
  Type.Object({
    index: Type.Integer(),
    clientEventId: Type.Union([Type.String(), Type.Null()]),
    code: Type.String(),
    message: Type.String(),
  }),
);
const warning = Type.Object({ index: Type.Integer(), clientEventId: Type.String(), message: Type.String() });
export const clientEventAnswer = Type.Object(
  {
    requestId,
    duplicate: Type.Optional(Type.Array(Type.String())),
    rejected: Type.Optional(rejected),
    warnings: Type.Optional(Type.Array(warning)),
  },
  { description: 'Every event in neither of the first two lists is stored, and on disk' },
);

const activation = literals('NEW', 'SERVED', 'ACTIVATED');
const visibility = literals('VISIBLE', 'PARKED');
export const adQuestion = Type.Object(
  {
    activationStates: Type.Optional(Type.Array(activation)),
    visibilityStates: Type.Optional(Type.Array(visibility, { description: 'VISIBLE, if nothing is said' })),
    maxAdLimit: Type.Optional(Type.Integer({ minimum: 1 })),
  },
  open,
);
export const ads = Type.Object({
  requestId,
  ads: Type.Record(
    Type.String(),
    Type.Object(
      {
        adId: Type.String(),
        adServeToken: Type.String(),
        activationState: activation,
        visibilityState: visibility,
        activationModel: Type.Optional(Type.Literal('AUTO_ACTIVATED')),
      },
      { ...open, description: 'With whatever else the config says of the ad' },
    ),
    { description: 'By the ad’s id' },
  ),
});

export const publisherError = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  validationErrors: Type.Array(Type.String()),
  requestId,
  rejected: Type.Optional(rejected),
});

/** An answer's schema, with the one form that every refusal of this API has. */
export const publisherAnswers = (ok: TSchema): Record<string, TSchema> => ({
  200: ok,
  default: {
    ...publisherError,
    description: 'HttpMessageNotReadable, ValidationException, SessionValidationException, ...',
  },
});
