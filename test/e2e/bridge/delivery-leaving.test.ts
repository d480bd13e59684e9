/**
 * A frame that acts and leaves in one task, itself or with the page around it, once they are connected. The network answers
 * no event until the visitor is back, so that only the page's device can have kept what arrives in the end.
 */
import type { Browser, BrowserContext, Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { begin, bridgeWorld, connected, platformOf } from '../../support/bridge-world.ts';
import { openBrowser, orLeft } from '../../support/browser.ts';
import { expectDelivered, openReady, sendAll } from '../../support/delivery.ts';
import { eventsNamed } from '../../support/live-world.ts';

/** In each of 16 cells: 128 in all. The kill run leads 320 pages away. */
const TIMES = 8;
const world = bridgeWorld();

const origins = {
  'another site': () => world.platform,
  "the host's own site": () => world.neighbour.site,
};
type Where = keyof typeof origins;

/** The documentation's platform: what starts the page is in the frame. */
const framed = (where: Where): string =>
  origins[where]() +
  world.platformPage({
    ...(where === "the host's own site" && { server: world.neighbour }),
    after: begin(world),
  });
const around = (platform: string): string =>
  world.host + world.hostPage(platform, { frames: Object.values(origins).map((origin) => origin()) });

/** The frame acts, and leads away, in one task. */
const actAndLeave = (frame: Frame, name: string, who: 'self' | 'top', away: string): Promise<void> =>
  orLeft(
    frame.evaluate(
      ([name, who, away]) => {
        window._smartico_inframe.action(name!);
        window[who as 'self' | 'top']!.location.href = away!;
      },
      [name, who, away],
    ),
  );

describe.each([
  ['kept for a return', true],
  ['gone for good', false],
])('a page that is left is %s', (_, bfcache) => {
  let browser: Browser;
  let context: BrowserContext;
  let ledger: string[];
  beforeAll(async () => {
    browser = await openBrowser({ bfcache });
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    ledger = Array.from({ length: TIMES }, (_, index) => `left-${index + 1}`);
    context = await browser.newContext();
    world.network.set('cut');
  });
  afterEach(() => context.close());

  /** The visitor is back at the host, where the network works again: each action is there, once, and is the frame's. */
  const expectKept = async (where: Where): Promise<void> => {
    world.network.heal();
    await sendAll(await openReady(await context.newPage(), world.address()));
    await expectDelivered(world.label, ledger);
    for (const { source, frame } of await eventsNamed(world, ...ledger))
      expect({ source, frame }).toEqual({ source: 'bridge', frame: origins[where]() });
  };

  test('what it was too busy to take when its frame led it away arrives once the platform opens again in the tab', async () => {
    const [home, away] = [around(framed('another site')), world.host + world.pages.add('<h1>Thanks</h1>')];
    const page = await context.newPage();
    await page.goto(home);
    await connected(platformOf(page));
    await page.evaluate(() => {
      setTimeout(() => {
        const end = performance.now() + 600;
        while (performance.now() < end);
      });
    });
    ledger = ['busy'];
    await actAndLeave(platformOf(page), 'busy', 'top', away);
    await page.waitForURL(away);
    await page.goto(home);
    await connected(platformOf(page));
    await page.goto(away);
    await expectKept('another site');
  });

  describe.each(Object.keys(origins) as Where[])('framed from %s', (where) => {
    test.each([
      ['its own site', () => origins[where]()],
      ['another site', () => world.stranger],
    ])('an action of a frame that leaves for %s is never lost', async (_, target) => {
      const [platform, away] = [framed(where), target() + world.pages.add('<h1>Thanks</h1>')];
      if (where === "the host's own site") world.neighbour.add('<h1>Thanks</h1>', {}, new URL(away).pathname);
      const page = await context.newPage();
      await page.goto(around(platform));
      const frame = platformOf(page);
      for (const name of ledger) {
        await connected(frame);
        await actAndLeave(frame, name, 'self', away);
        await frame.waitForURL(away);
        await page.locator('iframe').evaluate((iframe, url) => iframe.setAttribute('src', url), platform);
        await frame.waitForURL(platform);
      }
      await expectKept(where);
    });

    test.each([
      ['its own site', () => world.host],
      ['another site', () => world.stranger],
    ])('an action of a frame that leads the page around to %s is never lost', async (_, target) => {
      const [home, away] = [around(framed(where)), target() + world.pages.add('<h1>Thanks</h1>')];
      const page = await context.newPage();
      for (const name of ledger) {
        await page.goto(home);
        await connected(platformOf(page));
        await actAndLeave(platformOf(page), name, 'top', away);
        await page.waitForURL(away);
      }
      await expectKept(where);
    });
  });
});
