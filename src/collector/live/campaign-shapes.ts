/**
 * What the collector answers of campaigns, segments and what they did, as the live view reads it.
 */
import type { Json } from '../../wire/event.ts';

export type Channel = 'run' | 'popup' | 'inbox' | 'deep_link' | 'email' | 'sms' | 'webhook' | 'push';
export type DeliveryStatus =
  | 'running'
  | 'waiting'
  | 'ended'
  | 'pending'
  | 'sent'
  | 'shown'
  | 'clicked'
  | 'failed'
  | 'capped'
  | 'unsubscribed'
  | 'over_limit'
  | 'no_address'
  | 'refused';

/** What is wrong with the config's file, if it was changed and not taken. */
export interface ConfigNews {
  refused: { at: number; mistakes: { path: string; reason: string }[]; others: number } | null;
}

/** What one campaign said to one event. */
export interface Verdict {
  campaign: string;
  fired: boolean;
  /** The first condition that said no, or what it did. */
  why: string;
}

/** Rows of one channel in one state. */
export interface Count {
  channel: Channel;
  status: DeliveryStatus;
  count: number;
}

export interface CampaignLine {
  name: string;
  enabled: boolean;
  /** What begins it, as the config says it: `{ "event": "X" }`. */
  on: { [kind: string]: string };
  counts: Count[];
}
export interface MissionLine {
  name: string;
  title: string;
  tasks: { event: string; count: number }[];
  counts: Count[];
}
export interface CampaignList {
  campaigns: CampaignLine[];
  missions: MissionLine[];
}

/** One run of a campaign, or one message that it made. */
export interface SentRow {
  uid: string;
  campaign: string;
  eid: string | null;
  channel: Channel;
  status: DeliveryStatus;
  at: number;
  status_at: number;
  why: string;
  /** `null`: a visitor. */
  user_ext_id: string | null;
  device_id: string | null;
}
export interface SentPage {
  deliveries: SentRow[];
  next: string | null;
}
export interface CampaignDetail extends SentPage {
  name: string;
  definition: Json;
  counts: Count[];
}

/** A message with the words that went out. */
export interface SentMessage extends SentRow {
  words: { [part: string]: Json } | null;
}

export interface SegmentLine {
  name: string;
  rule: Json;
  customers: number;
}
export interface SegmentMembers {
  members: { user_ext_id: string | null; device_id: string | null; since: number }[];
  next: string | null;
}

export interface TraceRow {
  user_ext_id: string | null;
  device_id: string | null;
  eid: string | null;
  at: number;
  verdicts: Verdict[];
}

export interface TraceList {
  traces: TraceRow[];
  /** A system event is told to more customers than are shown. */
  more: boolean;
}

export interface DryRun {
  events: number;
  customers: number;
  fired: { user_ext_id: string | null; device_id: string | null; eid: string; at: number }[];
  refused: { why: string; count: number }[];
  /** There was more to replay than one run takes. */
  more: boolean;
}
