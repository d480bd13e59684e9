/** Waits for what must come, outside of any test runner, and says what did not. */
import { setTimeout as pause } from 'node:timers/promises';

/** What takes longer does not come: this is about whether, never about how long. */
const PATIENCE = 60_000;

export const awaited = async (title: string, condition: () => boolean | Promise<boolean>): Promise<void> => {
  const end = Date.now() + PATIENCE;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`${title}: not within ${PATIENCE} ms`);
    await pause(5);
  }
};
