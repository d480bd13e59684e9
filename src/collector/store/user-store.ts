/**
 * The port of what is known of each customer: small documents by key, changed only by whoever saw their last version.
 * Owns the shapes and the promises, no storage and no meaning; `engine/` knows what a state says.
 */
import type { CustomerState } from '../engine/customer-state.ts';
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
}

export interface CustomerPage {
  customers: { customer: CustomerKey; state: CustomerState }[];
  /** Where the following page begins; null at the end. */
  next: CustomerKey | null;
}

export interface UserStore {
  /** `undefined` for a customer never stored. Whatever an `update` stored before this call is seen. */
  get(label: string, customer: CustomerKey): Promise<StoredState | undefined>;
  /**
   * Stores each change whose version is still the last one; resolves with which were stored. `folded` is stored in the
   * same step, and only where every change is: a change that was not would never be folded again.
   * On disk when it resolves; when it rejects nothing is. One customer stands at most once in a call.
   */
  update(label: string, changes: StateChange[], folded?: Cursor): Promise<boolean[]>;
  /** Up to where the label's events are in its customers' states; 0 at the beginning. */
  folded(label: string): Promise<Cursor>;
  /** Customers in the order of their keys. */
  list(label: string, after: CustomerKey | undefined, limit: number): Promise<CustomerPage>;
  /** What an engagement shows: JSON text by its id. The first one kept under an id stays; on disk when it resolves. */
  keepContent(label: string, id: string, content: string): Promise<void>;
  content(label: string, id: string): Promise<string | undefined>;
  /** Settings of the collector's own that must outlive it (its push keys): the first value stays, and is answered. */
  keepSetting(name: string, value: string): Promise<string>;
  /** Idempotent; other calls reject afterwards. */
  close(): Promise<void>;
}
