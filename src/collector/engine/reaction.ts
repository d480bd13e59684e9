/**
 * What one step of the engine takes and gives: shapes only. A step is pure: clock, ids and the log come as arguments, and
 * what is to happen outside is said in values.
 */
import type { Places } from '../engagement/safe-link.ts';
import type { Cursor } from '../store/event-log.ts';
import type { CustomerKey } from '../store/user-store.ts';
import type { CustomerState, Engagement, OutboundChannel } from './customer-state.ts';
import type { Fact } from './user-state.ts';

/** Why a customer is looked at. */
export type Occasion =
  /** Their own event. */
  | { is: 'event'; fact: Fact }
  /** An event that concerns everybody; their history has no part of it. */
  | { is: 'system'; fact: Fact }
  /** Time passed: what `wakes_at` was set for. */
  | { is: 'time' }
  /** The visitor of a device became this customer: `visitor` is what was known of them. */
  | { is: 'linked'; fact: Fact; device: string; visitor: CustomerState }
  /** The label's definitions changed: segments are entered and left, and no campaign begins over it. */
  | { is: 'review' };

export interface World {
  now: number;
  customer: CustomerKey;
  /** The same parts give the same id, which nobody can guess. */
  uidOf(...parts: (string | number | null)[]): string;
  /** Where links and pictures of what is shown in pages may lead. */
  places: Places;
  /** Events that waiting runs began with, by key (`eventKey`); one that is missing was erased. */
  events: ReadonlyMap<string, Fact>;
  /** Inbox messages that the label may still send this month. */
  inboxLeft: number;
}

/** What was made for a customer, and what became of it: a row of the campaign's report. */
export interface Delivery {
  uid: string;
  /** A campaign's name, `mission: NAME`, or `admin`. */
  campaign: string;
  eid: string | null;
  /** `run`: the campaign itself; its messages have rows of their own. */
  channel: 'run' | Engagement['kind'] | OutboundChannel;
  /**
   * Of a run: running, waiting, ended. Of a message: pending, then shown or clicked in a page, sent by other channels;
   * failed; held back for good (`capped`, `unsubscribed`, `over_limit`, `no_address`, `refused`).
   */
  status: DeliveryStatus;
  at: number;
  status_at: number;
  /** For the operator; empty where the status says it all. */
  why: string;
}
export const deliveryStatuses = [
  'running',
  'waiting',
  'ended',
  'pending',
  'sent',
  'shown',
  'clicked',
  'failed',
  'capped',
  'unsubscribed',
  'over_limit',
  'no_address',
  'refused',
] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

/** What one campaign said to one event of a customer. */
export interface Verdict {
  campaign: string;
  fired: boolean;
  /** The first condition that said no, with its path and what was found; of one that fired, what it did and what of it failed. */
  why: string;
}

export interface Trace {
  /** `null`: nothing but time. */
  eid: string | null;
  cursor: Cursor | null;
  at: number;
  verdicts: Verdict[];
}

export interface Reaction {
  /** The same one if nothing changed. */
  state: CustomerState;
  /** Words of what is sent, by uid: kept in the same step as the state. */
  contents: { id: string; content: string }[];
  deliveries: Delivery[];
  trace: Trace | undefined;
}

/** What the collector asks of a plan (`plan.ts`): a label's definitions, indexed by what they mention. */
export interface PlanView {
  /** The same for the same segments, levels and events that are kept: what a state is reviewed by. */
  digest: string;
  /** Whether an event of this name can do anything to the customer whose it is. */
  mentions(name: string): boolean;
  /** Whether a system event of this name concerns any campaign. */
  concernsAll(name: string): boolean;
  /** Names whose history this state lacks, or has with other fields than the definitions name: to be read from the log first. */
  missing(state: CustomerState): { name: string; fields: readonly string[] }[];
}
