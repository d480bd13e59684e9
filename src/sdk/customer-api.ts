/**
 * The public shape of `_smartico.api` (and of `vapi`): questions about the customer, answered by the collector.
 * Never null: before the user is identified the promises wait (10 s, then reject with `not_identified`).
 */
import type { Payload } from '../wire/event.ts';
import type { PublicProps, SegmentMatch } from '../wire/protocol.ts';

/** What a page may know of its user; an open set of published names. */
export type UserProfile = PublicProps;

export interface InboxMessage {
  message_guid: string;
  /** `dd/MM/yyyy HH:mm:ss` */
  sent_date: string;
  read: boolean;
  favorite: boolean;
  category_id: number | null;
  /** Milliseconds since the epoch, or null. */
  expire_on_dt: number | null;
}

export interface InboxMessageBody {
  title: string;
  preview_body: string;
  icon: string | null;
  action: string | null;
  /** Only where `action` is exactly `dp:inbox`. */
  html_body?: string | null;
  /** Only where `action` is exactly `dp:inbox`. */
  buttons?: { text: string; action: string }[];
  custom_data: Payload | null;
}

export interface InboxQuery {
  /** Place of the first message, newest being 0. */
  from?: number;
  /** Place after the last; at most 20 messages a call. */
  to?: number;
  onlyFavorite?: boolean;
  categoryId?: number;
  /** 1 unread, 2 read. */
  read_status?: 1 | 2;
  /** Hears the whole list when a new message came; replaces the callback given before. */
  onUpdate?: (messages: InboxMessage[]) => void;
}

/** What became of a change to the inbox; `err_code` 0 is success. */
export interface InboxChange {
  err_code: number;
  err_message: string;
}

export interface SmarticoApi {
  /** The profile as it is known now. Throws `not_identified` before the user is, and in visitor mode. */
  getUserProfile(): UserProfile;
  /** Whether the user is in a segment; an unknown one is `false`. Calls of one tick travel together, answers are kept until they change. */
  checkSegmentMatch(segment: number | string): Promise<boolean>;
  checkSegmentListMatch(segments: number | string | (number | string)[]): Promise<SegmentMatch[]>;
  getInboxMessages(query?: InboxQuery): Promise<InboxMessage[]>;
  /** The list with each message's body, in one go. */
  getInboxMessagesWithBodies(query?: InboxQuery): Promise<(InboxMessage & { body: InboxMessageBody })[]>;
  getInboxUnreadCount(options?: { onUpdate?: (unread: number) => void }): Promise<number>;
  getInboxMessageBody(guid: string): Promise<InboxMessageBody>;
  markInboxMessageAsRead(guid: string): Promise<InboxChange>;
  markAllInboxMessagesAsRead(): Promise<InboxChange>;
  markUnmarkInboxMessageAsFavorite(guid: string, favorite: boolean): Promise<InboxChange>;
  deleteInboxMessage(guid: string): Promise<InboxChange>;
  deleteAllInboxMessages(): Promise<InboxChange>;
  /** `activityType`: 30 popup, 31 inbox. */
  reportImpressionEvent(report: { engagement_uid: string; activityType: number }): void;
  /** Reports; does not run the link. */
  reportClickEvent(report: { engagement_uid: string; activityType: number; action?: string }): void;
  /** Other published calls belong to products that this one is not: lists resolve empty, the rest reject `not_available`. */
  [call: string]: (...args: never[]) => unknown;
}
