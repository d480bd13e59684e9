/**
 * The published protocol: one table from the number of a message to its reader, and the two messages that come before all
 * others. Knows neither sockets nor HTTP; a message that cannot be answered is a `ProtocolError` or a `Refusal`.
 */
import { createHash } from 'node:crypto';
import type { IdentifyAnswer, Message, Push } from '../../wire/protocol.ts';
import { pendingPushes } from '../engagement/pending.ts';
import { publicProps } from '../engine/public-props.ts';
import type { Labels } from '../labels.ts';
import type { Origins } from '../origins.ts';
import { type Fields, ProtocolError } from './answer.ts';
import type { Asks } from './ask.ts';
import { type CustomerNeeds, customerAsks } from './customer-asks.ts';
import { optionalText, textField, userField } from './fields.ts';
import { type InboxNeeds, inboxAsks } from './inbox-asks.ts';
import { labelSettings } from './label-settings.ts';
import { type SayingNeeds, sayingAsks } from './saying-asks.ts';
import { anonymous, named, provenBy, type Speaker, type Whence } from './speaker.ts';

export interface ProtocolNeeds extends CustomerNeeds, InboxNeeds, SayingNeeds {
  labels: Labels;
  origins: Origins;
  /** The public key of our pushes; empty where there are none. */
  pushKey: string;
}

export interface Identified {
  fields: Omit<IdentifyAnswer, 'cid' | 'errCode' | 'pending'>;
  /** What the customer has yet to be shown. */
  pending: Push[];
}

export interface Protocol {
  /** INIT: the label by its key and the page's origin. */
  speaker(message: Message, whence: Whence): Speaker;
  /** The same speaker under the config that is in force by now; refuses as INIT does. */
  current(speaker: Speaker, whence: Whence): Speaker;
  /** IDENTIFY, before its answer: the speaker with a name, if the label believes it. */
  identified(speaker: Speaker, message: Message): Speaker;
  /** What INIT answers. */
  settings(speaker: Speaker, whence: Whence): Fields;
  /** What IDENTIFY answers. */
  customer(speaker: Speaker): Promise<Identified>;
  /** Every other message; `undefined` where it has no answer. */
  answer(speaker: Speaker, message: Message, whence: Whence): Promise<Fields | undefined>;
}

/** Published clients keep a label by a number. */
const labelNumber = (name: string): number => createHash('sha256').update(name).digest().readUInt32BE(0) >>> 1;

export const createProtocol = (needs: ProtocolNeeds): Protocol => {
  const { labels, origins, customers, users, pushKey, now } = needs;
  const asks: Asks = { ...sayingAsks(needs), ...customerAsks(needs), ...inboxAsks(needs) };

  return {
    speaker(message, { origin }) {
      const labelKey = textField(message, 'label_key', 200);
      const label = labels.byPublicKey(labelKey);
      origins.check(label, origin);
      return anonymous(label, labelKey, message);
    },
    current(speaker, { origin }) {
      const label = labels.byPublicKey(speaker.labelKey);
      if (label === speaker.label) return speaker;
      origins.check(label, origin);
      return { ...speaker, label };
    },
    identified(speaker, message) {
      const user = userField(message, 'ext_user_id');
      const hash = optionalText(message, 'hash', 256);
      return named(speaker, user, provenBy(speaker.label, user, hash, now()), now());
    },
    settings({ label, labelKey }, { base }) {
      const settings = labelSettings(label, labelKey, base, pushKey);
      return { settings, products: [], label_id: labelNumber(label.name) };
    },
    async customer({ label, customer }) {
      if (!customer?.user) throw new ProtocolError('not_identified', 'IDENTIFY comes first');
      // From now on they are known: the date of a registration is told once.
      const state = await customers.change(label, customer, (known) => known);
      return {
        fields: {
          user_id: state.number,
          ext_user_id: customer.user,
          public_username: state.nickname,
          avatar_id: state.avatar,
          props: publicProps(state, now()),
          pubic_username_set: state.nickname !== null,
        },
        pending: await pendingPushes(users, label.name, state, now()),
      };
    },
    async answer({ customer, ...speaker }, message, whence) {
      const ask = Object.hasOwn(asks, message.cid) ? asks[message.cid] : undefined;
      if (!ask) throw new ProtocolError('unsupported', `there is no message ${message.cid} here`);
      if (!customer) throw new ProtocolError('not_identified', 'neither IDENTIFY nor a device_id came before');
      if (ask.by === 'user' && customer.user === null)
        throw new ProtocolError('not_identified', 'IDENTIFY comes first');
      return ask.answer({ ...speaker, customer }, message, whence);
    },
  };
};
