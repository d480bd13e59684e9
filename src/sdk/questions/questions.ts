/**
 * What the live room and the questions room (`smartico_api.js`, fetched with the first question) know of each other. Shapes only.
 */
import type { PublicProps, Push } from '../../wire/protocol.ts';
import type { PushState } from '../api.ts';
import type { Callbacks } from '../callbacks.ts';
import type { SmarticoApi } from '../customer-api.ts';
import type { Ask } from '../live/live.ts';
import type { Tell } from '../notice.ts';
import type { Platform } from '../platform.ts';
import type { UiNeeds } from '../ui/ui.ts';

export interface QuestionsNeeds {
  platform: Platform;
  /** Of the global: `_smartico`. */
  name: string;
  /** Of everything we keep: `_smartico:`. */
  prefix: string;
  ask: Ask;
  callbacks: Callbacks;
  /** The last user given, confirmed or not; `null` for a visitor. */
  user(): string | null;
  props(): PublicProps | null;
  /** Resolves when the user is identified, or the visitor's label set up; rejects `not_identified` after 10 s. */
  waitIdentified(): Promise<unknown>;
  /** `INBOX_PUBLIC_CDN`, once the label is set up. */
  bodiesAt(): Promise<string>;
  /** `PUSH_PUBLIC_KEY`, once the label is set up; empty where push is off. */
  publicKey(): Promise<string>;
  /** The path of the page's own service worker. */
  worker(): string;
  /** A script's address as a page under Trusted Types takes it. */
  scriptUrl(address: string): string;
  /** Durable, and once for each engagement and kind. */
  report: UiNeeds['report'];
  /** Runs a deep link, as `dp()` does. */
  openLink(link: string): void;
  tell: Tell;
}

export interface Questions {
  /** All but `getUserProfile`, which does not wait for this room. */
  api: SmarticoApi;
  /** Whatever the collector pushes, and the props that an identify brought, as if they were pushed. */
  heard(push: Push): void;
  /** Another user, none, or another language. */
  forget(): void;
  requestPush(): Promise<PushState>;
  /** The collector knows who this is: a subscription of this browser is theirs now. */
  attachPush(): Promise<void>;
  /** Nobody is known here any more: what is sent to the last user must not reach this browser. */
  detachPush(): Promise<void>;
  registerNativePush(token: unknown, platform?: unknown, application?: unknown): Promise<void>;
}

export interface QuestionsModule {
  createQuestions(needs: QuestionsNeeds): Questions;
}
