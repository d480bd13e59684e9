/** The widget as the page opens it: the collector's own page in a frame, which says when it is there and when to close. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { expectHeard, heard, type LivePage, liveWorld } from '../../support/live-world.ts';

const world = liveWorld({ hashes: { required: true } });
/** The widget asks from the collector's own origin: nothing stands between. */
const tag = () => world.tag().replace(world.network.url, world.collector.url);
const openAnn = (parts: LivePage = {}): Promise<Page> =>
  world.open(world.address({ user: 'ann', hash: world.hashOf('ann'), tag: tag(), ...parts }));

test('A7 showWidget; A8 gf_starting, gf_started, gf_closing: the profile opens in a frame of the collector with what the customer is, and closes by its own button', async () => {
  await world.operator.message('ann', 'Welcome');
  const page = await openAnn();
  await page.evaluate(() => window._smartico.setNickname('Annie'));
  await expect.poll(async () => (await world.operator.customer('ann')).props.public_username).toBe('Annie');
  await page.evaluate(() => window._smartico.showWidget('short_info'));
  await expectHeard(page, 'gf_started', 1);
  const widget = page.locator('dialog.widget').frameLocator('iframe');
  await widget.getByText('Annie').first().waitFor();
  await widget.getByRole('tab', { name: /Inbox|Messages/ }).click();
  await widget.getByText('Welcome').first().waitFor();
  // Whoever only looks has read nothing.
  expect((await world.operator.customer('ann')).props.core_inbox_unread_count).toBe(1);
  await widget.getByRole('button', { name: 'Close' }).click();
  await expectHeard(page, 'gf_closing', 1);
  expect(await page.locator('dialog.widget').count()).toBe(0);
  expect(await heard(page, 'gf_starting')).toHaveLength(1);
});

test('a frame of the page’s own is filled where it stands, and nobody else can close it', async () => {
  const page = await openAnn({ body: '<iframe id="mine"></iframe>' });
  await page.evaluate(() => window._smartico.showWidget('achievements', { iframe: 'mine', height: 500 }));
  await expectHeard(page, 'gf_started', 1);
  await page.evaluate(() => postMessage({ bcid: 2 }, '*'));
  const widget = page.frameLocator('#mine');
  expect(await page.locator('#mine').getAttribute('height')).toBe('500');
  expect(await heard(page, 'gf_closing')).toEqual([]);
  await widget.getByRole('button', { name: 'Close' }).click();
  await expectHeard(page, 'gf_closing', 1);
  expect(await page.locator('#mine').getAttribute('src')).toBe('about:blank');
});

test('A7 showWidget: a screen of another product is refused, by promise and by one notice', async () => {
  const page = await openAnn();
  const refused = () =>
    page.evaluate(() => window._smartico.showWidget('store').catch(({ code }: { code: string }) => code));
  expect([await refused(), await refused()]).toEqual(['not_available', 'not_available']);
  expect(world.told).toEqual(['[smartico] not_available: store']);
});

test('A7 Widget page: a back office frames it from another origin, and hears when it is there and when it closes', async () => {
  const address = new URL(`${world.collector.url}/widget`);
  const asked = { label_key: world.label.key, user_ext_id: 'ann', user_hash: world.hashOf('ann'), screen: 'inbox' };
  address.search = `${new URLSearchParams(asked)}`;
  const path = world.pages.add(`<script>
    window.told = [];
    addEventListener('message', ({ data, origin }) => { told.push([data, origin]); });</script>
    <iframe src="${address}"></iframe>`);
  await world.operator.message('ann', 'Welcome');
  const page = await world.context.newPage();
  const told = () => page.evaluate(() => (window as unknown as { told: unknown[] }).told);
  await page.goto(world.pages.otherSite + path);
  await page.frameLocator('iframe').getByText('Welcome').first().waitFor();
  await page.frameLocator('iframe').getByRole('button', { name: 'Close' }).click();
  const from = world.collector.url;
  await expect.poll(told).toEqual([
    [{ bcid: 1 }, from],
    [{ bcid: 2 }, from],
  ]);
  // From an origin that the label does not list it cannot be framed.
  await page.goto(world.pages.site.replace('127.0.0.1', 'other.localhost') + path);
  await expect.poll(() => page.frames()[1]?.url()).toMatch(/^chrome-error:/);
});
