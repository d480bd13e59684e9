/**
 * What the collector answers of campaigns, segments and what they did, as the live view reads it.
 */
import type { Json } from '../../wire/event.ts';
import type { Delivery, DeliveryStatus, Verdict } from '../engine/reaction.ts';

export type { DeliveryStatus, Verdict };

/** Rows of one channel in one state. */
export interface Count {
  channel: Delivery['channel'];
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

export interface SentRow extends Delivery {
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

export interface DryRun {
  events: number;
  customers: number;
  fired: { user_ext_id: string | null; device_id: string | null; eid: string; at: number }[];
  refused: { why: string; count: number }[];
  /** There was more to replay than one run takes. */
  more: boolean;
}
