/**
 * What stands in a message, read field by field: the value, or `bad_message` with the field and the rule.
 */
import type { Payload } from '../../wire/event.ts';
import { limits } from '../../wire/limits.ts';
import type { Message } from '../../wire/protocol.ts';
import { ProtocolError } from './answer.ts';

const refuse = (name: string, rule: string): ProtocolError => new ProtocolError('bad_message', `${name} ${rule}`);
const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;

export const textField = (message: Message, name: string, longest: number): string => {
  const value = message[name];
  if (typeof value === 'string' && value !== '' && value.length <= longest) return value;
  throw refuse(name, `must be a text of 1 to ${longest} characters`);
};

export const optionalText = (message: Message, name: string, longest: number): string | null =>
  isAbsent(message[name]) || message[name] === '' ? null : textField(message, name, longest);

/** An operator's id of a customer; many back ends keep numbers. */
export const userField = (message: Message, name: string): string => {
  const value = message[name];
  const user = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  if (typeof user === 'string' && user.trim() !== '' && user.length <= limits.userIdLength) return user;
  throw refuse(name, `must be a text of 1 to ${limits.userIdLength} characters`);
};

export const wholeField = (message: Message, name: string, normal: number): number => {
  const value = message[name];
  if (isAbsent(value)) return normal;
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw refuse(name, 'must be a whole number of 0 or more');
};

/** Published clients send 1 for true. */
export const flagField = (message: Message, name: string): boolean | null => {
  const value = message[name];
  if (isAbsent(value)) return null;
  if (value === true || value === 1) return true;
  if (value === false || value === 0) return false;
  throw refuse(name, 'must be true or false');
};

/** The payload of an event; `{}` where there is none. */
export const payloadField = (message: Message): Payload => {
  const { payload } = message;
  if (isAbsent(payload)) return {};
  if (typeof payload === 'object' && !Array.isArray(payload)) return payload as Payload;
  throw refuse('payload', 'must be an object');
};

/** The id of an engagement by either published name. */
export const engagementField = (message: Message): string =>
  textField(message, isAbsent(message.engagement_uid) ? 'message_guid' : 'engagement_uid', 64);
