/**
 * The public interface: every call a page can make, documented once. Shapes only.
 * Names are the published ones; the rooms behind speak the field's words, and `index.ts` translates.
 */
import type { Losses } from '../wire/event.ts';

/** What `init` takes beside the label. */
export interface InitOptions {
  /** The brand the events belong to; without it the label's first brand. */
  brand_key?: string;
  /** The collector's address, e.g. `https://events.op.example`; by default the origin the script came from. */
  collector?: string;
  /** Two-letter language, `EN` by default. */
  lang?: string;
  /** Everyone is a visitor: links run at once, without waiting for a user. */
  visitor_mode?: boolean;
  /** More words in the console. */
  debug?: boolean;
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

export interface SmarticoMethods {
  /**
   * Starts the SDK for a label. The same label again does nothing; another label starts over.
   * A wrong option is told in the console (`no_label`, `bad_collector`) and leaves the SDK as it was.
   */
  init(label: string, options?: InitOptions): void;
  /**
   * Reports something the visitor did. On disk when the call returns (README, "Promises").
   * @returns the event's id, or `undefined` if it was refused (`empty_action`, told in the console)
   */
  action(name: string | number, extra?: object): string | undefined;
  /** Reports an event of any type. Same promise, same answer as `action`. */
  event(type: string, payload?: object): string | undefined;
  /** Names the user and the language. Throws `empty_user_id`. */
  online(id: string | number, lang?: string | null, hash?: string | null): Promise<void>;
  /** Names the user. Throws `empty_user_id`. */
  identify(id: string | number, hash?: string | null): Promise<void>;
  /** Events from now on belong to a visitor. Those already made keep their user. */
  logout(): void;
  /** Runs a deep link, e.g. `dp:action&action=X`; held until the user is known. */
  dp(link: string): void;
  /** Where the login came from, at most 50 distinct values a label. */
  setLoginEntry(entry: string): string | undefined;
  /** The same as `setLoginEntry`. */
  setEntryPoint(entry: string): string | undefined;
  /** Sends what waits, now. Resolves when the collector has answered or cannot be reached. */
  flush(): Promise<FlushCounts>;
  receipts(): Promise<Receipts>;
  /** Events lost on this device, by reason, since its device id was made. */
  losses(): Promise<Losses>;
  readonly version: string;
}

/** `_smartico.action('X')` and `_smartico('action', 'X')` are the same call; only the second works before the script has loaded. */
export interface Smartico extends SmarticoMethods {
  <Name extends CallableName>(
    method: Name,
    ...args: Parameters<SmarticoMethods[Name]>
  ): ReturnType<SmarticoMethods[Name]>;
}
export type CallableName = Exclude<keyof SmarticoMethods, 'version'>;

declare global {
  interface Window {
    _smartico: Smartico;
    _smartico_user_id?: string | number | null;
    _smartico_user_hash?: string | null;
    _smartico_language?: string | null;
    _smartico_allow_localhost?: boolean;
  }
}
