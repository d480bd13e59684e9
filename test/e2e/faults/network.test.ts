/**
 * What goes wrong between a page and the collector, request by request: a collector that is down, answers that get lost,
 * patience that is asked for, no network at all. Answers that are wrong: `answers.test.ts`; the line itself: `slow-network.test.ts`.
 */
import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import {
  act,
  cameAgain,
  deliveryWorld,
  expectDelivered,
  flush,
  nameOf,
  openReady,
  saidByPage,
  sendAll,
} from '../../support/delivery.ts';
import { eachVisitor } from '../../support/each-visitor.ts';

let context: BrowserContext;
let page: Page;
eachVisitor(async (device) => {
  context = device;
  page = await device.newPage();
});

const names = (what: string, most: number) => Array.from({ length: most }, (_, index) => `${what}-${index + 1}`);
/** How long after the first request with events the second one came. */
const pauseBetween = async (arrivals: readonly number[]): Promise<number> => {
  await expect.poll(() => arrivals.length).toBeGreaterThan(1);
  return arrivals[1]! - arrivals[0]!;
};

describe('a network with faults', () => {
  const world = deliveryWorld();

  test('a collector that is down while pages come and go gets everything when it is up again', async () => {
    const home = world.pages.site + world.page({ stub: true });
    await openReady(page, home);
    await world.collector.kill('SIGKILL');
    await act(page, 'down-1', 'down-2');
    // The script comes from the collector too: on this page the stub is all there is.
    await page.reload();
    await page.evaluate(() => window._smartico('action', 'down-3'));
    await world.collector.restart();
    await openReady(page, home);
    await act(page, 'up-4');
    await sendAll(page);
    await expectDelivered(world.label, ['down-1', 'down-2', 'down-3', 'up-4']);
  });

  test('a collector that is killed while events stream in has every one of them once', async () => {
    await openReady(page, world.pages.site + world.page());
    const ledger = names('stream', 300);
    const streaming = page.evaluate(async (all) => {
      for (const name of all) {
        window._smartico.action(name);
        await new Promise((resolve) => setTimeout(resolve, 2));
        if (/00$/.test(name)) void window._smartico.flush();
      }
    }, ledger);
    await expect.poll(async () => (await world.label.events()).length).toBeGreaterThan(0);
    await world.collector.kill('SIGKILL');
    await world.collector.restart();
    await streaming;
    await sendAll(page);
    await expectDelivered(world.label, ledger);
  });

  test('an answer that is lost after the commit makes no second event, and the page learns the truth', async () => {
    await openReady(page, world.pages.site + world.page());
    world.network.next('answer lost', 'answer lost');
    const ledger = names('twice', 20);
    await act(page, ...ledger);
    await sendAll(page);
    await expectDelivered(world.label, ledger);
    const { recent, dead } = await page.evaluate(() => window._smartico.receipts());
    expect(recent.map(({ verdict }) => verdict)).toEqual(ledger.map(() => cameAgain(world)));
    expect(dead).toEqual([]);
  });

  test('answers that are lost for good, page after page, still make one event each', async () => {
    const home = world.pages.site + world.page();
    world.network.set('answer lost');
    const ledger = names('lost', 6);
    for (const name of ledger) {
      await openReady(page, home);
      await act(page, name);
      await flush(page);
    }
    world.network.heal();
    await openReady(page, home);
    await sendAll(page);
    await expectDelivered(world.label, ledger);
  });

  test.each([
    ['503 Service Unavailable', 503],
    ['429 Too Many Requests', 429],
  ])('%s with Retry-After is heeded, by the next page as well', async (_, status) => {
    const home = world.pages.site + world.page();
    await openReady(page, home);
    world.network.next({ status, headers: { 'retry-after': '3' } });
    const told = page.waitForEvent('console', (message) => message.text().includes('collector_unreachable'));
    await act(page, 'patient-1');
    await told;
    await openReady(page, home);
    await act(page, 'patient-2');
    await flush(page);
    // A page that leaves has no right to hurry either; and the network coming back is no answer of the collector's.
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.reload();
    expect(await pauseBetween(world.network.arrivals)).toBeGreaterThan(2_990);
    await sendAll(page);
    await expectDelivered(world.label, ['patient-1', 'patient-2']);
  });

  test.each([40_000, 65_000])(
    'a page whose own requests of %d bytes spent what may outlive it loses nothing',
    async (bytes) => {
      const home = world.pages.site + world.page();
      await openReady(page, home);
      let answer = () => {};
      world.pages.on('/slow', () => new Promise((resolve) => (answer = resolve)));
      await page.evaluate((length) => {
        void fetch('/slow', { method: 'POST', keepalive: true, body: 'x'.repeat(length) }).catch(() => {});
      }, bytes);
      await act(page, 'beside-1');
      await sendAll(page);
      const ledger = names('leaving', 200);
      await page.evaluate((all) => {
        for (const name of all) window._smartico.action(name, { words: 'x'.repeat(150) });
        location.href = 'about:blank';
      }, ledger);
      await page.waitForURL('about:blank');
      answer();
      await openReady(page, home);
      await sendAll(page);
      await expectDelivered(world.label, ['beside-1', ...ledger]);
    },
  );

  test('a collector that an ad blocker blocks is told of once, and everything arrives when it no longer does', async () => {
    const told: string[] = [];
    page.on('console', (message) => message.text().startsWith('[smartico]') && told.push(message.text()));
    await openReady(page, world.pages.site + world.page());
    const devtools = await context.newCDPSession(page);
    await devtools.send('Network.enable');
    await devtools.send('Network.setBlockedURLs', { urls: [`${world.network.url}/*`] });
    const ledger = names('blocked', 30);
    for (const name of ledger) {
      await act(page, name);
      if (name.endsWith('0')) await flush(page);
    }
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('collector_unreachable');
    expect(world.network.arrivals).toEqual([]);
    await devtools.send('Network.setBlockedURLs', { urls: [] });
    await sendAll(page);
    await expectDelivered(world.label, ledger);
    expect(await page.evaluate(() => window._smartico.losses())).toEqual({});
  });

  test.each([
    ['back by a day', -86_400_000],
    ['forward by a year', 365 * 86_400_000],
  ])('a device whose clock is put %s while it waits for the collector sends by itself all the same', async (_, by) => {
    const clock = 'const { now } = Date; window.ahead = 0; Date.now = () => now() + ahead;';
    await openReady(page, world.pages.site + world.page({ before: clock }));
    world.network.next('cut', 'cut');
    await act(page, 'before-1');
    await expect.poll(() => world.network.arrivals.length).toBeGreaterThan(0);
    await page.evaluate((ahead) => Object.assign(window, { ahead }), by);
    await act(page, 'after-2');
    await expectDelivered(world.label, ['before-1', 'after-2']);
    const [before, after] = await world.label.events();
    expect(Math.round((after!.event_date - before!.event_date) / 3_600_000)).toBe(by / 3_600_000);
  });

  test('what happens offline is sent by itself and in its order when the network is back', async () => {
    await openReady(page, world.pages.site + world.page());
    await context.setOffline(true);
    const ledger = names('offline', 5);
    for (const name of ledger) await act(page, name);
    expect((await page.evaluate(() => window._smartico.receipts())).pending).toBe(5);
    await context.setOffline(false);
    await expectDelivered(world.label, ledger);
    expect((await saidByPage(world.label)).map(nameOf)).toEqual(ledger);
    await expect.poll(async () => (await page.evaluate(() => window._smartico.receipts())).pending).toBe(0);
  });

  test('one event that the collector refuses holds up no other', async () => {
    await openReady(page, world.pages.site + world.page());
    world.network.set('cut');
    await act(page, 'good-1');
    await page.evaluate(() => {
      let deep: object = {};
      for (let level = 0; level < 40; level++) deep = { deep };
      window._smartico.action('too-deep', { deep });
    });
    await act(page, 'good-2');
    world.network.heal();
    await sendAll(page);
    await expectDelivered(world.label, ['good-1', 'good-2']);
    const { dead } = await page.evaluate(() => window._smartico.receipts());
    expect(dead.map(({ code }) => code)).toEqual(['too_deep']);
  });
});

describe('a collector that lets a label send 5 events a second', () => {
  const world = deliveryWorld({ rates: { label: { perSecond: 5, burst: 10 } } });

  test('has all of a burst in the end', async () => {
    await openReady(page, world.pages.site + world.page());
    const ledger = names('burst', 24);
    for (const name of ledger) await act(page, name);
    await expectDelivered(world.label, ledger);
    await expect.poll(async () => (await flush(page)).pending).toBe(0);
    expect((await page.evaluate(() => window._smartico.receipts())).dead).toEqual([]);
  });
});
