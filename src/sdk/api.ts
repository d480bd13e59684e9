/**
 * The public interface: every call a page can make, documented once. Shapes only.
 * Names are the published ones; the rooms behind speak the field's words, and `index.ts` translates.
 */
import type { Losses } from '../wire/event.ts';
import type { TagOperation } from '../wire/tags.ts';
import type { Handler } from './callbacks.ts';
import type { SmarticoApi, UserProfile } from './customer-api.ts';
import type { Diagnosis } from './doctor/diagnosis.ts';
import type { Navigation } from './navigation.ts';

/** What `init` takes beside the label. */
export interface InitOptions {
  /** The brand the events belong to; without it the label's first brand. */
  brand_key?: string;
  /** The collector's address, e.g. `https://events.op.example`; by default the origin the script came from. */
  collector?: string;
  /** The queue goes to a publisher's own endpoint, `collector`; nothing comes back from there (README, "A publisher's events"). */
  format?: 'clientEvents';
  /** For a publisher: the token of this user's session, or what gets one from the page's server; asked again once one ran out. */
  sessionToken?: string | ((user: string | null) => string | null | undefined | Promise<string | null | undefined>);
  /** Two-letter language, `EN` by default. */
  lang?: string;
  /** Everyone is a visitor: links run at once, without waiting for a user. */
  visitor_mode?: boolean;
  /** More words in the console. */
  debug?: boolean;
  /** Nothing is stored or sent before `consent(true)`. */
  consent?: 'required';
  /** Global Privacy Control counts as a refusal, whatever the label says. */
  gpc?: 'honor';
  /** Origins that may frame the page: where others do, the buttons of popups and messages do nothing that acts. */
  ancestors?: string[];
  /** Paths on which popups and inbox are held back, e.g. `['/deposit*']`. */
  suspendOn?: string[];
  /** The page's own service worker for push, `/smartico-sw.js` by default. */
  sw?: string;
  /** Origins of frames that may make this page's calls, e.g. `['https://platform.example']`; those of the page's own may anyway. */
  frames?: string[];
  /** `identify`: frames may name another user than the page's, and speak for the visitor's consent. */
  framesMay?: 'identify';
  /** In a frame, where no page around answers: the platform is its own host. */
  standalone?: boolean;
  /** Other published options are accepted and unused. */
  [option: string]: unknown;
}

/** How `suspend*` nests: each reason holds until it is released, or for `ttl` milliseconds. */
export interface SuspendOptions {
  reason?: string;
  ttl?: number;
}

export type PushState = 'allowed' | 'ask' | 'blocked' | 'unavailable';

/** What a callback hears; other keys (published numbers, `dp:NAME`) are open. */
export interface CallbackArguments {
  init: [errCode: number];
  label_init_completed: [errCode: number, message: string];
  identify: [errCode: number, props: Partial<UserProfile>, message: string];
  login: [];
  logout: [];
  props_change: [changed: Partial<UserProfile>];
  page_navigation: [navigation: Navigation];
  session_based_dp_detected: [];
  gf_starting: [];
  gf_started: [];
  gf_closing: [];
  inbox_starting: [];
  protocol_error: [error: { errCode: number; errMsg: string }];
  /** Whether the customer is in the segment: once at the start, then whenever they enter or leave it. */
  [segment: `segment:${string}`]: [matches: boolean];
}

/**
 * An operator's own actions and events with their payloads. Augment it, or give `Smartico` a type of your own:
 * `interface Mine { actions: { Deposit: { amount: number } }; events: { page_view: { path: string } } }`.
 */
export interface EventMap {
  actions: { [name: string]: object };
  events: { [type: string]: object };
}

/** What became of the events since the call. */
export interface FlushCounts {
  stored: number;
  duplicate: number;
  rejected: number;
  /** Events still on this device. */
  pending: number;
}

/** The collector's word on one event. */
export interface Receipt {
  eid: string;
  verdict: 'stored' | 'duplicate' | 'rejected';
  /** Milliseconds since the epoch, this device's clock. */
  at: number;
  code?: string | undefined;
  message?: string | undefined;
}

/** An event that will never be stored, kept so that someone can see why. */
export interface DeadLetter {
  eid: string;
  code: string;
  message: string;
  at: number;
  /** The event's JSON as it was kept, its first 2,000 characters. */
  event: string;
}

export interface Receipts {
  /** The last verdicts that this page heard of, newest last. */
  recent: Receipt[];
  dead: DeadLetter[];
  /** Events still on this device. */
  pending: number;
}

export interface SmarticoMethods<Map extends EventMap = EventMap> {
  /**
   * Starts the SDK for a label. The same label again does nothing; another label starts over.
   * A wrong option is told in the console (`no_label`, `bad_collector`) and leaves the SDK as it was.
   */
  init(label: string, options?: InitOptions): void;
  /** `init` with `visitor_mode`: nobody is identified, links run at once. */
  initVisitorMode(label: string, options?: InitOptions): void;
  /**
   * Reports something the visitor did. On disk when the call returns (README, "Promises").
   * @returns the event's id, or `undefined` if it was refused (`empty_action`, told in the console)
   */
  action<Name extends (keyof Map['actions'] & string) | number>(
    name: Name,
    extra?: Name extends string ? Map['actions'][Name] : object,
  ): string | undefined;
  /** Reports an event of any type. Same promise, same answer as `action`. */
  event<Type extends keyof Map['events'] & string>(type: Type, payload?: Map['events'][Type]): string | undefined;
  /** Names the user and the language, and logs in. Resolves when the collector has answered, at the latest after 3 s. Throws `empty_user_id`. */
  online(id: string | number, lang?: string | null, hash?: string | null, payload?: object): Promise<void>;
  /** Names the user. Resolves as `online` does. Throws `empty_user_id`. */
  identify(id: string | number, hash?: string | null, payload?: object): Promise<void>;
  /** A session begins: an event, once within 30 minutes for a label, user and browser. Before `identify` it waits for it. */
  login(lang?: string | null, payload?: object): void;
  /** Events from now on belong to a visitor. Those already made keep their user. */
  logout(payload?: object): void;
  /** Whether the collector has confirmed the user; always `false` in visitor mode. */
  checkSuccessfullyIdentify(): boolean;
  /** `en-US` is `en`. Throws `bad_argument` without a language. */
  changeLanguage(lang: string): void;
  /** Forgets caches, and handlers unless `keepCallBacks`. */
  clear(options?: { keepCallBacks?: boolean }): void;
  /** Resolves when the label's set-up is complete. */
  ready(): Promise<void>;
  /** Resolves when the user is identified. */
  identified(): Promise<void>;
  /** Where consent is required: `true` starts, `false` purges what waits and stops. */
  consent(given: boolean): void;

  /** The user as the page may know them, or `null` before the label is set up. */
  getPublicProps(): UserProfile | null;
  /** `add`, `remove`, `replace` or `clear`; tags come back upper-cased in `core_public_tags`. */
  updatePublicTags(operation: TagOperation, tags?: string | string[]): string | undefined;
  setNickname(name: string): string | undefined;
  /** A square PNG by its https address. */
  setAvatar(url: string): string | undefined;
  /** How popups and inbox look: `base`, `dark`, `light`, ... */
  setSkin(name: string): void;
  setUTMs(source: string, campaign: string): string | undefined;
  /** Where the login came from, at most 50 distinct values a label. */
  setLoginEntry(entry: string): string | undefined;
  /** The same as `setLoginEntry`. */
  setEntryPoint(entry: string): string | undefined;
  /** Questions about the user; never null. */
  readonly api: SmarticoApi;
  /** The same for visitors; `null` before `init`. */
  vapi(lang?: string): SmarticoApi | null;

  /**
   * Hears a key (README, "Callbacks"). Returns its undo; `on(key, null)` removes all of the key. `init`, `identify`,
   * `label_init_completed`, `page_navigation` and `session_based_dp_detected` are told once to whoever comes late, unless `replay` is false.
   */
  on<Key extends keyof CallbackArguments>(
    key: Key,
    handler: ((...args: CallbackArguments[Key]) => unknown) | null,
    options?: { replay?: boolean },
  ): () => void;
  on(key: string | number, handler: Handler | null, options?: { replay?: boolean }): () => void;
  off(key: string | number, handler: Handler): void;

  /** Runs a deep link (`dp:action&action=X`) or a web address; held until the user is known. */
  dp(link: string): void;
  /** Holds popups back, or releases them; may be called at any time. */
  suspendPopups(hold: boolean, options?: SuspendOptions): void;
  suspendInbox(hold: boolean, options?: SuspendOptions): void;
  suspendMiniGames(hold: boolean, options?: SuspendOptions): void;
  /** Opens `inbox`, `short_info`, ...; rejects `not_available` for games, stores and tournaments. */
  showWidget(type: string, options?: object): Promise<void>;
  /** Asks the browser's permission, from a click. */
  requestPushPermissions(): Promise<PushState>;
  registerNativePushToken(token: string, platform?: number, application?: string): Promise<void>;
  /** Games and banners of the published interface are other products: these reject `not_available`. */
  miniGame(id: number | string, options?: object, pendingId?: number): Promise<void>;
  gamificationBlock(options: object): Promise<void>;
  showBanner(options: object): Promise<void>;
  sendDataToBanner(options: object): Promise<void>;
  showVisitorGame(options: object): Promise<void>;
  convertVisitorGame(uuid: string): Promise<void>;

  /** Traces of the page's own, stored as events once the live room is there. */
  sendAnalytics(id: string | number, seconds?: number): void;
  startLpAnalytics(id?: string | number): void;
  sendServerError(message: string): void;
  sendServerDebug(message: string): void;
  isMobile(): boolean;
  /** The query, or the hash, of the address by name. */
  parseUrl(): { [name: string]: string };
  parseUrlHash(): { [name: string]: string };

  /** Sends what waits, now. Resolves when the collector has answered or cannot be reached. */
  flush(): Promise<FlushCounts>;
  receipts(): Promise<Receipts>;
  /** Events lost on this device, by reason, since its device id was made. */
  losses(): Promise<Losses>;
  /** Why events do not arrive, and what to do; told in the console too. Answers within about 5 s, and never rejects. */
  doctor(): Promise<Diagnosis>;
  readonly version: string;
}

/** `_smartico.action('X')` and `_smartico('action', 'X')` are the same call; only the second works before the script has loaded. */
export interface Smartico<Map extends EventMap = EventMap> extends SmarticoMethods<Map> {
  <Name extends CallableName>(
    method: Name,
    ...args: Parameters<SmarticoMethods<Map>[Name]>
  ): ReturnType<SmarticoMethods<Map>[Name]>;
}
export type CallableName = Exclude<keyof SmarticoMethods, 'version' | 'api'>;

declare global {
  interface Window {
    _smartico: Smartico;
    /** The same calls in a framed platform, made by the page around it; what returns nothing there returns a promise here. */
    _smartico_inframe: Smartico;
    _smartico_user_id?: string | number | null;
    _smartico_user_hash?: string | null;
    _smartico_language?: string | null;
    _smartico_allow_localhost?: boolean;
    /** Before the stub and the script: nothing is stored or sent before `consent(true)`. */
    _smartico_consent?: 'required';
  }
}
