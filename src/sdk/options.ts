/**
 * What the SDK was told to do, from `init` and from the script tag: unknown in, known settings or a told problem out.
 */
import type { InitOptions } from './api.ts';
import type { Tell } from './notice.ts';

/** The script tag: its `data-*` attributes by name, where it came from, and whether its bytes are pinned. */
export type ScriptTag = { src?: string | undefined; integrity?: string | undefined } & {
  [attribute: string]: string | undefined;
};

export interface Settings {
  label: string;
  brand: string | null;
  /** The collector, without a slash at the end. */
  address: string;
  visitor: boolean;
  /** Two letters, lower case; empty if the page named none. */
  language: string;
  debug: boolean;
  /** Origins whose pages may be around this one when a button acts. */
  ancestors: string[];
  /** Path patterns that hold back popups and inbox. */
  suspendOn: string[];
  /** The page's own service worker. */
  worker: string;
  /** Origins of frames that may call, and what they may besides; read where they are needed. */
  frames: unknown;
  framesMay: unknown;
  /** Where `collector` is a publisher's own endpoint: nobody speaks the live protocol there. */
  publisher: boolean;
  /** For a publisher: the token of the customer's session, or what gives one. */
  sessionToken: unknown;
}

/** `en-US`, `EN`, `pt_BR`: the first two letters, lower case; anything else is no language. */
export const languageOf = (value: unknown): string =>
  /^[a-z]{2}(?![a-z])/i.exec(`${value ?? ''}`)?.[0].toLowerCase() ?? '';

/** The collector, as the page says, or where the script came from. */
export const addressOf = (script: ScriptTag, collector?: unknown): string =>
  `${collector ?? script.collector ?? /^https?:..[^/]+/.exec(script.src ?? '')?.[0]}`.replace(/\/$/, '');

/**
 * What an object says itself. What it would inherit nobody said: where a page lets an address write into `Object.prototype`,
 * that would say where the collector is, and its scripts run here.
 */
export const own = <Said extends object>(...said: (Said | null | undefined)[]): Said =>
  Object.assign(Object.create(null), ...said);

export const readSettings = (label: unknown, options: unknown, script: ScriptTag, tell: Tell): Settings | undefined => {
  const given = own(options as InitOptions);
  const { brand_key, collector, visitor_mode, lang, debug, ancestors, suspendOn, sw, frames, framesMay } = given;
  const { format, sessionToken } = given;
  const address = addressOf(script, collector);
  if (typeof label !== 'string' || !label.trim()) return tell('no_label', 'init(label, { brand_key })');
  // A path is the page's own origin: a collector behind the operator's proxy.
  if (!/^(https?:\/)?\/[^/]/.test(address)) return tell('bad_collector', `${address} is no web address`);
  return {
    label,
    brand: brand_key ?? script.brand ?? null,
    address,
    visitor: visitor_mode ?? script.visitor !== undefined,
    language: languageOf(lang ?? script.lang),
    debug: debug ?? script.debug !== undefined,
    ancestors: ancestors ?? script.ancestors?.split(/[\s,]+/) ?? [],
    suspendOn: suspendOn ?? script.suspendOn?.split(/[\s,]+/) ?? [],
    worker: sw ?? script.sw ?? '/smartico-sw.js',
    frames: frames ?? script.frames,
    framesMay: framesMay ?? script.framesMay,
    publisher: format === 'clientEvents',
    sessionToken,
  };
};
