/**
 * Whom a request is about: a customer by the operator's id, or a visitor by the device. In an address either has a place of
 * its own, in a query a name.
 */
import type { FastifyRequest } from 'fastify';
import { isEventId } from '../../wire/ids.ts';
import { limits } from '../../wire/limits.ts';
import type { Label } from '../config/config.ts';
import { type Customer, userCustomer, visitorCustomer } from '../engine/customer-key.ts';
import { Refusal } from '../refusal.ts';
import type { Query } from './query.ts';

/** One who may never have done anything yet. */
export interface Addressee extends Customer {
  /** As the log knows them: by the spelling that was given. */
  whose: { user: string } | { visitor: string };
}

export interface AddressedAs {
  /** Where everything of one addressee stands. */
  url: `/${string}`;
  /** For people. */
  noun: 'customer' | 'visitor';
  whom(request: FastifyRequest, label: Label): Addressee;
}

const ofUser = (user: string, label: Label): Addressee => {
  if (user.trim() === '' || user.length > limits.userIdLength)
    throw new Refusal('bad_request', `user_ext_id must be a string of 1 to ${limits.userIdLength} characters`);
  return { ...userCustomer(user, label.hashes.form === 'v2'), whose: { user } };
};
const ofDevice = (device: string): Addressee => {
  if (!isEventId(device)) throw new Refusal('bad_request', 'device_id must be 8 to 64 of [A-Za-z0-9._:-]');
  return { ...visitorCustomer(device), whose: { visitor: device } };
};

export const asCustomer: AddressedAs = {
  url: '/v1/customers/:user_ext_id',
  noun: 'customer',
  whom: (request, label) => ofUser((request.params as { user_ext_id: string }).user_ext_id, label),
};
export const asVisitor: AddressedAs = {
  url: '/v1/visitors/:device_id',
  noun: 'visitor',
  whom: (request) => ofDevice((request.params as { device_id: string }).device_id),
};

/** The names that `whomIn` reads. */
export const whomNames = ['user_ext_id', 'device_id'] as const;

/** `undefined` where a query names nobody. */
export const whomIn = (query: Query, label: Label): Addressee | undefined => {
  const user = query.text('user_ext_id');
  const device = query.text('device_id');
  if (user !== undefined && device !== undefined)
    throw new Refusal('bad_query', '"user_ext_id" and "device_id" name one each; give one of them');
  if (user !== undefined) return ofUser(user, label);
  return device === undefined ? undefined : ofDevice(device);
};
