/** A line that breaks, and a page that has none: what was missed meanwhile is there afterwards, once. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { expectHeard, expectShown, heard, identified, liveWorld, popupOf, settled } from '../../support/live-world.ts';

const world = liveWorld();
const props = (page: Page) => page.evaluate(() => window._smartico.getPublicProps());
/** Something of every kind for Ann. */
const sendAll = async () => {
  await world.operator.tag('ann', 'add', ['missed']);
  await world.operator.message('ann', 'Missed message');
  await world.operator.popup('ann', 'Missed popup');
};
/** All of it is on the page, and was told once, be it in one change or several; what the page knew before is not told again. */
const expectAll = async (page: Page, ...before: string[]) => {
  const all = { core_public_tags: ['MISSED'], core_inbox_unread_count: 1 };
  await expectShown(page, ...before, 'Missed popup');
  await expect.poll(() => props(page)).toMatchObject(all);
  const [, ...changes] = (await heard(page, 'props_change')).map(([changed]) => changed as object);
  expect(Object.assign({}, ...changes)).toEqual(all);
  expect(changes.flatMap(Object.keys).sort()).toEqual(Object.keys(all).sort());
  for (const greeting of ['identify', 'login']) expect(await heard(page, greeting)).toHaveLength(1);
};

test('what happened while the network was cut is on the page when it is back, and nothing comes twice', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await world.operator.popup('ann', 'Seen before');
  await popupOf(page).getByRole('button', { name: 'Close' }).click();
  world.network.setSockets('refused');
  await expect.poll(() => world.network.sockets.length).toBeGreaterThan(1);
  await sendAll();
  world.network.setSockets('none');
  await expectAll(page, 'Seen before');
});

test('what happened while the collector was away is on the page when it is back', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await world.collector.kill('SIGKILL');
  await world.collector.restart();
  await sendAll();
  await expectAll(page);
});

test('a collector that restarts asks its pages to come back, and they do', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  const before = world.network.sockets.length;
  await world.collector.restart();
  await expect.poll(() => world.network.sockets.length).toBeGreaterThan(before);
  await sendAll();
  await expectAll(page);
});

test('a popup that was pushed before the collector was killed is shown once, by the page that had it and by none after it', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await page.evaluate(() => window._smartico.suspendPopups(true));
  await world.operator.popup('ann', 'Pushed before');
  await settled(page);
  const before = world.network.sockets.length;
  await world.collector.kill('SIGKILL');
  await world.collector.restart();
  await expect.poll(() => world.network.sockets.length).toBeGreaterThan(before);
  await settled(page);
  await page.evaluate(() => window._smartico.suspendPopups(false));
  await expectShown(page, 'Pushed before');
  await popupOf(page).getByRole('button', { name: 'Close' }).click();
  await page.reload();
  await identified(page);
  await world.operator.popup('ann', 'Pushed after');
  await expectShown(page, 'Pushed after');
});

test('a question that was asked while the line was broken is answered when it is back', async () => {
  await world.operator.message('ann', 'Waiting');
  const page = await world.open(world.address({ user: 'ann' }));
  world.network.setSockets('refused');
  const asked = page.evaluate(async () => (await window._smartico.api.getInboxMessages()).length);
  world.network.setSockets('none');
  expect(await asked).toBe(1);
});

test('a page without sockets lives by asking, and is told the same', async () => {
  const page = await world.context.newPage();
  await page.clock.install();
  await page.goto(world.address({ user: 'ann', before: 'delete window.WebSocket;' }));
  await identified(page);
  expect(world.network.sockets).toEqual([]);
  await expectHeard(page, 'login', 1);
  await sendAll();
  await page.clock.fastForward(16_000);
  await expectAll(page);
  await page.clock.fastForward(16_000);
  await page.evaluate(() => window._smartico.api.getInboxMessages());
  expect(await heard(page, 'identify')).toHaveLength(1);
});

test.each([
  ['is refused', 'refused'],
  ['opens and never answers', 'silent'],
] as const)('where a socket %s, the page asks instead', async (_, fault) => {
  world.network.setSockets(fault);
  await sendAll();
  const page = await world.context.newPage();
  await page.clock.install();
  let asks = false;
  page.on('request', (request) => {
    asks ||= request.url().endsWith('/s2s-api');
  });
  await page.goto(world.address({ user: 'ann' }));
  const greeted = async () => {
    // Not once it asks: an answer that is on its way would come too late.
    if (!asks) await page.clock.fastForward(11_000);
    return heard(page, 'identify');
  };
  await expect.poll(greeted).toHaveLength(1);
  await expectShown(page, 'Missed popup');
  expect(await props(page)).toMatchObject({ core_public_tags: ['MISSED'], core_inbox_unread_count: 1 });
});
