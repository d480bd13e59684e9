/**
 * The operator's page as somebody may have left it before the SDK came: builtins frozen or written into by an address, a
 * policy that tells everybody where the visitor is. What travels, travels to the collector, and says no more than it must.
 */
import type { Page, Request } from 'playwright-core';
import { expect, test } from 'vitest';
import { sendAll } from '../../support/delivery.ts';
import { eventsNamed, expectHeard, liveWorld, popupOf } from '../../support/live-world.ts';

const world = liveWorld({ deepLinks: { deposit: '/cashier' } });
const html = '<h3>Tonight</h3>';

/** A popup with HTML, the inbox, a message with HTML, the widget, one after the other; then everything is sent. */
const useEverything = async (page: Page): Promise<void> => {
  await world.operator.popup('ann', 'Tonight', {
    html,
    buttons: [{ text: 'Play', action: 'dp:action&action=PLAYED' }],
  });
  await popupOf(page).frameLocator('iframe').getByText('Tonight').waitFor();
  await popupOf(page).getByRole('button', { name: 'Play' }).click();
  const uid = await world.operator.message('ann', 'Welcome', { action: 'dp:inbox', html });
  await page.evaluate((guid) => window._smartico.api.getInboxMessageBody(guid), uid);
  await page.evaluate(() => window._smartico.dp('dp:inbox'));
  const inbox = page.locator('dialog.inbox');
  await inbox.getByRole('button', { name: /^Welcome/ }).click();
  await inbox.frameLocator('iframe').getByText('Tonight').waitFor();
  await inbox.getByRole('button', { name: 'Close' }).click();
  await page.evaluate(() => window._smartico.showWidget('short_info'));
  await expectHeard(page, 'gf_started', 1);
  await sendAll(page);
  expect((await eventsNamed(world, 'PLAYED')).map(({ user_ext_id }) => user_ext_id)).toEqual(['ann']);
};

test('on a page with frozen builtins everything works', async () => {
  const page = await world.open(
    world.address({
      user: 'ann',
      before: `for (const one of [Object, Array, Function, Promise, Map, Set, String, Number, Error, RegExp])
        Object.freeze(one.prototype);`,
    }),
  );
  await useEverything(page);
  expect(world.told).toEqual([]);
});

test('what an address wrote into Object.prototype leads no script, event or frame elsewhere', async () => {
  const requests: string[] = [];
  world.context.on('request', (request) => requests.push(new URL(request.url()).origin));
  const evil = world.pages.otherSite;
  const written = {
    ...{ collector: evil, src: `${evil}/evil.js`, origin: evil, address: evil, place: evil, url: evil },
    ...{ frames: evil, framesMay: 'identify', ancestors: evil, hosts: evil, sw: '/evil.js', worker: '/evil.js' },
    ...{ format: 'clientEvents', _smartico_user_id: 'eve', user: 'eve' },
  };
  const page = await world.open(
    world.address({ user: 'ann', before: `Object.assign(Object.prototype, ${JSON.stringify(written)});` }),
  );
  await useEverything(page);
  expect(requests.filter((origin) => origin === evil)).toEqual([]);
  // A visitor, where the page names nobody.
  const other = await world.open(
    world.address({ before: `Object.assign(Object.prototype, ${JSON.stringify(written)});` }),
  );
  await other.evaluate(() => window._smartico.action('VISITED'));
  await sendAll(other);
  expect((await eventsNamed(world, 'VISITED')).map(({ user_ext_id }) => user_ext_id)).toEqual([null]);
});

test('what another script of the site says to our tabs stops nothing', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  const other = await world.open(world.address({ user: 'ann' }));
  await other.evaluate((mine) => {
    const channel = new BroadcastChannel('_smartico');
    const said = [null, 'x', 5, {}, [], [mine], [mine, null], [mine, [null, 5, {}]], [mine, 'x'], ['_smartico:popup']];
    for (const data of said) channel.postMessage(data);
  }, `_smartico:${world.label.key}:`);
  await page.evaluate(() => window._smartico.action('AFTERWARDS'));
  await sendAll(page);
  expect(await eventsNamed(world, 'AFTERWARDS')).toHaveLength(1);
  expect(world.told).toEqual([]);
});

test('no address but the widget’s has the user’s proof in it, and no request says more of the page than its origin', async () => {
  const requests: Request[] = [];
  const hash = world.hashOf('ann');
  const secret = 'reset-7f3a';
  const path = world.address({ user: 'ann', hash, headers: { 'referrer-policy': 'unsafe-url' } });
  world.context.on('request', (request) => requests.push(request));
  const sockets: string[] = [];
  const page = await world.context.newPage();
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await page.goto(`${path}?code=${secret}#_smartico_dp=dp:action%26action=FROM_${secret}`);
  await page.evaluate(() => window._smartico.identified());
  await useEverything(page);
  // The page's own tag is the page's matter.
  const ours = requests.filter((request) => {
    const { origin, pathname } = new URL(request.url());
    return origin !== world.pages.site && pathname !== '/smartico.js';
  });
  const referrers = await Promise.all(ours.map(async (request) => (await request.allHeaders()).referer ?? ''));
  expect(ours.length).toBeGreaterThan(10);
  expect(new Set(referrers)).toEqual(new Set(['', `${world.pages.site}/`]));
  const addresses = [...ours.map((request) => request.url()), ...sockets];
  expect(addresses.filter((url) => url.includes(secret))).toEqual([]);
  const proof = hash.split(':')[0]!;
  const [widget, ...others] = addresses.filter((url) => url.includes(proof));
  expect([new URL(widget!).pathname, others.filter((url) => new URL(url).pathname !== '/widget')]).toEqual([
    '/widget',
    [],
  ]);
});
