/** Where a deep link leads: held until the user is known, kept across a login page, and never further than the label allows. */
import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { expectHeard, expectShown, heard, identified, liveWorld, shown } from '../../support/live-world.ts';

const world = liveWorld({
  linkHosts: ['shop.op.example'],
  deepLinks: { deposit: '/cashier', shop: 'https://shop.op.example/all' },
});
beforeEach(async () => {
  world.pages.add('<h1>Cashier</h1>', {}, '/cashier');
  await world.context.route(/\.example\//, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<h1>There</h1>' }),
  );
});

const dp = (page: Page, link: string) => page.evaluate((text) => window._smartico.dp(text), link);

test('A6 dp(link), inbox, gf: a link that comes before the user is known opens what it says when they are, once', async () => {
  const page = await world.open(`${world.address()}#_smartico_dp=dp%3Ainbox`);
  expect(page.url()).not.toContain('_smartico_dp');
  await page.evaluate(() => window._smartico.ready());
  expect(await shown(page)).toEqual([]);
  await page.evaluate(() => window._smartico.online('ann'));
  await expectShown(page, 'Inbox');
  await page.keyboard.press('Escape');
  await page.evaluate(() => window._smartico.online('ann', 'DE'));
  await dp(page, 'dp:gf');
  await expectShown(page, 'Inbox', 'Profil');
});

test('a link outlives the login page of its tab and is told there, and in no other tab', async () => {
  const home = world.address();
  const page = await world.open(`${home}?_smartico_dp=dp:inbox&utm_source=mail`);
  expect(page.url()).toBe(`${home}?utm_source=mail`);
  const other = await world.open(world.address({ user: 'ann' }));
  await page.goto(world.address({ user: 'ann' }));
  await expectShown(page, 'Inbox');
  await expectHeard(page, 'session_based_dp_detected', 1);
  await page.reload();
  await identified(page);
  expect(await heard(page, 'session_based_dp_detected')).toEqual([]);
  expect([await shown(page), await shown(other)]).toEqual([[], []]);
  expect(await heard(other, 'session_based_dp_detected')).toEqual([]);
});

test('a link in an in-page navigation runs, and leaves the rest of the address as it was', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await page.evaluate(() => history.pushState({ step: 1 }, '', '/promo?a=1#_smartico_dp=dp:inbox'));
  await expectShown(page, 'Inbox');
  expect(new URL(page.url()).search + new URL(page.url()).hash).toBe('?a=1');
  expect(await page.evaluate(() => history.state)).toEqual({ step: 1 });
});

test.each([
  ['a name that the operator gave to a path', 'dp:deposit', '/cashier'],
  ['the same without its prefix and in capitals', 'DEPOSIT', '/cashier'],
  ['a name that the operator gave to a shop', 'dp:shop', 'https://shop.op.example/all'],
  ['a path of the page', 'dp:go&url=/cashier', '/cashier'],
  ['the address of a listed host', 'https://shop.op.example/one?id=1', 'https://shop.op.example/one?id=1'],
])('A6 operator-defined names, go: %s leads there', async (_, link, target) => {
  const page = await world.open(world.address({ user: 'ann' }));
  await Promise.all([page.waitForURL((url) => url.href === new URL(target, world.pages.site).href), dp(page, link)]);
});

test('A6 where links come from: a button of a popup and a link that the operator sends lead there too', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await world.operator.popup('ann', 'Shop', { buttons: [{ text: 'Go', action: 'dp:shop' }] });
  await page.getByRole('button', { name: 'Go' }).click();
  await page.waitForURL('https://shop.op.example/all');
  await page.goto(world.address({ user: 'ann' }));
  await identified(page);
  await world.operator.send('ann', { kind: 'deep_link', dp: 'dp:deposit' });
  await page.waitForURL('**/cashier');
  await page.goto(world.address({ user: 'ann' }));
  await identified(page);
  await world.operator.popup('ann', 'Still here');
  await expectShown(page, 'Still here');
});

test('a page that handles a name itself is told its parameters, and nothing else happens', async () => {
  const after = `window.handled = []; _smartico.on('dp:deposit', (link) => { handled.push(link); });`;
  const page = await world.open(world.address({ user: 'ann', after }));
  await dp(page, 'dp:deposit&Amount=20&note=a%26b+c');
  const link = { verb: 'deposit', params: { amount: '20', note: 'a&b c' } };
  await expect.poll(() => page.evaluate(() => (window as unknown as { handled: object[] }).handled)).toEqual([link]);
  expect(page.url()).not.toContain('cashier');
});

test('a name that nobody knows is told once', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  for (const link of ['dp:nonsense', 'dp:nonsense', 'dp:nonsense&again=1', 'dp:inbox']) await dp(page, link);
  await expectShown(page, 'Inbox');
  expect(world.told).toEqual(['[smartico] link_unknown: nonsense']);
});

/** A script in a link's clothes, and addresses that only look like the page's own or a listed one. */
const disguises = [
  ...['javascript:pwn()', 'JaVaScRiPt:pwn()', ' javascript:pwn()', 'java\tscript:pwn()', 'java\nscript:pwn()'],
  ...['\u0000javascript:pwn()', '\u200bjavascript:pwn()', 'javascript&colon;pwn()', 'javascript:/https://a/;pwn()'],
  ...[
    'javascript://shop.op.example/%0Apwn()',
    'javascript%3Apwn()',
    '//javascript:pwn()',
    'view-source:javascript:pwn()',
  ],
  ...[
    'data:text/html,<script>opener.pwn()</script>',
    'vbscript:pwn()',
    'blob:https://shop.op.example/1',
    'file:///etc/passwd',
  ],
  ...['https://evil.example/', '//evil.example/', '/\\evil.example/', '\\\\evil.example/', '/\t/evil.example/'],
  ...['https:evil.example', 'https://shop.op.example@evil.example/', 'https://shop.op.example.evil.example/'],
  ...[
    'https://shop.op.example:444/',
    'http://shop.op.example/',
    'https://evil.example#shop.op.example',
    'ftp://shop.op.example/',
  ],
  ...['https://shop.op.example\\@evil.example/', 'https://SHOP.op.example\u3002evil.example/', 'about:blank'],
];

test(`a script or a foreign address in any of ${disguises.length} disguises leads nowhere`, async () => {
  const page = await world.open(world.address({ user: 'ann', after: 'window.pwn = () => { window.pwned = true; };' }));
  const left: string[] = [];
  await world.context.route(/./, (route) => {
    if (!route.request().isNavigationRequest()) return route.fallback();
    left.push(new URL(route.request().url()).origin);
    return route.fulfill({ status: 204 });
  });
  await page.evaluate((all) => {
    for (const address of all) {
      const encoded = encodeURIComponent(address);
      const links = [address, `dp:${address}`, `dp:go&url=${address}`];
      for (const target of ['_self', '_blank']) links.push(`dp:go&url=${encoded}&target=${target}`);
      for (const link of links) window._smartico.dp(link);
    }
    for (const address of all) location.hash = `_smartico_dp=dp:go&url=${encodeURIComponent(address)}`;
  }, disguises);
  await dp(page, 'dp:inbox');
  await expectShown(page, 'Inbox');
  // What is no address is a path of the page's own.
  expect(left.filter((origin) => origin !== world.pages.site)).toEqual([]);
  expect(world.context.pages()).toHaveLength(1);
  expect(await page.evaluate(() => 'pwned' in window)).toBe(false);
});
