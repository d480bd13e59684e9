/**
 * One flusher per origin and label: a Web Lock with a lease. The lease is renewed while the holder works; a frozen tab
 * keeps its lock for as long as it is frozen (measured), so a waiter that sees the lease run out takes the lock by force.
 * An economy, not a safety: two flushers at once cost a duplicate request, and every event has an id.
 */
import type { Platform } from '../platform.ts';

/** Milliseconds of silence after which a holder is taken for frozen. */
const LEASE = 8_000;
const RENEW_EVERY = 2_000;
const LOOK_EVERY = 1_000;

export interface Turn {
  /** Runs the work when it is our turn; resolves when it is done, or at once when the turn is given back. */
  take(work: () => Promise<void>): Promise<void>;
  /** Gives the turn back, or stops waiting for it: a page in the back-forward cache must hold no lock. */
  giveBack(): void;
}

export const createTurn = ({ locks, local, now }: Platform, name: string): Turn => {
  let leave = new AbortController();
  const renew = () => local.set(name, String(now()));

  const hold = async (work: () => Promise<void>, left: AbortSignal): Promise<void> => {
    renew();
    const renewal = setInterval(renew, RENEW_EVERY);
    const gone = new Promise<void>((resolve) => left.addEventListener('abort', () => resolve()));
    try {
      await Promise.race([work(), gone]);
    } finally {
      clearInterval(renewal);
      local.remove(name);
    }
  };

  return {
    async take(work) {
      const left = leave.signal;
      if (!locks) return hold(work, left);
      const waiting = new AbortController();
      const stop = () => waiting.abort();
      left.addEventListener('abort', stop);
      const since = now();
      const watch = setInterval(() => {
        if (now() - Math.max(since, Number(local.get(name))) > LEASE) stop();
      }, LOOK_EVERY);
      let begun: Promise<void> | undefined;
      const begin = () => {
        clearInterval(watch);
        begun ??= hold(work, left);
        return begun;
      };
      try {
        await locks.request(name, { signal: waiting.signal }, begin);
      } catch (cause) {
        if (left.aborted) return;
        if (begun)
          await begun; // Ours was stolen: the work goes on, and its receipts count all the same.
        else if (waiting.signal.aborted) await locks.request(name, { steal: true }, begin);
        else if ((cause as Error).name === 'SecurityError')
          await begin(); // an opaque origin has no locks, and no other tab
        else throw cause;
      } finally {
        clearInterval(watch);
        left.removeEventListener('abort', stop);
      }
    },
    giveBack() {
      leave.abort();
      leave = new AbortController();
    },
  };
};
