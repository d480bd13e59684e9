/**
 * Who says a message: the label that they came with, and the customer that they are. INIT makes a speaker, IDENTIFY gives
 * them a name; over HTTP each message brings both.
 */
import { createHash } from 'node:crypto';
import { isEventId } from '../../wire/ids.ts';
import type { Message } from '../../wire/protocol.ts';
import type { Label } from '../config/config.ts';
import { type Customer, userCustomer, visitorCustomer } from '../engine/customer-key.ts';
import { hashVoucher, identityOf, type Voucher } from '../identity.ts';
import { ProtocolError } from './answer.ts';
import { optionalText } from './fields.ts';

export interface Speaker {
  label: Label;
  /** The public key that they name the label by. */
  labelKey: string;
  /** `null`: the label's first. */
  brand: string | null;
  device: string | null;
  /** `null`: neither a user nor a device was told. */
  customer: Customer | null;
  voucher: Voucher;
}

/** Where a message came from. */
export interface Whence {
  origin: string | undefined;
  address: string;
  /** A browser that sends Global Privacy Control. */
  gpc: boolean;
  /** The collector's own address as this client knows it: `https://events.op.example`. */
  base: string;
  /** Names the connection as a page, for the events that are said on it. */
  page_id: string;
  newRequestId(): string;
}

/** Clients name a device as they like; what is no id in the log is known there by its digest. */
const deviceOf = (name: string): string =>
  isEventId(name) ? name : createHash('sha256').update(name).digest('base64url');

const NOBODY: Voucher = { by: 'hashes', check: () => ({ is: 'missing' }) };

/** A speaker without a name: a visitor if there is a device. */
export const anonymous = (label: Label, labelKey: string, message: Message): Speaker => {
  const brand = optionalText(message, 'brand_key', 200);
  if (brand !== null && !label.brands.includes(brand))
    throw new ProtocolError('not_found', 'this label has no brand of that name');
  const device_id = optionalText(message, 'device_id', 256);
  const device = device_id === null ? null : deviceOf(device_id);
  return {
    label,
    labelKey,
    brand,
    device,
    customer: device === null ? null : visitorCustomer(device),
    voucher: NOBODY,
  };
};

/** The speaker with a name, if the label believes it. */
export const named = (speaker: Speaker, user: string, voucher: Voucher, now: number): Speaker => {
  const identity = identityOf(user, now, speaker.label, voucher, now);
  if (!identity.ok)
    throw new ProtocolError(
      identity.code === 'identity_expired' ? 'identity_expired' : 'identity_unverified',
      identity.message,
    );
  return { ...speaker, customer: userCustomer(user, speaker.label.hashes.form === 'v2'), voucher };
};

export const provenBy = (label: Label, user: string, hash: string | null, now: number): Voucher =>
  hashVoucher(label, hash === null ? {} : { [user]: hash }, now);
