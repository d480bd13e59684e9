/**
 * `POST /s2s-api`: the published protocol one message at a time. A secret key speaks for any customer, a label's public key
 * for the one whose hash comes with it. Who may not speak at all is refused as everywhere; a message that cannot be answered
 * gets the protocol's own answer.
 */
import type { FastifyRequest } from 'fastify';
import { parseMessage } from '../../wire/parse-message.ts';
import { cids, type Message } from '../../wire/protocol.ts';
import type { Body } from '../body.ts';
import { checkConsent, sendsGpc } from '../consent.ts';
import type { CheckRate } from '../event-rates.ts';
import type { Labels } from '../labels.ts';
import type { Origins } from '../origins.ts';
import type { OwnAddress } from '../own-address.ts';
import { answerTo, type Fields, ProtocolError, refusalOf } from '../protocol/answer.ts';
import { optionalText, userField } from '../protocol/fields.ts';
import type { Protocol } from '../protocol/protocol.ts';
import { anonymous, named, provenBy, type Speaker, type Whence } from '../protocol/speaker.ts';
import { Refusal } from '../refusal.ts';
import * as schemas from '../schemas/events.ts';
import { preflight } from './preflight.ts';
import type { Route } from './route.ts';

export interface S2sNeeds {
  labels: Labels;
  origins: Origins;
  protocol: Protocol;
  checkRate: CheckRate;
  ownAddress: OwnAddress;
  now: () => number;
}

const messageIn = (request: FastifyRequest): Message => {
  const body = request.body as Body | null | undefined;
  if (!body) throw new Refusal('empty_body', 'the body is empty');
  const parsed = parseMessage(body.value);
  if (!parsed.ok) throw new Refusal('bad_request', `the message: ${parsed.rule}`);
  return parsed.message;
};

/** What is said, without who says it: some of that is a secret, and what is said may be stored as it stands. */
const saidIn = ({ api_key, brand_key, ext_user_id, hash, device_id, ...said }: Message): Message => said;

export const s2sRoutes = (needs: S2sNeeds): Route[] => {
  const { labels, origins, protocol, checkRate, ownAddress, now } = needs;

  /** Refuses whoever may not speak at all; what is said comes afterwards. */
  const door = (request: FastifyRequest, { api_key }: Message) => {
    const { label, kind } = labels.byApiKey(api_key);
    if (kind === 'secret') origins.checkPrivateKey(request.headers.origin);
    else origins.checkAsking(label, request.headers.origin);
    checkRate(label, request.ip, 1);
    return { label, kind, labelKey: kind === 'public' ? (api_key as string) : label.keys.public[0]! };
  };
  const speakerOf = ({ label, kind, labelKey }: ReturnType<typeof door>, message: Message): Speaker => {
    const speaker = anonymous(label, labelKey, message);
    if (message.ext_user_id === undefined || message.ext_user_id === null) return speaker;
    const user = userField(message, 'ext_user_id');
    const voucher =
      kind === 'secret'
        ? { by: 'secret key' as const }
        : provenBy(label, user, optionalText(message, 'hash', 256), now());
    return named(speaker, user, voucher, now());
  };
  const answer = async (speaker: Speaker, message: Message, whence: Whence): Promise<Fields> => {
    if (message.cid === cids.ping) return {};
    if (message.cid === cids.init) return protocol.settings(speaker, whence);
    checkConsent(speaker.label, whence.gpc);
    if (message.cid !== cids.identify) return (await protocol.answer(speaker, message, whence)) ?? {};
    const { fields, pending } = await protocol.customer(speaker);
    return { ...fields, pending };
  };

  return [
    preflight('/s2s-api'),
    {
      method: 'POST',
      url: '/s2s-api',
      audience: 'page',
      schema: {
        summary: 'One message of the published protocol, by a secret key or by a label’s key with the customer’s hash',
        tags: ['live'],
        body: schemas.message,
        response: schemas.answers(schemas.messageAnswer),
      },
      async answer(request) {
        const message = messageIn(request);
        const entered = door(request, message);
        const whence: Whence = {
          origin: request.headers.origin,
          address: request.ip,
          gpc: entered.kind === 'public' && sendsGpc(request.headers),
          base: ownAddress(request),
          page_id: 'over-http',
          newRequestId: () => request.id,
        };
        try {
          return answerTo(message, await answer(speakerOf(entered, message), saidIn(message), whence));
        } catch (cause) {
          if (cause instanceof ProtocolError) return refusalOf(message, cause);
          throw cause;
        }
      },
    },
  ];
};
