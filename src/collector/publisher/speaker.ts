/**
 * Who speaks to the publisher API, and for which customer: a server with the secret key, which names the customer in a
 * header, or whoever holds the token of a session that a server started.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { limits } from '../../wire/limits.ts';
import type { Label } from '../config/config.ts';
import { checkConsent, sendsGpc } from '../consent.ts';
import type { Voucher } from '../identity.ts';
import type { Labels } from '../labels.ts';
import type { Origins } from '../origins.ts';
import { Refusal } from '../refusal.ts';
import type { SessionTokens } from './session-tokens.ts';

export interface PublisherSpeaker {
  label: Label;
  customer: string;
  voucher: Voucher;
}

export interface PublisherDoor {
  /** Refuses who may not speak at all. */
  speaker(headers: IncomingHttpHeaders): PublisherSpeaker;
  /** A server that starts a session; its newer clients put key and customer into the body. */
  starter(headers: IncomingHttpHeaders, body: unknown): PublisherSpeaker;
}

export interface DoorNeeds {
  labels: Labels;
  /** As the config has it now. */
  labelNamed(name: string): Label | undefined;
  origins: Origins;
  tokens: SessionTokens;
}

/** What the API calls whoever has no account: offers are shown to them, and nothing is kept. */
export const NOBODY = 'no-user-available';

/** A server started the session in this customer's name: that is worth what their hash would be, and no more. */
const ofSession: Voucher = { by: 'hashes', check: () => ({ is: 'held', until: Number.MAX_SAFE_INTEGER }) };

const one = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const customerIn = (given: unknown): string => {
  const customer = one(given)?.trim();
  if (customer && customer.length <= limits.userIdLength) return customer;
  throw new Refusal(
    'bad_request',
    `x-source-customer-id: must be a customer’s id of 1 to ${limits.userIdLength} characters`,
  );
};

export const publisherDoor = ({ labels, labelNamed, origins, tokens }: DoorNeeds): PublisherDoor => {
  const byKey = (headers: IncomingHttpHeaders, key: string | undefined, customer: unknown): PublisherSpeaker => {
    const label = labels.bySecretKey(key);
    origins.checkPrivateKey(headers.origin);
    return { label, customer: customerIn(customer), voucher: { by: 'secret key' } };
  };
  const bySession = (headers: IncomingHttpHeaders, token: string): PublisherSpeaker | undefined => {
    const session = tokens.read(token);
    const label = typeof session === 'object' ? labelNamed(session.label) : undefined;
    if (session === 'expired' || (session && !label))
      throw new Refusal('session_expired', 'the session is over; start another');
    if (!session || !label) return undefined;
    origins.checkAsking(label, headers.origin);
    checkConsent(label, sendsGpc(headers));
    const named = one(headers['x-source-customer-id']);
    if (named !== undefined && named !== session.customer)
      throw new Refusal('session_expired', 'x-source-customer-id: the session is another customer’s');
    return { label, customer: session.customer, voucher: ofSession };
  };
  return {
    speaker(headers) {
      const token = one(headers['x-cdlx-session-token']);
      const bearer = headers.authorization?.replace(/^Bearer +/i, '').trim();
      const speaker = bySession(headers, token ?? bearer ?? '');
      if (speaker) return speaker;
      if (token !== undefined)
        throw new Refusal('session_expired', 'X-CDLX-Session-Token is not one of ours; start a session');
      return byKey(headers, headers.authorization, headers['x-source-customer-id']);
    },
    starter(headers, body) {
      const { secret, sourceCustomerId } = Object(body) as { [name: string]: unknown };
      return byKey(headers, headers.authorization ?? one(secret), headers['x-source-customer-id'] ?? sourceCustomerId);
    },
  };
};
