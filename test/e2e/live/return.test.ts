/** A page that is left and comes back whole from the browser's cache: its line is open again, and it knows what it missed. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { sendAll } from '../../support/delivery.ts';
import { eventsNamed, expectShown, heard, liveWorld, popupOf } from '../../support/live-world.ts';

const world = liveWorld();

const leaveAndReturn = async (page: Page, meanwhile: () => Promise<unknown>): Promise<void> => {
  await page.evaluate(() =>
    addEventListener('pageshow', ({ persisted }) => Object.assign(window, { persisted }), { once: true }),
  );
  await page.goto(world.pages.otherSite + world.pages.add('<h1>Elsewhere</h1>'));
  await meanwhile();
  await page.goBack({ waitUntil: 'commit' });
  await page.waitForFunction(() => (window as unknown as { persisted?: boolean }).persisted);
};

test('a page with an open line, a popup that was closed and an inbox that is open comes back as it was, and up to date', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await world.operator.popup('ann', 'Before');
  await popupOf(page).getByRole('button', { name: 'Close' }).click();
  await world.operator.message('ann', 'First');
  await page.evaluate(() => window._smartico.dp('dp:inbox'));
  const inbox = page.locator('dialog.inbox');
  await inbox.getByRole('button', { name: /^First/ }).waitFor();
  await sendAll(page);
  const lines = world.network.sockets.length;
  await leaveAndReturn(page, async () => {
    await world.operator.popup('ann', 'Meanwhile');
    await world.operator.tag('ann', 'add', ['vip']);
    await world.operator.message('ann', 'Second');
  });
  await expect.poll(() => world.network.sockets.length).toBeGreaterThan(lines);
  await inbox.getByRole('button', { name: /^Second/ }).waitFor();
  await expect
    .poll(() => page.evaluate(() => window._smartico.getPublicProps()))
    .toMatchObject({ core_public_tags: ['VIP'], core_inbox_unread_count: 2 });
  await expectShown(page, 'Before', 'Inbox', 'Meanwhile');
  expect(await heard(page, 'identify')).toHaveLength(1);
  expect(await heard(page, 'login')).toHaveLength(1);
});

test('a popup that is on the screen when the page is left has been seen, and is not there on the way back', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await world.operator.popup('ann', 'Seen');
  await popupOf(page).waitFor();
  await expect
    .poll(async () => (await world.operator.customer('ann')).engagements.map(({ status }) => status))
    .toEqual(['shown']);
  await sendAll(page);
  await leaveAndReturn(page, async () => {});
  await world.operator.popup('ann', 'New');
  await expectShown(page, 'Seen', 'New');
  await expect
    .poll(async () => {
      await sendAll(page);
      return (await eventsNamed(world, 'engagement_impression')).length;
    })
    .toBe(2);
});

test('a message that was deleted just before the page is left is gone', async () => {
  await world.operator.message('ann', 'Goes');
  const page = await world.open(world.address({ user: 'ann' }));
  await page.evaluate(() => window._smartico.dp('dp:inbox'));
  await page.getByRole('button', { name: 'Delete: Goes' }).click();
  await page.getByRole('button', { name: 'Undo' }).waitFor();
  await leaveAndReturn(page, async () => {
    await expect.poll(async () => (await world.operator.customer('ann')).props.core_inbox_unread_count).toBe(0);
  });
  expect(await page.evaluate(async () => (await window._smartico.api.getInboxMessages()).length)).toBe(0);
});
