import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));
const project = (name: string, include: string[], extra: object = {}) => ({ test: { name, root, include, ...extra } });

/** What it takes where a browser, or processes of ours, are waited for. */
const journeys = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // Whatever must come is waited for, however busy the machine is: no test is about how long it takes.
  expect: { poll: { timeout: 25_000, interval: 50 } },
};

/** Where a collector keeps what a browser sent, through every fault: each of these runs on both stores. */
const delivery = [
  ...['network', 'slow-network', 'answers', 'early', 'leaving', 'killed', 'tabs'],
  ...['losses', 'missing', 'payloads', 'storage', 'walks'],
].map((name) => `test/e2e/faults/${name}.test.ts`);

/** The cluster run asks for all of it. */
const whole = process.env.CLUSTER === 'whole';
/** What frames said before a page was left differs by the browser, and hardly by the store: on a cluster it is the long run's. */
const framed = whole ? 'delivery-*' : 'delivery-!(leaving)';

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
      // After the others: a browser beside them on two cores tests the machine's patience instead.
      project('e2e', ['test/e2e/**/*.test.ts'], { ...journeys, sequence: { groupOrder: 1 } }),
      project('e2e on a cluster', [...delivery, `test/e2e/bridge/${framed}.test.ts`], {
        ...journeys,
        globalSetup: ['test/support/nats-place.ts'],
        sequence: { groupOrder: 1 },
      }),
      // Walks among dying nodes are the long run's.
      project('cluster', [`test/cluster/${whole ? '*' : 'killed'}.test.ts`], {
        ...journeys,
        testTimeout: 120_000,
        sequence: { groupOrder: 1 },
      }),
    ],
  },
});
