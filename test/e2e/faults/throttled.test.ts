/**
 * Tabs in the background whose timers run once a minute, as browsers have it after a while; here after a second. What they
 * do must not wait for a timer, and what they hold must not hold up a tab in front.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type BrowserWindow, openWindow } from '../../support/browser.ts';
import { act, deliveryWorld, expectDelivered, openReady, sendAll } from '../../support/delivery.ts';

const world = deliveryWorld();
let directory: string;
let window: BrowserWindow;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'openaction-profile-'));
  window = await openWindow(directory, { throttledAfter: 1 });
});
afterEach(async () => {
  await window.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
});

test('a tab in the background sends what it is told at once, and keeps what it cannot send for the tab in front', async () => {
  const ticking = 'window.ticked = Date.now(); setInterval(() => { window.ticked = Date.now(); }, 100);';
  const home = world.pages.site + world.page({ before: ticking });
  const hidden = await openReady(await window.context.newPage(), home);
  const front = await window.context.newPage();
  await front.bringToFront();
  const silence = () => hidden.evaluate(() => Date.now() - (globalThis as unknown as { ticked: number }).ticked);
  // Every tab in the background has its timers once a second; after a while once a minute.
  await expect.poll(silence).toBeGreaterThan(2_000);
  await act(hidden, 'sent-1', 'sent-2');
  await expectDelivered(world.label, ['sent-1', 'sent-2']);
  world.network.set('cut');
  await act(hidden, 'kept-3');
  await expect.poll(() => world.network.arrivals.length).toBeGreaterThan(1);
  world.network.heal();
  await openReady(front, home);
  await expectDelivered(world.label, ['sent-1', 'sent-2', 'kept-3']);
  await act(hidden, 'closed-4');
  await hidden.close();
  await sendAll(front);
  await expectDelivered(world.label, ['sent-1', 'sent-2', 'kept-3', 'closed-4']);
});
