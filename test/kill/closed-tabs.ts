/**
 * Tabs that close in the very task of the call, or right after it by the browser's own hand.
 */
import type { BrowserContext, Page } from 'playwright-core';
import { openBrowser, orClosed } from '../support/browser.ts';
import type { RunningWorld } from '../support/delivery-world.ts';
import type { State } from './deaths.ts';
import { type Asked, inEveryState, type Outcome, type Player, playAll, times } from './lanes.ts';
import { asVisitor, bringInto, comeBack } from './visit.ts';

const LANES = 2;
/** In each of 8 cells: 304 in all. */
const TIMES = 38;

interface Close {
  by: 'tab closed by itself' | 'tab closed by the browser';
  state: State;
}
const close = async (context: BrowserContext, page: Page, { by }: Close, name: string): Promise<void> => {
  const closed = page.waitForEvent('close');
  if (by === 'tab closed by itself') {
    const leaving = page.evaluate((name) => {
      setTimeout(() => {
        window._smartico.action(name);
        window.close();
      });
    }, name);
    await Promise.all([closed, orClosed(leaving)]);
  } else {
    const devtools = await context.newCDPSession(page);
    await devtools.send('Runtime.evaluate', { expression: `_smartico.action('${name}')` });
    await Promise.all([closed, orClosed(devtools.send('Page.close'))]);
  }
};

/** Only a tab that a page has opened may close itself. */
const tabOf = async (context: BrowserContext): Promise<Page> => {
  const opener = await context.newPage();
  const opened = context.waitForEvent('page');
  await opener.evaluate(() => void window.open('about:blank'));
  return opened;
};

const closer = async (world: RunningWorld): Promise<Player<Close>> => {
  const browser = await openBrowser();
  return {
    close: () => browser.close(),
    play: (trial, name) =>
      asVisitor(browser, async (context) => {
        const { by, state } = trial;
        const page = await tabOf(context);
        const called = await bringInto(world, page, state, name(1));
        called.push(name(2));
        await close(context, page, trial, name(2));
        await comeBack(world, context, called);
        return { what: by, when: 'same task', state, calls: called.map((name) => ({ name, inWindow: false })) };
      }),
  };
};

export const closedTabs = (asked: Asked): Promise<Outcome> => {
  const closes = (['tab closed by itself', 'tab closed by the browser'] as const).map((by) => ({ by }));
  return playAll('closed tabs', inEveryState(closes, times(TIMES, asked)), LANES, closer, asked);
};
