/**
 * A tab that holds the turn and will never give it back: how long until another, visible tab has sent what waits behind it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import type { Table } from '../bench/figures.ts';
import { openBrowser, openWindow } from '../support/browser.ts';
import { act, nameOf, openReady, type RunningWorld, startWorld } from '../support/delivery-world.ts';
import { type Asked, times } from './lanes.ts';
import { inTurn, type Timed, timingHead, timingRow } from './timing.ts';
import { awaited } from './visit.ts';

const TIMES = 10;
/** The page keeps to itself that it is hidden or frozen, so that the SDK cannot give its turn back. */
const unwarned = `for (const name of ['visibilitychange', 'freeze', 'pagehide'])
  addEventListener(name, (event) => event.stopImmediatePropagation(), true);`;

/** The tab's request is on the wire and is not answered; what it has called since waits for the next. */
const holdTheTurn = async ({ network }: RunningWorld, tab: Page): Promise<void> => {
  network.next('answer held');
  const before = network.arrivals.length;
  await act(tab, 'sent');
  await awaited('a request on the wire', () => network.arrivals.length > before);
  await act(tab, 'waiting');
};
const arrived = ({ label }: RunningWorld): Promise<void> =>
  awaited('what waited', async () => (await label.events()).map(nameOf).includes('waiting'));

const crash = async (context: BrowserContext, tab: Page): Promise<void> => {
  const crashed = tab.waitForEvent('crash');
  const devtools = await context.newCDPSession(tab);
  // It never answers: its page is what has crashed.
  devtools.send('Page.crash').catch(() => {});
  await crashed;
};

/** One window whose tabs hide one another. */
const inWindow = async (world: RunningWorld, play: (context: BrowserContext) => Promise<number>): Promise<number> => {
  world.renew();
  const directory = await mkdtemp(join(tmpdir(), 'openaction-profile-'));
  const window = await openWindow(directory);
  try {
    return await play(window.context);
  } finally {
    await window.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
};

const frozen = (world: RunningWorld): Promise<number> =>
  inWindow(world, async (context) => {
    const other = await openReady(await context.newPage(), world.pages.site + world.page());
    const tab = await openReady(await context.newPage(), world.pages.site + world.page({ before: unwarned }));
    const devtools = await context.newCDPSession(tab);
    await holdTheTurn(world, tab);
    await other.bringToFront();
    const began = Date.now();
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    await arrived(world);
    return Date.now() - began;
  });

const crashedInFront = (world: RunningWorld): Promise<number> =>
  inWindow(world, async (context) => {
    const other = await openReady(await context.newPage(), world.pages.site + world.page());
    const tab = await openReady(await context.newPage(), world.pages.site + world.page());
    await tab.bringToFront();
    await holdTheTurn(world, tab);
    const began = Date.now();
    await crash(context, tab);
    await other.bringToFront();
    await arrived(world);
    return Date.now() - began;
  });

/** Two windows side by side: the other tab is in sight all the while, and nothing is called in it. */
const crashedBeside = async (world: RunningWorld): Promise<number> => {
  world.renew();
  const browser = await openBrowser();
  try {
    const context = await browser.newContext();
    await openReady(await context.newPage(), world.pages.site + world.page());
    const tab = await openReady(await context.newPage(), world.pages.site + world.page());
    await holdTheTurn(world, tab);
    const began = Date.now();
    await crash(context, tab);
    await arrived(world);
    return Date.now() - began;
  } finally {
    await browser.close();
  }
};

export const takeover = async (asked: Asked): Promise<Table> => {
  const often = times(TIMES, asked);
  const world = await startWorld();
  const measured: Timed[] = [
    await inTurn('a tab crashed, the visitor turns to another', '2 s', often, asked, () => crashedInFront(world)),
    await inTurn('a tab crashed beside another in sight', '2 s', often, asked, () => crashedBeside(world)),
    await inTurn('a tab frozen without a warning, the visitor turned to another', '12 s', often, asked, () =>
      frozen(world),
    ),
  ];
  await world.close();
  return {
    title: 'Takeover: until another tab has sent what waited behind the request of one that is gone',
    head: timingHead,
    rows: measured.map(timingRow),
    notes: [],
  };
};
