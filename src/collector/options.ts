/**
 * The environment as options: every variable that the collector knows, with its default, checked.
 * Pure; `main.ts` hands it `process.env`.
 */
import type { Mistake } from './config-place.ts';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export interface Options {
  /** 0 picks one. */
  port: number;
  host: string;
  dataDir: string;
  /** `undefined`: the demo's. */
  configFile: string | undefined;
  store: 'sqlite';
  logLevel: (typeof logLevels)[number];
}

export type ParsedOptions = { ok: true; options: Options } | { ok: false; mistakes: Mistake[] };

export const parseOptions = (env: Record<string, string | undefined>): ParsedOptions => {
  const mistakes: Mistake[] = [];
  const { PORT = '8080', HOST = '127.0.0.1', DATA_DIR = './data', CONFIG, STORE = 'sqlite', LOG_LEVEL = 'info' } = env;
  const port = /^\d{1,5}$/.test(PORT) ? Number(PORT) : -1;
  if (port < 0 || port > 65_535) mistakes.push({ path: 'PORT', reason: 'must be a whole number of 0 to 65535' });
  if (STORE !== 'sqlite') mistakes.push({ path: 'STORE', reason: 'must be "sqlite"' });
  const logLevel = logLevels.find((level) => level === LOG_LEVEL);
  if (!logLevel) mistakes.push({ path: 'LOG_LEVEL', reason: `must be one of ${logLevels.join(', ')}` });
  if (mistakes.length > 0 || !logLevel) return { ok: false, mistakes };
  return {
    ok: true,
    options: { port, host: HOST, dataDir: DATA_DIR, configFile: CONFIG || undefined, store: 'sqlite', logLevel },
  };
};
