/**
 * Processes that die. A renderer is killed while the page waits for a synchronous request in the very task of the call,
 * so that the page never returns to its event loop; a browser is killed with everything it started.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { killBrowser, killRenderers, openProfile } from '../../support/browser.ts';
import { act, deliveryWorld, expectDelivered, nameOf, openReady, sendAll } from '../../support/delivery.ts';
import { eachVisitor } from '../../support/each-visitor.ts';
import { windowOf } from '../../support/windows.ts';

const world = deliveryWorld();

/** Milliseconds after a call for which the README does not promise that a killed browser kept it, and some. */
const BROWSER_WINDOW = windowOf.browser({ database: 'open' }) + 100;
const neverOpens = 'IDBFactory.prototype.open = () => ({});';

describe('a renderer that is killed in the task of the call', () => {
  let context: BrowserContext;
  eachVisitor((device) => {
    context = device;
  });

  /** The page makes these calls, and is dead before the task ends. */
  const actAndDie = async (page: Page, names: string[]): Promise<void> => {
    const killed = new Promise<void>((resolve, reject) => {
      world.pages.on('/kill', () => killRenderers(page).then(resolve, reject));
    });
    const crashed = page.waitForEvent('crash');
    const died = page
      .evaluate((all) => {
        for (const name of all) window._smartico.action(name);
        const request = new XMLHttpRequest();
        request.open('POST', '/kill', false);
        request.send();
      }, names)
      .catch((cause: Error) => cause);
    await Promise.all([crashed, killed]);
    expect(await died).toBeInstanceOf(Error);
    await page.close();
  };
  const comeBack = async (url: string): Promise<void> => {
    world.network.heal();
    await sendAll(await openReady(await context.newPage(), url));
  };

  test('takes nothing of a task that made one event', async () => {
    world.network.set('cut');
    const home = world.pages.site + world.page();
    const ledger: string[] = [];
    for (let time = 1; time <= 3; time++) {
      ledger.push(`killed-${time}`);
      await actAndDie(await openReady(await context.newPage(), home), [`killed-${time}`]);
    }
    await comeBack(home);
    await expectDelivered(world.label, ledger);
  });

  test('takes nothing while the database is not open yet, however many events the task made', async () => {
    world.network.set('cut');
    const names = Array.from({ length: 20 }, (_, index) => `killed-${index}`);
    const page = await context.newPage();
    await page.goto(world.pages.site + world.page({ before: neverOpens }));
    await actAndDie(page, names);
    await comeBack(world.pages.site + world.page());
    await expectDelivered(world.label, names);
  });

  test('never takes the first of several', async () => {
    world.network.set('cut');
    const home = world.pages.site + world.page();
    const names = Array.from({ length: 5 }, (_, index) => `killed-${index}`);
    await actAndDie(await openReady(await context.newPage(), home), names);
    await comeBack(home);
    const arrived = (await world.label.events()).map(nameOf);
    expect(arrived[0]).toBe('killed-0');
    expect(arrived).toEqual(names.slice(0, arrived.length));
  });
});

describe('a browser that is killed with everything it started', () => {
  let directory: string;
  let context: BrowserContext;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'openaction-profile-'));
    context = await openProfile(directory);
  });
  afterEach(async () => {
    await context.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  });

  test(`has kept what was called ${BROWSER_WINDOW} ms before, when it is opened again`, async () => {
    const home = world.pages.site + world.page();
    const ledger: string[] = [];
    for (let time = 1; time <= 2; time++) {
      world.network.set('cut');
      const page = await openReady(await context.newPage(), home);
      ledger.push(`crash-${time}-a`, `crash-${time}-b`);
      await act(page, ...ledger.slice(-2));
      await new Promise((resolve) => setTimeout(resolve, BROWSER_WINDOW));
      const closed = context.waitForEvent('close');
      killBrowser(directory);
      await closed;
      context = await openProfile(directory);
    }
    world.network.heal();
    await sendAll(await openReady(await context.newPage(), home));
    await expectDelivered(world.label, ledger);
  });
});
