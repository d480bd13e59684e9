/**
 * Watches how long the write-ahead log is. Whoever reads a file for long holds it back from being emptied, and it grows with
 * every event: told once when it is much, and once when it is not any more.
 */
import { statSync } from 'node:fs';
import type { Logger } from 'pino';

const MUCH = 256 * 1024 * 1024;
const LOOK_EVERY = 10_000;

const bytesOf = (file: string): number => {
  try {
    return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return 0; // a disk that does not even answer this fails whoever stores, and that is told
  }
};

/** Returns its end. */
export const whenWalIsLong = (file: string, told: (is: 'long' | 'short', bytes: number) => void): (() => void) => {
  let at: 'long' | 'short' = 'short';
  const timer = setInterval(() => {
    const bytes = bytesOf(`${file}-wal`);
    const is = bytes > MUCH ? 'long' : 'short';
    if (is !== at) told(is, bytes);
    at = is;
  }, LOOK_EVERY);
  timer.unref();
  return () => clearInterval(timer);
};

export const tellOfLongWal = (file: string, logger: Pick<Logger, 'info' | 'warn'>): (() => void) =>
  whenWalIsLong(file, (is, bytes) => {
    if (is === 'short') logger.info({ bytes }, 'the write-ahead log is short again');
    else logger.warn({ bytes }, 'the write-ahead log grows, since a program reads events.sqlite for long; end it');
  });
