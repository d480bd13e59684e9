/**
 * Messages that say that something happened. Each becomes an event of the log, under the message's `uuid` and `ts`, and is
 * answered when it is on disk, and in the customer's state if it changes that.
 */
import type { Payload } from '../../wire/event.ts';
import { ADDRESS_LENGTH, NAME_LENGTH, NICKNAME_LENGTH } from '../../wire/limits.ts';
import { cids, type ErrCode, type Message } from '../../wire/protocol.ts';
import { imageProblem } from '../engagement/safe-link.ts';
import { changesCustomers } from '../engine/user-state.ts';
import type { Ingest } from '../ingest.ts';
import { type Fields, ProtocolError } from './answer.ts';
import type { Ask, Asks, Known } from './ask.ts';
import { engagementField, payloadField, textField } from './fields.ts';
import type { Whence } from './speaker.ts';

export interface SayingNeeds {
  ingest: Pick<Ingest, 'fromMessage'>;
  /** Resolves when what was stored of a label is in its customers' states. */
  folded(label: string): Promise<void>;
  now: () => number;
}

const errCodeOf = (verdict: string): ErrCode =>
  verdict === 'identity_unverified' || verdict === 'identity_expired' ? verdict : 'bad_event';

export const sayingAsks = ({ ingest, folded, now }: SayingNeeds): Asks => {
  const say = async (speaker: Known, message: Message, whence: Whence, event_type: string, payload: Payload) => {
    const { label, customer, brand, device, voucher } = speaker;
    if (typeof message.uuid !== 'string') throw new ProtocolError('bad_message', 'uuid is missing; it names the event');
    const { rejected } = await ingest.fromMessage({
      request_id: whence.newRequestId(),
      label,
      voucher,
      device_id: device,
      page_id: whence.page_id,
      event: {
        eid: message.uuid,
        event_date: message.ts ?? now(),
        ext_brand_id: brand,
        user_ext_id: customer.user,
        event_type,
        payload,
      },
    });
    const [verdict] = rejected;
    if (verdict) throw new ProtocolError(errCodeOf(verdict.code), `${verdict.code}: ${verdict.message}`);
  };

  /** Whoever asks about the customer after the answer is told what the event made of them. */
  const sayAndFold = async (speaker: Known, message: Message, whence: Whence, eventType: string, payload: Payload) => {
    await say(speaker, message, whence, eventType, payload);
    if (changesCustomers(eventType)) await folded(speaker.label.name);
  };

  const event: Ask = {
    by: 'anyone',
    async answer(speaker, message, whence) {
      await sayAndFold(speaker, message, whence, textField(message, 'eventType', NAME_LENGTH), payloadField(message));
      return {};
    },
  };
  const ofUser = (eventType: string, read: (message: Message) => { payload: Payload; fields: Fields }): Ask => ({
    by: 'user',
    async answer(speaker, message, whence) {
      const { payload, fields } = read(message);
      await sayAndFold(speaker, message, whence, eventType, payload);
      return fields;
    },
  });
  const report = (eventType: string): Ask => ({
    by: 'anyone',
    async answer(speaker, message, whence) {
      const { activityType = null, action, reason } = message as { [name: string]: Payload[string] | undefined };
      const payload: Payload = { engagement_uid: engagementField(message), activityType };
      if (action !== undefined) payload.action = action;
      if (reason !== undefined) payload.reason = reason;
      await say(speaker, message, whence, eventType, payload);
      return undefined;
    },
  });

  return {
    [cids.login]: ofUser('login', (message) => ({ payload: payloadField(message), fields: {} })),
    [cids.logout]: ofUser('logout', (message) => ({ payload: payloadField(message), fields: {} })),
    [cids.event]: event,
    [cids.setAvatar]: ofUser('gf_avatar_changed', (message) => {
      const avatar_id = textField(message, 'avatar_id', ADDRESS_LENGTH);
      const problem = URL.canParse(avatar_id) ? imageProblem(avatar_id) : 'must be a full URL';
      if (problem) throw new ProtocolError('bad_message', `avatar_id: ${problem}`);
      return { payload: { avatar_id }, fields: { avatar_id } };
    }),
    [cids.setNickname]: ofUser('gf_nickname_changed', (message) => {
      const public_username = textField(message, 'public_username_custom', NICKNAME_LENGTH).trim();
      if (public_username === '') throw new ProtocolError('bad_message', 'public_username_custom is blank');
      return { payload: { public_username }, fields: { public_username_custom: public_username } };
    }),
    [cids.trackActivity]: {
      by: 'anyone',
      async answer(speaker, message, whence) {
        const { cid, uuid, ts, ...activity } = message;
        await say(speaker, message, whence, 'track_activity', activity as Payload);
        return undefined;
      },
    },
    [cids.impression]: report('engagement_impression'),
    [cids.action]: report('engagement_action'),
    [cids.failed]: report('engagement_failed'),
  };
};
