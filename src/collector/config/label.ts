/**
 * One label of the config: its keys, its pages, whom it believes, how much it may send, what its links may do, and what
 * follows its events.
 */
import type { DeepLinkActions, Label, Rate } from './config.ts';
import { definitionNames, parseDefinitions } from './definitions.ts';
import { parseOrigin } from './origin.ts';
import { fields, type Mistake, type Place } from './place.ts';
import { parseAssetHosts, parseLinkHosts, parseNamedLinks, parseSuspendOn } from './surfaces.ts';

export const keyKinds = ['public', 'secret', 'admin'] as const;
/** 22 characters of base64 are 128 bits; with less, one hash that was seen lets anybody find the salt. */
const SHORTEST_GOOD_SALT = 22;
const NORMAL_RATES = { label: { perSecond: 50_000, burst: 200_000 }, address: { perSecond: 2_000, burst: 20_000 } };
/** Push services ask for an address to complain to; one of the operator's own is better. */
const PUSH_SUBJECT = 'mailto:push@localhost';

export const labelNames = [
  'name',
  'keys',
  'brands',
  'origins',
  'hashes',
  'deepLinkActions',
  'linkKeys',
  'strictFieldCodes',
  'retentionDays',
  'gamificationShare',
  ...definitionNames,
  'deepLinks',
  'linkHosts',
  'assetHosts',
  'suspendOn',
  'honorGpc',
  'push',
  'rates',
] as const;

const texts = (list: Place | undefined): string[] => list?.list().map((one) => one.text()) ?? [];
const atLeastOne = (list: Place | undefined): string[] => {
  const found = texts(list);
  if (list && Array.isArray(list.value) && found.length === 0) list.mistake('must have at least one entry');
  return found;
};

const parseRate = (at: Place | undefined, normal: Rate): Rate => {
  if (!at) return normal;
  const { perSecond, burst } = fields(at, ['perSecond', 'burst']);
  return {
    perSecond: perSecond?.number({ above: 0 }) ?? normal.perSecond,
    burst: burst?.number({ from: 1 }) ?? normal.burst,
  };
};

const parseLinkPolicy = (at: Place | undefined): DeepLinkActions => {
  if (at === undefined) return 'all';
  if (at.value === 'all' || at.value === 'signed') return at.value;
  if (typeof at.value !== 'object') {
    at.mistake('must be "all", "signed" or { "listed": [...] }');
    return 'all';
  }
  const { listed } = fields(at, ['listed'], ['listed']);
  return { listed: texts(listed) };
};

const parseHashes = (at: Place | undefined, warnings: Mistake[]): Label['hashes'] => {
  const known = at ? fields(at, ['salts', 'required', 'maxValidityDays', 'graceDays', 'form']) : {};
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
    form: known.form?.oneOf(['any', 'v2']) ?? 'any',
  };
};

const parsePush = (at: Place | undefined): Label['push'] => {
  const subject = at ? fields(at, ['subject'], ['subject']).subject : undefined;
  const text = subject?.text() ?? PUSH_SUBJECT;
  if (!/^(mailto:[^@\s]+@[^@\s]+|https:\/\/[^\s/]\S*)$/.test(text))
    subject?.mistake('must be a mailto: or an https: address');
  return { subject: text };
};

/** @param own origins of the collector's, as far as the config names them */
export const parseLabel = (at: Place, own: ReadonlySet<string>, warnings: Mistake[]): Label => {
  const known = fields(at, labelNames, ['name', 'keys', 'brands', 'origins']);
  const keys = known.keys ? fields(known.keys, keyKinds, ['public']) : {};
  const rates = known.rates ? fields(known.rates, ['label', 'address']) : {};
  const deepLinkActions = parseLinkPolicy(known.deepLinkActions);
  const linkKeys = texts(known.linkKeys);
  if (deepLinkActions === 'signed' && linkKeys.length === 0)
    known.deepLinkActions?.mistake('is "signed", which needs at least one key in linkKeys');
  const linkHosts = parseLinkHosts(known.linkHosts);
  const assetHosts = parseAssetHosts(known.assetHosts);
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
    gamificationShare: known.gamificationShare?.number({ from: 0, to: 100 }) ?? 100,
    ...parseDefinitions(known, { own, linkHosts, assetOrigins: assetHosts }, warnings),
    deepLinks: known.deepLinks ? parseNamedLinks(known.deepLinks) : {},
    linkHosts,
    assetHosts,
    suspendOn: parseSuspendOn(known.suspendOn),
    honorGpc: known.honorGpc?.flag() ?? false,
    push: parsePush(known.push),
    rates: {
      label: parseRate(rates.label, NORMAL_RATES.label),
      address: parseRate(rates.address, NORMAL_RATES.address),
    },
  };
};
