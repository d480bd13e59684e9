/** What an operator holds back, for how long, and what is shown when it ends. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  caughtUp,
  expectShown,
  identified,
  liveWorld,
  mark,
  popupOf,
  settled,
  shown,
} from '../../support/live-world.ts';

const world = liveWorld();

const release = async (page: Page, reason?: string): Promise<void> => {
  await mark(page);
  await page.evaluate((named) => window._smartico.suspendPopups(false, named ? { reason: named } : undefined), reason);
};

test('A7 suspendPopups: those that are held back before the user is known stay held, and on release the first that was missed is shown', async () => {
  const page = await world.open(world.address());
  await page.evaluate(() => window._smartico.suspendPopups(true));
  for (const title of ['One', 'Two', 'Three']) await world.operator.popup('ann', title);
  await page.evaluate(() => window._smartico.online('ann'));
  await settled(page);
  await release(page);
  await expectShown(page, '-', 'One');
  await popupOf(page).getByRole('button', { name: 'Close' }).click();
  // The others wait for another visit; what comes now is shown now.
  await world.operator.popup('ann', 'Four');
  await expectShown(page, '-', 'One', 'Four');
});

test('a hold survives the reload of its tab, and no other tab knows of it', async () => {
  const home = world.address({ user: 'ann' });
  const page = await world.open(home);
  await page.evaluate(() => window._smartico.suspendPopups(true));
  await page.reload();
  await identified(page);
  await world.operator.popup('ann', 'Missed');
  await settled(page);
  expect(await shown(page)).toEqual([]);
  const other = await world.open(home);
  await expectShown(other, 'Missed');
});

test('of two reasons to hold back, the end of one is not the end of the other', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await page.evaluate(() => {
    window._smartico.suspendPopups(true, { reason: 'cashier' });
    window._smartico.suspendPopups(true, { reason: 'game' });
  });
  await world.operator.popup('ann', 'Missed');
  await settled(page);
  await release(page, 'cashier');
  await release(page);
  await caughtUp(page);
  await release(page, 'game');
  await expectShown(page, '-', '-', '-', 'Missed');
});

test('a reason with an end of its own ends by itself', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await page.evaluate(() => window._smartico.suspendPopups(true, { reason: 'cashier', ttl: 1_000 }));
  await world.operator.popup('ann', 'Missed');
  await expectShown(page, 'Missed');
});

test('on the paths that the page names nothing interrupts, and what was missed there is shown on the way out', async () => {
  const tag = world.tag(`data-label="${world.label.key}" data-suspend-on="/deposit*, /withdraw"`);
  const page = await world.open(world.address({ user: 'ann', tag }));
  await page.evaluate(() => history.pushState(null, '', '/deposit/card'));
  await world.operator.popup('ann', 'Missed');
  await settled(page);
  await page.evaluate(() => history.pushState(null, '', '/withdraw'));
  await caughtUp(page);
  await mark(page);
  await page.evaluate(() => history.replaceState(null, '', '/lobby'));
  await expectShown(page, '-', 'Missed');
});

test('what was missed here and seen elsewhere, or has expired, is not shown on release', async () => {
  const home = world.address({ user: 'ann' });
  const page = await world.open(home);
  await page.evaluate(() => window._smartico.suspendPopups(true));
  await world.operator.popup('ann', 'Seen elsewhere');
  await world.operator.popup('ann', 'Expired', { expires_at: Date.now() + 1_500 });
  await settled(page);
  const phone = await world.open(home, await world.newContext());
  await popupOf(phone).waitFor();
  await expect
    .poll(async () => (await world.operator.customer('ann')).engagements.map(({ status }) => status))
    .toContain('shown');
  await page.waitForFunction((end) => Date.now() > end, Date.now() + 1_500);
  await release(page);
  await world.operator.popup('ann', 'New');
  await expectShown(page, '-', 'New');
});

test('A7 suspendInbox: an inbox that is asked for while it is held back is told, and opens with the release', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await page.evaluate(() => {
    window._smartico.suspendInbox(true);
    window._smartico.dp('dp:inbox');
  });
  await expect.poll(() => world.told).toContain('[smartico] suspended: inbox');
  expect(await shown(page)).toEqual([]);
  await page.evaluate(() => window._smartico.suspendInbox(false));
  await expectShown(page, 'Inbox');
});
