/** The inbox of an open page: what comes, what it says, and what its reader does to it. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { sendAll } from '../../support/delivery.ts';
import { caughtUp, eventsNamed, heard, identified, liveWorld } from '../../support/live-world.ts';

const world = liveWorld();
const bell = '<button data-smartico-bell>Messages</button>';
const inboxOf = (page: Page) => page.locator('dialog.inbox');
const listed = (page: Page) =>
  page.evaluate(async () =>
    (await window._smartico.api.getInboxMessagesWithBodies()).map(({ body, read, favorite }) => [
      body.title,
      read,
      favorite,
    ]),
  );
const unread = (page: Page) => page.evaluate(() => window._smartico.getPublicProps()?.core_inbox_unread_count);
/** The page asks for the list and writes every update of it down. */
const watchList = (page: Page) =>
  page.evaluate(async () => {
    const updates: string[][] = [];
    Object.assign(window, { updates });
    const list = await window._smartico.api.getInboxMessages({
      onUpdate: (messages) => updates.push(messages.map(({ message_guid }) => message_guid)),
    });
    return list.map(({ message_guid }) => message_guid);
  });
const updates = (page: Page) => page.evaluate(() => (window as unknown as { updates: string[][] }).updates);

test('a message that comes is counted, rings the bell, and is told with the whole list, once', async () => {
  const before = await world.operator.message('ann', 'Before');
  const page = await world.open(world.address({ user: 'ann', body: bell }));
  expect(await watchList(page)).toEqual([before]);
  await expect.poll(() => page.locator('button').getAttribute('data-count')).toBe('1');
  const after = await world.operator.message('ann', 'After');
  await expect.poll(() => updates(page)).toEqual([[after, before]]);
  await expect.poll(() => unread(page)).toBe(2);
  await expect.poll(() => page.locator('button').getAttribute('data-count')).toBe('2');
  expect((await heard(page, 'props_change')).slice(1)).toEqual([[{ core_inbox_unread_count: 2 }]]);
  // What the reader does is no news.
  await page.evaluate((guid) => window._smartico.api.markInboxMessageAsRead(guid), after);
  await expect.poll(() => unread(page)).toBe(1);
  await caughtUp(page);
  expect(await updates(page)).toHaveLength(1);
});

test('the bell opens the inbox; a message that is opened is read, shows its text and its HTML in a frame without scripts', async () => {
  const uid = await world.operator.message('ann', 'Welcome', {
    body: 'Nice that you are here',
    action: 'dp:inbox',
    html: '<p>Your <b>bonus</b></p><script>parent.pwned = 1</script>',
    buttons: [{ text: 'Take it', action: 'dp:action&action=BONUS_TAKEN' }],
  });
  const page = await world.open(world.address({ user: 'ann', body: bell }));
  await page.locator('[data-count="1"]').click();
  const inbox = inboxOf(page);
  await inbox.getByRole('button', { name: /^Welcome/ }).click();
  await inbox.getByText('Nice that you are here').waitFor();
  const frame = inbox.frameLocator('iframe');
  expect(await frame.locator('b').textContent()).toBe('bonus');
  expect(await inbox.locator('iframe').getAttribute('sandbox')).not.toContain('allow-scripts');
  await expect.poll(() => unread(page)).toBe(0);
  expect(await page.locator('[data-smartico-bell]').getAttribute('data-count')).toBeNull();
  await inbox.getByRole('button', { name: 'Take it' }).click();
  await inbox.waitFor({ state: 'detached' });
  await sendAll(page);
  expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
  expect(await heard(page, 'inbox_starting')).toHaveLength(1);
  const events = await eventsNamed(world, 'engagement_impression', 'engagement_action', 'BONUS_TAKEN');
  expect(events.map(({ event_type, payload }) => [event_type, payload.engagement_uid])).toEqual([
    ['engagement_impression', uid],
    ['engagement_action', uid],
    ['client_action', undefined],
  ]);
});

test('a star, a read mark and a delete are there after a reload and on another device', async () => {
  for (const title of ['Stays', 'Goes', 'Stars']) await world.operator.message('ann', title);
  const home = world.address({ user: 'ann', body: bell });
  const page = await world.open(home);
  await page.locator('[data-count="3"]').click();
  const inbox = inboxOf(page);
  await inbox.getByRole('button', { name: 'Star: Stars' }).click();
  await inbox.getByRole('button', { name: 'Delete: Goes' }).click();
  await inbox.getByRole('button', { name: 'Close' }).click();
  const left = [
    ['Stars', false, true],
    ['Stays', false, false],
  ];
  await expect.poll(() => listed(page)).toEqual(left);
  await page.reload();
  await identified(page);
  expect(await listed(page)).toEqual(left);
  await page.evaluate(() => window._smartico.api.markAllInboxMessagesAsRead());
  const phone = await world.open(home, await world.newContext());
  expect(await listed(phone)).toEqual(left.map(([title, , favorite]) => [title, true, favorite]));
  expect(await unread(phone)).toBe(0);
  expect(await page.evaluate(() => window._smartico.api.deleteAllInboxMessages())).toMatchObject({ err_code: 0 });
  expect(await listed(phone)).toEqual([]);
});

test('what is read on one tab is read on the other, and an open inbox shows what comes', async () => {
  const uid = await world.operator.message('ann', 'First');
  const home = world.address({ user: 'ann', body: bell });
  const [page, other] = [await world.open(home), await world.open(home)];
  await page.locator('[data-count="1"]').click();
  await inboxOf(page)
    .getByRole('button', { name: /^First/ })
    .waitFor();
  await other.evaluate((guid) => window._smartico.api.markInboxMessageAsRead(guid), uid);
  await expect.poll(() => unread(page)).toBe(0);
  await world.operator.message('ann', 'Second');
  await inboxOf(page)
    .getByRole('button', { name: /^Second/ })
    .waitFor();
  await expect.poll(() => unread(other)).toBe(1);
});

test('a change that the collector refuses is told to who asked, and a message has its body by its id', async () => {
  const uid = await world.operator.message('ann', 'Bonus', {
    action: 'https://shop.op.example/',
    custom_data: { code: 7 },
  });
  const page = await world.open(world.address({ user: 'ann' }));
  const answers = await page.evaluate(async (guid) => {
    const { api } = window._smartico;
    return [await api.markInboxMessageAsRead('no-such-message'), await api.getInboxMessageBody(guid)];
  }, uid);
  expect(answers).toMatchObject([
    { err_code: 404, err_message: expect.stringContaining('not_found') },
    { title: 'Bonus', preview_body: 'About Bonus', action: 'https://shop.op.example/', custom_data: { code: 7 } },
  ]);
});
