/**
 * What the SDK was told to do, from `init` and from the script tag: unknown in, known settings or a told problem out.
 */
import type { InitOptions } from './api.ts';
import type { Tell } from './notice.ts';

/** The script tag: its `data-*` attributes by name, and where it came from. */
export type ScriptTag = { src?: string | undefined } & { [attribute: string]: string | undefined };

export interface Settings {
  label: string;
  brand: string | null;
  /** Where batches go, e.g. `https://events.op.example/v1/events`. */
  endpoint: string;
  visitor: boolean;
}

export const readSettings = (label: unknown, options: unknown, script: ScriptTag, tell: Tell): Settings | undefined => {
  const { brand_key, collector, visitor_mode } = Object(options) as InitOptions;
  const address = collector ?? script.collector ?? /^https?:..[^/]+/.exec(script.src ?? '')?.[0];
  if (typeof label !== 'string' || !label.trim()) return tell('no_label', 'init(label, { brand_key })');
  // A path is the page's own origin: a collector behind the operator's proxy.
  if (!/^(https?:\/)?\/[^/]/.test(`${address}`)) return tell('bad_collector', `${address} is no web address`);
  return {
    label,
    brand: brand_key ?? script.brand ?? null,
    endpoint: `${`${address}`.replace(/\/$/, '')}/v1/events`,
    visitor: visitor_mode ?? script.visitor !== undefined,
  };
};
