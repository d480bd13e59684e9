/** Another user at the same page: nothing of the first one is left, and nothing of theirs comes any more. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { act, sendAll } from '../../support/delivery.ts';
import {
  caughtUp,
  eventsNamed,
  expectHeard,
  expectShown,
  heard,
  identified,
  liveWorld,
  popupOf,
} from '../../support/live-world.ts';

const world = liveWorld({ segments: { VIP: { tag: 'VIP' } } });

/** The page names another user, as single-page sites do. */
const become = async (page: Page, user: string): Promise<void> => {
  await page.evaluate((id) => {
    window._smartico_user_id = id;
  }, user);
  await identified(page);
};
const look = (page: Page) =>
  page.evaluate(async () => {
    const { _smartico: smartico } = window;
    const messages = await smartico.api.getInboxMessages();
    return {
      tags: smartico.getPublicProps()?.core_public_tags,
      unread: smartico.getPublicProps()?.core_inbox_unread_count,
      vip: await smartico.api.checkSegmentMatch('VIP'),
      messages: messages.length,
    };
  });

test('props, tags, segments and messages of the first user are not those of the second', async () => {
  await world.operator.tag('ann', 'add', ['VIP']);
  await world.operator.message('ann', 'For Ann');
  const page = await world.open(world.address({ user: 'ann' }));
  expect(await look(page)).toEqual({ tags: ['VIP'], unread: 1, vip: true, messages: 1 });
  await page.evaluate(() => {
    window._smartico_user_id = 'bob';
  });
  expect(await page.evaluate(() => window._smartico.getPublicProps()?.core_public_tags ?? [])).toEqual([]);
  await identified(page);
  expect(await look(page)).toEqual({ tags: [], unread: 0, vip: false, messages: 0 });
});

test('a popup and an inbox that are on the screen go with the user they were for', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await world.operator.popup('ann', 'For Ann');
  await popupOf(page).waitFor();
  await become(page, 'bob');
  await popupOf(page).waitFor({ state: 'detached' });
  await page.evaluate(() => window._smartico.dp('dp:inbox'));
  const inbox = page.locator('dialog.inbox');
  await inbox.waitFor();
  await become(page, 'cid');
  await inbox.waitFor({ state: 'detached' });
});

test('a popup that waited for the first user is not shown to the second, nor one that comes too late for them', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await page.evaluate(() => window._smartico.suspendPopups(true));
  await world.operator.popup('ann', 'Waiting for Ann');
  await caughtUp(page);
  // On the line while the user changes, and after.
  await Promise.all([world.operator.popup('ann', 'On its way to Ann'), become(page, 'bob')]);
  expect(await world.operator.send('ann', { kind: 'popup', title: 'Too late for Ann' })).toMatchObject({
    delivered: 0,
  });
  await page.evaluate(() => window._smartico.suspendPopups(false));
  await world.operator.popup('bob', 'For Bob');
  await expectShown(page, 'For Bob');
  expect((await heard(page, 'props_change')).map(([props]) => props)).not.toContainEqual({});
});

test('an event and the report of a popup keep the user that they were made with', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await sendAll(page);
  world.network.set('cut');
  await act(page, 'by-ann');
  await world.operator.popup('ann', 'For Ann');
  // It has been drawn, and then it has been seen.
  await expect.poll(() => page.evaluate(async () => (await window._smartico.receipts()).pending)).toBe(2);
  await become(page, 'bob');
  await act(page, 'by-bob');
  world.network.heal();
  await sendAll(page);
  const events = await eventsNamed(world, 'by-ann', 'by-bob', 'engagement_impression');
  expect(
    events.map(({ payload, event_type, user_ext_id }) => [payload.client_action ?? event_type, user_ext_id]),
  ).toEqual([
    ['by-ann', 'ann'],
    ['engagement_impression', 'ann'],
    ['by-bob', 'bob'],
  ]);
});

test('the same user identified again sees no popup again, on this page or the next', async () => {
  const home = world.address({ user: 'ann' });
  const page = await world.open(home);
  await world.operator.popup('ann', 'Once');
  await popupOf(page).getByRole('button', { name: 'Close' }).click();
  await page.evaluate(() => window._smartico.identify('ann'));
  await page.evaluate(() => window._smartico.online('ann'));
  await world.operator.popup('ann', 'Another');
  await expectShown(page, 'Once', 'Another');
  await popupOf(page).getByRole('button', { name: 'Close' }).click();
  await page.reload();
  await identified(page);
  await world.operator.popup('ann', 'A third');
  await expectShown(page, 'A third');
});

test('who comes back after somebody else is greeted anew and finds what is theirs', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await become(page, 'bob');
  await become(page, 'ann');
  await world.operator.popup('ann', 'For Ann');
  await expectShown(page, 'For Ann');
  await expectHeard(page, 'identify', 3);
});
