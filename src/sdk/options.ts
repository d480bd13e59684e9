/**
 * What the SDK was told to do, from `init` and from the script tag: unknown in, known settings or a told problem out.
 */
import type { InitOptions } from './api.ts';
import type { Tell } from './notice.ts';

/** The script tag: its `data-*` attributes by name, and where it came from. */
export interface ScriptTag {
  label?: string | undefined;
  brand?: string | undefined;
  collector?: string | undefined;
  lang?: string | undefined;
  visitor?: string | undefined;
  debug?: string | undefined;
  src?: string | undefined;
}

export interface Settings {
  label: string;
  brand: string | null;
  /** Where batches go, e.g. `https://events.op.example/v1/events`. */
  endpoint: string;
  lang: string | undefined;
  visitor: boolean;
}

const on = (flag: unknown): boolean => flag === true || flag === '' || flag === 'true' || flag === '1';
const word = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() ? value.trim() : undefined;

/** The collector's address, made absolute; `undefined` if it is none or not of the web. */
const endpoint = (address: string, page: string): string | undefined => {
  try {
    const url = new URL(address, page);
    if (!/^https?:$/.test(url.protocol)) return undefined;
    return `${url.origin}${url.pathname.replace(/\/$/, '')}/v1/events`;
  } catch {
    return undefined; // the caller tells `bad_collector` with the address
  }
};

export const readSettings = (
  label: unknown,
  options: unknown,
  script: ScriptTag,
  page: string,
  tell: Tell,
): Settings | undefined => {
  const { brand_key, collector, lang, visitor_mode, debug: _debug, ...others } = Object(options) as InitOptions;
  const key = word(label);
  if (!key) {
    tell(
      'no_label',
      'init() needs the label key as its first argument, e.g. init("my-label", { brand_key: "my-brand" }).',
    );
    return undefined;
  }
  // The published interface lets pages pass more (`ws_url`, ...); a misspelt collector, though, is an empty live view.
  for (const name of Object.keys(others))
    if (/^(brand|coll|lab)/i.test(name))
      tell('bad_option', `init() knows no option "${name}"; it knows brand_key, collector, lang, visitor_mode, debug.`);
  const address =
    word(collector) ?? word(script.collector) ?? (script.src ? new URL(script.src, page).origin : undefined);
  const to = address && endpoint(address, page);
  if (!to) {
    tell(
      'bad_collector',
      `The collector's address ${address ? `"${address}" is not a web address` : 'is missing'}: pass init(label, { collector: "https://..." }).`,
    );
    return undefined;
  }
  return {
    label: key,
    brand: word(brand_key) ?? word(script.brand) ?? null,
    endpoint: to,
    lang: word(lang) ?? word(script.lang),
    visitor: on(visitor_mode) || on(script.visitor),
  };
};
