/**
 * Watches how long the write-ahead log is. Whoever reads a file for long holds it back from being emptied, and it grows with
 * every event: told once when it is much, and once when it is not any more.
 */
import { statSync } from 'node:fs';

const MUCH = 256 * 1024 * 1024;
const LOOK_EVERY = 10_000;

/** Returns its end. */
export const whenWalIsLong = (file: string, told: (is: 'long' | 'short', bytes: number) => void): (() => void) => {
  let at: 'long' | 'short' = 'short';
  const timer = setInterval(() => {
    const bytes = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    const is = bytes > MUCH ? 'long' : 'short';
    if (is !== at) told(is, bytes);
    at = is;
  }, LOOK_EVERY);
  timer.unref();
  return () => clearInterval(timer);
};
