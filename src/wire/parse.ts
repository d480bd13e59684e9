/**
 * The door: unknown in, a typed value or an exact problem out. Both sides read the other through it, and nothing else does.
 * Refuses nothing it can keep: one bad event is a problem of its own and leaves the batch whole.
 */
import type { RequestCode, VerdictCode } from './codes.ts';
import {
  type Batch,
  type BatchAnswer,
  type BrowserEvent,
  type Envelope,
  type Payload,
  type SignedLink,
  sources,
} from './event.ts';
import { isEventId } from './ids.ts';
import { limits } from './limits.ts';
import { isOrigin, ORIGIN_LENGTH } from './origin.ts';
import { parseHashes, parseLosses, parseLost, parsePages } from './side-fields.ts';
import { type Fields, isCount, isFields, isText, isTime } from './values.ts';

/** What is wrong, exactly: where, which rule, and the type of what was found (never its value, which may be private). */
export interface Problem {
  code: RequestCode | VerdictCode;
  /** `events[7].payload.prize` */
  path: string;
  /** `must be a string of 1 to 200 characters` */
  rule: string;
  /** `null`, `array`, `number`, ... */
  got: string;
}
export type Parsed<T> = { ok: true; value: T } | { ok: false; problem: Problem };
type Code = Problem['code'];

/** Characters of a path that are shown: the names in it are the sender's, and may be as long as a body. */
const SHOWN_PATH = 200;
export const problemText = ({ path, rule, got }: Problem): string =>
  `${path.length > SHOWN_PATH ? `${path.slice(0, SHOWN_PATH)}…` : path}: ${rule}, got ${got}`;

const typeName = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
const refuse = (code: Code, path: string, rule: string, got: unknown): { ok: false; problem: Problem } => ({
  ok: false,
  problem: { code, path, rule, got: typeName(got) },
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what the rule is about
const CONTROL = /[\u0000-\u001f\u007f]/;
const isName = (value: unknown): value is string => isText(value, limits.nameLength) && !CONTROL.test(value);

/** Walks a payload without recursing past the limit: 100,000 brackets parse, and would overflow a careless walk. */
const payloadProblem = (value: unknown, path: string, depth: number): Problem | undefined => {
  if (typeof value !== 'object' || value === null) return;
  if (depth > limits.payloadDepth)
    return { code: 'too_deep', path, rule: `must nest at most ${limits.payloadDepth} levels`, got: typeName(value) };
  const names = Object.keys(value);
  if (!Array.isArray(value) && names.length > limits.payloadKeys)
    return {
      code: 'too_many_keys',
      path,
      rule: `must have at most ${limits.payloadKeys} names`,
      got: `${names.length} names`,
    };
  for (const name of names) {
    const inner = (value as Fields)[name];
    if (typeof inner === 'object' && inner !== null) {
      const problem = payloadProblem(inner, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`, depth + 1);
      if (problem) return problem;
    }
  }
};

const parsePayload = (value: unknown, eventType: string, path: string): Parsed<Payload> => {
  if (!isFields(value)) return refuse('payload_not_object', path, 'must be an object', value);
  const problem = payloadProblem(value, path, 1);
  if (problem) return { ok: false, problem };
  if (eventType !== 'client_action') return { ok: true, value: value as Payload };
  // The vendor's phone clients name the action `action`.
  const { client_action = value.action } = value;
  if (!isName(client_action))
    return refuse('empty_action', `${path}.client_action`, 'must be a name of 1 to 200 characters', client_action);
  return { ok: true, value: (Object.hasOwn(value, 'client_action') ? value : { ...value, client_action }) as Payload };
};

/** A user's id: numbers become text, since many back ends keep them so. */
const parseUser = (value: unknown, path: string): Parsed<string | null> => {
  if (value === undefined || value === null) return { ok: true, value: null };
  if (typeof value === 'number' && Number.isFinite(value)) return { ok: true, value: String(value) };
  if (isText(value, limits.userIdLength) && value.trim()) return { ok: true, value };
  return refuse('bad_user', path, `must be a string of 1 to ${limits.userIdLength} characters`, value);
};

/** One envelope, as an operator's server sends it. */
export const parseEnvelope = (value: unknown, path: string): Parsed<Envelope> => {
  if (!isFields(value)) return refuse('bad_event', path, 'must be an object', value);
  const { eid, event_date, ext_brand_id, event_type, scope } = value;
  if (!isEventId(eid)) return refuse('bad_eid', `${path}.eid`, 'must be 8 to 64 of [A-Za-z0-9._:-]', eid);
  if (!isTime(event_date))
    return refuse('bad_event_date', `${path}.event_date`, 'must be milliseconds since the epoch', event_date);
  if (ext_brand_id !== undefined && ext_brand_id !== null && !isName(ext_brand_id))
    return refuse('bad_brand', `${path}.ext_brand_id`, 'must be a name of 1 to 200 characters', ext_brand_id);
  if (!isName(event_type))
    return refuse('bad_event_type', `${path}.event_type`, 'must be a name of 1 to 200 characters', event_type);
  const user = parseUser(value.user_ext_id, `${path}.user_ext_id`);
  if (!user.ok) return user;
  if (scope !== undefined && scope !== 'system')
    return refuse('bad_scope', `${path}.scope`, 'must be "system" or absent', scope);
  if (scope && user.value !== null)
    return refuse('system_with_user', `${path}.user_ext_id`, 'must be absent on a system event', value.user_ext_id);
  const payload = parsePayload(value.payload ?? {}, event_type, `${path}.payload`);
  if (!payload.ok) return payload;
  const envelope: Envelope = {
    eid,
    event_date,
    ext_brand_id: ext_brand_id ?? null,
    user_ext_id: user.value,
    event_type,
    payload: payload.value,
  };
  if (scope) envelope.scope = scope;
  return { ok: true, value: envelope };
};

const parseLink = (value: unknown, path: string): Parsed<SignedLink> => {
  if (!isFields(value) || !isTime(value.exp) || !isText(value.sig, 100))
    return refuse('bad_context', path, 'must be { exp, sig }', value);
  return { ok: true, value: { exp: value.exp, sig: value.sig } };
};

/** One event of a batch: an envelope with what the browser adds. */
export const parseBrowserEvent = (value: unknown, path: string): Parsed<BrowserEvent> => {
  const envelope = parseEnvelope(value, path);
  if (!envelope.ok) return envelope;
  const { session_id, page_id, seq, source, link, frame } = value as Fields;
  if (!isEventId(session_id)) return refuse('bad_context', `${path}.session_id`, 'must be an id', session_id);
  if (!isEventId(page_id)) return refuse('bad_context', `${path}.page_id`, 'must be an id', page_id);
  if (!isCount(seq) || seq < 1) return refuse('bad_context', `${path}.seq`, 'must be a whole number from 1', seq);
  if (!sources.includes(source as never))
    return refuse('bad_source', `${path}.source`, `must be one of ${sources.join(', ')}`, source);
  const event = envelope.value as BrowserEvent;
  event.session_id = session_id;
  event.page_id = page_id;
  event.seq = seq;
  event.source = source as BrowserEvent['source'];
  if (link !== undefined) {
    const signed = parseLink(link, `${path}.link`);
    if (!signed.ok) return signed;
    event.link = signed.value;
  }
  if (source === 'bridge') {
    if (!isOrigin(frame))
      return refuse(
        'bad_context',
        `${path}.frame`,
        `must be an origin as browsers write it, of at most ${ORIGIN_LENGTH} characters`,
        frame,
      );
    event.frame = frame;
  }
  return { ok: true, value: event };
};

/** The list of events in a body, whatever else stands in it. */
const parseEvents = <T>(
  value: unknown,
  path: string,
  one: (value: unknown, path: string) => Parsed<T>,
): Parsed<Parsed<T>[]> => {
  if (!Array.isArray(value)) return refuse('bad_batch', path, 'must be an array of events', value);
  if (value.length > limits.batchEvents)
    return refuse('too_many_events', path, `must have at most ${limits.batchEvents} events`, value);
  return { ok: true, value: value.map((event, index) => one(event, `${path}[${index}]`)) };
};

/** The body of the server-to-server API: one envelope or an array of them. */
export const parseEnvelopes = (body: unknown): Parsed<Parsed<Envelope>[]> =>
  tooDeep(body) ?? parseEvents(isFields(body) ? [body] : body, 'events', parseEnvelope);

/** Brackets without content are no batch: say that they are too many before saying that they are none. */
const tooDeep = (body: unknown): { ok: false; problem: Problem } | undefined => {
  let value = body;
  for (let depth = 0; Array.isArray(value); depth++, value = value[0])
    if (depth > limits.payloadDepth)
      return refuse('too_deep', 'body', `must nest at most ${limits.payloadDepth} levels`, body);
};

/** The body of `POST /v1/events`. A problem here refuses the request; a problem of one event stands in its place. */
export const parseBatch = (body: unknown): Parsed<Batch<Parsed<BrowserEvent>>> => {
  const deep = tooDeep(body);
  if (deep) return deep;
  if (!isFields(body)) return refuse('bad_batch', 'body', 'must be an object', body);
  const { batch_id, label_key, device_id, sent_at } = body;
  if (!isText(batch_id, 64)) return refuse('bad_batch', 'batch_id', 'must be a string of 1 to 64 characters', batch_id);
  if (!isText(label_key, limits.nameLength)) return refuse('bad_batch', 'label_key', 'must be a label key', label_key);
  if (!isEventId(device_id)) return refuse('bad_batch', 'device_id', 'must be an id', device_id);
  if (!isTime(sent_at)) return refuse('bad_batch', 'sent_at', 'must be milliseconds since the epoch', sent_at);
  const events = parseEvents(body.events, 'events', parseBrowserEvent);
  if (!events.ok) return events;
  return {
    ok: true,
    value: {
      batch_id,
      label_key,
      device_id,
      sent_at,
      hashes: parseHashes(body.hashes),
      losses: parseLosses(body.losses),
      lost: parseLost(body.lost),
      pages: parsePages(body.pages),
      events: events.value,
    },
  };
};

/** The collector's answer to a batch, as the SDK reads it; anything else (`undefined`) acknowledges nothing. */
export const parseAnswer = (body: unknown, batchId: string): BatchAnswer | undefined => {
  const answer = Object(body) as BatchAnswer;
  return answer.batch_id === batchId &&
    Array.isArray(answer.duplicate) &&
    Array.isArray(answer.rejected) &&
    answer.rejected.every((one) => isCount(Object(one).index))
    ? answer
    : undefined;
};
