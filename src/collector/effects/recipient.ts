/**
 * Where a customer is reached: the property that says so, if it is one address and was said by somebody who may. Pure.
 * Anybody's page can claim an address; an operator's mail goes only where the operator's server said.
 */
import { domainToASCII } from 'node:url';
import type { Trust } from '../../wire/event.ts';
import type { CustomerState } from '../engine/customer-state.ts';
import { isAtLeast } from '../engine/trust.ts';

export type Recipient = { is: 'known'; address: string } | { is: 'unknown'; why: string };

interface Kind {
  /** The published name first. */
  names: readonly string[];
  what: string;
  /** The address in the form that leaves, or nothing if it is none. */
  read(text: string): string | undefined;
}

const LONGEST = { local: 64, address: 254 };
/** Dot-separated words without quotes or comments: what is odder is no customer's, and headers are made of these. */
const LOCAL_PART = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
const DOMAIN = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z\d][a-z\d-]{0,61}[a-z\d]$/i;
/** E.164: up to fifteen digits, the first no zero. */
const PHONE = /^\+[1-9]\d{5,14}$/;

const email: Kind = {
  names: ['core_user_email', 'email'],
  what: 'e-mail address',
  read(text) {
    const [local = '', name = '', ...more] = text.split('@');
    const domain = domainToASCII(name);
    const address = `${local}@${domain}`;
    const isOne = more.length === 0 && LOCAL_PART.test(local) && DOMAIN.test(domain);
    return isOne && local.length <= LONGEST.local && address.length <= LONGEST.address ? address : undefined;
  },
};

const phone: Kind = {
  names: ['core_user_phone', 'phone'],
  what: 'phone number',
  read(text) {
    const number = text.replace(/[\s().-]/g, '').replace(/^00/, '+');
    return PHONE.test(number) ? number : undefined;
  },
};

const recipientOf = ({ names, what, read }: Kind, { properties }: CustomerState, least: Trust): Recipient => {
  const unknown = (why: string): Recipient => ({ is: 'unknown', why });
  const written = names.filter((name) => Object.hasOwn(properties, name));
  if (written.length === 0) return unknown(`no ${what} is known: the property ${names.join(' or ')} has it`);
  // What a page wrote under one name hides nothing that a server wrote under the other.
  const believed = written.find((name) => isAtLeast(properties[name]!.trust, least));
  if (believed === undefined)
    return unknown(`the ${what} is ${properties[written[0]!]!.trust}; the label asks for ${least}`);
  const { value } = properties[believed]!;
  const address = typeof value === 'string' ? read(value.trim()) : undefined;
  return address === undefined ? unknown(`the property ${believed} is no ${what}`) : { is: 'known', address };
};

export const emailOf = (state: CustomerState, trust: Trust): Recipient => recipientOf(email, state, trust);
export const phoneOf = (state: CustomerState, trust: Trust): Recipient => recipientOf(phone, state, trust);
