/**
 * The tabs of a walk as its steps take hold of them: opened, waited for as far as they come, called if somebody is there.
 */
import type { Page } from 'playwright-core';
import type { Tab, Walk } from './walk.ts';

export interface Step {
  name: string;
  weight: number;
  /** Takes the step and says what it was, or `undefined` where there is nothing to take it with. */
  take(walk: Walk): Promise<string | undefined>;
}

/** How long a browser that is told to go somewhere is waited for: offline it may stay where it is. */
export const JOURNEY = 1_000;

/** The page has come so far, or does not within a moment: its script may wait for the network for long, and nobody for it. */
export const looked = (page: Page, far: () => boolean): Promise<unknown> =>
  page.waitForFunction(far, null, { polling: 20, timeout: 300 }).catch((cause: Error) => cause);

/** The browser was on its way, and came there or to its own page about why not. */
export const journey = async (page: Page, go: Promise<unknown>): Promise<void> => {
  try {
    await go;
  } catch (cause) {
    if (
      !/net::ERR|Timeout|Not attached to an active page|interrupted by another navigation|frame was detached/.test(
        String(cause),
      )
    )
      throw cause;
  }
  await looked(page, () => 'walker' in window);
};

export const open = async (walk: Walk, url = walk.home()): Promise<Tab> => {
  const page = await walk.browser.context.newPage();
  const tab: Tab = { page, is: 'awake' };
  walk.tabs.push(tab);
  await journey(page, page.goto(url, { waitUntil: 'commit', timeout: JOURNEY }));
  return tab;
};
/** Does it with a tab that can be called, if there is one. */
export const inTab =
  (deed: (walk: Walk, tab: Tab) => Promise<string>) =>
  async (walk: Walk): Promise<string | undefined> => {
    const tabs = await walk.speaking();
    return tabs.length ? deed(walk, walk.chance.pick(tabs)) : undefined;
  };

/** From now on the page's clock is wrong by so much. */
export const setClock = (page: Page, shift: number): Promise<void> =>
  page.evaluate((by) => {
    const { walker } = window as unknown as { walker?: { shift: number } };
    if (walker) walker.shift = by;
  }, shift);
