/**
 * Asks the collector, always with the admin key, and answers a value or a `Refused` that says why.
 * Owns the addresses; decides nothing about when to ask.
 */
import type { ErrorBody } from '../../wire/event.ts';
import type { Filter } from './filter.ts';
import type {
  EventPage,
  Label,
  LossReport,
  Minute,
  Refusal,
  Registry,
  RegistryEntry,
  RegistryKind,
  StoredEvent,
} from './shapes.ts';

/** The collector's own answer when it is not a success, or `unreachable` when there was no answer. */
export class Refused extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
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
}

const refusal = async (response: Response): Promise<Refused> => {
  const text = await response.text();
  try {
    const { code, message } = JSON.parse(text) as ErrorBody;
    return new Refused(code, message);
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
  return {
    label: () => ask('/v1/label'),
    events: ({ user, type, text }, after, limit) =>
      page({ order: 'desc', user_ext_id: user, event_type: type, text, after, limit }),
    event: async (eid) => (await page({ eid })).events[0],
    rejections: async () => (await ask<{ rejections: Refusal[] }>('/v1/rejections?limit=200')).rejections,
    losses: () => ask('/v1/losses'),
    registry: () => ask('/v1/registry'),
    register: (kind, name) => ask('/v1/registry', { method: 'POST', body: JSON.stringify({ kind, name }) }),
    minutes: async () => (await ask<{ minutes: Minute[] }>('/v1/stats?minutes=60')).minutes,
  };
};
