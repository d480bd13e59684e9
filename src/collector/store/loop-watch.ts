/**
 * Watches how late the event loop runs, and says once when it has been late for a while: the writer then deserves
 * a thread of its own. On two cores a worker costs memory and gains little until then, so nobody starts with one.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const LATE_MS = 20;
const LATE_SECONDS = 3;
/** The histogram counts from one tick of its timer to the next, so this is its floor. */
const TICK_MS = 10;

/** Returns its end. */
export const whenLoopIsLate = (late: (p99: number) => void): (() => void) => {
  const delay = monitorEventLoopDelay({ resolution: TICK_MS });
  delay.enable();
  let seconds = 0;
  const timer = setInterval(() => {
    const p99 = delay.percentile(99) / 1e6 - TICK_MS;
    delay.reset();
    seconds = p99 > LATE_MS ? seconds + 1 : 0;
    if (seconds < LATE_SECONDS) return;
    stop();
    late(p99);
  }, 1000);
  timer.unref();
  const stop = (): void => {
    clearInterval(timer);
    delay.disable();
  };
  return stop;
};
