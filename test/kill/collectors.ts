/**
 * Collectors that are killed while clients and a page stream into them, and started again on the same folder.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { awaited } from '../support/awaited.ts';
import { openBrowser } from '../support/browser.ts';
import { act, flush, openReady, startWorld } from '../support/delivery-world.ts';
import { chanceOf } from '../support/seeds.ts';
import { type Death, type State, verdictsOf } from './deaths.ts';
import { type Asked, type Outcome, times } from './lanes.ts';
import { startStreams } from './streams.ts';

const TIMES = 200;
const CLIENTS = 8;
/** Milliseconds for which a collector lives, at the least and at the most. */
const LIFE = [20, 250] as const;
/** Milliseconds between two calls of the page. */
const PACE = 15;

/** A page that goes on calling. */
const callingPage = (page: Page) => {
  const called: string[] = [];
  let ending = false;
  let nr = 0;
  const going = async () => {
    for (; !ending; nr++) {
      const name = `page.${nr}`;
      await act(page, name);
      called.push(name);
      // As if the visitor had just come back to the tab: not after the patience that a failure imposes.
      if (nr % 10 === 0) await page.evaluate(() => void window._smartico.flush());
      await pause(PACE);
    }
  };
  const done = going();
  return {
    take: () => called.splice(0),
    async end() {
      ending = true;
      await done;
      await awaited('a queue that empties', async () => (await flush(page)).pending === 0);
    },
  };
};

export const collectors = async (asked: Asked): Promise<Outcome> => {
  const plenty = { perSecond: 1_000_000, burst: 1_000_000 };
  const world = await startWorld({ rates: { label: plenty, address: plenty } });
  const browser = await openBrowser();
  const page = await openReady(await browser.newPage(), world.pages.site + world.page());
  const calls = callingPage(page);
  const streams = startStreams(world.collector.url, world.label.key, CLIENTS);
  const chance = chanceOf(1);
  const deaths: Death[] = [];
  const kills = times(TIMES, asked);
  const seen = new Set<string>();
  for (let place = 0; place < kills; place++) {
    await pause(chance.whole(...LIFE));
    const quiet = place % 4 === 3;
    if (quiet) await streams.hold();
    const wire: State['wire'] = streams.open ? 'request on the wire' : 'idle';
    const names = [...streams.take(), ...calls.take()].filter((name) => !seen.has(name));
    for (const name of names) seen.add(name);
    await world.collector.kill('SIGKILL');
    deaths.push({
      what: 'collector',
      when: quiet ? 'right after the last answer' : 'while batches stream in',
      state: { database: 'open', wire },
      calls: names.map((name) => ({ name, inWindow: false })),
    });
    await world.collector.restart();
    streams.goOn();
    if ((place + 1) % 20 === 0) asked.log(`killed collectors: ${place + 1} of ${kills}`);
  }
  await streams.end();
  await calls.end();
  const after = [...streams.take(), ...calls.take()].filter((name) => !seen.has(name));
  deaths.at(-1)!.calls.push(...after.map((name) => ({ name, inWindow: false })));
  const verdicts = await verdictsOf(world, deaths, () => false);
  await browser.close();
  await world.close();
  return { verdicts, aborted: [] };
};
