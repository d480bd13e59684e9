/**
 * The ways out: one try to send one message by its channel. When it may leave and when it is tried again, others decide.
 * Whatever happens is an answer: a try never rejects.
 */
import type { Label } from '../config/config.ts';
import { placesOf } from '../engagement/places.ts';
import type { Customer } from '../engine/customer-key.ts';
import type { CustomerState, OutboundChannel, OutboxItem } from '../engine/customer-state.ts';
import type { PushSender } from '../push/push-sender.ts';
import { createMailer } from './mailer.ts';
import type { MessageFiles } from './message-files.ts';
import type { Outward } from './outward.ts';
import { sendPush } from './push.ts';
import { again, type Sending } from './sending.ts';
import { sendSms } from './sms.ts';
import type { UnsubscribeLinks } from './unsubscribe-links.ts';
import { sendWebhook } from './webhook.ts';

export type Addressee = Customer & { state: CustomerState };

/** One message as a way out sees it. */
export interface Outgoing {
  label: Label;
  customer: Addressee;
  item: OutboxItem;
  /** As kept under the item's uid. */
  words: unknown;
}

export interface Outbound {
  /** @param words JSON, as kept under the item's uid */
  send(label: Label, customer: Addressee, item: OutboxItem, words: string): Promise<Sending>;
  /** Lets go of mail servers and connections. */
  close(): void;
}

export interface OutboundNeeds {
  outward: Outward;
  files: Pick<MessageFiles, 'write'>;
  pushes: PushSender;
  unsubscribeLinks: UnsubscribeLinks;
  /** The collector's own origins, complete once it listens. */
  ownOrigins: ReadonlySet<string>;
  now: () => number;
}

export const createOutbound = ({
  outward,
  files,
  pushes,
  unsubscribeLinks,
  ownOrigins,
  now,
}: OutboundNeeds): Outbound => {
  const mailer = createMailer({
    files,
    unsubscribeLinks,
    placesOf: (label) => placesOf(label, new Set([...ownOrigins, ...label.origins])),
    now,
  });
  const ways: { [channel in OutboundChannel]: (outgoing: Outgoing) => Promise<Sending> } = {
    email: mailer.send,
    sms: (outgoing) => sendSms(outgoing, { outward, files, now }),
    webhook: (outgoing) => sendWebhook(outgoing, { outward, now }),
    push: (outgoing) => sendPush(outgoing, pushes),
  };

  return {
    async send(label, customer, item, words) {
      try {
        return await ways[item.channel]({ label, customer, item, words: JSON.parse(words) as unknown });
      } catch (cause) {
        return again((cause as Error).message);
      }
    },
    close() {
      mailer.close();
      outward.close();
    },
  };
};
