/**
 * Deep links on the way to the collector: before a login, across pages, and as a weapon. And whose an event is.
 */
import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { act, deliveryWorld, expectDelivered, nameOf, openReady, saidByPage, sendAll } from '../../support/delivery.ts';
import { eachVisitor } from '../../support/each-visitor.ts';

const world = deliveryWorld();
let page: Page;
eachVisitor(async (device) => {
  page = await device.newPage();
});

test.each([
  ['encoded in the hash', '#_smartico_dp=dp%3Aaction%26action%3DVIP'],
  ['raw in the hash', '#_smartico_dp=dp:action&action=VIP'],
  ['in the query', '?_smartico_dp=dp:action&action=VIP&utm_source=mail'],
])('a link %s is held until a login on another page, and then arrives once', async (_, link) => {
  await openReady(page, world.pages.site + world.page() + link);
  expect(page.url()).not.toContain('_smartico_dp');
  await openReady(page, world.pages.site + world.page());
  expect(await world.label.events()).toEqual([]);
  await page.evaluate(() => window._smartico.online('ann'));
  await page.evaluate(() => window._smartico.online('ann', 'DE'));
  await page.reload();
  await page.evaluate(() => window._smartico.online('ann'));
  await sendAll(page);
  await expectDelivered(world.label, ['VIP']);
  expect(await saidByPage(world.label)).toMatchObject([{ source: 'deep_link', user_ext_id: 'ann' }]);
});

test('a link that is fired a thousand times runs once, and a hundred links run five times a minute', async () => {
  await openReady(page, world.pages.site + world.page({ before: "window._smartico_user_id = 'ann';" }));
  const fire = (times: number, different: boolean) =>
    page.evaluate(
      async ([times, different]) => {
        for (let n = 0; n < times; n++)
          await new Promise((resolve) => {
            addEventListener('hashchange', resolve, { once: true });
            location.hash = `_smartico_dp=dp:action&action=FIRED${different ? `-${n}` : ''}`;
          });
      },
      [times, different] as const,
    );
  await fire(1_000, false);
  await sendAll(page);
  await expectDelivered(world.label, ['FIRED']);
  await fire(100, true);
  await sendAll(page);
  await expectDelivered(world.label, ['FIRED', 'FIRED-0', 'FIRED-1', 'FIRED-2', 'FIRED-3']);
  // Not even a page that loads itself again and again gets further.
  await openReady(
    page,
    `${world.pages.site}${world.page({ before: "window._smartico_user_id = 'ann';" })}#_smartico_dp=dp:action&action=AGAIN`,
  );
  await act(page, 'own');
  await sendAll(page);
  await expectDelivered(world.label, ['FIRED', 'FIRED-0', 'FIRED-1', 'FIRED-2', 'FIRED-3', 'own']);
});

test('events that wait keep the user that each was made for, and what vouched for him', async () => {
  const hashOf = (user: string): string => {
    const until = Date.now() + 3_600_000;
    return `${createHash('md5').update(`${user}:${world.label.salt}:${until}`.toLowerCase()).digest('hex')}:${until}`;
  };
  const home = world.pages.site + world.page();
  await openReady(page, home);
  world.network.set('cut');
  await act(page, 'as-visitor');
  await page.evaluate((hash) => window._smartico.online('ann', 'EN', hash), hashOf('ann'));
  await act(page, 'as-ann');
  await page.evaluate(() => window._smartico.online('bob'));
  await act(page, 'as-bob');
  await page.evaluate(() => window._smartico.logout());
  await act(page, 'as-visitor-again');
  await openReady(page, home);
  await page.evaluate((hash) => window._smartico.identify('eve', hash), hashOf('ann'));
  await act(page, 'as-eve');
  world.network.heal();
  await sendAll(page);
  await expectDelivered(world.label, ['as-visitor', 'as-ann', 'as-bob', 'as-visitor-again', 'as-eve']);
  const whose = (await saidByPage(world.label)).map((event) => [nameOf(event), event.user_ext_id, event.trust]);
  expect(whose).toEqual([
    ['as-visitor', null, 'unverified'],
    ['as-ann', 'ann', 'verified'],
    ['as-bob', 'bob', 'unverified'],
    ['as-visitor-again', null, 'unverified'],
    // Somebody else's hash vouches for nobody.
    ['as-eve', 'eve', 'unverified'],
  ]);
});
