/**
 * The body of `POST /v2/events/clientEvent`: unknown in, an envelope or the exact problem of each event out, with what is
 * odd about those that are kept. Pure. An event is not refused over a name that nobody published.
 */
import { channels, clientEventTypes, isAboutAd, publishedTypeOf } from '../../wire/client-event.ts';
import type { Envelope, Payload } from '../../wire/event.ts';
import { isEventId } from '../../wire/ids.ts';
import { limits } from '../../wire/limits.ts';
import { type Parsed, type Problem, parseEnvelope } from '../../wire/parse.ts';
import { momentIn } from './moment.ts';

/** What the request said about itself, beside its events. */
export interface RequestTraits {
  session?: string;
  meta?: string;
}

export interface ReadClientEvents {
  /** In the order of the body. */
  events: Parsed<Envelope>[];
  /** What can be told of each, whether it could be read or not: ids and names as they were sent. */
  seen: { eid: unknown; event_type: unknown; user_ext_id: string }[];
  warnings: { index: number; message: string }[];
}

type Fields = { [name: string]: unknown };
interface Field {
  fits(value: unknown): boolean;
  rule: string;
  required?: true;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';
const typeName = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : value === undefined ? 'nothing' : typeof value;
const refuse = (code: Problem['code'], path: string, rule: string, got: unknown): { ok: false; problem: Problem } => ({
  ok: false,
  problem: { code, path, rule, got: typeName(got) },
});

const text: Field = { fits: isText, rule: 'must be a text' };
const metadataFields: { [name: string]: Field } = {
  section: { ...text, required: true },
  channel: { ...text, required: true },
  serveToken: text,
  imageSlots: { fits: (value) => Array.isArray(value) && value.every(isText), rule: 'must be a list of texts' },
  categoryId: text,
  curationId: text,
  displayPosition: {
    fits: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
    rule: 'must be a whole number from 0',
  },
};
/** Names in the payload that are ours to fill. */
const ours = ['clientEventType', 'request'];

const metadataProblem = (metadata: Fields, isRequired: boolean, path: string): Problem | undefined => {
  const taken = ours.find((name) => Object.hasOwn(metadata, name));
  if (taken) return refuse('bad_event', `${path}.${taken}`, 'must be absent', metadata[taken]).problem;
  for (const [name, { fits, rule, required }] of isRequired ? Object.entries(metadataFields) : []) {
    const value = metadata[name];
    if (fits(value) || (!required && (value === undefined || value === null))) continue;
    return refuse('bad_event', `${path}.${name}`, rule, value).problem;
  }
};

/** The envelope's fields under the names that the sender knows them by. */
const inTheirWords = ({ path, ...problem }: Problem): Problem => ({
  ...problem,
  path: path.replace(/\.payload\b/, '.clientEventMetadata').replace(/\.event_type$/, '.clientEvent'),
});

const readOne = (value: unknown, path: string, customer: string, request: RequestTraits): Parsed<Envelope> => {
  if (!isFields(value)) return refuse('bad_event', path, 'must be an object', value);
  const { clientEventId, clientEventType, clientEvent, clientEventTimestamp, clientEventMetadata = null } = value;
  if (!isEventId(clientEventId))
    return refuse('bad_eid', `${path}.clientEventId`, 'must be a GUID, or 8 to 64 of [A-Za-z0-9._:-]', clientEventId);
  const type = clientEventTypes.find((one) => one === clientEventType);
  if (!type)
    return refuse(
      'bad_event_type',
      `${path}.clientEventType`,
      `must be one of ${clientEventTypes.join(', ')}`,
      clientEventType,
    );
  const moment = momentIn(clientEventTimestamp);
  if (!moment)
    return refuse('bad_event_date', `${path}.clientEventTimestamp`, 'must be ISO 8601', clientEventTimestamp);
  const at = `${path}.clientEventMetadata`;
  if (clientEventMetadata === null ? isAboutAd(type) : !isFields(clientEventMetadata))
    return refuse(
      'payload_not_object',
      at,
      `must be an object${isAboutAd(type) ? '' : ' or null'}`,
      clientEventMetadata,
    );
  const metadata = (clientEventMetadata ?? {}) as Payload;
  const problem = metadataProblem(metadata, isAboutAd(type), at);
  if (problem) return { ok: false, problem };
  const said = Object.keys(request).length > 0 ? { request: { ...request } } : {};
  const envelope = parseEnvelope(
    {
      eid: clientEventId,
      event_date: moment.at,
      user_ext_id: customer,
      event_type: clientEvent,
      payload: { clientEventType: type, ...metadata, ...said },
    },
    path,
  );
  return envelope.ok ? envelope : { ok: false, problem: inTheirWords(envelope.problem) };
};

/** What is odd about an event that is kept. */
const oddities = (value: Fields, serveTokens: ReadonlySet<string>): string[] => {
  const { clientEventType, clientEvent, clientEventTimestamp, clientEventMetadata } = value;
  const expected = publishedTypeOf(`${clientEvent}`);
  const { channel, serveToken } = Object(clientEventMetadata) as Fields;
  const found: string[] = [];
  if (!expected) found.push('clientEvent is not among the published names');
  else if (expected !== clientEventType) found.push(`clientEventType of this clientEvent is ${expected} as published`);
  if (typeof channel === 'string' && !channels.some((one) => one === channel))
    found.push(`clientEventMetadata.channel is none of ${channels.join(', ')}`);
  if (typeof serveToken === 'string' && !serveTokens.has(serveToken))
    found.push('clientEventMetadata.serveToken is of no ad that the label has');
  if (momentIn(clientEventTimestamp)?.zone === 'none')
    found.push('clientEventTimestamp names no time zone and is taken for UTC');
  return found;
};

/** @param serveTokens of the label's ads */
export const readClientEvents = (
  body: unknown,
  customer: string,
  request: RequestTraits,
  serveTokens: ReadonlySet<string>,
): Parsed<ReadClientEvents> => {
  if (!isFields(body)) return refuse('bad_batch', 'body', 'must be an object', body);
  const { clientEvents } = body;
  if (!Array.isArray(clientEvents) || clientEvents.length === 0)
    return refuse('bad_batch', 'clientEvents', 'must be a list of at least one event', clientEvents);
  if (clientEvents.length > limits.batchEvents)
    return refuse('too_many_events', 'clientEvents', `must have at most ${limits.batchEvents} events`, clientEvents);
  const events = clientEvents.map((value, index) => readOne(value, `clientEvents[${index}]`, customer, request));
  return {
    ok: true,
    value: {
      events,
      seen: clientEvents.map((value) => {
        const { clientEventId, clientEvent } = Object(value) as Fields;
        return { eid: clientEventId, event_type: clientEvent, user_ext_id: customer };
      }),
      warnings: events.flatMap((event, index) =>
        event.ok ? oddities(clientEvents[index] as Fields, serveTokens).map((message) => ({ index, message })) : [],
      ),
    },
  };
};
