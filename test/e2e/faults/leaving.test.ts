/**
 * A page that is left in the very task that made an event. The network answers nothing until the visitor is back, so that
 * only the device can have kept what arrives in the end.
 */
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openBrowser, orClosed } from '../../support/browser.ts';
import {
  act,
  databaseOpen,
  deliveryWorld,
  expectDelivered,
  nameOf,
  openReady,
  sendAll,
} from '../../support/delivery.ts';
import { eachVisitor } from '../../support/each-visitor.ts';
import { chanceOf, seeds } from '../../support/seeds.ts';

const TIMES = 4;
/** Pages of one visit. */
const PAGES = 12;
const world = deliveryWorld();
const ledger: string[] = [];

describe.each([
  ['kept for a return', true],
  ['gone for good', false],
])('a page that is left is %s', (_, bfcache) => {
  let context: BrowserContext;
  eachVisitor(
    (device) => {
      context = device;
      ledger.length = 0;
    },
    { bfcache },
  );

  /** The visitor comes back, the network works again: everything that the ledger names is there. */
  const expectKept = async (url: string): Promise<void> => {
    world.network.heal();
    const page = await openReady(await context.newPage(), url);
    await sendAll(page);
    await expectDelivered(world.label, ledger);
  };

  test.each(seeds)('a visit whose every page is left in the task of its calls loses none (seed %i)', async (seed) => {
    const chance = chanceOf(seed);
    world.network.set('cut');
    const home = world.pages.site + world.page();
    const thanks = world.pages.add('<h1>Thanks</h1>');
    const page = await context.newPage();
    for (let step = 1; step <= PAGES; step++) {
      const names = Array.from({ length: chance.pick([1, 1, 2, 20]) }, (_, index) => `left-${step}-${index}`);
      ledger.push(...names);
      const away = `${chance.pick([home, world.pages.site + thanks, world.pages.otherSite + thanks])}?${step}`;
      if (!page.url().startsWith(home)) await page.goto(home);
      // Else the page is left while its database opens.
      if (chance.share() < 0.7) await databaseOpen(page);
      await page.evaluate(
        ([away, ...names]) => {
          document.body.onclick = () => {
            for (const name of names) window._smartico.action(name);
            location.href = away!;
          };
        },
        [away, ...names],
      );
      await page.mouse.click(50, 300);
      await page.waitForURL(away);
    }
    await expectKept(home);
  });

  test('a tab that is closed right after a call loses nothing', async () => {
    world.network.set('cut');
    const home = world.pages.site + world.page();
    for (let time = 1; time <= TIMES; time++) {
      const page = await openReady(await context.newPage(), home);
      const devtools = await context.newCDPSession(page);
      const closed = page.waitForEvent('close');
      ledger.push(`closed-${time}`);
      await devtools.send('Runtime.evaluate', { expression: `_smartico.action('closed-${time}')` });
      await Promise.all([closed, orClosed(devtools.send('Page.close'))]);
    }
    await expectKept(home);
  });

  test('a window that closes itself in the task of the call loses nothing', async () => {
    world.network.set('cut');
    const home = world.pages.site + world.page();
    const opener = await openReady(await context.newPage(), home);
    for (let time = 1; time <= TIMES; time++) {
      const opened = context.waitForEvent('page');
      await opener.evaluate((url) => void window.open(url), home);
      const page = await opened;
      await page.waitForLoadState();
      await databaseOpen(page);
      const closed = page.waitForEvent('close');
      ledger.push(`closed-${time}`);
      const leaving = page.evaluate((name) => {
        setTimeout(() => {
          window._smartico.action(name);
          window.close();
        });
      }, `closed-${time}`);
      await orClosed(leaving);
      await closed;
    }
    await expectKept(home);
  });

  test('a window that closes before the browser came to write its event loses nothing', async () => {
    world.network.set('cut');
    const home = world.pages.site + world.page();
    const opener = await openReady(await context.newPage(), home);
    const opened = context.waitForEvent('page');
    await opener.evaluate((url) => void window.open(url), home);
    const page = await opened;
    await page.waitForLoadState();
    await databaseOpen(page);
    await page.evaluate(
      () =>
        new Promise<void>((resolve) => {
          navigator.locks.request('alive', () => new Promise(() => resolve()));
        }),
    );
    const release = await holdWrites(opener);
    ledger.push('held-back');
    const leaving = page.evaluate(() => {
      setTimeout(() => {
        window._smartico.action('held-back');
        window.close();
      });
    });
    await orClosed(leaving);
    // The tab is said to be closed before its page is gone.
    await opener.evaluate(() => navigator.locks.request('alive', () => {}));
    await release();
    await expectKept(home);
  });
});

/** From now on every write to the queue waits behind a transaction of this page, as behind a slow disk, until it is released. */
const holdWrites = async (page: Page): Promise<() => Promise<void>> => {
  const held = await page.evaluateHandle(
    (label) =>
      new Promise<{ released: boolean }>((resolve) => {
        const held = { released: false };
        indexedDB.open(`_smartico:${label}:`).onsuccess = ({ target }) => {
          const store = (target as IDBOpenDBRequest).result.transaction('q', 'readwrite').objectStore('q');
          const ask = () => {
            resolve(held);
            if (!held.released) store.count().onsuccess = ask;
          };
          ask();
        };
      }),
    world.label.key,
  );
  return () => held.evaluate((held) => void Object.assign(held, { released: true }));
};

test('an event that is made while the network works arrives from a page that has been left', async () => {
  const browser = await openBrowser();
  const page = await browser.newPage();
  const home = world.pages.site + world.page();
  const away = world.pages.otherSite + world.pages.add('<h1>Thanks</h1>');
  const names = ['left-1', 'left-2', 'left-3'];
  for (const name of names) {
    await openReady(page, home);
    await act(page, name);
    await page.goto(away);
    // Nobody comes back: the page's own last request brings it.
    await expect.poll(async () => (await world.label.events()).map(nameOf)).toContain(name);
  }
  await expectDelivered(world.label, names);
  await browser.close();
});
