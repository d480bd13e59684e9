/** What a platform's handlers hear: they stay in the frame, and are called there. */
import type { Frame } from 'playwright-core';
import { expect, test } from 'vitest';
import { begin, bridgeWorld, known, platformOf, writeDownInFrame } from '../../support/bridge-world.ts';
import { expectHeard, expectShown, heard, popupOf, writeDown } from '../../support/live-world.ts';

const world = bridgeWorld();
/** A frame that writes down what it hears, in a page that does. */
const openAnn = async (after = '') => {
  const opened = await world.openBoth(
    { after: writeDown },
    { after: `${writeDownInFrame}${begin(world, 'ann')}${after}` },
  );
  await known(opened.frame);
  return opened;
};
const written = (frame: Frame) => frame.evaluate(() => (window as unknown as { written: unknown[] }).written);
const dp = (frame: Frame, link: string) => frame.evaluate((text) => window._smartico_inframe.dp(text), link);

test('what happens to page and customer is heard in the frame as in the page, with what it says', async () => {
  const { page, frame } = await openAnn();
  await expectHeard(frame, 'login', 1);
  await world.operator.tag('ann', 'add', ['vip']);
  await expect.poll(async () => (await heard(frame, 'props_change')).at(-1)).toEqual([{ core_public_tags: ['VIP'] }]);
  await page.evaluate(() => history.pushState(null, '', '/sports'));
  await expect
    .poll(async () => (await heard(frame, 'page_navigation')).at(-1))
    .toMatchObject([{ url: `${world.host}/sports`, source: 'pushState' }]);
  await dp(frame, 'dp:inbox');
  await expectHeard(frame, 'inbox_starting', 1);
  await page.keyboard.press('Escape');
  await frame.evaluate(() => void window._smartico_inframe.showWidget('short_info'));
  await expectHeard(frame, 'gf_started', 1);
  await page.locator('dialog.widget').frameLocator('iframe').getByRole('button', { name: 'Close' }).click();
  await expectHeard(frame, 'gf_closing', 1);
  await frame.evaluate(() => window._smartico_inframe.logout());
  await expectHeard(frame, 'logout', 1);
  for (const key of ['init', 'label_init_completed', 'identify', 'login', 'props_change', 'gf_starting', 'gf_started'])
    await expect.poll(() => heard(frame, key)).toEqual(await heard(page, key));
  expect(world.told).toEqual([]);
});

test('a link that an earlier page of the tab kept for the user is told in the frame that names them', async () => {
  const pageAround = (user?: string) =>
    world.host + world.hostPage(world.platform + world.platformPage({ after: writeDownInFrame + begin(world, user) }));
  const page = await world.context.newPage();
  await page.goto(`${pageAround()}#_smartico_dp=dp:inbox`);
  await expectHeard(platformOf(page), 'label_init_completed', 1);
  await page.goto(pageAround('ann'));
  await expectShown(page, 'Inbox');
  await expectHeard(platformOf(page), 'session_based_dp_detected', 1);
});

test('where the collector refuses the page’s origin, the frame hears it with its number', async () => {
  const platform = world.platformPage({ hosts: [world.stranger], after: writeDownInFrame + begin(world, 'ann') });
  const page = await world.context.newPage();
  await page.goto(world.stranger + world.hostPage(world.platform + platform));
  const frame = platformOf(page);
  await expectHeard(frame, 'protocol_error', 1);
  const [[{ errCode }]] = (await heard(frame, 'protocol_error')) as [[{ errCode: number }]];
  expect(errCode).not.toBe(0);
  await expect.poll(() => heard(frame, 'identify')).toEqual([[errCode, {}, expect.stringContaining('origin')]]);
});

test('who subscribes late is told what has happened, once, and who does not want that is not', async () => {
  const { frame } = await openAnn();
  await frame.evaluate(() => {
    const late: unknown[] = [];
    Object.assign(window, { written: late });
    const { _smartico_inframe: smartico } = window;
    smartico.on('identify', () => late.push('replayed'), { replay: false });
    for (const key of ['init', 'label_init_completed', 'login', 'identify'])
      smartico.on(key, (...args: unknown[]) => late.push([key, args[0]]));
  });
  await expect
    .poll(() => written(frame))
    .toEqual([
      ['init', 0],
      ['label_init_completed', 0],
      ['identify', 0],
    ]);
});

test('off, the undo and null end what the frame hears, and nothing of what the page does', async () => {
  const { page, frame } = await openAnn();
  await frame.evaluate(() => {
    const calls: string[] = [];
    Object.assign(window, { written: calls });
    const { _smartico_inframe: smartico } = window;
    const first = () => calls.push('off');
    smartico.on('props_change', first);
    const undo = smartico.on('props_change', () => calls.push('undone'));
    smartico.on('login', () => calls.push('login'));
    smartico.on('login', null);
    smartico.off('props_change', first);
    undo();
    smartico.on('props_change', () => calls.push('stays'));
  });
  await world.operator.tag('ann', 'add', ['vip']);
  await expect.poll(() => written(frame)).toEqual(['stays']);
  const before = await heard(page, 'login');
  await frame.evaluate(() => {
    window._smartico_inframe.logout();
    return window._smartico_inframe.online('ann');
  });
  await expectHeard(page, 'login', before.length + 1);
  await known(frame);
  expect(await written(frame)).not.toContain('login');
});

test('a handler that throws is told on the frame’s console, and stops nobody', async () => {
  const { frame } = await openAnn(`
    _smartico_inframe.on('props_change', () => { throw new Error('mine'); });
    _smartico_inframe.on('props_change', () => { window.reached = true; });`);
  await frame.waitForFunction(() => 'reached' in window);
  expect(world.told).toEqual([expect.stringMatching(/^\[smartico\] handler_threw: .*mine/s)]);
});

test('a link that the platform handles itself is told its parameters, in the frame, wherever it comes from', async () => {
  const { page, frame } = await openAnn(`
    window.written = []; _smartico_inframe.on('dp:deposit', (link) => { written.push(link.params); });`);
  await dp(frame, 'dp:deposit&Amount=20&note=a%26b+c');
  await page.evaluate(() => window._smartico.dp('dp:deposit&amount=30'));
  await world.operator.popup('ann', 'Deposit', { buttons: [{ text: 'Go', action: 'dp:deposit&amount=40' }] });
  await popupOf(page).getByRole('button', { name: 'Go' }).click();
  await expect
    .poll(() => written(frame))
    .toEqual([{ amount: '20', note: 'a&b c' }, { amount: '30' }, { amount: '40' }]);
  // Without the frame nobody knows the name any more.
  await page.locator('iframe').evaluate((element) => element.remove());
  // Its last word may be on its way still.
  await expect
    .poll(async () => {
      await page.evaluate(() => window._smartico.dp('dp:deposit'));
      return world.told;
    })
    .toEqual(['[smartico] link_unknown: deposit']);
});

test('a class of messages is heard by its number, as in the page', async () => {
  const { frame } = await openAnn(`
    window.written = []; _smartico_inframe.on(108, ({ cid }) => { written.push(cid); });`);
  await world.operator.tag('ann', 'add', ['vip']);
  await expect.poll(() => written(frame)).toContain(108);
});
