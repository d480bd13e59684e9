/**
 * What the core and the live room know of each other. The core (`smartico.js`) keeps events and hears the page; the live
 * room (`smartico_live.js`, fetched once a label is known) speaks with the collector about the customer. Shapes only.
 */
import type { Answer, Push } from '../../wire/protocol.ts';
import type { Callbacks } from '../callbacks.ts';
import type { SmarticoApi } from '../customer-api.ts';
import type { Identity } from '../identity.ts';
import type { Tell } from '../notice.ts';
import type { Settings } from '../options.ts';
import type { Platform } from '../platform.ts';
import type { UiModule } from '../ui/ui.ts';

export interface LiveNeeds {
  platform: Platform;
  /** Of the global: `_smartico`. */
  name: string;
  settings(): Settings;
  identity: Identity;
  device(): string;
  /** A durable event of the SDK's own (`source: "auto"`); its id, or nothing if it was refused. */
  record(type: string, payload: object): string | undefined;
  callbacks: Callbacks;
  /** Runs a deep link or a URL, as `dp()` does. */
  openLink(link: string): void;
  loadUi(): Promise<UiModule>;
  tell: Tell;
}

/** Asks the collector; rejects with a `SmarticoError` (`channel_timeout`, or the collector's own code) on anything but success. */
export type Ask = (cid: number, fields?: object) => Promise<Answer>;

/** What the rooms beside the channel hear of it. */
export interface ChannelEvents {
  onPush(push: Push): void;
}

export interface Live {
  api: SmarticoApi;
  [method: string]: unknown;
}
