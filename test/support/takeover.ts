/**
 * A tab that stops in the middle of its turn to send, and how long it takes until a tab that stays, with nothing of its own
 * to send, has sent what the first one left.
 */
import type { Page } from 'playwright-core';
import { awaited } from './awaited.ts';
import { act, nameOf, type World } from './delivery-world.ts';

/** The tab's process dies; the browser and the other tabs go on. */
export const crash = async (page: Page): Promise<void> => {
  const devtools = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  // Nobody is left to answer.
  void devtools.send('Page.crash').catch((cause: Error) => cause);
  await crashed;
};

/** What the tab had called, and the milliseconds from its stop until all of it was in the collector. */
export interface Takeover {
  ledger: string[];
  took: number;
}

export const takeover = async ({ network, label }: World, page: Page, stop: () => Promise<void>): Promise<Takeover> => {
  const ledger = ['on-the-wire', 'waiting'];
  network.set('answer held');
  await act(page, 'on-the-wire');
  await awaited('a request on the wire', () => network.arrivals.length === 1);
  await act(page, 'waiting');
  await stop();
  const stopped = performance.now();
  network.heal();
  await awaited('what waited', async () => (await label.events()).map(nameOf).includes('waiting'));
  return { ledger, took: performance.now() - stopped };
};
