/**
 * The calls that a page can make: each is a line that hands its arguments to the room that owns the matter. The published
 * names stand here and nowhere behind.
 */
import { ADDRESS_LENGTH, NAME_LENGTH, NICKNAME_LENGTH } from '../wire/limits.ts';
import { tagOperations } from '../wire/tags.ts';
import type { CallableName, InitOptions, Smartico, SmarticoMethods } from './api.ts';
import type { Callbacks } from './callbacks.ts';
import { actionCall, type Call, eventCall } from './calls.ts';
import type { SmarticoApi } from './customer-api.ts';
import { asking, type Identity, requiredUserId } from './identity.ts';
import type { Live } from './live/live.ts';
import type { LiveLine } from './live-line.ts';
import type { Ledgers } from './losses.ts';
import { smarticoError, type Tell } from './notice.ts';
import { languageOf, type Settings } from './options.ts';
import { pageFacts } from './page-facts.ts';
import type { Pipelines } from './pipelines.ts';
import type { Platform } from './platform.ts';
import { textOf } from './text.ts';

declare const VERSION: string;

export interface MethodNeeds {
  root: Platform['root'];
  tell: Tell;
  callbacks: Callbacks;
  line: LiveLine;
  identity: Identity;
  record(call: Call | undefined): string | undefined;
  init(label: string, options?: InitOptions): void;
  consent(given: boolean): void;
  logout(payload?: object): void;
  speak(language: unknown): void;
  settings(): Settings | undefined;
  open(link: string): void;
  pipelines: Pipelines;
  losses: Ledgers;
  doctor: SmarticoMethods['doctor'];
}

/** Calls that are the live room's alone, and those of other products, which it refuses. */
const REMOTE = [
  'suspendPopups',
  'suspendInbox',
  'suspendMiniGames',
  'setSkin',
  'showWidget',
  'requestPushPermissions',
  'registerNativePushToken',
  'miniGame',
  'gamificationBlock',
  'showBanner',
  'sendDataToBanner',
  'showVisitorGame',
  'convertVisitorGame',
  'sendAnalytics',
  'startLpAnalytics',
  'sendServerError',
  'sendServerDebug',
] as const;
type Remote = { [name in (typeof REMOTE)[number]]: (...args: never[]) => Promise<never> };

/** Milliseconds that `identify` and `online` wait for the collector's word. */
const PATIENCE = 3_000;
/** Milliseconds that a question waits for the live room. */
const LONGEST = 10_000;

/** As the collector takes them: anything else would show until the next page, and never come true. */
const PICTURE = /^(https:|http:\/\/(localhost|127\.|\[::1))\S+$/;

export const publicMethods = (needs: MethodNeeds): Smartico => {
  const { root, tell, callbacks, line, identity, record, settings, pipelines } = needs;
  const { on, once } = callbacks;
  const report = (type: string, payload: object) => record(eventCall(type, payload, tell));
  /** Done as soon as the live room is there; whoever waits for the answer is not kept waiting for ever. */
  const patient = (about: string, question: (live: Live) => unknown) =>
    new Promise<unknown>((resolve, reject) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        reject(smarticoError('not_identified', about));
      }, LONGEST);
      line
        .ask((live) => {
          clearTimeout(timer);
          // Whoever was told no must not see it done later.
          return late ? undefined : question(live);
        })
        .then(resolve, reject);
    });
  const succeeds = (code: number) => code === 0;
  /** Throws in the caller's face, as published, rather than into a promise that nobody awaits. */
  const identify = (id: unknown, hash: unknown): Promise<void> => {
    identity.set(requiredUserId(id), hash);
    return Promise.race([once('identify'), new Promise<void>((resolve) => setTimeout(resolve, PATIENCE))]);
  };
  const login = (lang?: unknown, payload?: object) => {
    needs.speak(lang);
    void line.ask((live) => live.login(payload));
  };
  const expected = (type: string, prop: string, value: string | undefined) => {
    if (!value) return tell('bad_argument', prop);
    void line.ask((live) => live.expect({ [prop]: value }));
    return report(type, { [prop]: value });
  };
  const setLoginEntry = (given: string) => {
    const entry = textOf(given, NAME_LENGTH);
    if (!entry) return tell('bad_argument', 'setLoginEntry(entry)');
    void line.ask((live) => live.enters(entry));
    return report('core_set_last_login_entry', { core_last_login_entry: entry });
  };
  const api = new Proxy({} as SmarticoApi, {
    get: (_, call) =>
      // A promise would be awaited by it.
      typeof call !== 'string' || call === 'then'
        ? undefined
        : (...args: never[]) => {
            const live = line.here();
            if (live) return live.api[call]?.(...args);
            if (call === 'getUserProfile') throw smarticoError('not_identified', call);
            const sameUser = asking(identity);
            return patient(call, ({ api }) => {
              sameUser();
              return api[call]?.(...args);
            });
          },
  });

  const methods: Omit<SmarticoMethods, keyof Remote> = {
    init: needs.init,
    initVisitorMode: (label, options) => needs.init(label, { ...options, visitor_mode: true }),
    action: (value, extra) => record(actionCall(value, extra, tell)),
    event: (type, payload) => record(eventCall(type, payload, tell)),
    online(id, lang, hash, payload) {
      const done = identify(id, hash);
      login(lang, payload);
      return done;
    },
    identify,
    login,
    logout: needs.logout,
    checkSuccessfullyIdentify: () => line.here()?.identified() ?? false,
    changeLanguage(lang) {
      if (!languageOf(lang)) throw smarticoError('bad_argument', 'changeLanguage(lang)');
      needs.speak(lang);
    },
    clear(options) {
      if (!options?.keepCallBacks) callbacks.clear();
      line.here()?.clear();
    },
    ready: () => once('label_init_completed', succeeds),
    identified: () => once('identify', succeeds),
    consent: needs.consent,

    getPublicProps: () => (line.here()?.props() ?? null) as never,
    updatePublicTags(operation, tags) {
      if (!tagOperations.includes(operation)) return tell('bad_argument', `updatePublicTags: ${tagOperations}`);
      const list = ([] as string[]).concat(tags ?? []);
      void line.ask((live) => live.expectTags(operation, list));
      return report('core_public_tags_update', { operation, tags: list });
    },
    setNickname: (name) => expected('gf_nickname_changed', 'public_username', textOf(name, NICKNAME_LENGTH)),
    setAvatar: (url) => expected('gf_avatar_changed', 'avatar_id', PICTURE.exec(textOf(url, ADDRESS_LENGTH))?.[0]),
    setUTMs: (source, campaign) => report('update_profile', { core_utm_source: source, core_utm_campaign: campaign }),
    setLoginEntry,
    setEntryPoint: setLoginEntry,
    api,
    vapi: (lang) => {
      needs.speak(lang);
      return settings() ? api : null;
    },

    on: (key: string | number, handler: never, options?: { replay?: boolean }) => on(String(key), handler, options),
    off: (key, handler) => callbacks.off(String(key), handler),
    dp: (link) => (typeof link === 'string' ? needs.open(link) : tell('link_dropped', typeof link)),

    ...pageFacts(root),

    flush: pipelines.flush,
    receipts: pipelines.receipts,
    losses: async () => needs.losses.read(),
    doctor: needs.doctor,
    version: VERSION,
  };
  const remote = Object.fromEntries(
    REMOTE.map((method) => [
      method,
      (...args: never[]) => {
        const answer = patient(method, (live) => live.call(method, args));
        answer.catch(() => {}); // told where it failed; a page that does not wait for the answer has heard it there
        return answer;
      },
    ]),
  ) as Remote;

  // An open object that is also a function: `x.action('A')` and `x('action', 'A')` are one call.
  const smartico = Object.assign(
    (method: CallableName, ...args: never[]) => {
      const called = Object.entries(smartico).find(([key]) => key === method)?.[1];
      if (typeof called === 'function') return (called as (...args: never[]) => unknown)(...args);
      tell('unknown_method', method);
    },
    methods,
    remote,
  ) as unknown as Smartico;
  return smartico;
};
