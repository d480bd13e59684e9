/**
 * How far the engine is behind the log, by the collector's own gauge.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Running } from './processes.ts';

/** Seconds between the newest stored event and the newest folded one. */
export const engineLag = async ({ url }: Running): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lags = Array.from(text.matchAll(/^openaction_engine_lag_seconds(?:\{[^}]*\})? (\S+)/gm), ([, lag]) =>
    Number(lag),
  );
  if (lags.length === 0) throw new Error('the collector tells no openaction_engine_lag_seconds');
  return Math.max(...lags);
};

/** Resolves with the seconds that it took until nothing was waiting. */
export const settled = async (server: Running): Promise<number> => {
  const from = performance.now();
  while ((await engineLag(server)) > 0) await pause(50);
  return (performance.now() - from) / 1000;
};
