/** What is drawn for a platform is drawn in the page around it, as large as that page: its small frame stays what it is. */
import type { Frame, Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { begin, bridgeWorld, known, writeDownInFrame } from '../../support/bridge-world.ts';
import { expectDelivered } from '../../support/delivery.ts';
import { caughtUp, expectHeard, expectShown, popupOf, shown } from '../../support/live-world.ts';

const world = bridgeWorld();
const bell = '<button data-smartico-bell>Messages</button>';
/** The widget asks from the collector's own origin: nothing stands between. */
const direct = () => `<script src="${world.collector.url}/smartico.js" data-frames="${world.platform}"></script>`;
const openAnn = async (after = '') => {
  const opened = await world.openBoth(
    { body: bell, tag: direct() },
    { after: `${writeDownInFrame}${begin(world, 'ann')}${after}` },
  );
  await known(opened.frame);
  return opened;
};
/** The middle of the page, and more of it than the frame has; nothing in the frame. */
const expectOverThePage = async (page: Page, frame: Frame, sheet: Locator): Promise<void> => {
  await sheet.waitFor();
  const around = page.viewportSize()!;
  const own = (await page.locator('iframe[src^="http"]').first().boundingBox())!;
  const box = (await sheet.boundingBox())!;
  expect(box.width).toBeGreaterThan(own.width);
  expect(box.height).toBeGreaterThan(own.height);
  expect(box.x).toBeGreaterThanOrEqual(0);
  expect(box.x + box.width).toBeLessThanOrEqual(around.width);
  expect(box.y + box.height).toBeLessThanOrEqual(around.height);
  const [x, y] = [box.x + box.width / 2, box.y + 5];
  expect(await page.evaluate(([x, y]) => document.elementFromPoint(x!, y!)?.tagName, [x, y])).not.toBe('IFRAME');
  expect(await frame.locator('dialog').count()).toBe(0);
};
const run = (frame: Frame, method: 'dp' | 'showWidget', what: string) =>
  frame.evaluate(([method, what]) => void window._smartico_inframe(method as 'dp', what!), [method, what]);

test('the inbox that a frame’s link opens lies over the page, and closes like the page’s own', async () => {
  await world.operator.message('ann', 'Welcome', { action: 'dp:inbox', html: '<b>Bonus</b>' });
  const { page, frame } = await openAnn();
  await run(frame, 'dp', 'dp:inbox');
  const inbox = page.locator('dialog.inbox');
  await expectOverThePage(page, frame, inbox);
  await inbox.getByRole('button', { name: /^Welcome/ }).click();
  await inbox.frameLocator('iframe').getByText('Bonus').waitFor();
  await inbox.getByRole('button', { name: 'Close' }).click();
  await inbox.waitFor({ state: 'detached' });
  await expectHeard(frame, 'inbox_starting', 1);
});

test('who opened it by keyboard, in the frame, is in the frame again when it is closed', async () => {
  const { page, frame } = await openAnn(`
    addEventListener('DOMContentLoaded', () => {
      document.body.innerHTML = '<button onclick="_smartico_inframe.dp(\\'dp:inbox\\')">Open</button>';
    });`);
  await frame.getByRole('button', { name: 'Open' }).press('Enter');
  await page.locator('dialog.inbox').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('dialog.inbox').waitFor({ state: 'detached' });
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('IFRAME');
  expect(await frame.evaluate(() => document.hasFocus())).toBe(true);
});

test('a popup lies over the page; its button and its close are the page’s own, and reported', async () => {
  const { page, frame } = await openAnn();
  await world.operator.popup('ann', 'Tonight', {
    html: '<h3>Tonight</h3>',
    buttons: [{ text: 'Play', action: 'dp:action&action=PLAYED' }],
  });
  await expectOverThePage(page, frame, popupOf(page));
  await popupOf(page).getByRole('button', { name: 'Play' }).click();
  await popupOf(page).waitFor({ state: 'detached' });
  await world.operator.popup('ann', 'Later');
  await popupOf(page).getByRole('button', { name: 'Close' }).click();
  await expectDelivered(world.label, [
    ...['engagement_impression', 'engagement_impression', 'engagement_action', 'PLAYED'],
  ]);
});

test('the widget lies over the page, whatever frame the platform asks for, and its close is heard in the frame', async () => {
  const { page, frame } = await openAnn();
  await frame.evaluate(() => {
    window.document.body.innerHTML = '<iframe id="mine"></iframe>';
    void window._smartico_inframe.showWidget('short_info', { iframe: 'mine', inline: true });
  });
  await expectHeard(frame, 'gf_started', 1);
  const widget = page.locator('dialog.widget');
  await expectOverThePage(page, frame, widget);
  expect(await frame.locator('#mine').getAttribute('src')).toBeNull();
  await widget.frameLocator('iframe').getByRole('button', { name: 'Close' }).click();
  await expectHeard(frame, 'gf_closing', 1);
});

test('a bell of the page counts for the user that the frame named, and opens their inbox', async () => {
  const { page, frame } = await openAnn();
  await world.operator.message('ann', 'Welcome');
  await page.locator('[data-count="1"]').click();
  await expectOverThePage(page, frame, page.locator('dialog.inbox'));
});

test('a platform holds popups back under its own name: only it releases them', async () => {
  const { page, frame } = await openAnn();
  const hold = (on: boolean) => frame.evaluate((held) => void window._smartico_inframe.suspendPopups(held), on);
  await hold(true);
  await caughtUp(page);
  await world.operator.popup('ann', 'Missed');
  await page.evaluate(() => window._smartico.suspendPopups(false));
  await world.operator.message('ann', 'Comes');
  await page.locator('[data-count="1"]').waitFor();
  expect(await shown(page)).toEqual([]);
  await hold(false);
  await expectShown(page, 'Missed');
});

test('a click in the frame asks for push in the page around, where the browser takes it for a click', async () => {
  await world.context.grantPermissions(['notifications']);
  await world.context.addInitScript(() => {
    const { requestPermission } = Notification;
    Notification.requestPermission = () => {
      Object.assign(window, { clicked: navigator.userActivation.isActive });
      return requestPermission.call(Notification);
    };
  });
  const { page, frame } = await openAnn(
    `document.onclick = () => { window.state = _smartico_inframe.requestPushPermissions(); };`,
  );
  await frame.locator('h1').click();
  // Without the site's worker there is nothing to subscribe: that comes after the permission.
  expect(await frame.evaluate(() => (window as unknown as { state: Promise<string> }).state)).toBe('unavailable');
  expect(await page.evaluate(() => (window as unknown as { clicked: boolean }).clicked)).toBe(true);
  expect(await frame.evaluate(() => 'clicked' in window)).toBe(false);
  expect(world.told).toEqual([expect.stringContaining('/smartico-sw.js')]);
});
