/**
 * The link by which a customer refuses a channel: it says who and what, and is signed, so that nobody can make one for another.
 * It needs no login and never expires, as an e-mail does not.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { channels, type OutboundChannel } from '../engine/customer-state.ts';
import type { CustomerKey, UserStore } from '../store/user-store.ts';

export interface Unsubscribing {
  label: string;
  customer: CustomerKey;
  channel: OutboundChannel;
}

export interface UnsubscribeLinks {
  urlOf(unsubscribing: Unsubscribing): string;
  /** `undefined` for a token that was not made here. */
  read(token: string): Unsubscribing | undefined;
}

/** Made on the first start, and the same ever after: links in old e-mails must go on working. */
export const keptUnsubscribeKey = (users: Pick<UserStore, 'keepSetting'>): Promise<string> =>
  users.keepSetting('unsubscribe', randomBytes(32).toString('base64url'));

/** @param address the collector's own, as the world outside reaches it; asked when a link is made */
export const createUnsubscribeLinks = (key: string, address: () => string): UnsubscribeLinks => {
  const signed = (claim: string): Buffer => createHmac('sha256', key).update(claim).digest();
  const isSigned = (claim: string, signature: Buffer): boolean =>
    signature.length === signed(claim).length && timingSafeEqual(signature, signed(claim));

  return {
    urlOf({ label, customer, channel }) {
      const claim = Buffer.from(JSON.stringify([label, customer, channel])).toString('base64url');
      return `${address()}/unsubscribe/${claim}.${signed(claim).toString('base64url')}`;
    },
    read(token) {
      const [claim = '', signature = ''] = token.split('.');
      if (!isSigned(claim, Buffer.from(signature, 'base64url'))) return undefined;
      const [label, customer, refused] = JSON.parse(Buffer.from(claim, 'base64url').toString()) as [
        string,
        string,
        string,
      ];
      const channel = channels.find((one) => one === refused);
      return channel && { label, customer, channel };
    },
  };
};
