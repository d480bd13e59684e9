/**
 * What is known of one customer: a value that events and engagements are folded into. Shapes and the empty one only.
 */
import type { Json, Trust } from '../../wire/event.ts';
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
}

/** Bounds of a state, so that no customer's document grows for ever. The oldest goes first. */
export const stateBounds = { engagements: 200, inbox: 500, push: 10, properties: 200 } as const;
