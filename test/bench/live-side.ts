/**
 * The live half: from an action to its popup, from a marker to the page that hears of it, a thousand open sockets, and
 * what the whole surface costs a page.
 */
import { readFileSync } from 'node:fs';
import type { Asked, Table } from './figures.ts';
import { launchChromium } from './fresh-page.ts';
import { type Download, measureLoad, noLoad, watchDownloads } from './live-load.ts';
import { crowdTable, downloadTable, loadTable, tripTable } from './live-tables.ts';
import { measureTrips, noTrips } from './live-trips.ts';
import { servePage } from './page-server.ts';
import { startCollector } from './processes.ts';
import { measureCrowd, noCrowd } from './socket-crowd.ts';

export const liveTables = async ({ rounds, log }: Asked): Promise<Table[]> => {
  const [trips, load, crowd] = [noTrips(), noLoad(), noCrowd()];
  const page = await servePage(readFileSync(new URL('./in-live-page.js', import.meta.url), 'utf8'));
  const collector = await startCollector(['self', page.url]);
  const browser = await launchChromium();
  let downloads: Download[];
  try {
    const scene = { browser, page, collector: collector.url };
    downloads = await watchDownloads(scene);
    for (let round = 1; round <= rounds; round++) {
      await measureTrips(scene, trips);
      await measureLoad(scene, load);
      log(`round ${round}: trips and loads are taken`);
    }
  } finally {
    await browser.close();
    await collector.stop();
    await page.close();
  }
  // The browser would share the cores with them.
  for (let round = 1; round <= rounds; round++) {
    await measureCrowd(crowd);
    log(`round ${round}: the crowd has been and gone`);
  }
  return [tripTable(trips), crowdTable(crowd, rounds), loadTable(load), downloadTable(downloads)];
};
