/**
 * The config on disk: read and checked, or made with fresh keys. Refuses to overwrite.
 */
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { isLoopback } from '../serve.ts';
import { type Config, type ParsedConfig, parseConfig } from './config.ts';
import { keyKinds } from './label.ts';

const unreadable = (path: string, reason: string): ParsedConfig => ({
  ok: false,
  mistakes: [{ path, reason }],
  labels: [],
});

/** V8 quotes as many characters before the one that it stumbled over, and behind it. */
const QUOTED = 10;

/** Why a text is no JSON, without a word of it: what stands around the place may be a key. */
const syntaxReason = (text: string, { message }: SyntaxError): string => {
  const [quote = '', dots, quoted = ''] = /, (\.\.\.)?"(.*)"(?:\.\.\.)? is not valid JSON$/s.exec(message) ?? [];
  const [, position = text.length] = / at position (\d+)/.exec(message) ?? [];
  const inQuote = dots === undefined ? 0 : text.indexOf(quoted) + QUOTED;
  const before = text.slice(0, quote === '' ? Number(position) : inQuote);
  return `${message.replace(quote, '').replace(/ \(line.*$/, '')} (line ${before.split('\n').length})`;
};

const readConfigFile = async (file: string): Promise<ParsedConfig> => {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    return unreadable(file, `cannot be read (${(cause as { code?: string }).code})`);
  }
  try {
    return parseConfig(JSON.parse(text));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return unreadable(file, `is not JSON: ${syntaxReason(text, cause)}`);
  }
};

/** 192 bits: nobody guesses it, and it needs no escaping anywhere. */
const fresh = (prefix: string): string => `${prefix}${randomBytes(24).toString('base64url')}`;

/** As the file says it; while a collector runs, editors that read its schema complete the rest. */
const freshConfig = () => ({
  $schema: 'http://localhost:8080/config.schema.json',
  publicUrl: null,
  trustedProxies: [],
  labels: [
    {
      name: 'My site',
      keys: { public: [fresh('pk_')], secret: [fresh('sk_')], admin: [fresh('ak_')] },
      brands: ['main'],
      origins: ['self', 'https://www.example.com'],
      hashes: { salts: [fresh('')], required: false, maxValidityDays: null, graceDays: 7, form: 'any' },
      deepLinkActions: 'all',
      linkKeys: [fresh('')],
      strictFieldCodes: false,
      retentionDays: null,
      gamificationShare: 100,
      segments: {},
      deepLinks: {},
      linkHosts: [],
      assetHosts: [],
      suspendOn: [],
      honorGpc: false,
      push: { subject: 'mailto:push@localhost' },
      rates: { label: { perSecond: 50_000, burst: 200_000 }, address: { perSecond: 2_000, burst: 20_000 } },
    },
  ],
});

/** Only its owner can read the file: everything that forges or reads events is in it. */
export const writeFreshConfig = (file: string): Promise<void> =>
  writeFile(file, `${JSON.stringify(freshConfig(), null, 2)}\n`, { flag: 'wx', mode: 0o600 });

const demoKeys = new Set(['demo-label', 'demo-secret', 'demo-admin', 'other-label', 'other-secret', 'other-admin']);

/** Keys that everybody knows, with the path of each. */
const wellKnownKeys = ({ labels }: Config): string[] =>
  labels.flatMap(({ keys }, index) =>
    keyKinds.flatMap((kind) =>
      keys[kind].flatMap((key, n) => (demoKeys.has(key) ? [`labels[${index}].keys.${kind}[${n}]`] : [])),
    ),
  );

/** Where others can reach the collector, a key of the demo is a mistake like any other. */
export const readConfigFor =
  (host: string) =>
  async (file: string): Promise<ParsedConfig> => {
    const parsed = await readConfigFile(file);
    const known = parsed.ok && !isLoopback(host) ? wellKnownKeys(parsed.config) : [];
    if (!parsed.ok || known.length === 0) return parsed;
    const reason = `is a key of the demo's, which everybody knows, and HOST=${host} is not loopback; fresh ones are made by: node dist/collector.js init config.json`;
    const labels = parsed.config.labels.map(({ name }) => name);
    return { ok: false, mistakes: known.map((path) => ({ path, reason })), labels };
  };
