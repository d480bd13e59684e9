/**
 * The port of the event log: what is asked of any store, verb by verb. Owns the shapes and the promises, no storage.
 * A label is named by its name in the config, since its keys rotate; every verb takes it and nothing crosses it.
 */
import type { Envelope, Lost, PageCount, Source, Trust } from '../../wire/event.ts';
import { limits } from '../../wire/limits.ts';
import type { FieldType } from '../shape.ts';
import type { LossReport } from './loss-report.ts';
import type { Stood } from './stood.ts';

/** A place in the log: later events have greater cursors. */
export type Cursor = number;

/** An event as it is handed over: admitted by its label's rules, its payload serialised once. */
export interface NewEvent {
  /** Place in its batch. */
  index: number;
  eid: string;
  event_date: number;
  ext_brand_id: string;
  user_ext_id: string | null;
  event_type: string;
  /** JSON text. */
  payload: string;
  system: boolean;
  session_id: string | null;
  page_id: string | null;
  seq: number | null;
  source: Source | 'server';
  /** Origin of the framed platform that made it; `null` with any other source than `bridge`. */
  frame: string | null;
  trust: Trust;
  /** The action or entry point that the payload names; empty if it names none. */
  name: string;
  /** The payload's fields and their types, see `shape.ts`. */
  shape: string;
}

/** An event that was refused, or one that came under the id of another: what the operator is shown. */
export interface RejectionRecord {
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

/** Everything one request asks the log to keep; kept whole or not at all. */
export interface Submission {
  label: string;
  request_id: string;
  received_at: number;
  /** `null`: an operator's server. */
  device_id: string | null;
  events: NewEvent[];
  rejected: RejectionRecord[];
  /** Of what has no number, totals since the device id was made: the greatest ever told holds. */
  losses: [reason: string, count: number][];
  /** How far pages say that they counted. */
  pages: PageCount[];
  /** Numbers that the device says it lost. */
  lost: Lost[];
  /** Places in a page's sequence whose event arrived and was refused: not stored, and not lost either. */
  arrived: PageCount[];
  /** What it weighs while it waits, in bytes. */
  weight: number;
  /** Only where it was kept in another store before. */
  stood?: Stood;
}

/**
 * What became of one event: its cursor if it is stored; `duplicate` if its id was already there, `conflict` if that
 * was with another content (the first wins, the conflict is recorded as a rejection). Content is what happened, to whom,
 * when, and the payload; how the event came (its page, source and frame) is not. A server's event is in conflict with a
 * server's alone: where a page used its id for something else both are stored, and that is recorded.
 */
export type Outcome = Cursor | 'duplicate' | 'conflict' | 'too_many_entry_points';

/** What whoever appends is told. `kept`: it is safe, and which outcome it has is known later (a log that several collectors share). */
export type Receipt = Outcome | 'kept';

export interface LoggedEvent extends Envelope {
  device_id: string | null;
  session_id: string | null;
  page_id: string | null;
  seq: number | null;
  source: Source | 'server';
  /** Present on an event of a framed platform: the origin of its frame. */
  frame?: string;
  trust: Trust;
  received_at: number;
  cursor: Cursor;
}

export interface EventQuery {
  user?: string;
  /** Events that this device sent for nobody (a visitor's); not together with `user`. */
  visitor?: string;
  eid?: string;
  type?: string;
  /** Case-insensitive, anywhere in user, type or payload. */
  text?: string;
  after?: Cursor;
  limit: number;
  order: 'asc' | 'desc';
}

/** `next` is where the following page begins. A page may be short and still have one: a search reads a bounded stretch. */
export interface EventPage {
  events: LoggedEvent[];
  next: Cursor | null;
}

export interface Profile {
  first_seen: number;
  last_seen: number;
  events: number;
}

/** Events of one shape, counted: what the registry is folded from. */
export interface ShapeCount {
  event_type: string;
  name: string;
  shape: string;
  count: number;
  first_seen: number;
  last_seen: number;
}

export const registryKinds = ['action', 'event_type', 'entry_point'] as const;
export type RegistryKind = (typeof registryKinds)[number];

/** What was set by hand for a field of an event: the type that it must have, or that it is not stored at all. */
export type FieldRule = { type: FieldType } | { drop: true };
export interface Registered {
  kind: RegistryKind;
  name: string;
  /** By field code. */
  fields: { [field: string]: FieldRule };
}

export interface RegistryRows {
  shapes: ShapeCount[];
  registered: Registered[];
}

export interface MinuteCount {
  minute: number;
  stored: number;
  duplicate: number;
  rejected: number;
}

/** Rows that a label's rejections, and a read of its losses, keep or show at the most. */
export const bounds = {
  rejections: 10_000,
  lossDevices: 1000,
  gapPages: 200,
  /** Pages that are read for the sums of sessions: of one device, and in all. */
  pagesOfDevice: 1000,
  pagesSummed: 5000,
  /** Pages of one device that no event came from: their counts and losses are all that a hostile page needs to make up. */
  claimedPages: 1000,
  missingShown: 100,
  shapes: 10_000,
  /** Of one action or type: a page that puts ids where names belong must not take the room of every other action. */
  shapesOfName: 200,
  /** Characters of one shape; 256 long names are 40,000, and a registry of those nobody can read. */
  shapeLength: 4_000,
} as const;

/** Whose events are taken away; with `anyCase` whoever is the same but for the case of ASCII letters. */
export type Erasable = { user: string; anyCase?: boolean } | { visitor: string };

/** Of what happens in the log, whichever process asked for it, in the order of the log and once it can be read here. */
export interface LogListener {
  stored?(group: Submission[], outcomes: Outcome[][]): void;
  /** Rules of the registry were set or taken out. */
  ruled?(label: string): void;
  erased?(label: string, whose: Erasable): void;
}

export interface EventLog {
  /** Appends that it does at once: one more would wait in it, and is better held back and put to the next. */
  readonly appendsAtOnce: number;
  /** Events that one `purge` best takes: few where each call is a commit that others wait for, many where each is an order to everybody. */
  readonly purgesAtOnce: number;
  /**
   * Stores each event once per (label, eid), for as long as the event is kept: after `erase` or `purge` its id is free again.
   * When it resolves everything is on disk. When it rejects nothing of the group is; of a log that several collectors share
   * some may be, and is a duplicate when it comes again. Outcomes come in the order of submissions and events.
   */
  append(group: Submission[]): Promise<Receipt[][]>;
  /** Whatever an `append` stored before this call is seen. */
  events(label: string, query: EventQuery): Promise<EventPage>;
  /** `undefined` for a customer never seen. */
  profile(label: string, whose: { user: string } | { visitor: string }): Promise<Profile | undefined>;
  losses(label: string): Promise<LossReport>;
  /** Newest first. */
  rejections(label: string, limit: number): Promise<RejectionRecord[]>;
  registry(label: string): Promise<RegistryRows>;
  /** Resolves `false` if it was registered already. @param fields replaces the rules that were; left out, they stay */
  register(label: string, kind: RegistryKind, name: string, fields?: Registered['fields']): Promise<boolean>;
  /**
   * Takes a name out of the registry: what was counted under it and was set for it, with an event type its actions. Events
   * stay, and one that names it again is counted anew. Resolves `false` if it was not there.
   */
  unregister(label: string, kind: RegistryKind, name: string): Promise<boolean>;
  /**
   * Takes every event of one customer away, and what refusals say of them (losses, of a visitor); resolves with the number
   * of events, when they are out of the files; where several collectors share a log, out of it and out of the files here, while
   * each of the others takes them out of its own when it comes to the order. Cursors are not given again. What is handed over meanwhile may stay.
   */
  erase(label: string, whose: Erasable): Promise<number>;
  /**
   * Takes away events that came before a time, the oldest first, at most `limit` a call; resolves with how many. Refusals and
   * losses of that age go with the last of them.
   */
  purge(label: string, before: number, limit: number): Promise<number>;
  /** Minutes with a count, oldest first; `from` is a minute's first millisecond. */
  minutes(label: string, from: number): Promise<MinuteCount[]>;
  /** Listeners hear of an append before whoever asked for it is answered, unless the answer is `kept`. Returns the end of listening. */
  listen(listener: LogListener): () => void;
  /** Resolves when everything that was appended here, `kept` or not, can be read here and listeners were told. */
  settled(): Promise<void>;
  /** Resolves if it can store just now: something is written and synced, and nothing is changed. */
  check(): Promise<void>;
  /** Resolves when everything handed over is on disk and the files are let go. Idempotent; other calls reject afterwards. */
  close(): Promise<void>;
}

/**
 * Entry points that a label may have before an event names a new one: anybody can name fifty, and those leave as much room
 * for whoever is known. (Registered ones have their own, and always pass.)
 */
export const roomForEntryPoints = (trust: Trust): number => limits.entryPoints * (trust === 'unverified' ? 1 : 2);

/** The record of an event that the log itself did not take. */
export const rejectionByLog = (
  submission: Submission,
  event: NewEvent,
  outcome: keyof typeof logMessages,
): RejectionRecord => ({
  at: submission.received_at,
  index: event.index,
  eid: event.eid,
  code: outcome === 'too_many_entry_points' ? outcome : 'eid_conflict',
  message: logMessages[outcome],
  event_type: event.event_type,
  user_ext_id: event.user_ext_id,
  from: event.source === 'server' ? 'server' : 'browser',
  request_id: submission.request_id,
});

export const logMessages = {
  conflict: 'another event is stored under this eid; the first one stays',
  id_of_page: 'a page sent another event under this eid; the server’s is stored beside it',
  too_many_entry_points: 'this label has as many entry points as pages may name; an operator registers more',
} as const;

/** An event as it will be read, for whoever is told of it before it is. */
export const loggedEvent = (submission: Submission, event: NewEvent, cursor: number): LoggedEvent => ({
  eid: event.eid,
  event_date: event.event_date,
  ext_brand_id: event.ext_brand_id,
  user_ext_id: event.user_ext_id,
  event_type: event.event_type,
  payload: JSON.parse(event.payload) as LoggedEvent['payload'],
  ...(event.system ? { scope: 'system' as const } : {}),
  device_id: submission.device_id,
  session_id: event.session_id,
  page_id: event.page_id,
  seq: event.seq,
  source: event.source,
  ...(event.frame === null ? {} : { frame: event.frame }),
  trust: event.trust,
  received_at: submission.received_at,
  cursor,
});
