/**
 * The environment as options: every variable that the collector knows, with its default, checked.
 * Pure; `main.ts` hands it `process.env`.
 */
import { type ClusterAddress, isClusterAddress, parseClusterAddress } from './cluster/address.ts';
import type { Mistake } from './config/place.ts';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Where events and customers are kept. */
export type StoreChoice = { is: 'sqlite' } | { is: 'cluster'; address: ClusterAddress };

export interface Options {
  /** 0 picks one. */
  port: number;
  host: string;
  dataDir: string;
  /** `undefined`: the demo's. */
  configFile: string | undefined;
  store: StoreChoice;
  logLevel: (typeof logLevels)[number];
}

export type ParsedOptions = { ok: true; options: Options } | { ok: false; mistakes: Mistake[] };

const storeOf = (text: string, mistakes: Mistake[]): StoreChoice | undefined => {
  if (text === 'sqlite') return { is: 'sqlite' };
  if (!isClusterAddress(text)) {
    mistakes.push({
      path: 'STORE',
      reason: 'must be "sqlite" or the address of a NATS cluster, nats://host:4222[,...]',
    });
    return undefined;
  }
  const parsed = parseClusterAddress(text);
  if (parsed.ok) return { is: 'cluster', address: parsed.address };
  mistakes.push(...parsed.mistakes);
  return undefined;
};

export const parseOptions = (env: Record<string, string | undefined>): ParsedOptions => {
  const mistakes: Mistake[] = [];
  // A variable that is set to nothing is one that is not set: compose files write them so.
  const given = (name: string, normal: string): string => env[name] || normal;
  const portText = given('PORT', '8080');
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : -1;
  if (port < 0 || port > 65_535) mistakes.push({ path: 'PORT', reason: 'must be a whole number of 0 to 65535' });
  const store = storeOf(given('STORE', 'sqlite'), mistakes);
  const logLevel = logLevels.find((level) => level === given('LOG_LEVEL', 'info'));
  if (!logLevel) mistakes.push({ path: 'LOG_LEVEL', reason: `must be one of ${logLevels.join(', ')}` });
  if (mistakes.length > 0 || !logLevel || !store) return { ok: false, mistakes };
  return {
    ok: true,
    options: {
      port,
      host: given('HOST', '127.0.0.1'),
      dataDir: given('DATA_DIR', './data'),
      configFile: env.CONFIG || undefined,
      store,
      logLevel,
    },
  };
};
