/**
 * What it costs a platform to be in somebody else's page: two sites in a real Chromium, storage partitioned as it is by
 * default, and the real collector. The page is the operator's, the frame the platform's, each in a process of its own.
 */
import { readFileSync } from 'node:fs';
import type { Frame, Page } from 'playwright-core';
import { bridgeTable } from './bridge-tables.ts';
import type { Asked, Table } from './figures.ts';
import { launchChromium, onPage, type Scene } from './fresh-page.ts';
import type { inBridgePage, Pair } from './in-bridge-page.ts';
import { servePage } from './page-server.ts';
import { benchLabel, startCollector } from './processes.ts';

declare global {
  interface Window {
    bridge: typeof inBridgePage;
  }
}

/** One value a sample, by what it measures. */
export type Crossings = Record<
  'bareTrip' | 'trip' | 'held' | 'has' | 'burstSync' | 'burstTaken' | 'longestTask' | 'lostByFrame' | 'lostByPage',
  number[]
>;
const none = (): Crossings => ({
  ...{ bareTrip: [], trip: [], held: [], has: [], burstSync: [], burstTaken: [], longestTask: [] },
  ...{ lostByFrame: [], lostByPage: [] },
});

export const EACH_ROUND = { trips: 300, actions: 300, burst: 10_000, tries: 50 };

/** The platform, once the page around has answered it; whatever document it is by then. */
const platformIn = async (page: Page): Promise<Frame> => {
  for (;;) {
    const [frame] = page.mainFrame().childFrames();
    const answered = frame?.evaluate(() => window.bridge?.ready.then(() => true)).catch(leaving);
    if (frame && (await answered)) return frame;
    await page.waitForTimeout(10);
  }
};
/** A document that is just going answers nothing: the next one is asked. */
const leaving = (cause: unknown): undefined => {
  if (!/context was destroyed|detached|navigat/i.test(`${cause}`)) throw cause;
};

/** Names of all actions that the collector has. */
const storedActions = async (collector: string, event_type = 'client_action'): Promise<Set<string>> => {
  const names = new Set<string>();
  let next: string | undefined = '';
  while (next !== undefined) {
    const query = new URLSearchParams({ event_type, limit: '500', ...(next && { after: next }) });
    const answer = await fetch(`${collector}/v1/events?${query}`, {
      headers: { authorization: `Bearer ${benchLabel.admin}` },
    });
    const page = (await answer.json()) as { events: { payload: { client_action: string } }[]; next?: string | null };
    for (const { payload } of page.events) names.add(payload.client_action);
    next = page.events.length ? (page.next ?? undefined) : undefined;
  }
  return names;
};

const measureCalls = (scene: Scene, crossings: Crossings): Promise<void> =>
  onPage(scene, 'calls across', async (page) => {
    const frame = await platformIn(page);
    crossings.bareTrip.push(...(await frame.evaluate((trips) => window.bridge.bareTrips(trips), EACH_ROUND.trips)));
    crossings.trip.push(...(await frame.evaluate((trips) => window.bridge.questions(trips), EACH_ROUND.trips)));
    const made = await frame.evaluate((calls) => window.bridge.actions(calls), EACH_ROUND.actions);
    const names = made.map(({ name }) => name);
    const arrivals = await page.evaluate((all) => window.bridge.arrivals(all), names);
    made.forEach(({ at, held }, i) => {
      crossings.held.push(held);
      crossings.has.push((arrivals[i] ?? Number.NaN) - at);
    });
  });

const measureBurst = (scene: Scene, crossings: Crossings): Promise<void> =>
  onPage(scene, 'a burst', async (page) => {
    const frame = await platformIn(page);
    await page.evaluate(() => window.bridge.longestTask());
    const { syncMs, takenMs } = await frame.evaluate((calls) => window.bridge.burst(calls), EACH_ROUND.burst);
    crossings.burstSync.push(syncMs);
    crossings.burstTaken.push(takenMs);
    crossings.longestTask.push(await page.evaluate(() => window.bridge.longestTask()));
  });

/** @returns how many of the actions the collector never came to have */
const lostBy = (scene: Scene, whose: 'frame' | 'page'): Promise<number> =>
  onPage(scene, `actions while the ${whose} leaves`, async (page) => {
    const names: string[] = [];
    while (names.length < EACH_ROUND.tries) {
      const frame = await platformIn(page);
      const name = `leaving-${Math.random()}`;
      const left = page.waitForEvent('framenavigated', (one) => one === (whose === 'frame' ? frame : page.mainFrame()));
      left.catch(() => {}); // waited for below, where the call was made
      const acted = await frame
        .evaluate(([action, who]) => window.bridge.actAndLeave(action, who), [name, whose] as const)
        .then(() => true, leaving);
      // A frame of the document that had just gone: nothing was called in it.
      if (!acted) continue;
      names.push(name);
      await left;
    }
    const last = await platformIn(page);
    // Behind what this document found of the one before; then until the collector has said that it has it.
    await last.evaluate(() => window._smartico_inframe.losses());
    while ((await page.evaluate(async () => (await window._smartico.receipts()).pending)) > 0)
      await page.waitForTimeout(50);
    const stored = await storedActions(scene.collector);
    return names.filter((name) => !stored.has(name)).length;
  });

export const bridgeTables = async ({ rounds, log }: Asked): Promise<Table[]> => {
  const hands = readFileSync(new URL('./in-bridge-page.js', import.meta.url), 'utf8');
  const host = await servePage(hands);
  const server = await servePage(hands);
  const collector = await startCollector(['self', host.url]);
  const browser = await launchChromium();
  try {
    // Another site, in the eyes of a browser.
    const platform = server.url.replace('127.0.0.1', 'localhost');
    const pair: Pair = { collector: collector.url, label: benchLabel.key, host: host.url, platform };
    const url = `${host.url}/?${encodeURIComponent(JSON.stringify(pair))}`;
    const scene: Scene = { browser, page: { url }, collector: collector.url };
    const crossings = none();
    for (let round = 1; round <= rounds; round++) {
      await measureCalls(scene, crossings);
      await measureBurst(scene, crossings);
      crossings.lostByFrame.push(await lostBy(scene, 'frame'));
      crossings.lostByPage.push(await lostBy(scene, 'page'));
      log(`round ${round}: calls across, a burst, ${2 * EACH_ROUND.tries} navigations`);
    }
    return [bridgeTable(crossings, rounds)];
  } finally {
    await browser.close();
    await collector.stop();
    await host.close();
    await server.close();
  }
};
