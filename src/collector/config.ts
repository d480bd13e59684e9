/**
 * The config: unknown in, a `Config` or every mistake at once out, each with its path and reason.
 * Reads no file and knows no default file. Names nobody asked for are mistakes too: a misspelt `requred` must not
 * leave a label open.
 */
import { isIP } from 'node:net';
import { fields, type Mistake, type Place, place } from './config-place.ts';

export interface Rate {
  perSecond: number;
  burst: number;
}
export type DeepLinkActions = 'all' | 'signed' | { listed: string[] };

export interface Label {
  /** Names the label in the log: the keys rotate, this stays. */
  name: string;
  /** Several active keys of a kind let an operator rotate them. */
  keys: { public: string[]; secret: string[]; admin: string[] };
  /** The first one is that of an event without a brand. */
  brands: string[];
  /** Exact; `self` is the collector's own. */
  origins: string[];
  hashes: { salts: string[]; required: boolean; maxValidityDays: number | null; graceDays: number };
  deepLinkActions: DeepLinkActions;
  linkKeys: string[];
  strictFieldCodes: boolean;
  retentionDays: number | null;
  rates: { label: Rate; address: Rate };
}

export interface Config {
  /** The collector's own origin as browsers see it. */
  publicUrl: string | null;
  /** Addresses and ranges whose `X-Forwarded-For` counts. */
  trustedProxies: string[];
  labels: Label[];
}

export type ParsedConfig = { ok: true; config: Config; warnings: Mistake[] } | { ok: false; mistakes: Mistake[] };

const keyKinds = ['public', 'secret', 'admin'] as const;
/** 22 characters of base64 are 128 bits; with less, one hash that was seen lets anybody find the salt. */
const SHORTEST_GOOD_SALT = 22;

const parseRate = (at: Place, normal: Rate): Rate => {
  const { perSecond, burst } = fields(at, ['perSecond', 'burst']);
  return {
    perSecond: perSecond?.number({ above: 0 }) ?? normal.perSecond,
    burst: burst?.number({ from: 1 }) ?? normal.burst,
  };
};

/** @param words that stand for an origin here */
const parseOrigin = (at: Place, words: string[]): string => {
  const origin = at.text();
  if (origin === '' || words.includes(origin)) return origin;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  const others = words.length ? `${words.map((word) => `"${word}"`).join(', ')} or ` : '';
  if (!url || url.origin === 'null') at.mistake(`must be ${others}an origin such as https://op.example`);
  else if (url.origin !== origin) at.mistake(`must be exactly an origin; did you mean ${url.origin}?`);
  return origin;
};

const parseDeepLinks = (at: Place | undefined): DeepLinkActions => {
  if (at === undefined) return 'all';
  if (at.value === 'all' || at.value === 'signed') return at.value;
  if (typeof at.value !== 'object') {
    at.mistake('must be "all", "signed" or { "listed": [...] }');
    return 'all';
  }
  const { listed } = fields(at, ['listed'], ['listed']);
  return { listed: listed?.list().map((one) => one.text()) ?? [] };
};

const parseHashes = (at: Place | undefined, warnings: Mistake[]): Label['hashes'] => {
  const known = at ? fields(at, ['salts', 'required', 'maxValidityDays', 'graceDays']) : {};
  const salts = known.salts?.list() ?? [];
  for (const salt of salts)
    if (salt.text().length < SHORTEST_GOOD_SALT)
      warnings.push({
        path: salt.path,
        reason: `has fewer than ${SHORTEST_GOOD_SALT} characters: it can be guessed from one hash`,
      });
  const required = known.required?.flag() ?? false;
  if (required && salts.length === 0) known.required?.mistake('needs at least one salt in hashes.salts');
  return {
    salts: salts.map((salt) => salt.text()),
    required,
    maxValidityDays: known.maxValidityDays?.orNull((days) => days.number({ above: 0 })) ?? null,
    graceDays: known.graceDays?.number({ from: 0 }) ?? 7,
  };
};

const parseLabel = (at: Place, warnings: Mistake[]): Label => {
  const known = fields(
    at,
    [
      'name',
      'keys',
      'brands',
      'origins',
      'hashes',
      'deepLinkActions',
      'linkKeys',
      'strictFieldCodes',
      'retentionDays',
      'rates',
    ],
    ['name', 'keys', 'brands', 'origins'],
  );
  const keys = known.keys ? fields(known.keys, [...keyKinds], ['public']) : {};
  const rates = known.rates ? fields(known.rates, ['label', 'address']) : {};
  const deepLinkActions = parseDeepLinks(known.deepLinkActions);
  const linkKeys = known.linkKeys?.list().map((one) => one.text()) ?? [];
  if (deepLinkActions === 'signed' && linkKeys.length === 0)
    known.deepLinkActions?.mistake('is "signed", which needs at least one key in linkKeys');
  const texts = (list: Place | undefined): string[] => list?.list().map((one) => one.text()) ?? [];
  const atLeastOne = (list: Place | undefined): string[] => {
    const found = texts(list);
    if (list && Array.isArray(list.value) && found.length === 0) list.mistake('must have at least one entry');
    return found;
  };
  const normal = { label: { perSecond: 50_000, burst: 200_000 }, address: { perSecond: 2_000, burst: 20_000 } };
  return {
    name: known.name?.text() ?? '',
    keys: { public: atLeastOne(keys.public), secret: texts(keys.secret), admin: texts(keys.admin) },
    brands: atLeastOne(known.brands),
    origins: known.origins?.list().map((origin) => parseOrigin(origin, ['self', 'null'])) ?? [],
    hashes: parseHashes(known.hashes, warnings),
    deepLinkActions,
    linkKeys,
    strictFieldCodes: known.strictFieldCodes?.flag() ?? false,
    retentionDays: known.retentionDays?.orNull((days) => days.number({ above: 0 })) ?? null,
    rates: {
      label: rates.label ? parseRate(rates.label, normal.label) : normal.label,
      address: rates.address ? parseRate(rates.address, normal.address) : normal.address,
    },
  };
};

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

export const parseConfig = (value: unknown): ParsedConfig => {
  const mistakes: Mistake[] = [];
  const warnings: Mistake[] = [];
  const root = place(value, '', mistakes);
  const known = fields(root, ['publicUrl', 'trustedProxies', 'labels'], ['labels']);
  const publicUrl = known.publicUrl?.orNull((url) => parseOrigin(url, []));
  const trustedProxies = known.trustedProxies?.list().map((one) => {
    if (!isAddressOrRange(one.text())) one.mistake('must be an address or a range such as 10.0.0.0/8');
    return one.text();
  });
  const labels = known.labels?.list().map((label) => parseLabel(label, warnings)) ?? [];
  if (Array.isArray(known.labels?.value) && labels.length === 0) known.labels.mistake('must have at least one label');
  findTwins(labels, mistakes);
  if (mistakes.length > 0) return { ok: false, mistakes };
  return { ok: true, config: { publicUrl: publicUrl ?? null, trustedProxies: trustedProxies ?? [], labels }, warnings };
};
