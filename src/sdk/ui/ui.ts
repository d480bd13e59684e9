/**
 * What the live room and the drawing room (`smartico_ui.js`, fetched on first use) know of each other. Shapes only.
 */
import type { PopupPush, PublicProps } from '../../wire/protocol.ts';
import type { Callbacks } from '../callbacks.ts';
import type { SmarticoApi } from '../customer-api.ts';
import type { Tell } from '../notice.ts';
import type { Platform } from '../platform.ts';

/** What an operator can hold back. */
export type Surface = 'popups' | 'inbox' | 'games';

export interface UiNeeds {
  platform: Platform;
  /** Of the global: `_smartico`. */
  name: string;
  /** Where server HTML is framed from: an absolute URL. */
  contentUrl(engagementUid: string): string;
  /** The page that `showWidget` frames for a screen: an absolute URL that carries the identity. */
  widgetUrl(screen: string): string;
  /** Reported durably, and once for each engagement and kind. */
  report(what: 'impression' | 'action' | 'failed', uid: string, activityType: number, action?: string): void;
  /** A button was pressed: reported, and its link or URL run as `dp()` does it. */
  pressed(uid: string, activityType: number, link: string): void;
  /** Deletes a message of the inbox, durably: the page may be gone before anybody could answer. */
  discard(uid: string): void;
  suspended(surface: Surface): boolean;
  /** Whether the collector would still show it: asked again before a popup that waited is shown. */
  eligible(uid: string): Promise<boolean>;
  api: SmarticoApi;
  props(): PublicProps | null;
  callbacks: Callbacks;
  /** Two letters, lower case. */
  language(): string;
  skin(): string;
  tell: Tell;
}

export interface Ui {
  /** Queues a popup; shows it when nothing else is shown and nothing holds it back. */
  popup(push: PopupPush): void;
  /** A suspension ended, or the page came to the front: the first that waited is shown. */
  resume(): void;
  /** The user changed: nothing of the former one stays on the screen or in the line. */
  reset(): void;
  openInbox(): void;
  /** `inbox`, `short_info`, ... as published; rejects `not_available` for products that this one is not. */
  showWidget(type: string, params?: { [name: string]: unknown }): Promise<void>;
  /** Gives every `[data-smartico-bell]` of the page its count and its click. */
  ringBells(): void;
}

export interface UiModule {
  createUi(needs: UiNeeds): Ui;
}
