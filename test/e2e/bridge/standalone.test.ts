/** A platform with nobody around it who would answer: it says so once and waits, or it is its own host if it asked to be. */
import type { Frame, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { actInFrame, begin, bridgeWorld, known, platformOf, writeDownInFrame } from '../../support/bridge-world.ts';
import { expectDelivered, sendAll } from '../../support/delivery.ts';
import { eventsNamed, expectHeard, expectShown, heard, popupOf } from '../../support/live-world.ts';

const world = bridgeWorld();
const alone = () =>
  `${writeDownInFrame}_smartico_inframe.init('${world.label.key}', { standalone: true }); _smartico_inframe.online('ann');`;
const before = 'window._smartico_allow_localhost = true;';
const open = async (path: string, origin = world.platform): Promise<Page> => {
  const page = await world.context.newPage();
  await page.goto(origin + path);
  return page;
};
/** A page that frames the platform and has no SDK. */
const strange = (path: string) => world.hostPage(world.platform + path, { tag: '' });
const addHost = (page: Page) =>
  page.evaluate(
    ([src, frames]) => {
      const script = Object.assign(document.createElement('script'), { src });
      script.dataset.frames = frames;
      document.head.append(script);
    },
    [`${world.network.url}/smartico.js`, world.platform],
  );
const toldNoHost = () => expect.poll(() => world.told).toEqual([expect.stringMatching(/no_host/)]);
const kept = (frame: Frame) => frame.evaluate(() => Object.keys(sessionStorage).length);

test('at the top, a platform that may be its own host has everything in its own window', async () => {
  const page = await open(world.platformPage({ before, after: alone() }));
  const frame = page.mainFrame();
  await known(frame);
  await actInFrame(frame, 'Played');
  await frame.evaluate(() => {
    window._smartico_inframe.updatePublicTags('add', ['vip']);
    window._smartico_inframe.dp('dp:inbox');
  });
  await expectShown(page, 'Inbox');
  await page.keyboard.press('Escape');
  await world.operator.popup('ann', 'Tonight');
  await popupOf(page).getByRole('button', { name: 'Close' }).click();
  await expect.poll(async () => (await world.operator.customer('ann')).tags).toEqual(['VIP']);
  await expectHeard(frame, 'identify', 1);
  await sendAll(page);
  expect(await eventsNamed(world, 'Played')).toMatchObject([
    { user_ext_id: 'ann', source: 'bridge', frame: world.platform },
  ]);
  await toldNoHost();
});

test('at the top, a platform that did not ask for it says once that nobody answers, and its calls wait', async () => {
  const path = world.platformPage({ before, after: begin(world, 'ann') });
  const page = await open(path);
  await actInFrame(page.mainFrame(), 'Played');
  await toldNoHost();
  expect(await page.evaluate(() => '_smartico' in window)).toBe(false);
  expect(await kept(page.mainFrame())).toBe(1);
  expect(await world.label.events()).toEqual([]);
});

test('in a page without the SDK it is the same: one word and patience, or its own host', async () => {
  const waits = await open(strange(world.platformPage({ before, after: begin(world, 'ann') })), world.host);
  await actInFrame(platformOf(waits), 'waits');
  await toldNoHost();
  expect(await kept(platformOf(waits))).toBe(1);
  const stands = await open(strange(world.platformPage({ before, after: alone() })), world.host);
  const frame = platformOf(stands);
  await known(frame);
  await actInFrame(frame, 'stands');
  await expectDelivered(world.label, ['stands']);
  await frame.evaluate(() => window._smartico_inframe.dp('dp:inbox'));
  await frame.locator('dialog.inbox').waitFor();
});

test('a page whose SDK comes after the platform gave up hope is its host all the same, and nothing is lost', async () => {
  const page = await open(strange(world.platformPage({ before, after: begin(world, 'ann') })), world.host);
  await page.evaluate(() => Object.assign(window, { _smartico_allow_localhost: true }));
  const frame = platformOf(page);
  await actInFrame(frame, 'before');
  await toldNoHost();
  await addHost(page);
  await expectDelivered(world.label, ['before']);
  await expect.poll(() => kept(frame)).toBe(0);
  await known(frame);
});

test('a platform that became its own host stays it when the page’s SDK comes after all: nothing is said twice', async () => {
  const page = await open(strange(world.platformPage({ before, after: alone() })), world.host);
  const frame = platformOf(page);
  await known(frame);
  await actInFrame(frame, 'before');
  await expectDelivered(world.label, ['before']);
  await page.evaluate(() => Object.assign(window, { _smartico_allow_localhost: true }));
  await addHost(page);
  await page.waitForFunction(() => window._smartico?.version);
  await actInFrame(frame, 'after');
  await frame.evaluate(() => window._smartico_inframe.flush());
  await expectDelivered(world.label, ['before', 'after']);
  expect(await page.evaluate(() => window._smartico.getPublicProps())).toBeNull();
  expect(await heard(frame, 'identify')).toHaveLength(1);
});

test('what waited at the top of a window is handed over by the next document of the tab that has a host', async () => {
  const page = await open(world.platformPage({ before, after: begin(world, 'ann') }));
  await actInFrame(page.mainFrame(), 'alone');
  await toldNoHost();
  await page.goto(world.platform + world.platformPage({ before, after: alone() }));
  await expectDelivered(world.label, ['alone']);
});

test('where smartico.js cannot be had, the platform says which file is missing, and its calls wait', async () => {
  await world.context.route('**/smartico.js', (route) => route.abort());
  const page = await open(world.platformPage({ before, after: alone() }));
  await expect.poll(() => world.told).toContainEqual(expect.stringContaining('room_unavailable: smartico.js'));
  await actInFrame(page.mainFrame(), 'Played');
  expect(await kept(page.mainFrame())).toBe(1);
});
