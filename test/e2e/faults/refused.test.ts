/**
 * A visitor who lets no site keep anything, or not the one that is framed: Chromium's own settings, with all that follows
 * from them. The SDK throws nothing and works from memory.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Frame } from 'playwright-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openProfile, refuseSiteData } from '../../support/browser.ts';
import { deliveryWorld, expectDelivered } from '../../support/delivery.ts';

const world = deliveryWorld();
let directory: string;
let context: BrowserContext;
let uncaught: string[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'openaction-profile-'));
  uncaught = [];
});
afterEach(async () => {
  await context.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  expect(uncaught).toEqual([]);
});
const open = async () => {
  context = await openProfile(directory);
  const page = await context.newPage();
  page.on('pageerror', (error) => uncaught.push(String(error)));
  return page;
};
const refusal = (frame: Frame) =>
  frame.evaluate(() => {
    try {
      return typeof localStorage;
    } catch (cause) {
      return (cause as DOMException).name;
    }
  });

test('where no site may keep anything, what is called arrives while the network works', async () => {
  await refuseSiteData(directory, '*');
  const page = await open();
  await page.goto(world.pages.site + world.page({ after: "_smartico.action('first-1')" }));
  expect(await refusal(page.mainFrame())).toBe('SecurityError');
  await expectDelivered(world.label, ['first-1']);
  await page.evaluate(() => window._smartico.action('then-2'));
  await expect.poll(async () => (await page.evaluate(() => window._smartico.flush())).pending).toBe(0);
  await expectDelivered(world.label, ['first-1', 'then-2']);
});

test('where a framed site may keep nothing, and no SDK around it hears it, it reports from memory', async () => {
  await refuseSiteData(directory, 'localhost');
  const page = await open();
  const framed = world.pages.otherSite + world.page({ after: "_smartico.action('framed-1')" });
  await page.goto(world.pages.site + world.pages.add(`<iframe src="${framed}"></iframe>`));
  const frame = page.frames()[1]!;
  expect([await refusal(page.mainFrame()), await refusal(frame)]).toEqual(['object', 'SecurityError']);
  await expectDelivered(world.label, ['framed-1']);
  await frame.evaluate(() => window._smartico.action('framed-2'));
  await expect.poll(async () => (await frame.evaluate(() => window._smartico.flush())).pending).toBe(0);
  await expectDelivered(world.label, ['framed-1', 'framed-2']);
});
