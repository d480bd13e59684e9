/**
 * The windows that README publishes beside P1: within them a call can be lost. In one place, so that the sentence there and
 * every judgement here are the same.
 */

/** Milliseconds after the call within which a killed process takes it along. */
export const windowOf = {
  /** The write is on its way from the page to the browser. */
  renderer: 5,
  /** Chromium's IndexedDB has not handed it to the system yet, and its localStorage waits up to 5 s to do so. */
  browser: ({ database }: { database: 'open' | 'not open yet' }): number => (database === 'open' ? 200 : 5_000),
};
