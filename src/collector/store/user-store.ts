/**
 * The port of what is known of each customer: small documents by key, changed only by whoever saw their last version.
 * Owns the shapes and the promises, no storage and no meaning; `engine/` knows what a state says.
 */
import type { CustomerState } from '../engine/customer-state.ts';
import type { Delivery, DeliveryStatus, Trace } from '../engine/reaction.ts';
import type { Cursor } from './event-log.ts';

/** `u:` and the id with ASCII letters lowered (the published hash cannot tell BOB from bob), or `d:` and a device id. */
export type CustomerKey = string;

export interface StoredState {
  /** From 1; grows with every change. */
  version: number;
  state: CustomerState;
}

export interface StateChange {
  customer: CustomerKey;
  /** The version that the change was made from; 0 if there was none. */
  version: number;
  state: CustomerState;
  /** Words of what is sent; the first ones kept under an id stay. */
  contents?: { id: string; content: string }[];
  /** Rows of the campaigns' report; a later one of this customer and the same uid replaces. */
  deliveries?: Delivery[];
  /** One for each event of this customer that the write takes; a burst of one customer is one write. */
  traces?: Trace[];
}

/** How far a system event was told to the label's customers. */
export interface Fanout {
  /** Of the event. */
  cursor: Cursor;
  /** The last customer who was told; `null`: nobody yet. */
  after: CustomerKey | null;
}

/** What is stored in the same step as the changes, and only where every change is. */
export interface Progress {
  folded?: Cursor;
  /** Begun, or further on. */
  fanouts?: Fanout[];
  /** Cursors of those that everybody was told. */
  fannedOut?: Cursor[];
}

export interface KeptDelivery extends Delivery {
  customer: CustomerKey;
}
export interface DeliveryQuery {
  campaign?: string;
  customer?: CustomerKey;
  channel?: Delivery['channel'];
  /** Rows that come after this `next` of an earlier page. */
  after?: string;
  limit: number;
}

export interface KeptTrace extends Trace {
  customer: CustomerKey;
}

/** What erasing took away. */
export interface Erased {
  states: number;
  contents: number;
  deliveries: number;
  traces: number;
}

/** Traces of a label that are kept; the oldest go. */
export const TRACES_KEPT = 20_000;

export interface CustomerPage {
  customers: ({ customer: CustomerKey } & StoredState)[];
  /** Where the following page begins; null at the end. */
  next: CustomerKey | null;
}

export interface MemberPage {
  members: { customer: CustomerKey; since: number }[];
  next: CustomerKey | null;
}
/** Of everything, or of what these name; `since` is of when it was made. */
export interface FunnelQuery {
  campaign?: string;
  channel?: Delivery['channel'];
  since?: number;
}
export interface FunnelCount {
  campaign: string;
  channel: Delivery['channel'];
  status: DeliveryStatus;
  count: number;
}

export interface UserStore {
  /** `undefined` for a customer never stored. Whatever an `update` stored before this call is seen. */
  get(label: string, customer: CustomerKey): Promise<StoredState | undefined>;
  /** Ids as they were first written, of those among these users whose key does not say it. */
  writtenIds(label: string, customers: readonly CustomerKey[]): Promise<Map<CustomerKey, string>>;
  /**
   * Stores each change whose version is still the last one, with everything that belongs to it; resolves with which were
   * stored. `progress` is stored in the same step, and only where every change is: a change that was not would never be
   * folded again. On disk when it resolves; when it rejects nothing is. One customer stands at most once in a call.
   */
  update(label: string, changes: StateChange[], progress?: Progress): Promise<boolean[]>;
  /** Up to where the label's events are in its customers' states; 0 at the beginning. */
  folded(label: string): Promise<Cursor>;
  /** Called when a label's place moves on, whichever process folds it, and the states can be read here. Returns the end of listening. */
  listen(moved: (label: string, folded: Cursor) => void): () => void;
  /** Customers in the order of their keys. */
  list(label: string, after: CustomerKey | undefined, limit: number): Promise<CustomerPage>;
  /** Customers whose `wakes_at` has come, the longest due first. */
  due(label: string, now: number, limit: number): Promise<CustomerKey[]>;
  /** Customers in a segment (`state.segments`), in the order of their keys. */
  members(label: string, segment: string, after: CustomerKey | undefined, limit: number): Promise<MemberPage>;
  /** How many are in each segment that has anybody. */
  memberCounts(label: string): Promise<{ [segment: string]: number }>;
  /** Newest first, by when they were made. */
  deliveries(label: string, query: DeliveryQuery): Promise<{ deliveries: KeptDelivery[]; next: string | null }>;
  /** The newest, where an operator gave one uid to many customers. */
  delivery(label: string, uid: string): Promise<KeptDelivery | undefined>;
  /** Rows by campaign, channel and status, in this order. */
  funnel(label: string, query: FunnelQuery): Promise<FunnelCount[]>;
  /** Newest first, of one event or one customer. */
  traces(label: string, of: { eid: string } | { customer: CustomerKey }, limit: number): Promise<KeptTrace[]>;
  /** System events that are still being told, oldest first. */
  fanouts(label: string): Promise<Fanout[]>;
  /**
   * Everything of a customer; on disk, and out of the files, when it resolves. Of words those that a delivery or the state
   * of this customer names and no other customer's delivery does.
   */
  erase(label: string, customer: CustomerKey): Promise<Erased>;
  /** Deliveries, traces and words older than that, and visitors not changed since; at most `limit` rows a call, resolves with how many. */
  purge(label: string, before: number, limit: number): Promise<number>;
  /** What an engagement shows: JSON text by its id. The first one kept under an id stays; on disk when it resolves. */
  keepContent(label: string, id: string, content: string): Promise<void>;
  content(label: string, id: string): Promise<string | undefined>;
  /** Settings of the collector's own that must outlive it (its push keys): the first value stays, and is answered. */
  keepSetting(name: string, value: string): Promise<string>;
  /** `undefined` for one that nobody made. */
  setting(name: string): Promise<string | undefined>;
  /** As the log's. */
  check(): Promise<void>;
  /** Idempotent; other calls reject afterwards. */
  close(): Promise<void>;
}
