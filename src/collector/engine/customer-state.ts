/**
 * What is known of one customer: a value that events and engagements are folded into. Shapes and the empty one only.
 */
import type { Json, Payload, Trust } from '../../wire/event.ts';
import type { Cursor } from '../store/event-log.ts';

export interface Property {
  value: Json;
  /** A write of lower trust does not replace it. */
  trust: Trust;
}

/** What was sent to the customer, and what became of it. Newest first. */
export interface Engagement {
  uid: string;
  kind: 'popup' | 'inbox' | 'deep_link';
  at: number;
  /** Milliseconds since the epoch, or null. */
  expires_at: number | null;
  /** `pending` is delivered again at every identify, until the page says that it was shown. */
  status: 'pending' | 'shown' | 'clicked' | 'failed';
  status_at: number;
  /** Where it came from: `admin`, or a campaign's name. */
  from: string;
  /** The event that it answers; absent where there is none. */
  eid?: string;
  /** The title or the link, for people. */
  about: string;
}

export interface InboxEntry {
  uid: string;
  at: number;
  category_id: number | null;
  expires_at: number | null;
  read: boolean;
  starred: boolean;
}

/** One event that a definition of the label may ask about again. */
export interface Happened {
  eid: string;
  cursor: Cursor;
  /** When it happened, and no later than it came. */
  at: number;
  trust: Trust;
  /** Of its payload the fields that the definitions name, and no others. */
  fields: Payload;
}

/** What happened under one name. */
export interface History {
  /** Every one ever, also those that are not kept. */
  count: number;
  first_at: number;
  last_at: number;
  /** In log order, the newest last; at most `stateBounds.history`. */
  recent: Happened[];
  /** The fields that were kept, joined: where the definitions name others by now, the log is read again. */
  kept: string;
}

export interface MissionProgress {
  /** Events counted for each task, in the order of the definition. */
  done: number[];
  completed_at: number | null;
}

/** An ad of the label as this customer stands to it. */
export interface Offer {
  activation: 'NEW' | 'SERVED' | 'ACTIVATED';
  visibility: 'VISIBLE' | 'PARKED';
  at: number;
}

/** How often a campaign began for this customer. */
export interface CampaignStarts {
  /** The newest last; as many as the cap of a campaign can ask for. */
  at: number[];
  /** Of the newest (`eventKey`): what is delivered again begins nothing. */
  eids: string[];
}

/** A campaign that waits in the middle of its steps. */
export interface WaitingRun {
  /** Of the run: the same campaign, customer and event give the same. */
  uid: string;
  campaign: string;
  /** The key (`eventKey`) of the event that began it; the log has the rest. `null`: a segment was entered or left without one. */
  eid: string | null;
  /** When it began. */
  at: number;
  /** The step that comes next, and what the steps were when it was put down (`programShape`). */
  next: number;
  shape: string;
  due_at: number;
}

export const channels = ['email', 'sms', 'webhook', 'push'] as const;
/** Ways out that take their time and may fail: everything that is not shown in a page. */
export type OutboundChannel = (typeof channels)[number];

/** A message on its way out. Its words are kept under its uid. */
export interface OutboxItem {
  uid: string;
  campaign: string;
  eid: string | null;
  channel: OutboundChannel;
  /** Exempt from quiet hours, caps and unsubscribing. */
  transactional: boolean;
  /** When it was made. */
  at: number;
  due_at: number;
  /** Times that it was tried. */
  tries: number;
}

/** A push subscription as the browser gave it, or a native token. */
export interface PushTarget {
  /** What tells two apart: the endpoint or the token. */
  id: string;
  /** Published platform number: 0 Chrome desktop ... 11. */
  platform: number;
  subscription: { endpoint: string; keys: { p256dh: string; auth: string } } | null;
  at: number;
}

export interface CustomerState {
  /** As it was first written; null for a visitor. */
  user: string | null;
  /** A short number, drawn from the key, for clients that want one. */
  number: number;
  registered_at: number;
  /** The last event that is in here; an earlier one that comes again changes nothing. */
  folded: Cursor;
  language: string | null;
  nickname: string | null;
  avatar: string | null;
  tags: string[];
  points: { balance: number; ever: number };
  gems: number;
  diamonds: number;
  level: { id: number; name: string } | null;
  properties: { [name: string]: Property };
  entry_point: string | null;
  last_login_at: number | null;
  /** Drawn once, when the customer was registered. */
  control_group: boolean;
  engagements: Engagement[];
  inbox: InboxEntry[];
  push: PushTarget[];
  /** By event name (`event-name.ts`); only names that definitions of the label mention. */
  history: { [name: string]: History };
  /** Those that the customer is in, with when they entered. */
  segments: { [name: string]: number };
  missions: { [name: string]: MissionProgress };
  /** With when they were awarded. */
  badges: { [name: string]: number };
  /** By the ad's id. */
  offers: { [ad: string]: Offer };
  campaigns: { [name: string]: CampaignStarts };
  waiting: WaitingRun[];
  outbox: OutboxItem[];
  /** When messages went out by each channel, the newest last: what caps count. */
  sent: { [channel in OutboundChannel]?: number[] };
  /** Channels that the customer refused. */
  unsubscribed: OutboundChannel[];
  /** Devices whose visitor became this customer, with when. */
  devices: { [device: string]: number };
  /** Of the definitions that `segments` was last answered by (`Plan.digest`). */
  reviewed: string;
  /** When to look at this customer although nothing happened: a wait ends, a message is due, a segment may be left. */
  wakes_at: number | null;
}

/** What a state that was stored before these were known has of them. */
export const nothingYet = (): Pick<
  CustomerState,
  | 'history'
  | 'segments'
  | 'missions'
  | 'badges'
  | 'offers'
  | 'campaigns'
  | 'waiting'
  | 'outbox'
  | 'sent'
  | 'unsubscribed'
  | 'devices'
  | 'reviewed'
  | 'wakes_at'
> => ({
  history: {},
  segments: {},
  missions: {},
  badges: {},
  offers: {},
  campaigns: {},
  waiting: [],
  outbox: [],
  sent: {},
  unsubscribed: [],
  devices: {},
  reviewed: '',
  wakes_at: null,
});

/** Bounds of a state, so that no customer's document grows for ever. The oldest goes first. */
export const stateBounds = {
  engagements: 200,
  inbox: 500,
  push: 10,
  properties: 200,
  /** Of one name. */
  history: 100,
  /** Characters of JSON of all names: a state is read and written whole. The names that were quiet longest lose their oldest first. */
  historySize: 64_000,
  waiting: 100,
  outbox: 100,
  devices: 20,
} as const;
