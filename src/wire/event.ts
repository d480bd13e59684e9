/**
 * What travels between the browser and the collector: one envelope, a batch of them, and the answer that names each.
 * Owns the shapes only; `parse.ts` is the door that checks them.
 */

export type Json = null | boolean | number | string | Json[] | Payload;
export type Payload = { [name: string]: Json };

/** Who made the call: page code, a link, a framed platform, or the SDK by itself. */
export const sources = ['api', 'deep_link', 'bridge', 'auto'] as const;
export type Source = (typeof sources)[number];

/** `server`: sent with a secret key. `verified`: the user's hash held. `unverified`: anything else. */
export type Trust = 'server' | 'verified' | 'unverified';

/** One fact that happened; never edited once stored. The form of the published server-to-server API. */
export interface Envelope {
  /** Made before the first send; 8 to 64 of `[A-Za-z0-9._:-]`. With the label it is the key that makes an event unique. */
  eid: string;
  /** Milliseconds since the epoch, by the clock of whoever saw it happen. */
  event_date: number;
  /** `null` takes the label's first brand. */
  ext_brand_id: string | null;
  /** The id in force at the time of the call, confirmed or not; `null` for a visitor and for a system event. */
  user_ext_id: string | null;
  event_type: string;
  payload: Payload;
  /** Present on an event that concerns all customers and belongs to none. */
  scope?: 'system';
}

/** Proof that a link was made by the operator: `sig` covers the verb, its parameters and `exp` (ms since the epoch). */
export interface SignedLink {
  exp: number;
  sig: string;
}

/** An envelope with what only a browser knows. */
export interface BrowserEvent extends Envelope {
  /** Activity of one device without a gap of 30 minutes. */
  session_id: string;
  /** New for every document load. */
  page_id: string;
  /** From 1, without gaps within `page_id`: a missing number is a lost event. */
  seq: number;
  source: Source;
  /** Only with `source: "deep_link"`. */
  link?: SignedLink;
  /** Origin of the framed platform that made it, as browsers write it; with `source: "bridge"`, and only then. */
  frame?: string;
}

/** How far a page had counted, kept apart from its queue so that a lost tail shows. */
export interface PageCount {
  page_id: string;
  session_id: string;
  /** The highest `seq` the page gave out. */
  seq: number;
  /** The first one of this session, if the page was in another one before. */
  from?: number;
}

/**
 * Why an event never left a device: the queue was full, the browser refused to keep it, its payload was too large, or it
 * was a call of a frame that was cut off because it ignored its credit.
 */
export const lossReasons = ['overflow', 'storage', 'too_large', 'flood'] as const;
export type LossReason = (typeof lossReasons)[number];
/** Counted since the device id was made, so that a repeated report changes nothing. */
export type Losses = { [reason in LossReason]?: number };

/** Numbers of a page that were lost on the device, `from` and `to` included. One that comes after all is stored, and no longer lost. */
export interface Lost {
  page_id: string;
  session_id: string;
  reason: LossReason;
  from: number;
  to: number;
}

/** The body of `POST /v1/events`. */
export interface Batch<Event = BrowserEvent> {
  /** Echoed by the answer; an answer without it acknowledges nothing. */
  batch_id: string;
  label_key: string;
  device_id: string;
  /** Milliseconds since the epoch, the sender's clock: with the time of receipt it shows the skew. */
  sent_at: number;
  /** `user_ext_id` to its `user_hash`. */
  hashes: { [user: string]: string };
  /** What was lost and has no number. */
  losses: Losses;
  /** Older SDKs do not tell. */
  lost?: Lost[];
  pages: PageCount[];
  events: Event[];
}

export interface Rejection {
  /** Place in the batch, from 0. */
  index: number;
  /** `null` where the id itself is what is wrong. */
  eid: string | null;
  code: string;
  message: string;
}

/** The answer to a batch. Every event in neither list is stored, and on disk. */
export interface Verdicts {
  request_id: string;
  duplicate: string[];
  rejected: Rejection[];
}
export interface BatchAnswer extends Verdicts {
  batch_id: string;
}

/** The body of every answer that is not a success. */
export interface ErrorBody {
  code: string;
  message: string;
  request_id: string;
}
