/**
 * Tabs in the background of a window of which only one tab is in front: their timers run once a minute, as browsers have it
 * after a while (here after a second), or they are frozen, as on a phone.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type BrowserWindow, openWindow } from '../../support/browser.ts';
import { act, deliveryWorld, expectDelivered, openReady, sendAll } from '../../support/delivery.ts';
import { takeover } from '../../support/takeover.ts';

const world = deliveryWorld();
let directory: string;
let window: BrowserWindow;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'openaction-profile-'));
  window = await openWindow(directory, { throttledAfter: 1 });
});
afterAll(async () => {
  await window?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
});
afterEach(async () => {
  const [, ...opened] = window.context.pages();
  await Promise.all(opened.map((page) => page.close()));
});

const tab = async (url: string) => openReady(await window.context.newPage(), url);
const visibility = (page: Page) => page.evaluate(() => document.visibilityState);
/** The visitor turns to a new tab, and the system freezes the old one. */
const freezeBehind = async (page: Page, url: string): Promise<Page> => {
  const front = await tab(url);
  await front.bringToFront();
  await expect.poll(() => visibility(page)).toBe('hidden');
  const devtools = await window.context.newCDPSession(page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  return front;
};

test('a tab that is hidden and frozen right after a call has sent it', async () => {
  const home = world.pages.site + world.page();
  const hidden = await tab(home);
  await act(hidden, 'first');
  await expectDelivered(world.label, ['first']);
  await act(hidden, 'second');
  await freezeBehind(hidden, world.pages.site + world.pages.add('<h1>Another site</h1>'));
  await expectDelivered(world.label, ['first', 'second']);
});

test('a tab that is frozen while it sends holds up no other tab', async () => {
  const home = world.pages.site + world.page();
  const frozen = await tab(home);
  world.network.set('answer held');
  await act(frozen, 'frozen-1');
  await expect.poll(() => world.network.arrivals.length).toBe(1);
  const awake = await freezeBehind(frozen, home);
  world.network.heal();
  await act(awake, 'awake-2');
  await sendAll(awake);
  await expectDelivered(world.label, ['frozen-1', 'awake-2']);
});

test('a tab that is frozen without a warning while it sends loses its turn to one that has nothing to send', async () => {
  // The host page keeps those events to itself, so that the SDK hears nothing and goes on holding its lock.
  const before = `for (const name of ['visibilitychange', 'freeze', 'pagehide'])
    addEventListener(name, (event) => event.stopImmediatePropagation(), true);`;
  const frozen = await tab(world.pages.site + world.page({ before }));
  const { ledger } = await takeover(world, frozen, async () => {
    const awake = await freezeBehind(frozen, world.pages.site + world.page());
    expect(await awake.evaluate(async () => (await navigator.locks.query()).held?.length)).toBe(1);
  });
  await expectDelivered(world.label, ledger);
});

test('what a frozen tab had not sent is sent by another tab, and not again when it wakes', async () => {
  const home = world.pages.site + world.page();
  const frozen = await tab(home);
  world.network.set('cut');
  await act(frozen, 'frozen-1', 'frozen-2');
  const awake = await freezeBehind(frozen, home);
  world.network.heal();
  await act(awake, 'awake-3');
  await sendAll(awake);
  await frozen.bringToFront();
  await act(frozen, 'woken-4');
  await sendAll(frozen);
  await expectDelivered(world.label, ['frozen-1', 'frozen-2', 'awake-3', 'woken-4']);
});

test('a tab in the background sends what it is told at once, and keeps what it cannot send for the tab in front', async () => {
  const ticking = 'window.ticked = Date.now(); setInterval(() => { window.ticked = Date.now(); }, 100);';
  const home = world.pages.site + world.page({ before: ticking });
  const hidden = await tab(home);
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
