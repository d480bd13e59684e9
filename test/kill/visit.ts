/**
 * The visitor's side of a trial: a page that stands in a state, and the return to the site afterwards, on which everything
 * that the device has kept is sent.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { awaited } from '../support/awaited.ts';
import { act, databaseOpen, flush, nameOf, type RunningWorld } from '../support/delivery-world.ts';
import type { State } from './deaths.ts';

/** Milliseconds that a page which is back is given to send what was kept. What is not there by then is lost. */
const RETURN = 4_000;
export const opensNever = 'IDBFactory.prototype.open = () => ({});';

/** The address of a page whose database opens, or never does. */
export const homeIn = (world: RunningWorld, { database }: State): string =>
  world.pages.site + world.page(database === 'open' ? {} : { before: opensNever });

/**
 * Opens the page and brings it into the state: from here on the network takes nothing, but for the one request that is on
 * the wire, and whose answer does not come.
 * @param first what that request brings
 * @returns what was called
 */
export const bringInto = async (
  world: RunningWorld,
  page: Page,
  state: State,
  first: string,
  url = homeIn(world, state),
): Promise<string[]> => {
  await page.goto(url);
  if (state.database === 'open') await databaseOpen(page);
  world.network.set('cut');
  if (state.wire === 'idle') return [];
  world.network.next('answer held');
  const before = world.network.arrivals.length;
  await act(page, first);
  await awaited('a request on the wire', () => world.network.arrivals.length > before);
  return [first];
};

/** The visitor is back, and the network works. Whether everything has arrived is asked afterwards (`deaths.ts`). */
export const comeBack = async (world: RunningWorld, context: BrowserContext, called: string[]): Promise<void> => {
  world.network.heal();
  const page = await context.newPage();
  await page.goto(world.pages.site + world.page());
  await databaseOpen(page);
  const arrived = async () => {
    const names = new Set((await world.label.events()).map(nameOf));
    return called.every((name) => names.has(name));
  };
  const end = Date.now() + RETURN;
  await awaited('a queue that empties', async () => (await flush(page)).pending === 0);
  while (!(await arrived()) && Date.now() < end) await flush(page);
  await page.close();
};

/** A visitor of one's own for each trial: nothing waits, and nothing failed before. */
export const asVisitor = async <Done>(
  browser: Browser,
  visit: (context: BrowserContext) => Promise<Done>,
): Promise<Done> => {
  const context = await browser.newContext();
  try {
    return await visit(context);
  } finally {
    await context.close();
  }
};
