/**
 * The network is back: how long until everything that waited is acknowledged.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Table } from '../bench/figures.ts';
import { awaited } from '../support/awaited.ts';
import { openBrowser } from '../support/browser.ts';
import { act, openReady, type RunningWorld, startWorld } from '../support/delivery-world.ts';
import { type Asked, times } from './lanes.ts';
import { inTurn, timingHead, timingRow } from './timing.ts';

const TIMES = 10;
const WAITING = Array.from({ length: 200 }, (_, index) => `waiting-${index}`);
/** Milliseconds without a network: some tries have failed by then, and the next one is a while away. */
const OUTAGE = 4_000;

const acknowledged = (page: Page): Promise<void> =>
  awaited('an empty queue', () => page.evaluate(async () => (await window._smartico.receipts()).pending === 0));

const visit = async (
  world: RunningWorld,
  browser: Browser,
  play: (page: Page, context: BrowserContext) => Promise<number>,
): Promise<number> => {
  world.renew();
  const context = await browser.newContext();
  try {
    return await play(await openReady(await context.newPage(), world.pages.site + world.page()), context);
  } finally {
    await context.close();
  }
};

const online = (world: RunningWorld, browser: Browser): Promise<number> =>
  visit(world, browser, async (page, context) => {
    await context.setOffline(true);
    await act(page, ...WAITING);
    await pause(OUTAGE);
    const began = performance.now();
    await context.setOffline(false);
    await acknowledged(page);
    return performance.now() - began;
  });

const probed = (world: RunningWorld, browser: Browser): Promise<number> =>
  visit(world, browser, async (page) => {
    const { network } = world;
    network.set('cut');
    await act(page, ...WAITING);
    await pause(OUTAGE);
    network.set('none');
    const failed = network.arrivals.length;
    await awaited('a probe', () => network.arrivals.length > failed);
    await acknowledged(page);
    return performance.now() - network.arrivals[failed]!;
  });

export const drain = async (asked: Asked): Promise<Table> => {
  const often = times(TIMES, asked);
  const world = await startWorld();
  const browser = await openBrowser();
  const rows = [
    await inTurn('`online`', '5 s', often, asked, () => online(world, browser)),
    await inTurn('the first request that arrives', '5 s', often, asked, () => probed(world, browser)),
  ].map(timingRow);
  await browser.close();
  await world.close();
  return {
    title: `Drain: until all of ${WAITING.length} events that waited are acknowledged`,
    head: timingHead,
    rows,
    notes: [],
  };
};
