/**
 * Turns a call into an event on disk: id, time, identity, place, payload. Everything here is synchronous, because the
 * page may be gone with the next statement.
 */
import type { LossReason, PageCount } from '../wire/event.ts';
import { PAYLOAD_BYTES } from '../wire/limits.ts';
import type { Call } from './calls.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { Identity } from './identity.ts';
import { stringify, stringifyAny } from './json.ts';
import type { Tell } from './notice.ts';

export interface CaptureNeeds {
  newEventId(): string;
  now(): number;
  brand(): string | null;
  identity: Identity;
  /** Where the next event stands, or the one that a frame made. */
  place(made?: PageCount): PageCount;
  append(eid: string, text: string, place: PageCount): void;
  bury: DeadLetters['bury'];
  lose(reason: LossReason, events: PageCount[]): void;
  tell: Tell;
}

/** What a frame knows of an event that it made: the page adds the rest. */
export interface Made {
  eid: string;
  event_date: number;
  session_id: string;
  page_id: string;
  seq: number;
  /** Whose it is, if not the present user's. */
  user_ext_id?: string | null;
  hash?: string | undefined;
}

/** A caller's value as JSON: what JSON cannot say is repaired and told. `undefined`: its own `toJSON` says nothing. */
const jsonOf = (value: unknown, tell: Tell, type: string): string | undefined => {
  try {
    if (!Object.values(value as object).some((one) => /^(fun|sym)/.test(typeof one))) return stringify(value);
  } catch {
    // A cycle, a BigInt, a getter that throws: the second look keeps what it can.
  }
  tell('payload_repaired', type);
  try {
    return stringifyAny(value);
  } catch (cause) {
    return stringify({ unreadable: String(cause) }); // a getter or toJSON of the page's own threw
  }
};

/** A payload is an object, whatever the caller gave: another value is kept inside one, and told. */
const payloadText = (payload: unknown, tell: Tell, type: string): string => {
  const text = jsonOf(payload ?? {}, tell, type);
  if (text?.[0] === '{') return text;
  tell('payload_not_object', type);
  return `{"value":${text ?? null}}`;
};

export const createCapture =
  ({ newEventId, now, brand, identity, place, append, bury, lose, tell }: CaptureNeeds) =>
  ({ type, payload, action, source, link, frame }: Call, made?: Made): string | undefined => {
    let body = payloadText(payload, tell, type);
    if (action) body = `${body.slice(0, -1)}${body === '{}' ? '' : ','}"client_action":${stringify(action)}}`;
    const eid = made?.eid ?? newEventId();
    // A character is 3 bytes at the most: most payloads are seen to fit without being encoded.
    const large = body.length * 3 > PAYLOAD_BYTES && new TextEncoder().encode(body).length > PAYLOAD_BYTES;
    const there = place(made);
    const event = stringify({
      eid,
      event_date: now(),
      ext_brand_id: brand(),
      user_ext_id: identity.user(),
      event_type: type,
      source,
      link,
      frame,
      hash: identity.hash(),
      ...made,
      ...there,
    });
    // The payload is text already: it goes in as it is instead of being walked a second time.
    const text = `${event.slice(0, -1)},"payload":${body}}`;
    if (large) {
      lose('too_large', [there]);
      bury(eid, text, 'payload_too_large', type);
      return tell('payload_too_large', type);
    }
    append(eid, text, there);
    return eid;
  };
