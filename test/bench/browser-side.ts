/**
 * What the SDK costs a page in real Chromium, beside two controls in the same rounds: a bare page, and a naive IndexedDB
 * outbox. Every measurement has a browser context of its own, so no cache and no queue is left from the one before.
 */
import type { Page } from 'playwright-core';
// Brings `window._smartico` into the types.
import type {} from '../../src/sdk/api.ts';
import { codeOf, tablesOf } from './browser-tables.ts';
import { type Asked, short, type Table } from './figures.ts';
import { launchChromium, onPage, type Scene, slowDown, workMeter } from './fresh-page.ts';
import type { inPage, VariantCode } from './in-page.ts';
import { hearLive } from './live-stream.ts';
import { servePage, serveScale, unusedPort } from './page-server.ts';
import { startCollector } from './processes.ts';

declare global {
  interface Window {
    bench: typeof inPage;
  }
}

export interface Variant {
  name: string;
  /** The code with the collector's address in it. */
  code(collector: string): VariantCode;
  /** What a page downloads; empty for the bare page. */
  script: string;
  /** Without it only loading is measured. */
  queues: boolean;
  /** Speaks to our collector, so that the wire can be weighed. */
  ours: boolean;
}

/** One value a round (or a sample), by what it measures. */
export type Samples = Record<
  | 'load1x'
  | 'load4x'
  | 'longTasks'
  | 'oneMedian'
  | 'oneTail'
  | 'burstSync'
  | 'burstWork'
  | 'durable'
  | 'requests'
  | 'bytes'
  | 'trip',
  number[]
>;
const none = (): Samples => ({
  ...{ load1x: [], load4x: [], longTasks: [], oneMedian: [], oneTail: [], burstSync: [], burstWork: [] },
  ...{ durable: [], requests: [], bytes: [], trip: [] },
});

interface Offline extends Scene {
  /** Nobody listens there: what is queued stays queued. */
  nowhere: string;
}

const start = async (tab: Page, code: VariantCode): Promise<void> => {
  await tab.evaluate((given) => window.bench.load(given), code);
  await tab.evaluate(() => window.bench.settled());
};

const loading = (scene: Scene, { name, code, queues }: Variant, throttle: number) =>
  onPage(scene, `${name}: load`, async (tab) => {
    await slowDown(tab, throttle);
    const ms = await tab.evaluate((given) => window.bench.load(given), code(scene.collector));
    if (queues) await tab.evaluate(() => window.bench.settled());
    return { ms, longTasks: await tab.evaluate(() => window.bench.longTasksSeen()) };
  });

const singleCalls = (scene: Offline, { name, code }: Variant) =>
  onPage(scene, `${name}: single calls`, async (tab) => {
    await start(tab, code(scene.nowhere));
    await tab.evaluate(() => window.bench.singles(100));
    const taken = await tab.evaluate(() => window.bench.singles(500));
    return taken.sort((a, b) => a - b);
  });

const bursting = (scene: Offline, { name, code }: Variant, calls: number) =>
  onPage(scene, `${name}: ${calls} calls until on disk`, async (tab) => {
    await start(tab, code(scene.nowhere));
    const work = await workMeter(tab, 'TaskDuration');
    const before = await work();
    const times = await tab.evaluate((count) => window.bench.burst(count), calls);
    return { ...times, workMs: (await work()) - before };
  });

const pending = (tab: Page): Promise<number> => tab.evaluate(async () => (await window._smartico.receipts()).pending);

const weighing = async (scene: Scene, { name, code }: Variant, calls: number) => {
  const scale = await serveScale(scene.collector);
  try {
    return await onPage(scene, `${name}: ${calls} calls until acknowledged`, async (tab) => {
      await start(tab, code(scale.url));
      await tab.evaluate((count) => window.bench.many(count), calls);
      while ((await pending(tab)) > 0) await tab.waitForTimeout(50);
      return { ...scale.weighed };
    });
  } finally {
    await scale.close();
  }
};

const trips = (scene: Scene, { name, code }: Variant, samples: number): Promise<number[]> =>
  onPage(scene, `${name}: until the live stream tells`, async (tab) => {
    const waiting = new Map<string, (at: number) => void>();
    const end = await hearLive(scene.collector, (action, at) => waiting.get(action)?.(at));
    try {
      await start(tab, code(scene.collector));
      const taken: number[] = [];
      for (let i = 0; i < samples; i++) {
        // A click after a quiet moment; the SDK lets a second pass between two sends.
        await tab.waitForTimeout(1_200);
        const name = `trip-${Math.random()}`;
        const seen = new Promise<number>((resolve) => waiting.set(name, resolve));
        const made = await tab.evaluate((action) => window.bench.once(action), name);
        taken.push((await seen) - made);
      }
      return taken;
    } finally {
      end();
    }
  });

const loadsEach = 5;
const measureRound = async (scene: Offline, variant: Variant, samples: Samples): Promise<void> => {
  for (let i = 0; i < loadsEach; i++) {
    samples.load1x.push((await loading(scene, variant, 1)).ms);
    const throttled = await loading(scene, variant, 4);
    samples.load4x.push(throttled.ms);
    samples.longTasks.push(throttled.longTasks);
  }
  if (!variant.queues) return;
  const single = await singleCalls(scene, variant);
  samples.oneMedian.push(single[Math.floor(single.length / 2)] ?? Number.NaN);
  samples.oneTail.push(single[Math.floor(single.length * 0.95)] ?? Number.NaN);
  const burst = await bursting(scene, variant, 1_000);
  samples.burstSync.push(burst.syncMs);
  samples.burstWork.push(burst.workMs);
  const flood = await bursting(scene, variant, 10_000);
  samples.durable.push(10_000 / (flood.durableMs / 1000));
  if (!variant.ours) return;
  const { requests, bytes } = await weighing(scene, variant, 1_000);
  samples.requests.push(requests);
  samples.bytes.push(bytes / 1_000);
  samples.trip.push(...(await trips(scene, variant, 8)));
};

export const browserTables = async ({ rounds, log }: Asked): Promise<Table[]> => {
  const { variants, harness } = codeOf();
  const page = await servePage(harness);
  const collector = await startCollector(['self', page.url]);
  const browser = await launchChromium();
  try {
    const scene = { browser, page, collector: collector.url, nowhere: `http://127.0.0.1:${await unusedPort()}` };
    const measured = new Map(variants.map((variant) => [variant, none()]));
    for (let round = 1; round <= rounds; round++)
      for (const [variant, samples] of measured) {
        await measureRound(scene, variant, samples);
        const last = Object.entries(samples).map(([what, values]) => `${what} ${short(values.at(-1) ?? Number.NaN)}`);
        log(`round ${round}: ${variant.name}: ${last.join(', ')}`);
      }
    return tablesOf(measured, rounds);
  } finally {
    await browser.close();
    await collector.stop();
    await page.close();
  }
};
