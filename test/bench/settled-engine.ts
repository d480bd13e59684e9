/**
 * How far the engine is behind the log, by the collector's own gauge.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Running } from './processes.ts';

const greatest = async ({ url }: Running, gauge: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lags = Array.from(text.matchAll(new RegExp(`^${gauge}(?:\\{[^}]*\\})? (\\S+)`, 'gm')), ([, lag]) =>
    Number(lag),
  );
  if (lags.length === 0) throw new Error(`the collector tells no ${gauge}`);
  return Math.max(...lags);
};

/** Seconds between the newest stored event and the newest folded one. */
export const engineLag = (server: Running): Promise<number> => greatest(server, 'openaction_engine_lag_seconds');

/** Seconds that a collector's copies of a cluster are behind it. */
export const copyLag = (server: Running): Promise<number> => greatest(server, 'openaction_copy_lag_seconds');

/** Resolves with the seconds that it took until nothing was waiting. */
export const settled = async (server: Running): Promise<number> => {
  const from = performance.now();
  while ((await engineLag(server)) > 0) await pause(50);
  return (performance.now() - from) / 1000;
};
