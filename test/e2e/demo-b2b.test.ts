/**
 * The demo's platform in the operator's page, as a player meets it: the frame makes every call, the page around keeps, knows
 * and draws.
 */
import type { FrameLocator, Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { demoVisit } from '../support/demo-visit.ts';

const visit = demoVisit();
const { open, expectArrived } = visit;
const PLAYER = 'test98635568';
let page: Page;
let platform: FrameLocator;

const press = (name: string) => platform.getByRole('button', { name, exact: true }).click();
const expectPlayer = (text: string) => expect.poll(() => platform.locator('#player').textContent()).toBe(text);
/** The widths of the page and of what is in its frame, each with that of its window. */
const widths = () =>
  Promise.all(
    page.frames().map((frame) => frame.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth])),
  );

describe.each([
  ['a desk', 1280, 860],
  ['a phone', 360, 740],
])('on %s', (_where, width, height) => {
  beforeEach(async () => {
    page = visit.page;
    platform = page.frameLocator('#platform');
    await page.setViewportSize({ width, height });
    await open('/b2b/');
    await expectPlayer(PLAYER);
  });

  const expectNoSidewaysScroll = async () => {
    for (const [content, window] of await widths()) expect(content).toBe(window);
  };

  test('what a player does is stored once, although the frame leaves in the same task, and says where it was made', async () => {
    await expectNoSidewaysScroll();
    await platform.getByRole('link', { name: 'Red' }).click();
    await platform.getByLabel('5', { exact: true }).check();
    await press('Play a round');
    await platform.getByText('Round 1: stored.').waitFor();
    await expectNoSidewaysScroll();
    await platform.getByRole('link', { name: 'Back to the tables' }).click();
    await platform.getByRole('link', { name: 'Gold' }).click();
    await platform.getByRole('heading', { name: 'Gold table' }).waitFor();
    await expectArrived(
      ['PLATFORM_TABLE_OPENED', PLAYER],
      ['PLATFORM_ROUND_PLAYED', PLAYER],
      ['PLATFORM_TABLE_OPENED', PLAYER],
    );
    const frame = visit.collector.url.replace('127.0.0.1', 'localhost');
    expect((await visit.named()).map(({ payload }) => payload)).toMatchObject([
      { table: 'Red' },
      { table: 'Red', bet: 5 },
      { table: 'Gold' },
    ]);
    for (const event of await visit.named()) expect(event).toMatchObject({ source: 'bridge', frame });
    expect(visit.told).toEqual([]);
  });

  test('a popup and the inbox that the frame asks for are drawn in the whole window of the page', async () => {
    await press('Send me a popup');
    const popup = page.locator('dialog.popup');
    await popup.getByText('Your table is free').waitFor();
    const box = await popup.boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0) / 2).toBeCloseTo(width / 2);
    await popup.getByRole('button', { name: 'Not now' }).click();
    await popup.waitFor({ state: 'detached' });
    await press('Open the inbox');
    const inbox = page.getByRole('dialog', { name: 'Inbox' });
    await inbox.waitFor();
    await expect.poll(async () => (await inbox.boundingBox())?.height).toBe(height);
    expect(visit.told).toEqual([]);
  });

  test('what is marked and sent shows in the frame, on its next page too, and in the page’s bell', async () => {
    await press('Make me a VIP');
    await expectPlayer(`${PLAYER} · VIP`);
    await press('Send me a message');
    await expectPlayer(`${PLAYER} · VIP · 1 unread`);
    await expect.poll(() => page.locator('.bell').getAttribute('data-count')).toBe('1');
    await platform.getByRole('link', { name: 'Blue' }).click();
    await platform.getByRole('heading', { name: 'Blue table' }).waitFor();
    await expectPlayer(`${PLAYER} · VIP · 1 unread`);
    await platform.getByRole('link', { name: 'Back to the tables' }).click();
    await press('No longer');
    await expectPlayer(`${PLAYER} · 1 unread`);
    expect(visit.told).toEqual([]);
  });
});

test('the platform alone says that no page is around it', async () => {
  await open('/platform/');
  await visit.page.getByText('No page is around').waitFor();
  await expect.poll(() => visit.told.join()).toMatch(/no_host/);
});
