/**
 * What the read API answers, as the live view reads it. The page and its collector are one build, so these shapes are
 * trusted; what an event's payload holds is not, and is only ever drawn as text.
 */
import type { Envelope, Json, LossReason, Source, Trust } from '../../wire/event.ts';
import type { PublicProps } from '../../wire/protocol.ts';

export interface StoredEvent extends Envelope {
  label_key: string;
  device_id: string | null;
  session_id: string | null;
  page_id: string | null;
  seq: number | null;
  source: Source | 'server';
  /** Origin of the framed platform that made it. */
  frame?: string;
  trust: Trust;
  /** Milliseconds since the epoch, the collector's clock. */
  received_at: number;
  /** Place in the log: a later event has a higher one. */
  cursor: number;
}

export interface EventPage {
  events: StoredEvent[];
  next: number | null;
}

export interface Label {
  name: string;
  label_key: string;
  brands: string[];
}

/** One event that was refused, or one eid that came again with other content (`eid_conflict`). */
export interface Refusal {
  at: number;
  index: number;
  eid: string | null;
  code: string;
  message: string;
  event_type: string | null;
  user_ext_id: string | null;
  from: 'browser' | 'server';
  request_id: string;
}

/** What became of the events that arrived within one minute. */
export interface Minute {
  /** Start of the minute, milliseconds since the epoch. */
  minute: number;
  stored: number;
  duplicate: number;
  rejected: number;
}

export interface DeviceLoss {
  device_id: string;
  reason: LossReason;
  count: number;
  reported_at: number;
}

/** A page that numbered more events than have arrived. */
export interface Gap {
  page_id: string;
  session_id: string;
  device_id: string;
  highest_seq: number;
  stored: number;
  /** At most the first 100. */
  missing: number[];
  last_at: number;
}

/** Numbers, both included. */
export interface Stretch {
  from: number;
  to: number;
}
/** What became of every event that a session gave out: given = stored + refused + lost + missing. */
export interface SessionLosses {
  session_id: string;
  device_id: string;
  given: number;
  stored: number;
  refused: number;
  lost: { [reason: string]: number };
  missing: number;
  last_at: number;
  /** Those with an event that is not stored. */
  pages: {
    page_id: string;
    given: number;
    stored: number;
    refused: number;
    lost: (Stretch & { reason: LossReason })[];
    missing: Stretch[];
  }[];
}

export interface LossReport {
  totals: { [reason: string]: number };
  devices: DeviceLoss[];
  sessions: SessionLosses[];
  gaps: Gap[];
}

export const registryKinds = ['action', 'event_type', 'entry_point'] as const;
export type RegistryKind = (typeof registryKinds)[number];

export interface Field {
  name: string;
  types: string[];
  count: number;
  /** Whether a campaign's text may name it; `reason` says why not. */
  referable: boolean;
  reason?: string;
  /** What was set by hand. */
  rule?: { type: string } | { drop: true };
}

export interface RegistryEntry {
  name: string;
  count: number;
  first_seen: number | null;
  last_seen: number | null;
  registered: boolean;
  warning?: string;
  fields: Field[];
}

export interface Registry {
  actions: RegistryEntry[];
  event_types: RegistryEntry[];
  entry_points: RegistryEntry[];
  /** Events with more kinds of payload than the registry keeps; their fields are not in it. */
  untallied: number;
}

export interface Engagement {
  uid: string;
  kind: 'popup' | 'inbox' | 'deep_link';
  at: number;
  expires_at: number | null;
  status: 'pending' | 'shown' | 'clicked' | 'failed';
  status_at: number;
  from: string;
  about: string;
}

/** Everything that is known of one customer. */
export interface Customer {
  /** `null`: a visitor. */
  user_ext_id: string | null;
  device_id: string | null;
  profile: { first_seen: number; last_seen: number; events: number } | null;
  tags: string[];
  memberships: { segment: string; since: number | null; why: string }[];
  level: { id: number; name: string } | null;
  missions: {
    title: string;
    tasks: { event: string; done: number; count: number }[];
    completed_at: number | null;
  }[];
  /** With when they were awarded. */
  badges: { [name: string]: number };
  offers: { [ad: string]: { activation: string; visibility: string; at: number } };
  campaigns: { name: string; began: number[]; waits_until: number | null }[];
  unsubscribed: string[];
  /** Whose visitor became this customer, with when. */
  devices: { [device: string]: number };
  properties: { [name: string]: { value: Json; trust: Trust } };
  props: PublicProps;
  engagements: Engagement[];
  inbox: { uid: string; at: number; expires_at: number | null; read: boolean; starred: boolean }[];
  push: { platform: number; native: boolean; at: number }[];
  timeline: (StoredEvent & { linked_from?: string })[];
}

/** What an erasure took away. */
export interface Receipt {
  receipt: string;
  events: number;
}

export type TagOperation = 'add' | 'remove';

/** What is wrong with something to be sent, and where. */
export interface Mistake {
  path: string;
  code: string;
  reason: string;
}
/** Something that was taken out of its HTML. */
export interface Removed {
  what: string;
  why: string;
}
export interface Preview {
  mistakes: Mistake[];
  removed: Removed[];
}
export interface Sent {
  engagement_uid: string;
  /** Open pages that were told. */
  delivered: number;
  removed: Removed[];
}
export interface PushReport {
  sent: number;
  gone: number;
  failed: { endpoint_host: string; why: string }[];
  native: number;
}
