/**
 * Watches how far this collector's copies are behind the cluster: told once when it is much, and once when they are level.
 */
import type { Logger } from 'pino';
import type { Lags } from '../store/store.ts';

const MUCH_S = 10;
const LOOK_EVERY_MS = 1_000;

/** Returns its end. */
export const watchLags = (
  lags: () => Lags,
  logger: Pick<Logger, 'info' | 'warn'>,
  times = { muchS: MUCH_S, lookEveryMs: LOOK_EVERY_MS },
): (() => void) => {
  let at: 'level' | 'behind' = 'level';
  const timer = setInterval(() => {
    const { events, customers } = lags();
    const seconds = Math.max(events.seconds, customers.seconds);
    if (at === 'level' && seconds > times.muchS) {
      at = 'behind';
      logger.warn({ events, customers }, 'what is read here is behind the cluster; it goes on by itself');
    }
    if (at === 'behind' && seconds === 0) {
      at = 'level';
      logger.info('what is read here is level with the cluster again');
    }
  }, times.lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
};
