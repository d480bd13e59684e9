/**
 * One flusher per origin and label: a Web Lock with a lease. The lease is renewed while the holder works; a frozen tab
 * keeps its lock for as long as it is frozen (measured), so a waiter that sees the lease run out takes the lock by force.
 * An economy, not a safety: two flushers at once cost a duplicate request, and every event has an id.
 */
import type { Platform } from '../platform.ts';

/** Milliseconds of silence after which a holder is taken for frozen. */
const LEASE = 8_000;
const TICK = 1_000;

export interface Turn {
  /** Runs the work when it is our turn; resolves when it is done, or at once when the turn is given back. */
  take(work: () => Promise<void>): Promise<void>;
  /** Gives the turn back, or stops waiting for it: a page in the back-forward cache must hold no lock. */
  giveBack(): void;
}

export const createTurn = ({ locks, local, now }: Platform, name: string): Turn => {
  let giveBack = () => {};
  return {
    async take(work) {
      const waiting = new AbortController();
      const since = now();
      let left = false;
      let begun: Promise<void> | undefined;
      const tick = setInterval(() => {
        if (begun) local.set(name, String(now()));
        else if (now() - Math.max(since, Number(local.get(name))) > LEASE) waiting.abort();
      }, TICK);
      const gone = new Promise<void>((resolve) => {
        giveBack = () => {
          left = true;
          waiting.abort();
          resolve();
        };
      });
      const begin = () => {
        local.set(name, String(now()));
        begun ??= Promise.race([work(), gone]);
        return begun;
      };
      try {
        if (locks) await locks.request(name, { signal: waiting.signal }, begin);
        else await begin();
      } catch (cause) {
        // Stolen from us: the work goes on, and its receipts count all the same. An opaque origin has no locks at all.
        if (!left && !begun && waiting.signal.aborted) await locks?.request(name, { steal: true }, begin);
        else if (!left && (begun || (cause as Error).name === 'SecurityError')) await begin();
        else if (!left) throw cause;
      } finally {
        clearInterval(tick);
      }
    },
    giveBack: () => giveBack(),
  };
};
