/**
 * From a body to verdicts: parse, label, origin, rate, each event's admission, the log. The browser's door, the server's
 * and the live channel's share everything behind the first step. Knows no HTTP; says no by throwing a `Refusal`.
 */
import type { RequestCode } from '../wire/codes.ts';
import type { Batch, BatchAnswer, Envelope, Losses, PageCount, Rejection, Verdicts } from '../wire/event.ts';
import { isEventId } from '../wire/ids.ts';
import { type Parsed, type Problem, parseBatch, parseEnvelope, parseEnvelopes, problemText } from '../wire/parse.ts';
import { admit, type PlacedEvent } from './admit.ts';
import type { Label } from './config/config.ts';
import { checkConsent } from './consent.ts';
import type { CheckRate } from './event-rates.ts';
import { hashVoucher, type Voucher } from './identity.ts';
import type { Labels } from './labels.ts';
import type { FieldRules } from './operator/field-rules.ts';
import type { Origins } from './origins.ts';
import { Refusal } from './refusal.ts';
import { logMessages, type NewEvent, type Receipt, type RejectionRecord, type Submission } from './store/event-log.ts';

export interface Arrival {
  request_id: string;
  body: unknown;
  /** Of the body once inflated. */
  bytes: number;
  origin: string | undefined;
  authorization: string | undefined;
  address: string;
  /** The browser sent Global Privacy Control. */
  gpc: boolean;
}

/** One event that was said in a message; its speaker is known, and the message has been counted. */
export interface Saying {
  request_id: string;
  label: Label;
  voucher: Voucher;
  /** `null`: an operator's server, or a client that does not tell. */
  device_id: string | null;
  /** The connection that it was said on. */
  page_id: string;
  /** An envelope. */
  event: unknown;
}

/** Events that their own door has read, and whose speaker it knows; they have been counted. */
export interface Reading {
  request_id: string;
  /** Of the body once inflated. */
  bytes: number;
  label: Label;
  voucher: Voucher;
  events: Parsed<Envelope>[];
  /** What can be told of each, whether it could be read or not. */
  seen: readonly unknown[];
  /** `false`: judged, and not stored. */
  isKept: boolean;
}

export interface IngestNeeds {
  labels: Labels;
  origins: Origins;
  checkRate: CheckRate;
  fieldRules: Pick<FieldRules, 'of'>;
  submit: (submission: Submission) => Promise<Receipt[]>;
  now: () => number;
}

export interface Ingest {
  fromBrowser(arrival: Arrival): Promise<BatchAnswer>;
  fromServer(arrival: Arrival): Promise<Verdicts>;
  fromMessage(saying: Saying): Promise<Verdicts>;
  fromReader(reading: Reading): Promise<Verdicts>;
}

/** What a message weighs while it waits: few are large, and none is larger than a socket takes. */
const SAYING_BYTES = 1_000;

interface Prepared {
  submission: Submission;
  /** Verdicts that are known before the log is asked. */
  rejected: Rejection[];
}

const refuseWhole = (problem: Problem): Refusal => new Refusal(problem.code as RequestCode, problemText(problem));

/** What can be told of an event that did not parse. */
const glimpse = (
  raw: unknown,
): { eid: string | null; event_type: string | null; user_ext_id: string | null; place?: PageCount } => {
  if (typeof raw !== 'object' || raw === null) return { eid: null, event_type: null, user_ext_id: null };
  const { eid, event_type, user_ext_id, page_id, session_id, seq } = raw as Record<string, unknown>;
  const text = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, 256) : null);
  return {
    eid: isEventId(eid) ? eid : null,
    event_type: text(event_type),
    user_ext_id: text(user_ext_id),
    ...(isEventId(page_id) && isEventId(session_id) && Number.isSafeInteger(seq) && (seq as number) > 0
      ? { place: { page_id, session_id, seq: seq as number } }
      : {}),
  };
};

const countLosses = (losses: Losses): Submission['losses'] => Object.entries(losses).filter(([, count]) => count > 0);

export const createIngest = ({ labels, origins, checkRate, fieldRules, submit, now }: IngestNeeds): Ingest => {
  /** The shared middle, up to the log. `raw` is what stood in the body at each event's place. */
  const prepare = (
    { request_id, bytes = SAYING_BYTES }: { request_id: string; bytes?: number },
    label: Label,
    voucher: Voucher,
    parsed: Parsed<Envelope | PlacedEvent>[],
    raw: readonly unknown[],
    device: Pick<Batch, 'device_id' | 'losses' | 'lost' | 'pages'> | undefined,
  ): Prepared => {
    const from = voucher.by === 'secret key' ? 'server' : 'browser';
    const at = now();
    const rules = fieldRules.of(label.name);
    const events: NewEvent[] = [];
    const rejected: Rejection[] = [];
    const records: RejectionRecord[] = [];
    const arrived: PageCount[] = [];
    for (const [index, one] of parsed.entries()) {
      const admission = one.ok
        ? admit(one.value, index, label, voucher, at, rules)
        : { ok: false as const, code: one.problem.code, message: problemText(one.problem) };
      if (admission.ok) {
        events.push(admission.event);
        continue;
      }
      const { code, message } = admission;
      const { place, ...seen } = glimpse(raw[index]);
      rejected.push({ index, eid: seen.eid, code, message });
      records.push({ at, index, ...seen, code, message, from, request_id });
      if (place && device) arrived.push(place);
    }
    const submission: Submission = {
      label: label.name,
      request_id,
      received_at: at,
      device_id: device?.device_id ?? null,
      events,
      rejected: records,
      losses: device ? countLosses(device.losses) : [],
      pages: device?.pages ?? [],
      lost: device?.lost ?? [],
      arrived,
      weight: bytes,
    };
    return { submission, rejected };
  };

  /** Holds nothing of the parsed body while it waits: under load that is most of the memory, and of the collector's time. */
  const keep = async ({ submission, rejected }: Prepared): Promise<Verdicts> => {
    const outcomes = await submit(submission);
    const duplicate = new Set<string>();
    for (const [at, outcome] of outcomes.entries()) {
      if (typeof outcome === 'number' || outcome === 'kept') continue;
      const { index, eid } = submission.events[at]!;
      if (outcome === 'too_many_entry_points')
        rejected.push({ index, eid, code: outcome, message: logMessages[outcome] });
      else duplicate.add(eid);
    }
    rejected.sort((a, b) => a.index - b.index);
    return { request_id: submission.request_id, duplicate: [...duplicate], rejected };
  };

  const prepareBatch = (arrival: Arrival): Prepared & { batch_id: string } => {
    const parsed = parseBatch(arrival.body);
    if (!parsed.ok) throw refuseWhole(parsed.problem);
    const batch = parsed.value;
    const label = labels.byPublicKey(batch.label_key);
    origins.check(label, arrival.origin);
    checkConsent(label, arrival.gpc);
    // Counts of pages and losses are rows too: a batch of nothing else must not pass for nothing.
    const { events, pages, lost = [] } = batch;
    checkRate(label, arrival.address, Math.max(1, events.length + pages.length + lost.length));
    const voucher = hashVoucher(label, batch.hashes, now());
    const raw = (arrival.body as { events: unknown[] }).events;
    return { batch_id: batch.batch_id, ...prepare(arrival, label, voucher, batch.events, raw, batch) };
  };
  const prepareEnvelopes = (arrival: Arrival): Prepared => {
    const label = labels.bySecretKey(arrival.authorization);
    origins.checkPrivateKey(arrival.origin);
    const parsed = parseEnvelopes(arrival.body);
    if (!parsed.ok) throw refuseWhole(parsed.problem);
    checkRate(label, arrival.address, Math.max(1, parsed.value.length));
    const raw = Array.isArray(arrival.body) ? arrival.body : [arrival.body];
    return prepare(arrival, label, { by: 'secret key' }, parsed.value, raw, undefined);
  };

  /** A connection is a page; its events are not counted there, since a client that says one again says it anywhere. */
  const prepareSaying = (saying: Saying): Prepared => {
    const { label, voucher, device_id, page_id, event } = saying;
    const envelope = parseEnvelope(event, 'event');
    const place = { session_id: page_id, page_id, seq: null, source: 'api' as const };
    const one =
      envelope.ok && device_id !== null ? { ok: true as const, value: { ...envelope.value, ...place } } : envelope;
    const device = device_id === null ? undefined : { device_id, losses: {}, pages: [] };
    return prepare(saying, label, voucher, [one], [event], device);
  };

  return {
    async fromBrowser(arrival) {
      const { batch_id, ...prepared } = prepareBatch(arrival);
      return { batch_id, ...(await keep(prepared)) };
    },
    fromServer: async (arrival) => keep(prepareEnvelopes(arrival)),
    fromMessage: async (saying) => keep(prepareSaying(saying)),
    async fromReader(reading) {
      const { request_id, label, voucher, events, seen, isKept } = reading;
      const prepared = prepare(reading, label, voucher, events, seen, undefined);
      return isKept ? keep(prepared) : { request_id, duplicate: [], rejected: prepared.rejected };
    },
  };
};
