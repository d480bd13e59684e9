/**
 * Asks the collector, always with the admin key, and answers a value or a `Refused` that says why.
 * Owns the addresses; decides nothing about when to ask.
 */
import type { ErrorBody } from '../../wire/event.ts';
import type { PushNotice, Wanted } from './draft.ts';
import type { Filter } from './filter.ts';
import type {
  Customer,
  EventPage,
  Label,
  LossReport,
  Minute,
  Mistake,
  Preview,
  PushReport,
  Refusal,
  Registry,
  RegistryEntry,
  RegistryKind,
  Sent,
  StoredEvent,
  TagOperation,
} from './shapes.ts';

/** The collector's own answer when it is not a success, or `unreachable` when there was no answer. */
export class Refused extends Error {
  readonly code: string;
  /** Of what was to be sent, where that is what was wrong. */
  readonly mistakes: Mistake[];
  constructor(code: string, message: string, options: ErrorOptions & { mistakes?: Mistake[] } = {}) {
    super(message, options);
    this.code = code;
    this.mistakes = options.mistakes ?? [];
  }
}

export interface ReadApi {
  label(): Promise<Label>;
  /** Newest first; `after` walks down from a cursor. */
  events(filter: Filter, after: number | null, limit: number): Promise<EventPage>;
  event(eid: string): Promise<StoredEvent | undefined>;
  rejections(): Promise<Refusal[]>;
  losses(): Promise<LossReport>;
  registry(): Promise<Registry>;
  register(kind: RegistryKind, name: string): Promise<RegistryEntry>;
  minutes(): Promise<Minute[]>;
  customer(user: string): Promise<Customer>;
  tag(user: string, operation: TagOperation, tags: string[]): Promise<{ tags: string[] }>;
  /** What would become of it; sends nothing. */
  preview(wanted: Wanted): Promise<Preview>;
  send(user: string, wanted: Wanted): Promise<Sent>;
  push(user: string, notice: PushNotice): Promise<PushReport>;
}

const refusal = async (response: Response): Promise<Refused> => {
  const text = await response.text();
  try {
    const { code, message, mistakes } = JSON.parse(text) as ErrorBody & { mistakes?: Mistake[] };
    return new Refused(code, message, { mistakes: mistakes ?? [] });
  } catch (cause) {
    // A proxy in between answers with a page of its own: its status is all there is to tell.
    return new Refused(`http_${response.status}`, `The server answered ${response.status}.`, { cause });
  }
};

/** `key` is asked for at every call: a person may leave and come back with another. */
export const createReadApi = (key: () => string): ReadApi => {
  const ask = async <Answer>(path: string, options: RequestInit = {}): Promise<Answer> => {
    const headers = { authorization: `Bearer ${key()}`, 'content-type': 'application/json' };
    const response = await fetch(path, { ...options, headers, cache: 'no-store' }).catch((cause: unknown) => {
      throw new Refused('unreachable', 'The collector does not answer.', { cause });
    });
    if (!response.ok) throw await refusal(response);
    return (await response.json()) as Answer;
  };
  const page = (query: { [name: string]: string | number | null }): Promise<EventPage> => {
    const given = Object.entries(query).filter(([, value]) => value !== null && value !== '');
    return ask(`/v1/events?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`);
  };
  const customer = (user: string): string => `/v1/customers/${encodeURIComponent(user)}`;
  const post = <Answer>(path: string, body: object): Promise<Answer> =>
    ask(path, { method: 'POST', body: JSON.stringify(body) });
  return {
    label: () => ask('/v1/label'),
    events: ({ user, type, text }, after, limit) =>
      page({ order: 'desc', user_ext_id: user, event_type: type, text, after, limit }),
    event: async (eid) => (await page({ eid })).events[0],
    rejections: async () => (await ask<{ rejections: Refusal[] }>('/v1/rejections?limit=200')).rejections,
    losses: () => ask('/v1/losses'),
    registry: () => ask('/v1/registry'),
    register: (kind, name) => post('/v1/registry', { kind, name }),
    minutes: async () => (await ask<{ minutes: Minute[] }>('/v1/stats?minutes=60')).minutes,
    customer: (user) => ask(customer(user)),
    tag: (user, operation, tags) => post(`${customer(user)}/tags`, { operation, tags }),
    preview: (wanted) => post('/v1/engagements/preview', wanted),
    send: (user, wanted) => post(`${customer(user)}/engagements`, wanted),
    push: (user, notice) => post(`${customer(user)}/push`, notice),
  };
};
