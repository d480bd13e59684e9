/**
 * Everything that crosses a port, both ways, as JSON text, and the door on either side: text in, a message out, or nothing
 * for what is none. The guest is the framed page, the host the page around it.
 */

/** Characters of one message to a host; a longer one is refused unread. A guest has chosen its host: it reads what that says. */
export const LONGEST = 256 * 1024;
/** Calls that a guest may have on their way before the host has taken them. */
export const CREDIT = 1_000;

export interface CallMessage {
  type: 'call';
  /** From 1, and rising: what was given up is left out. */
  id: number;
  method: string;
  /** A function among them, or in an object of options among them, stays with the guest: the host gets its number (`earText`). */
  args: unknown[];
  /** Whether the guest waits for what the call comes to; it hears of a refusal in any case. */
  asks: boolean;
}
export type GuestMessage =
  | CallMessage
  /** The host's nonce, back: the first word on every port. */
  | { type: 'nonce'; nonce: string }
  | { type: 'alive' }
  /** The guest's document is leaving. */
  | { type: 'bye' };

export type HostMessage =
  /** Every call up to this one is done, or kept. */
  | { type: 'taken'; id: number }
  | { type: 'answer'; id: number; value?: unknown }
  | { type: 'refusal'; id: number; code: string; message: string }
  /** One of the guest's functions is called. */
  | { type: 'heard'; ear: number; args: unknown[] }
  /** One of the guest's functions is wanted once less: it was handed over as often as this is said, or more. */
  | { type: 'released'; ear: number }
  /** What the guest shall know without asking. */
  | { type: 'news'; news: unknown }
  /** Are you there? */
  | { type: 'ping' };

type Fields = { [name: string]: unknown };

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
const isText = (value: unknown): boolean => typeof value === 'string';

/** A function's number as an argument; no text that a page hands over starts so. */
export const earText = (ear: number): string => `\0ear ${ear}`;
/** The number again, or `0` for any other value. */
export const earOf = (value: unknown): number => {
  const ear = typeof value === 'string' && value.startsWith('\0ear ') ? Number(value.slice(5)) : 0;
  return isCount(ear) ? ear : 0;
};

const guestSays: { [type: string]: (fields: Fields) => boolean } = {
  call: ({ id, method, args, asks }) =>
    isCount(id) && isText(method) && Array.isArray(args) && typeof asks === 'boolean',
  nonce: ({ nonce }) => isText(nonce),
  alive: () => true,
  bye: () => true,
};
const hostSays: { [type: string]: (fields: Fields) => boolean } = {
  taken: ({ id }) => isCount(id),
  answer: ({ id }) => isCount(id),
  refusal: ({ id, code, message }) => isCount(id) && isText(code) && isText(message),
  heard: ({ ear, args }) => isCount(ear) && Array.isArray(args),
  released: ({ ear }) => isCount(ear),
  news: () => true,
  ping: () => true,
};

const read = (says: typeof guestSays, text: string): unknown => {
  try {
    const fields = JSON.parse(text);
    const { type } = Object(fields);
    return isText(type) && Object.hasOwn(says, type) && says[type]?.(fields) ? fields : undefined;
  } catch {
    return; // no JSON: no message, and nobody to answer
  }
};
export const readGuest = (text: string): GuestMessage | undefined =>
  text.length > LONGEST ? undefined : (read(guestSays, text) as GuestMessage | undefined);
export const readHost = (text: string): HostMessage | undefined => read(hostSays, text) as HostMessage | undefined;
