/**
 * From a body to verdicts: parse, label, origin, rate, each event's admission, the log. The browser's door and the
 * server's door share everything behind the first step. Knows no HTTP; says no by throwing a `Refusal`.
 */
import type { RequestCode } from '../wire/codes.ts';
import type { BatchAnswer, BrowserEvent, Envelope, Losses, PageCount, Rejection, Verdicts } from '../wire/event.ts';
import { isEventId } from '../wire/ids.ts';
import { type Parsed, type Problem, parseBatch, parseEnvelopes, problemText } from '../wire/parse.ts';
import { admit, hashVoucher, type Voucher } from './admit.ts';
import type { Label } from './config.ts';
import type { Labels } from './labels.ts';
import type { Origins } from './origins.ts';
import { bucketOfAddress, type Rates } from './rates.ts';
import { Refusal, retryAfter } from './refusal.ts';
import { logMessages, type NewEvent, type Outcome, type RejectionRecord, type Submission } from './store/event-log.ts';

export interface Arrival {
  request_id: string;
  body: unknown;
  /** Of the body once inflated. */
  bytes: number;
  origin: string | undefined;
  authorization: string | undefined;
  address: string;
}

export interface IngestNeeds {
  labels: Labels;
  origins: Origins;
  rates: Rates;
  submit: (submission: Submission) => Promise<Outcome[]>;
  now: () => number;
  random: () => number;
}

export interface Ingest {
  fromBrowser(arrival: Arrival): Promise<BatchAnswer>;
  fromServer(arrival: Arrival): Promise<Verdicts>;
}

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

export const createIngest = ({ labels, origins, rates, submit, now, random }: IngestNeeds): Ingest => {
  const checkRate = (label: Label, address: string, events: number): void => {
    const at = now();
    const ofLabel = `label ${label.name}`;
    const ofAddress = `address ${bucketOfAddress(address)} ${label.name}`;
    const byLabel = rates.take(ofLabel, label.rates.label, events, at);
    const byAddress = byLabel.ok ? rates.take(ofAddress, label.rates.address, events, at) : byLabel;
    if (byAddress.ok) return;
    if (byLabel.ok) rates.giveBack(ofLabel, label.rates.label, events);
    const whose = byLabel.ok ? 'this address' : 'this label';
    throw new Refusal(
      'rate_limited',
      `${whose} sends more events than it may; try again later`,
      retryAfter(byAddress.waitSeconds, random),
    );
  };

  /** The shared middle, up to the log. `raw` is what stood in the body at each event's place. */
  const prepare = (
    arrival: Arrival,
    label: Label,
    voucher: Voucher,
    parsed: Parsed<Envelope | BrowserEvent>[],
    raw: readonly unknown[],
    device: { device_id: string; losses: Losses; pages: PageCount[] } | undefined,
  ): Prepared => {
    const { request_id } = arrival;
    const at = now();
    const events: NewEvent[] = [];
    const rejected: Rejection[] = [];
    const records: RejectionRecord[] = [];
    const arrived: PageCount[] = [];
    for (const [index, one] of parsed.entries()) {
      const admission = one.ok
        ? admit(one.value, index, label, voucher, at)
        : { ok: false as const, code: one.problem.code, message: problemText(one.problem) };
      if (admission.ok) {
        events.push(admission.event);
        continue;
      }
      const { code, message } = admission;
      const { place, ...seen } = glimpse(raw[index]);
      rejected.push({ index, eid: seen.eid, code, message });
      records.push({ at, index, ...seen, code, message, from: device ? 'browser' : 'server', request_id });
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
      arrived,
      weight: arrival.bytes,
    };
    return { submission, rejected };
  };

  /** Holds nothing of the parsed body while it waits: under load that is most of the memory, and of the collector's time. */
  const keep = async ({ submission, rejected }: Prepared): Promise<Verdicts> => {
    const outcomes = await submit(submission);
    const duplicate = new Set<string>();
    for (const [at, outcome] of outcomes.entries()) {
      if (typeof outcome === 'number') continue;
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
    // Counts of pages are rows too: a batch of nothing else must not pass for nothing.
    checkRate(label, arrival.address, Math.max(1, batch.events.length, batch.pages.length));
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

  return {
    async fromBrowser(arrival) {
      const { batch_id, ...prepared } = prepareBatch(arrival);
      return { batch_id, ...(await keep(prepared)) };
    },
    fromServer: async (arrival) => keep(prepareEnvelopes(arrival)),
  };
};
