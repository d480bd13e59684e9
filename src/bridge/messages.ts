/**
 * Everything that crosses a port, both ways, as JSON text, and the door on either side: text in, a message out, or nothing
 * for what is none. The guest is the framed page, the host the page around it.
 */

/** Characters of one message; a longer one is refused unread. */
export const LONGEST = 256 * 1024;
/** Calls that a guest may have on their way before the host has taken them. */
export const CREDIT = 1_000;

/** A function among the arguments stays with the guest; the host gets its number. `name` is its place in an object of options. */
export type Ear = [argument: number, name: string | null, ear: number];

export interface CallMessage {
  type: 'call';
  /** From 1, without gaps. */
  id: number;
  method: string;
  args: unknown[];
  ears: Ear[];
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
  /** What the guest shall know without asking. */
  | { type: 'news'; news: unknown }
  /** Are you there? */
  | { type: 'ping' };

type Fields = { [name: string]: unknown };

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
const isText = (value: unknown): boolean => typeof value === 'string';
const isEar = (value: unknown): boolean => {
  const [argument, name, ear] = Array.isArray(value) ? value : [];
  return Number.isSafeInteger(argument) && (name === null || isText(name)) && isCount(ear);
};

const guestSays: { [type: string]: (fields: Fields) => boolean } = {
  call: ({ id, method, args, ears }) =>
    isCount(id) && isText(method) && Array.isArray(args) && Array.isArray(ears) && ears.every(isEar),
  nonce: ({ nonce }) => isText(nonce),
  alive: () => true,
  bye: () => true,
};
const hostSays: { [type: string]: (fields: Fields) => boolean } = {
  taken: ({ id }) => isCount(id),
  answer: ({ id }) => isCount(id),
  refusal: ({ id, code, message }) => isCount(id) && isText(code) && isText(message),
  heard: ({ ear, args }) => isCount(ear) && Array.isArray(args),
  news: () => true,
  ping: () => true,
};

const read = (says: typeof guestSays, text: string): unknown => {
  if (text.length > LONGEST) return;
  try {
    const fields = JSON.parse(text);
    return Object.hasOwn(says, fields?.type) && says[fields.type]?.(fields) ? fields : undefined;
  } catch {
    return; // no JSON: no message, and nobody to answer
  }
};
export const readGuest = (text: string): GuestMessage | undefined => read(guestSays, text) as GuestMessage | undefined;
export const readHost = (text: string): HostMessage | undefined => read(hostSays, text) as HostMessage | undefined;
