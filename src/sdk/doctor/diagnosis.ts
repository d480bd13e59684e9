/**
 * What `doctor()` answers: one verdict why events do not arrive, what to do, and the facts that a support ticket needs.
 * Shapes only. Everything in it is plain JSON and may be passed on: no token, no hash, no payload, no user's id.
 */
import type { Losses } from '../../wire/event.ts';

/** In the order in which they are thought of: the first that applies is the verdict, README has what to do about each. */
export const verdicts = [
  'no_browser',
  'no_host',
  'host_refused',
  'other_global',
  'bad_collector',
  'not_initialised',
  'consent_refused',
  'consent_missing',
  'localhost_guard',
  'offline',
  'mixed_content',
  'blocked_by_policy',
  'blocked_by_extension',
  'answered_by_stranger',
  'collector_unreachable',
  'unknown_label',
  'origin_not_allowed',
  'rate_limited',
  'collector_busy',
  'request_refused',
  'stopped',
  'told_to_wait',
  'identity_expired',
  'identity_unverified',
  'all_rejected',
  'queue_full',
  'retrying',
  'not_durable',
  'some_rejected',
  'clock_off',
  'frame_refused',
  'loaded_twice',
  'old_sdk',
  'suspended',
  'nothing_sent',
  'well',
] as const;
export type Verdict = (typeof verdicts)[number];

export interface Finding {
  verdict: Verdict;
  /** What is wrong, with the values that are at stake. */
  says: string;
  /** What to do, and who must do it. */
  todo: string;
}

export interface Diagnosis extends Finding {
  /** What else was found, less pressing. */
  also: Finding[];
  /** All of them where the doctor could look, else what is known without it. */
  facts: Partial<Facts>;
}

/** What the collector, or whoever answers in its place, made of an empty batch. */
export type Probe =
  /** There was no point in asking, or no right to. */
  | { is: 'not asked' }
  | { is: 'taken' }
  /** In the collector's own form. */
  | { is: 'refused'; status: number; code: string; message: string }
  /** By something that is no collector, or whose answer the page may not read. */
  | { is: 'answered by a stranger'; status: number | null; type: string | null }
  /** By the page's policy. */
  | { is: 'blocked by policy'; directive: string }
  /** An insecure collector in a secure page. */
  | { is: 'mixed content' }
  /** This address alone: another one of the collector's answers. */
  | { is: 'blocked'; within: number }
  /** Not the collector, though the page's own site answers. Milliseconds until that was known. */
  | { is: 'unreachable'; within: number }
  /** Nobody, not even the page's own site. */
  | { is: 'offline' };

export interface Facts {
  /** Of the SDK in the page, and of the one that the collector serves now. */
  sdk: string;
  released: string;
  /** The page's origin. */
  page: string;
  label: string | null;
  brand: string | null;
  collector: string | null;
  /** Events go to a publisher's own endpoint. */
  publisher: boolean;
  /** `init` was called, and the page may report. */
  initialised: boolean;
  consent: 'given' | 'awaited' | 'refused';
  /** The browser sends Global Privacy Control. */
  gpc: boolean;
  localhost: 'no' | 'allowed' | 'guarded';
  online: boolean;
  visible: boolean;
  user: 'visitor' | 'named' | 'identified';
  /** Whether the page gave a `user_hash`. */
  proof: boolean;
  /** Events on this device; the database is `null` while it is not open. */
  waiting: { all: number; database: number | null; journal: number; memory: number };
  /** The lowest step that storage came down to. */
  storage: 'database' | 'journal' | 'memory';
  /** Verdicts on the last events of this page, rejected ones by code. */
  stored: number;
  duplicate: number;
  rejected: { [code: string]: number };
  /** What the collector said of the last one that it rejected. */
  rejection: string | null;
  /** Dead letters of this device by code. */
  dead: { [code: string]: number };
  losses: Losses;
  /** Why nothing more is sent from this page: the collector's code. */
  stopped: string | null;
  /** The next try, and whether the collector asked for the wait. */
  retry: { at: string; asked: boolean } | null;
  /** When the collector last answered a batch of this page. */
  answered: string | null;
  /** Seconds by which this device's clock is ahead of the collector's; `null` if nobody could be asked. */
  ahead: number | null;
  /** The line to the collector about the customer. */
  live: 'absent' | 'closed' | 'waiting' | 'greeting' | 'open';
  /** What is held back here: popups, inbox, games. */
  held: string[];
  /** The global that pages call is this SDK's, or somebody else's. */
  global: 'ours' | 'other';
  /** Script tags of the SDK in the page. */
  scripts: string[];
  /** Origins of frames that knocked in vain. */
  strangers: string[];
  /** Codes of what was told in this page's console. */
  told: string[];
  probe: Probe;
}
