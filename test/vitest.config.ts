import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));
const project = (name: string, include: string[], extra: object = {}) => ({ test: { name, root, include, ...extra } });

/** One project a kind of part: pure and server parts in Node, the SDK's rooms in happy-dom, whole journeys in real Chromium. */
export default defineConfig({
  root,
  test: {
    // Left alone, two cores get one. A browser beside a browser still waits more than it works; three would wait for each other.
    maxWorkers: 2,
    projects: [
      // It compiles, and reads all of the source.
      project('house', ['test/*.test.ts'], { testTimeout: 30_000 }),
      project('wire', ['test/wire/**/*.test.ts']),
      project('bridge', ['test/bridge/**/*.test.ts'], { environment: 'happy-dom', testTimeout: 30_000 }),
      project('sdk', ['test/sdk/**/*.test.ts'], { environment: 'happy-dom', testTimeout: 30_000 }),
      project('collector', ['test/collector/**/*.test.ts'], { testTimeout: 30_000, hookTimeout: 30_000 }),
      project('e2e', ['test/e2e/**/*.test.ts'], {
        testTimeout: 60_000,
        hookTimeout: 60_000,
        // Whatever must come is waited for, however busy the machine is: no test is about how long it takes.
        expect: { poll: { timeout: 25_000, interval: 50 } },
        // After the others: a browser beside them on two cores tests the machine's patience instead.
        sequence: { groupOrder: 1 },
      }),
    ],
  },
});
