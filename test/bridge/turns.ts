/** Time as ports have it: turns of the event loop. Timers may be fake meanwhile. */

/** What was said over any port by now has been heard, and what was answered to it too. */
export const delivered = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};
