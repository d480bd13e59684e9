/**
 * Several tabs on one device, and pages that the browser keeps whole for a return.
 */
import type { BrowserContext, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { act, deliveryWorld, expectDelivered, nameOf, openReady, saidByPage, sendAll } from '../../support/delivery.ts';
import { eachVisitor } from '../../support/each-visitor.ts';
import { crash, takeover } from '../../support/takeover.ts';

const world = deliveryWorld();
let context: BrowserContext;
eachVisitor((device) => {
  context = device;
});

const names = (what: string, most: number) => Array.from({ length: most }, (_, index) => `${what}-${index + 1}`);
const tab = async (url: string) => openReady(await context.newPage(), url);
test('two tabs that report at once lose nothing and double nothing, and share one device and one session', async () => {
  const home = world.pages.site + world.page();
  const first = await tab(home);
  // What starts a session is the first event: two in the same moment would each start one.
  await act(first, 'start');
  const tabs = [first, await tab(home)];
  const ledgers = tabs.map((_, index) => names(`tab-${index}`, 200));
  await Promise.all(
    tabs.map((page, index) =>
      page.evaluate(async (all) => {
        for (const name of all) {
          window._smartico.action(name);
          await new Promise((resolve) => setTimeout(resolve));
        }
      }, ledgers[index]!),
    ),
  );
  await Promise.all(tabs.map(sendAll));
  await expectDelivered(world.label, ['start', ...ledgers.flat()]);
  const events = await world.label.events();
  expect(new Set(events.map(({ device_id }) => device_id)).size).toBe(1);
  expect(new Set(events.map(({ session_id }) => session_id)).size).toBe(1);
  const counted = (index: number) =>
    events.filter((event) => nameOf(event).startsWith(`tab-${index}`)).map(({ seq }) => seq! - (index ? 0 : 1));
  for (const [index, ledger] of ledgers.entries())
    expect(counted(index).sort((a, b) => a - b)).toEqual(ledger.map((_, place) => place + 1));
  expect((await world.label.losses()).gaps).toEqual([]);
});

test('what a closed tab left is sent by a tab that stays', async () => {
  const home = world.pages.site + world.page();
  const staying = await tab(home);
  world.network.set('cut');
  const leaving = await tab(home);
  await act(leaving, 'left-1', 'left-2');
  await leaving.close();
  world.network.heal();
  await act(staying, 'stayed-3');
  await sendAll(staying);
  await expectDelivered(world.label, ['left-1', 'left-2', 'stayed-3']);
});

test('what a tab was sending when it crashed is sent by one that has nothing to send', async () => {
  const home = world.pages.site + world.page();
  await tab(home);
  const crashing = await tab(home);
  const { ledger } = await takeover(world, crashing, () => crash(crashing));
  await expectDelivered(world.label, ledger);
});

test('what one user did offline stays theirs when another logs in, whichever tab sends it', async () => {
  const home = world.pages.site + world.page();
  const tabs = [await tab(home), await tab(home)];
  const say = (page: Page, user: string, ...names: string[]) =>
    page.evaluate(
      ([user, ...all]) => {
        window._smartico_user_id = user!;
        for (const name of all) window._smartico.action(name);
      },
      [user, ...names],
    );
  world.network.set('cut');
  await say(tabs[0]!, 'ann', 'ann-1', 'ann-2');
  await say(tabs[1]!, 'bob', 'bob-3');
  await say(tabs[0]!, '', 'nobody-4');
  await say(tabs[0]!, 'bob', 'bob-5');
  await say(tabs[1]!, 'ann', 'ann-6');
  world.network.heal();
  await sendAll(tabs[1]!);
  const whose = (await saidByPage(world.label)).map((event) => [nameOf(event), event.user_ext_id]);
  expect(whose.sort()).toEqual([
    ['ann-1', 'ann'],
    ['ann-2', 'ann'],
    ['ann-6', 'ann'],
    ['bob-3', 'bob'],
    ['bob-5', 'bob'],
    ['nobody-4', null],
  ]);
});

test('a page that is left is kept for a return, comes back as it was, and goes on reporting', async () => {
  const home =
    world.pages.site +
    world.page({ before: 'addEventListener("pageshow", ({ persisted }) => { window.persisted = persisted; });' });
  const away = world.pages.otherSite + world.pages.add('<h1>Elsewhere</h1>');
  const page = await tab(home);
  const ledger: string[] = [];
  for (const name of names('visit', 4)) {
    ledger.push(`${name}-a`, `${name}-b`);
    await act(page, `${name}-a`);
    await page.goto(away);
    await page.goBack({ waitUntil: 'commit' });
    await page.waitForFunction(() => (window as unknown as { persisted?: boolean }).persisted);
    await act(page, `${name}-b`);
    await page.evaluate(() => Object.assign(window, { persisted: undefined }));
  }
  await sendAll(page);
  await expectDelivered(world.label, ledger);
  const events = await world.label.events();
  expect(new Set(events.map(({ page_id }) => page_id)).size).toBe(1);
});

test('a page that waits for a return does not hold up another tab, nor is it thrown out for it', async () => {
  const home =
    world.pages.site +
    world.page({ before: 'addEventListener("pageshow", ({ persisted }) => { window.persisted = persisted; });' });
  const cached = await tab(home);
  world.network.next('answer held');
  await act(cached, 'cached-1');
  await expect.poll(() => world.network.arrivals.length).toBe(1);
  await cached.goto(world.pages.otherSite + world.pages.add('<h1>Elsewhere</h1>'));
  const other = await tab(home);
  await act(other, 'other-2');
  await expect.poll(async () => (await world.label.events()).map(nameOf)).toContain('other-2');
  await cached.goBack({ waitUntil: 'commit' });
  await cached.waitForFunction(() => (window as unknown as { persisted?: boolean }).persisted);
  world.network.heal();
  await act(cached, 'cached-3');
  await sendAll(cached);
  await expectDelivered(world.label, ['cached-1', 'other-2', 'cached-3']);
});

test('the browser under test keeps the storage of a site that is framed apart from its own', async () => {
  const page = await context.newPage();
  const framed = `<iframe src="${world.pages.otherSite}${world.pages.add('<script>localStorage.framed = 1</script>')}"></iframe>`;
  await page.goto(world.pages.site + world.pages.add(framed));
  await page.goto(world.pages.otherSite + world.pages.add('<h1>The same site, by itself</h1>'));
  expect(await page.evaluate(() => localStorage.framed)).toBeUndefined();
});
