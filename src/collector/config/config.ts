/**
 * The config: unknown in, a `Config` or every mistake at once out, each with its path and reason.
 * Reads no file and knows no default file. Names nobody asked for are mistakes too: a misspelt `requred` must not
 * leave a label open.
 */
import { isIP } from 'node:net';
import type { Definitions } from '../engine/definitions.ts';
import { keyKinds, parseLabel } from './label.ts';
import { parseOrigin } from './origin.ts';
import { fields, type Mistake, place } from './place.ts';

export interface Rate {
  perSecond: number;
  burst: number;
}
export type DeepLinkActions = 'all' | 'signed' | { listed: string[] };
/** `v2`: ids are exact, and the md5 form, which cannot tell BOB from bob, proves nothing. */
export type HashForm = 'any' | 'v2';

export interface Label extends Definitions {
  /** Names the label in the log: the keys rotate, this stays. */
  name: string;
  /** Several active keys of a kind let an operator rotate them. */
  keys: { public: string[]; secret: string[]; admin: string[] };
  /** The first one is that of an event without a brand. */
  brands: string[];
  /** Exact; `self` is the collector's own. */
  origins: string[];
  hashes: { salts: string[]; required: boolean; maxValidityDays: number | null; graceDays: number; form: HashForm };
  deepLinkActions: DeepLinkActions;
  linkKeys: string[];
  strictFieldCodes: boolean;
  retentionDays: number | null;
  /** Percent of newly registered customers who get gamification; the others are the control group. */
  gamificationShare: number;
  /** Link names of the operator's own (`dp:deposit`), lower case, to addresses. */
  deepLinks: { [name: string]: string };
  /** Hosts to which links may lead, beside the page's own. */
  linkHosts: string[];
  /** Origins from which server HTML may load pictures. */
  assetHosts: string[];
  /** Path patterns on which popups and inbox wait. */
  suspendOn: string[];
  /** Global Privacy Control counts as a refusal of consent. */
  honorGpc: boolean;
  /** Whom a push service may write to about our pushes. */
  push: { subject: string };
  rates: { label: Rate; address: Rate };
}

export interface Config {
  /** The collector's own origin as browsers see it. */
  publicUrl: string | null;
  /** Addresses and ranges whose `X-Forwarded-For` counts. */
  trustedProxies: string[];
  labels: Label[];
}

export type ParsedConfig =
  | { ok: true; config: Config; warnings: Mistake[] }
  /** `labels`: what the labels are called, by their place, as far as that could be read. */
  | { ok: false; mistakes: Mistake[]; labels: string[] };

/** Values that may stand once in the whole config: a key that means two things is a way around one of them. */
const findTwins = (labels: Label[], mistakes: Mistake[]): void => {
  const seen = new Map<string, string>();
  const once = (value: string, path: string, what: string): void => {
    if (value === '') return;
    const first = seen.get(`${what} ${value}`);
    if (first === undefined) seen.set(`${what} ${value}`, path);
    else mistakes.push({ path, reason: `is the same ${what} as ${first}; each may stand once` });
  };
  for (const [index, label] of labels.entries()) {
    const at = `labels[${index}]`;
    once(label.name, `${at}.name`, 'name');
    for (const kind of keyKinds)
      for (const [n, key] of label.keys[kind].entries()) once(key, `${at}.keys.${kind}[${n}]`, 'key');
  }
};

const isAddressOrRange = (text: string): boolean => {
  const [address = '', bits = '0', ...more] = text.split('/');
  const longest = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= longest;
};

/** `$schema` is for editors: it names `/config.schema.json` of a collector. */
const configNames = ['$schema', 'publicUrl', 'trustedProxies', 'labels'] as const;

export const parseConfig = (value: unknown): ParsedConfig => {
  const mistakes: Mistake[] = [];
  const warnings: Mistake[] = [];
  const root = place(value, '', mistakes);
  const known = fields(root, configNames, ['labels']);
  known.$schema?.text();
  const publicUrl = known.publicUrl?.orNull((url) => parseOrigin(url, []));
  const trustedProxies = known.trustedProxies?.list().map((one) => {
    if (!isAddressOrRange(one.text())) one.mistake('must be an address or a range such as 10.0.0.0/8');
    return one.text();
  });
  const own = new Set(publicUrl ? [publicUrl] : []);
  const labels = known.labels?.list().map((label) => parseLabel(label, own, warnings)) ?? [];
  if (Array.isArray(known.labels?.value) && labels.length === 0) known.labels.mistake('must have at least one label');
  findTwins(labels, mistakes);
  if (mistakes.length > 0) return { ok: false, mistakes, labels: labels.map(({ name }) => name) };
  return { ok: true, config: { publicUrl: publicUrl ?? null, trustedProxies: trustedProxies ?? [], labels }, warnings };
};
