/**
 * Turns a call into an event on disk: id, time, identity, place, payload. Everything here is synchronous, because the
 * page may be gone with the next statement.
 */
import type { BrowserEvent, SignedLink, Source } from '../wire/event.ts';
import { limits } from '../wire/limits.ts';
import type { DeadLetter } from './api.ts';
import type { Identity } from './identity.ts';
import type { Lose } from './losses.ts';
import type { Tell } from './notice.ts';
import { payloadText } from './payload.ts';
import type { Session } from './session.ts';

/** What is known of an event made earlier than now, by the stub. */
export interface Earlier {
  eid: string;
  event_date: number;
  user_ext_id: string | null;
  page_id: string;
  seq: number;
}

export interface Call {
  type: string;
  payload?: unknown;
  source: Source;
  link?: SignedLink;
  earlier?: Earlier;
}

export interface CaptureNeeds {
  newEventId(): string;
  now(): number;
  brand(): string | null;
  identity: Identity;
  session: Session;
  append(eid: string, text: string): void;
  /** Keeps what can never be sent where the developer will look for it. */
  bury(letter: DeadLetter): void;
  lose: Lose;
  tell: Tell;
}

export type Capture = (call: Call) => string | undefined;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const createCapture =
  ({ newEventId, now, brand, identity, session, append, bury, lose, tell }: CaptureNeeds): Capture =>
  ({ type, payload = {}, source, link, earlier }) => {
    let body = payload;
    if (!isObject(body)) {
      tell('payload_not_object', `The payload of "${type}" is not an object; it is kept as { value }.`);
      body = { value: payload };
    }
    const { text, repaired } = payloadText(body as object);
    if (repaired) tell('payload_repaired', `The payload of "${type}" ${repaired}; the rest of it is kept.`);

    const user = earlier ? earlier.user_ext_id : identity.user();
    const event: Omit<BrowserEvent, 'payload'> & { hash?: string } = {
      eid: earlier?.eid ?? newEventId(),
      event_date: earlier?.event_date ?? now(),
      ext_brand_id: brand(),
      user_ext_id: user,
      event_type: type,
      session_id: session.session(),
      page_id: earlier?.page_id ?? session.page,
      seq: earlier?.seq ?? 0,
      source,
    };
    if (link) event.link = link;

    // A character is 3 bytes at the most: most payloads are seen to fit without being encoded.
    if (text.length * 3 > limits.payloadBytes && new TextEncoder().encode(text).length > limits.payloadBytes) {
      const message = `The payload of "${type}" is over ${limits.payloadBytes} bytes and cannot be sent.`;
      tell('payload_too_large', message);
      lose('too_large', 1);
      bury({
        eid: event.eid,
        code: 'payload_too_large',
        message,
        at: now(),
        event: { ...event, payload: { start: text.slice(0, 1000) } },
      });
      return undefined;
    }
    if (!earlier) event.seq = session.next();
    const hash = identity.hash();
    if (hash && user === identity.user()) event.hash = hash;
    // The payload is text already: it goes in as it is instead of being walked a second time.
    append(event.eid, `${JSON.stringify(event).slice(0, -1)},"payload":${text}}`);
    return event.eid;
  };
