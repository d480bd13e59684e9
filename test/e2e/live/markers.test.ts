/** What is known of a customer, both ways: what the page says shows at once, what the operator says shows on the page. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { sendAll } from '../../support/delivery.ts';
import { heard, identified, liveWorld } from '../../support/live-world.ts';

const world = liveWorld({ segments: { VIP: { tag: 'VIP' }, GERMAN: { language: 'de' } } });
const tags = (page: Page) => page.evaluate(() => window._smartico.getPublicProps()?.core_public_tags);
const kept = async () => (await world.operator.customer('ann')).tags;

test('a marker that the page sets shows in the same call, upper-cased, and then is the collector’s too', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  const change = async (...args: Parameters<typeof window._smartico.updatePublicTags>) => {
    const now = await page.evaluate(async (all) => {
      window._smartico.updatePublicTags(...all);
      await Promise.resolve();
      return window._smartico.getPublicProps()?.core_public_tags;
    }, args);
    await sendAll(page);
    await expect.poll(kept).toEqual(now);
    return now;
  };
  expect(await change('add', ['vip', ' Sports '])).toEqual(['VIP', 'SPORTS']);
  expect(await change('add', 'vip')).toEqual(['VIP', 'SPORTS']);
  expect(await change('remove', ['Vip'])).toEqual(['SPORTS']);
  expect(await change('replace', ['high roller', 'x'])).toEqual(['HIGH ROLLER', 'X']);
  expect(await change('clear')).toEqual([]);
  await page.reload();
  await identified(page);
  expect(await tags(page)).toEqual([]);
});

test('each change is told once, with what changed and nothing else', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await page.evaluate(() => window._smartico.updatePublicTags('add', ['vip']));
  await expect.poll(kept).toEqual(['VIP']);
  await world.operator.tag('ann', 'add', ['gold']);
  await expect.poll(() => tags(page)).toEqual(['VIP', 'GOLD']);
  const [full, ...changes] = await heard(page, 'props_change');
  expect(full).toMatchObject([{ core_public_tags: [], is_visitor: false, core_inbox_unread_count: 0 }]);
  expect(changes).toEqual([[{ core_public_tags: ['VIP'] }], [{ core_public_tags: ['VIP', 'GOLD'] }]]);
});

test('the old event that names the whole set replaces it', async () => {
  await world.operator.tag('ann', 'add', ['old']);
  const page = await world.open(world.address({ user: 'ann' }));
  await page.evaluate(() => window._smartico.event('core_public_tags_update', { core_public_tags: ['new', 'set'] }));
  await sendAll(page);
  await expect.poll(() => tags(page)).toEqual(['NEW', 'SET']);
  expect(await kept()).toEqual(['NEW', 'SET']);
});

test('a marker of one tab is on the other tab, and segments answer by it', async () => {
  const home = world.address({ user: 'ann' });
  const [page, other] = [await world.open(home), await world.open(home)];
  const vip = (tab: Page) => tab.evaluate(() => window._smartico.api.checkSegmentMatch('VIP'));
  expect([await vip(page), await vip(other)]).toEqual([false, false]);
  await page.evaluate(() => window._smartico.updatePublicTags('add', ['vip']));
  await expect.poll(() => tags(other)).toEqual(['VIP']);
  await expect.poll(() => vip(other)).toBe(true);
  await expect.poll(() => vip(page)).toBe(true);
  const both = await page.evaluate(() =>
    window._smartico.api.checkSegmentListMatch(['VIP', 'GERMAN', 'NOBODY', 'VIP']),
  );
  expect(both.sort((a, b) => `${a.segment_id}`.localeCompare(`${b.segment_id}`))).toEqual([
    { segment_id: 'GERMAN', is_matching: false },
    { segment_id: 'NOBODY', is_matching: false },
    { segment_id: 'VIP', is_matching: true },
  ]);
});

test('nickname, avatar and language show at once and are there on the next page', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  const avatar = 'https://cdn.op.example/ann.png';
  await page.evaluate((url) => {
    window._smartico.setNickname('Annie');
    window._smartico.setAvatar(url);
    window._smartico.changeLanguage('de-AT');
    window._smartico.setUTMs('mail', 'spring');
  }, avatar);
  const profile = { public_username: 'Annie', avatar_id: avatar, core_user_language: 'de' };
  await expect.poll(() => page.evaluate(() => window._smartico.api.getUserProfile())).toMatchObject(profile);
  await sendAll(page);
  await expect.poll(async () => (await world.operator.customer('ann')).props).toMatchObject(profile);
  await page.reload();
  await identified(page);
  expect(await page.evaluate(() => window._smartico.getPublicProps())).toMatchObject(profile);
  expect(await page.evaluate(() => window._smartico.api.checkSegmentMatch('GERMAN'))).toBe(true);
});
