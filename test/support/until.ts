/** Waits for what must come, however busy the machine is: no test is about how long it takes. */
import { vi } from 'vitest';

export const until = (condition: () => unknown): Promise<unknown> =>
  vi.waitUntil(condition, { timeout: 20_000, interval: 5 });

/** For `expect.poll`, which gives up after a second where it is not told. */
export const patiently = { timeout: 20_000, interval: 10 };
