/**
 * One flusher per origin and label: a Web Lock with a lease that its holder renews while it works. A frozen tab keeps its
 * lock for as long as it is frozen (measured in Chromium 156), so a lock whose lease ran out is taken by force.
 * An economy, not a safety: two flushers at once cost a duplicate request, and every event has an id.
 */
import type { Platform } from '../platform.ts';

/** Milliseconds of silence after which a holder is taken for frozen. */
const LEASE = 8_000;
const RENEW_EVERY = 1_000;
/** Milliseconds without a renewal after which other tabs look whether they are needed. */
const SILENCE = 1_500;

export interface Turn {
  /** Does the work if it is our turn; `false`: another tab is at it. Resolves early when the turn is given back. */
  take(work: () => Promise<void>): Promise<boolean>;
  /** A page in the back-forward cache must hold no lock: another tab that wants it would evict the page. */
  giveBack(): void;
}

/** @param look a tab fell silent in its turn (it crashed, is frozen or gone): what it has not sent is left to whoever is here */
export const createTurn = ({ locks, local, now, root }: Platform, name: string, look: () => void): Turn => {
  let giveBack = () => {};
  let silence: ReturnType<typeof setTimeout> | undefined;
  // Of other tabs: a renewal, or the end of a turn that was given back.
  root.addEventListener('storage', ({ key, newValue }) => {
    if (key !== name) return;
    clearTimeout(silence);
    if (newValue) silence = setTimeout(look, SILENCE);
  });
  return {
    async take(work) {
      let doing: Promise<void> | undefined;
      const hold = (lock?: Lock | null) => {
        if (lock === null) return;
        const renew = () => local.set(name, `${now()}`);
        renew();
        const renewal = setInterval(renew, RENEW_EVERY);
        const done = work().finally(() => {
          clearInterval(renewal);
          local.remove(name);
        });
        const left = new Promise<void>((resolve) => {
          giveBack = resolve;
        });
        doing = Promise.race([done, left]);
        return doing;
      };
      // Renewed long after now: the clock was put back, and says nothing.
      const silent = Math.abs(now() - Number(local.get(name))) > LEASE;
      try {
        if (locks) await locks.request(name, silent ? { steal: true } : { ifAvailable: true }, hold);
        else await hold();
      } catch (cause) {
        // Stolen from us: the work goes on, and its receipts count all the same. Otherwise there are no locks to be had,
        // in an opaque origin say, and nobody to wait for.
        if (!doing && (cause as Error).name !== 'AbortError') hold();
      }
      await doing;
      return !!doing;
    },
    giveBack: () => giveBack(),
  };
};
