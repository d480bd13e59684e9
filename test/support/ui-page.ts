/**
 * A page around the drawing room alone: hands it what the live room would, remembers what it did, and lets a test say what
 * the collector would answer. Runs in the browser.
 */
import { createCallbacks } from '../../src/sdk/callbacks.ts';
import type { InboxQuery, SmarticoApi } from '../../src/sdk/customer-api.ts';
import { browserPlatform, type Platform } from '../../src/sdk/platform.ts';
import type { Message } from '../../src/sdk/ui/inbox-shelf.ts';
import type { Surface, Ui, UiModule, UiNeeds } from '../../src/sdk/ui/ui.ts';
import type { PopupPush, PublicProps } from '../../src/wire/protocol.ts';

/** What a test sees of the page, and says to it. */
export interface Stage {
  ui: Ui;
  /** What the room did, in order: `impression p1 30`, `open dp:inbox`, `tell suspended inbox`, `emit gf_starting`. */
  did: string[];
  held: Surface[];
  /** Engagements that the collector would not show any more. */
  ineligible: string[];
  messages: Message[];
  /** What the next call of the API comes to, if not to success. */
  failing: 'list' | 'change' | undefined;
  /** When the next changes are answered. */
  answered: Promise<unknown>;
  /** Path of an engagement's content, by its id. */
  content: { [uid: string]: string };
  /** Path of the widget. */
  widget: string;
  language: string;
  skin: string;
  props: Partial<PublicProps>;
  emit(key: string, ...args: unknown[]): void;
  popup(uid: string, part?: Partial<PopupPush['popup']>): void;
}

declare global {
  interface Window {
    stage: Stage;
    /** Where content and widget are served. */
    collector: string;
  }
}

const CHANNEL = '_smartico';
const platform = browserPlatform(window as unknown as Platform['root'], CHANNEL);
const did: string[] = [];
const callbacks = createCallbacks((code, about) => void did.push(`tell ${code} ${about}`));

const change = async (what: string, apply: () => void) => {
  did.push(what);
  const { failing, answered } = window.stage;
  await answered;
  if (failing === 'change') return { err_code: 500, err_message: 'internal' };
  apply();
  return { err_code: 0, err_message: '' };
};
const mark = (guid: string, part: Partial<Message>) => () => {
  const { stage } = window;
  stage.messages = stage.messages.map((one) => (one.message_guid === guid ? { ...one, ...part } : one));
};
const api: Partial<SmarticoApi> = {
  async getInboxMessagesWithBodies({ from = 0, to = 20 }: InboxQuery = {}) {
    did.push(`list ${from} ${to}`);
    if (window.stage.failing === 'list') throw new Error('collector_unreachable');
    return window.stage.messages.slice(from, to).map((one) => ({ ...one }));
  },
  markInboxMessageAsRead: (guid) => change(`read ${guid}`, mark(guid, { read: true })),
  markAllInboxMessagesAsRead: () =>
    change('read all', () => {
      for (const { message_guid } of window.stage.messages) mark(message_guid, { read: true })();
    }),
  markUnmarkInboxMessageAsFavorite: (guid, favorite) => change(`star ${guid} ${favorite}`, mark(guid, { favorite })),
  deleteInboxMessage: (guid) =>
    change(`delete ${guid}`, () => {
      const { stage } = window;
      stage.messages = stage.messages.filter((one) => one.message_guid !== guid);
    }),
};
const needs: UiNeeds = {
  platform,
  name: '_smartico',
  contentUrl: (uid) => `${window.collector}${window.stage.content[uid] ?? '/nothing'}`,
  widgetUrl: (screen) => `${window.collector}${window.stage.widget}?screen=${screen}`,
  report: (what, uid, type, action) => void did.push([what, uid, type, action].filter(Boolean).join(' ')),
  pressed: (uid, type, action) => void did.push(`action ${uid} ${type} ${action}`, `open ${action}`),
  discard: (uid) => void did.push(`discard ${uid}`),
  suspended: (surface) => window.stage.held.includes(surface),
  async eligible(uid) {
    did.push(`eligible ${uid}`);
    return !window.stage.ineligible.includes(uid);
  },
  api: api as SmarticoApi,
  props: () => window.stage.props as PublicProps,
  callbacks,
  language: () => window.stage.language,
  skin: () => window.stage.skin,
  tell: (code, about) => void did.push(`tell ${code} ${about}`),
};
for (const key of ['inbox_starting', 'gf_starting', 'gf_started', 'gf_closing'])
  callbacks.on(key, () => void did.push(`emit ${key}`));

Object.assign(window, {
  '_smartico:ui': ({ createUi }: UiModule) => {
    window.stage = {
      ui: createUi(needs),
      did,
      held: [],
      ineligible: [],
      messages: [],
      failing: undefined,
      answered: Promise.resolve(),
      content: {},
      widget: '/nothing',
      language: 'en',
      skin: 'base',
      props: {},
      emit: callbacks.emit,
      popup(uid, part) {
        const popup: PopupPush['popup'] = {
          title: `Title of ${uid}`,
          body: `Body of ${uid}`,
          has_html: false,
          width: 420,
          height: 320,
          buttons: [],
          priority: 0,
          expires_at: null,
          dir: null,
          ...part,
        };
        window.stage.ui.popup({ cid: 110, engagement_uid: uid, activityType: 30, popup });
      },
    };
  },
});
