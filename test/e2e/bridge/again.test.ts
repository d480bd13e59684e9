/** Frames and pages that come and go: whoever is there finds the other again, and hears. */
import type { Frame, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  actInFrame,
  begin,
  bridgeWorld,
  connected,
  known,
  platformOf,
  writeDownInFrame,
} from '../../support/bridge-world.ts';
import { nameOf, sendAll } from '../../support/delivery.ts';
import { eventsNamed, expectHeard, expectShown, heard } from '../../support/live-world.ts';

const world = bridgeWorld();
const hears = (user?: string) => ({ after: writeDownInFrame + begin(world, user) });
const openAnn = async (body = '') => {
  const opened = await world.openBoth({ body }, hears('ann'));
  await known(opened.frame);
  return opened;
};
/** These arrive, each once, among what the operator did meanwhile. */
const expectArrived = (...names: string[]): Promise<void> =>
  expect.poll(async () => (await eventsNamed(world, ...names)).map(nameOf).sort()).toEqual(names.sort());
/** An operator's change is told to the frame once. */
const expectHears = async (frame: Frame, tag: string): Promise<void> => {
  const before = (await heard(frame, 'props_change')).length;
  await world.operator.tag('ann', 'add', [tag]);
  await expectHeard(frame, 'props_change', before + 1);
};
const frameAt = (address: string) => `<iframe src="${world.platform}${address}"></iframe>`;
/** The frame that has this in its address. */
const frameOf = async (page: Page, path: string): Promise<Frame> => {
  const find = () => page.frames().find((frame) => new URL(frame.url()).pathname === path);
  await expect.poll(find).toBeDefined();
  return find()!;
};

test('a frame that navigates is there again with its next document, and only that one hears', async () => {
  const { page, frame } = await openAnn();
  for (const round of ['first', 'second', 'third']) {
    await frame.goto(world.platform + world.platformPage(hears('ann')));
    await known(frame);
    await actInFrame(frame, round);
    await expectHears(frame, round);
  }
  await expectArrived('first', 'second', 'third');
  expect(await heard(frame, 'logout')).toEqual([]);
  await sendAll(page);
  expect(await eventsNamed(world, 'login')).toHaveLength(1);
});

test('a page that is reloaded finds its frame, and knows it', async () => {
  const { page } = await openAnn();
  for (const round of ['first', 'second']) {
    await page.reload();
    await known(platformOf(page));
    await actInFrame(platformOf(page), round);
    await expectHears(platformOf(page), round);
  }
  await expectArrived('first', 'second');
});

test('a page with its frame goes into the browser’s cache and comes back whole: the line works, the frame hears', async () => {
  // A frame that comes out of the cache is out of the test's reach: it speaks through the page.
  const { page } = await world.openBoth(
    {
      before: `
        window.tags = [];
        addEventListener('message', ({ data }) => { if (data.tags) tags.push(String(data.tags)); });`,
    },
    {
      after: `${begin(world, 'ann')}
        addEventListener('message', ({ data }) => { if (data.act) _smartico_inframe.action(data.act); });
        _smartico_inframe.on('props_change', ({ core_public_tags }) => parent.postMessage({ tags: core_public_tags }, '*'));`,
    },
  );
  const tags = () => page.evaluate(() => (window as unknown as { tags: string[] }).tags);
  await expect.poll(tags).toEqual(['']);
  await sendAll(page);
  await page.evaluate(() =>
    addEventListener('pageshow', ({ persisted }) => Object.assign(window, { persisted }), { once: true }),
  );
  await page.goto(`${world.stranger}${world.pages.add('<h1>Elsewhere</h1>')}`);
  await world.operator.tag('ann', 'add', ['meanwhile']);
  await page.goBack({ waitUntil: 'commit' });
  await page.waitForFunction(() => (window as unknown as { persisted?: boolean }).persisted);
  await expect.poll(tags).toEqual(['', 'MEANWHILE']);
  await page.evaluate(() => frames[0]!.postMessage({ act: 'after' }, '*'));
  await expectArrived('after');
  await world.operator.tag('ann', 'add', ['then']);
  await expect.poll(tags).toEqual(['', 'MEANWHILE', 'MEANWHILE,THEN']);
});

test('a frame’s own history brings its last document back, and that one is heard', async () => {
  const { page, frame } = await openAnn();
  const first = frame.url();
  await frame.goto(world.platform + world.platformPage(hears('ann')));
  await known(frame);
  await page.evaluate(() => history.back());
  await expect.poll(() => frame.url()).toBe(first);
  await known(frame);
  await actInFrame(platformOf(page), 'back');
  await expectArrived('back');
});

test('a frame that is moved in the page is a new document, and is there again', async () => {
  const { page, frame } = await openAnn('<main></main>');
  await page.evaluate(() => document.querySelector('main')!.append(document.querySelector('iframe')!));
  await expect.poll(() => frame.isDetached()).toBe(true);
  await known(platformOf(page));
  await actInFrame(platformOf(page), 'moved');
  await expectArrived('moved');
  await expectHears(platformOf(page), 'moved');
});

test('a frame that a script adds later, hides or has in a shadow root is as good as any', async () => {
  const page = await world.context.newPage();
  await page.goto(world.host + world.hostPage('about:blank'));
  const path = world.platformPage(hears('ann'));
  await page.evaluate((src) => {
    const host = document.createElement('div');
    document.body.append(host);
    const iframe = Object.assign(document.createElement('iframe'), { src, hidden: true });
    host.attachShadow({ mode: 'closed' }).append(iframe);
  }, world.platform + path);
  const frame = await frameOf(page, path);
  await known(frame);
  await actInFrame(frame, 'in the shadow');
  await expectArrived('in the shadow');
});

test('two frames are one customer: what one changes, the other hears', async () => {
  const game = world.platformPage(hears());
  const { page, frame } = await openAnn(frameAt(game));
  const other = await frameOf(page, game);
  await known(other);
  await actInFrame(frame, 'one');
  await actInFrame(other, 'other');
  await frame.evaluate(() => void window._smartico_inframe.updatePublicTags('add', ['vip']));
  await expect.poll(async () => (await heard(other, 'props_change')).at(-1)).toEqual([{ core_public_tags: ['VIP'] }]);
  await expectArrived('one', 'other');
  expect(await eventsNamed(world, 'one', 'other')).toMatchObject([{ user_ext_id: 'ann' }, { user_ext_id: 'ann' }]);
  await other.evaluate(() => window._smartico_inframe.logout());
  await expect.poll(() => frame.evaluate(() => window._smartico_inframe.checkSuccessfullyIdentify())).toBe(false);
});

test('a game that the platform frames calls the page over the platform’s head', async () => {
  const game = world.platformPage(hears());
  const { page } = await world.openBoth(undefined, { ...hears('ann'), body: frameAt(game) });
  const inner = await frameOf(page, game);
  await known(inner);
  await actInFrame(inner, 'from the game');
  await expectArrived('from the game');
  await inner.evaluate(() => window._smartico_inframe.dp('dp:inbox'));
  await expectShown(page, 'Inbox');
});

test('a frame that went to a page without the script has no ear in the page any more', async () => {
  const { page, frame } = await openAnn();
  await connected(frame);
  await frame.evaluate(() => void window._smartico_inframe.on('dp:deposit', () => {}));
  await connected(frame);
  await frame.goto(`${world.platform}${world.pages.add('<h1>No SDK</h1>')}`);
  await page.evaluate(() => window._smartico.dp('dp:deposit'));
  await expect.poll(() => world.told).toEqual(['[smartico] link_unknown: deposit']);
});

test('where the room of frames cannot be had, the page says so, and the frame’s next knock tries again', async () => {
  let tries = 0;
  await world.context.route('**/smartico_frames.js', (route) => (++tries === 1 ? route.abort() : route.continue()));
  const { frame } = await world.openBoth(undefined, hears('ann'));
  await known(frame);
  expect(world.told).toEqual([expect.stringContaining('room_unavailable: frames')]);
});
