/**
 * The door for messages of the published protocol, both ways: unknown in, a message with a number or an exact problem out.
 * What a class of message needs beyond that, its reader checks.
 */
import type { Message } from './protocol.ts';

export type ParsedMessage = { ok: true; message: Message } | { ok: false; rule: string };

const refuse = (rule: string): ParsedMessage => ({ ok: false, rule });

/** @param value JSON that was parsed, whoever wrote it */
export const parseMessage = (value: unknown): ParsedMessage => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('must be an object');
  const { cid, uuid, ts } = value as { [name: string]: unknown };
  if (!Number.isSafeInteger(cid) || (cid as number) < 0) return refuse('cid must be a whole number');
  if (uuid !== undefined && uuid !== null && (typeof uuid !== 'string' || uuid.length > 64))
    return refuse('uuid must be a string of at most 64 characters');
  if (ts !== undefined && ts !== null && typeof ts !== 'number')
    return refuse('ts must be milliseconds since the epoch');
  return { ok: true, message: value as Message };
};
