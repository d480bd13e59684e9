/**
 * A tab that holds the turn and will never give it back: how long until another, visible tab has sent what waits behind it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import type { Table } from '../bench/figures.ts';
import { openBrowser, openWindow } from '../support/browser.ts';
import { openReady, type RunningWorld, startWorld } from '../support/delivery-world.ts';
import { crash, takeover } from '../support/takeover.ts';
import { type Asked, times } from './lanes.ts';
import { inTurn, type Timed, timingHead, timingRow } from './timing.ts';

const TIMES = 10;
/** The page keeps to itself that it is hidden or frozen, so that the SDK cannot give its turn back. */
const unwarned = `for (const name of ['visibilitychange', 'freeze', 'pagehide'])
  addEventListener(name, (event) => event.stopImmediatePropagation(), true);`;

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

/** A tab that will stop in its turn, and another one of the same visitor's, opened before it. */
const openBoth = async (world: RunningWorld, context: BrowserContext, before = ''): Promise<[Page, Page]> => {
  const other = await openReady(await context.newPage(), world.pages.site + world.page());
  return [other, await openReady(await context.newPage(), world.pages.site + world.page({ before }))];
};

const frozen = (world: RunningWorld): Promise<number> =>
  inWindow(world, async (context) => {
    const [other, tab] = await openBoth(world, context, unwarned);
    const devtools = await context.newCDPSession(tab);
    const { took } = await takeover(world, tab, async () => {
      await other.bringToFront();
      await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    });
    return took;
  });

const crashedInFront = (world: RunningWorld): Promise<number> =>
  inWindow(world, async (context) => {
    const [other, tab] = await openBoth(world, context);
    const { took } = await takeover(world, tab, async () => {
      await crash(tab);
      await other.bringToFront();
    });
    return took;
  });

/** Two windows side by side: the other tab is in sight all the while, and nothing is called in it. */
const crashedBeside = async (world: RunningWorld): Promise<number> => {
  world.renew();
  const browser = await openBrowser();
  try {
    const [, tab] = await openBoth(world, await browser.newContext());
    return (await takeover(world, tab, () => crash(tab))).took;
  } finally {
    await browser.close();
  }
};

export const takeovers = async (asked: Asked): Promise<Table> => {
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
