/** A popup from the operator's hand to the customer's eyes and back: shown on one tab, reported once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openShadows, openWindow } from '../../support/browser.ts';
import { sendAll } from '../../support/delivery.ts';
import {
  caughtUp,
  eventsNamed,
  expectShown,
  identified,
  liveWorld,
  mark,
  popupOf,
  rememberShown,
  settled,
  shown,
} from '../../support/live-world.ts';

const world = liveWorld();
const reports = ['engagement_impression', 'engagement_action', 'engagement_failed'];
const statusOf = async (user: string) => (await world.operator.customer(user)).engagements.map(({ status }) => status);

test('a popup that is sent appears on the open page with its words, and that it was seen is reported once', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  const uid = await world.operator.popup('ann', 'Free spins', { body: 'Ten of them & <b>more</b>' });
  const popup = popupOf(page);
  await popup.waitFor();
  expect(await popup.getByRole('heading').textContent()).toBe('Free spins');
  expect(await popup.locator('p').textContent()).toBe('Ten of them & <b>more</b>');
  await expect.poll(() => statusOf('ann')).toEqual(['shown']);
  await popup.getByRole('button', { name: 'Close' }).click();
  await popup.waitFor({ state: 'detached' });
  await sendAll(page);
  const events = await eventsNamed(world, ...reports);
  expect(events.map(({ event_type, payload, source }) => [event_type, payload, source])).toEqual([
    ['engagement_impression', { engagement_uid: uid, activityType: 30 }, 'auto'],
  ]);
});

test('a press on its button is reported once, closes it, and runs the link', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  const uid = await world.operator.popup('ann', 'Free spins', {
    buttons: [
      { text: 'Play now', action: 'dp:action&action=FREE_SPINS' },
      { text: 'Later', action: 'dp:close' },
    ],
  });
  await popupOf(page).getByRole('button', { name: 'Play now' }).dblclick();
  await popupOf(page).waitFor({ state: 'detached' });
  await sendAll(page);
  const events = await eventsNamed(world, ...reports, 'FREE_SPINS');
  expect(events.map(({ event_type, source }) => [event_type, source])).toEqual([
    ['engagement_impression', 'auto'],
    ['engagement_action', 'auto'],
    ['client_action', 'deep_link'],
  ]);
  expect(events[1]?.payload).toEqual({
    engagement_uid: uid,
    activityType: 30,
    action: 'dp:action&action=FREE_SPINS',
  });
  await expect.poll(() => statusOf('ann')).toEqual(['clicked']);
});

test('its HTML is framed, and no script of it runs', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  const html = `<h3>Tonight</h3><img src="x" onerror="parent.pwned = 1"><script>parent.pwned = 1</script>`;
  await world.operator.popup('ann', 'Tonight', { html, width: 300, height: 200 });
  const frame = popupOf(page).frameLocator('iframe');
  await frame.getByRole('heading', { name: 'Tonight' }).waitFor();
  expect(await popupOf(page).locator('iframe').getAttribute('sandbox')).not.toContain('allow-scripts');
  expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
});

test('a second one waits until the first is closed', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await world.operator.popup('ann', 'First');
  await popupOf(page).waitFor();
  await world.operator.popup('ann', 'Second');
  await caughtUp(page);
  expect(await shown(page)).toEqual(['First']);
  await page.keyboard.press('Escape');
  await expectShown(page, 'First', 'Second');
});

test('of two tabs one shows it, and when it is closed there the other does not show it either', async () => {
  const home = world.address({ user: 'ann' });
  const tabs = [await world.open(home), await world.open(home)];
  await world.operator.popup('ann', 'Once');
  const titles = async () => (await Promise.all(tabs.map(shown))).flat();
  await expect.poll(titles).toEqual(['Once']);
  const showing = (await shown(tabs[0]!)).length ? tabs[0]! : tabs[1]!;
  await popupOf(showing).getByRole('button', { name: 'Close' }).click();
  await world.operator.popup('ann', 'Twice');
  await expect.poll(titles).toHaveLength(2);
  expect((await titles()).sort()).toEqual(['Once', 'Twice']);
  const impressions = async () => {
    await Promise.all(tabs.map(sendAll));
    return eventsNamed(world, 'engagement_impression');
  };
  await expect.poll(impressions).toHaveLength(2);
});

test('a popup that was seen does not come again with the next page, whether or not the collector has heard of it; one that nobody could see does', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await sendAll(page);
  world.network.set('cut');
  await world.operator.popup('ann', 'Seen');
  await popupOf(page).waitFor();
  await page.waitForFunction(async () => (await window._smartico.receipts()).pending > 0);
  // It waits behind the first.
  await world.operator.popup('ann', 'Unseen');
  await caughtUp(page);
  await page.reload();
  await identified(page);
  await expectShown(page, 'Unseen');
  expect(await statusOf('ann')).toEqual(['pending', 'pending']);
});

test('who was not there when it was sent sees it when they come', async () => {
  await world.operator.popup('ann', 'While you were away');
  const page = await world.open(world.address({ user: 'ann' }));
  await expectShown(page, 'While you were away');
});

test('a tab that is hidden shows nothing until it is in front', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'openaction-profile-'));
  const window = await openWindow(directory);
  try {
    await openShadows(window.context);
    await window.context.addInitScript(rememberShown);
    const page = await world.open(world.address({ user: 'ann' }), window.context);
    const front = await window.context.newPage();
    await front.bringToFront();
    await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe('hidden');
    await world.operator.popup('ann', 'For their eyes');
    await settled(page);
    await mark(page);
    await page.bringToFront();
    await expectShown(page, '-', 'For their eyes');
  } finally {
    await window.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
});
