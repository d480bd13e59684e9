/**
 * What the core and the live room know of each other. The core (`smartico.js`) keeps events and hears the page; the live
 * room (`smartico_live.js`, fetched once a label is known) speaks with the collector about the customer. Shapes only.
 */
import type { Answer } from '../../wire/protocol.ts';
import type { TagOperation } from '../../wire/tags.ts';
import type { Callbacks } from '../callbacks.ts';
import type { SmarticoApi } from '../customer-api.ts';
import type { DeepLink } from '../deep-link.ts';
import type { Identity } from '../identity.ts';
import type { Tell } from '../notice.ts';
import type { Settings } from '../options.ts';
import type { Platform } from '../platform.ts';
import type { Rooms } from '../rooms.ts';

export interface LiveNeeds {
  platform: Platform;
  /** Of the global: `_smartico`. */
  name: string;
  /** Of everything we keep: `_smartico:`. */
  prefix: string;
  settings(): Settings;
  identity: Identity;
  device(): string;
  /** A durable event of the SDK's own (`source: "auto"`); its id, or nothing if it was refused. */
  record(type: string, payload: object): string | undefined;
  callbacks: Callbacks;
  /** What a link says; nothing if it is none. */
  parseLink(text: string): DeepLink | undefined;
  /** Runs a deep link or a URL, as `dp()` does. */
  openLink(link: string): void;
  /** The customer is known: links that waited for that run. */
  release(): void;
  rooms: Rooms;
  /** The label takes Global Privacy Control for a refusal: where the browser sends it, everything stops. */
  honorGpc(): boolean;
  tell: Tell;
}

/** Asks the collector; rejects with a `SmarticoError` (`channel_timeout`, or the collector's own code) on anything but success. */
export type Ask = (cid: number, fields?: object) => Promise<Answer>;

/** What the core asks of the live room. */
export interface Live {
  api: SmarticoApi;
  identified(): boolean;
  props(): object | null;
  /** Another label, user, hash or language. */
  sync(): void;
  /** A login is wanted: now, or as soon as the user is identified. */
  login(payload?: object): void;
  /** Where the next login comes from. */
  enters(entry: string): void;
  /** Consent was withdrawn, or the label is given up. */
  stop(): void;
  /** Shows at once what an event will make of the customer. */
  expect(changed: object): void;
  expectTags(operation: TagOperation, tags: string[]): void;
  /** Links may run: the user is identified, or the visitors' label set up. */
  ready(): boolean;
  runLink(link: DeepLink): void;
  navigated(): void;
  clear(): void;
  /** A public method that is the live room's alone. Throws `not_available` for one that no room of ours has. */
  call(method: string, args: never[]): unknown;
  condition(): LiveCondition;
}

/** How the live room is. */
export interface LiveCondition {
  line: 'closed' | 'waiting' | 'greeting' | 'open';
  /** What waits on this page: popups, inbox, games. */
  held: string[];
}

export interface LiveModule {
  createLive(needs: LiveNeeds): Live;
}
