/**
 * What the live view asks of events and customers. Owns the addresses; decides nothing about when to ask.
 */
import { type Ask, posted, queryOf } from './ask.ts';
import type { PushNotice, Wanted } from './draft.ts';
import type { Filter } from './filter.ts';
import type {
  Customer,
  EventPage,
  Label,
  LossReport,
  Minute,
  Preview,
  PushReport,
  Receipt,
  Refusal,
  Registry,
  RegistryEntry,
  RegistryKind,
  Sent,
  StoredEvent,
  TagOperation,
} from './shapes.ts';
import { pathOf, type Whose } from './whose.ts';

export interface ReadApi {
  label(): Promise<Label>;
  /** Newest first; `after` walks down from a cursor. */
  events(filter: Filter, after: number | null, limit: number): Promise<EventPage>;
  event(eid: string): Promise<StoredEvent | undefined>;
  rejections(): Promise<Refusal[]>;
  losses(): Promise<LossReport>;
  registry(): Promise<Registry>;
  register(kind: RegistryKind, name: string): Promise<RegistryEntry>;
  unregister(kind: RegistryKind, name: string): Promise<RegistryEntry>;
  minutes(): Promise<Minute[]>;
  customer(whose: Whose): Promise<Customer>;
  /** Takes everything of them away. */
  erase(whose: Whose): Promise<Receipt>;
  /** Everything that is kept of them. */
  exported(whose: Whose): Promise<unknown>;
  tag(user: string, operation: TagOperation, tags: string[]): Promise<{ tags: string[] }>;
  /** What would become of it; sends nothing. */
  preview(wanted: Wanted): Promise<Preview>;
  send(whose: Whose, wanted: Wanted): Promise<Sent>;
  push(whose: Whose, notice: PushNotice): Promise<PushReport>;
}

export const createReadApi = (ask: Ask): ReadApi => {
  const page = (query: { [name: string]: string | number | null }): Promise<EventPage> =>
    ask(`/v1/events?${queryOf(query)}`);
  const post = <Answer>(path: string, body: object): Promise<Answer> => ask(path, posted(body));
  return {
    label: () => ask('/v1/label'),
    events: ({ user, type, text }, after, limit) =>
      page({ order: 'desc', user_ext_id: user, event_type: type, text, after, limit }),
    event: async (eid) => (await page({ eid })).events[0],
    rejections: async () => (await ask<{ rejections: Refusal[] }>('/v1/rejections?limit=200')).rejections,
    losses: () => ask('/v1/losses'),
    registry: () => ask('/v1/registry'),
    register: (kind, name) => post('/v1/registry', { kind, name }),
    unregister: (kind, name) => ask(`/v1/registry?${queryOf({ kind, name })}`, { method: 'DELETE' }),
    minutes: async () => (await ask<{ minutes: Minute[] }>('/v1/stats?minutes=60')).minutes,
    customer: (whose) => ask(pathOf(whose)),
    erase: (whose) => ask(pathOf(whose), { method: 'DELETE' }),
    exported: (whose) => ask(`${pathOf(whose)}/export`),
    tag: (user, operation, tags) => post(`${pathOf({ customer: user })}/tags`, { operation, tags }),
    preview: (wanted) => post('/v1/engagements/preview', wanted),
    send: (whose, wanted) => post(`${pathOf(whose)}/engagements`, wanted),
    push: (whose, notice) => post(`${pathOf(whose)}/push`, notice),
  };
};
