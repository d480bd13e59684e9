/**
 * Popups and the tabs of one visitor: one tab shows one, all close it, and a page that is left keeps its place in the
 * back-forward cache.
 */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { did, uiWorld, until } from '../support/ui-world.ts';

const world = uiWorld();
const dialog = (page: Page) => page.getByRole('dialog');
const push = (page: Page, ...uids: string[]) =>
  page.evaluate((all) => {
    for (const uid of all) window.stage.popup(uid);
  }, uids);

test('of two tabs one shows a popup, and when it is closed the other one shows its next', async () => {
  const [first, second] = [await world.open(), await world.open()];
  await push(first, 'p1');
  await until(first, 'impression p1 30');
  await push(second, 'p1', 'p2');
  // Locks are given in the order of the asking: the room has its answer now.
  await second.evaluate(() => navigator.locks.request('after', () => {}));
  expect(await dialog(second).count()).toBe(0);
  await first.bringToFront();
  await first.keyboard.press('Escape');
  await second.getByRole('dialog', { name: 'Title of p2' }).waitFor();
  expect(await did(second)).not.toContain('impression p1 30');
  expect(await dialog(first).count()).toBe(0);
});

test('two tabs that are sent the same popup in the same moment show it once', async () => {
  const tabs = [await world.open(), await world.open(), await world.open()];
  await Promise.all(tabs.map((tab) => push(tab, 'p1')));
  const shown = async () => (await Promise.all(tabs.map((tab) => dialog(tab).count()))).reduce((sum, one) => sum + one);
  await expect.poll(shown).toBe(1);
  await Promise.all(tabs.map((tab) => tab.keyboard.press('Escape')));
  await expect.poll(shown).toBe(0);
  const seen = await Promise.all(tabs.map(did));
  expect(seen.flat().filter((what) => what === 'impression p1 30')).toHaveLength(1);
});

test('a tab that crashes lets the others show theirs', async () => {
  const [first, second] = [await world.open(), await world.open()];
  await push(first, 'p1');
  await until(first, 'impression p1 30');
  await push(second, 'p2');
  await first.close();
  await second.getByRole('dialog', { name: 'Title of p2' }).waitFor();
});

test('a hidden tab keeps its popup, and asks before it shows it', async () => {
  const page = await world.open();
  const become = (state: 'hidden' | 'visible') =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, value });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  await become('hidden');
  await push(page, 'p1', 'p2');
  expect(await dialog(page).count()).toBe(0);
  await become('visible');
  await until(page, 'impression p1 30');
  expect(await did(page)).toEqual(['eligible p1', 'impression p1 30']);
});

test('a page that is left while it shows a popup comes back from the cache, and shows it no more', async () => {
  const page = await world.open();
  const other = await world.open();
  await push(page, 'p1');
  await until(page, 'impression p1 30');
  await page.evaluate(() => {
    addEventListener('pageshow', ({ persisted }) => window.stage.did.push(`persisted ${persisted}`));
  });
  await page.goto(world.pages.site + world.pages.add('<title>Away</title>'));
  // What another tab shows and says in between must not throw the page out.
  await push(other, 'p2');
  await until(other, 'impression p2 30');
  await other.keyboard.press('Escape');
  await page.goBack({ waitUntil: 'commit' });
  await until(page, 'persisted true');
  expect(await dialog(page).count()).toBe(0);
  await push(page, 'p3');
  await page.getByRole('dialog', { name: 'Title of p3' }).waitFor();
});
