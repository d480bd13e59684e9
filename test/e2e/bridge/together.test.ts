/** Several frames of one page: what they share with it and with each other, and what is each one's own. */
import type { Frame, JSHandle, Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import type { Smartico } from '../../../src/sdk/api.ts';
import { actInFrame, bridgeWorld, connected } from '../../support/bridge-world.ts';
import { expectDelivered, nameOf } from '../../support/delivery.ts';
import { expectShown, mark, settled, shown } from '../../support/live-world.ts';

const world = bridgeWorld();
let page: Page;
let first: Frame;
let second: Frame;
beforeEach(async () => {
  const framed = (frame: string) =>
    world.platformPage({
      server: frame === 'first' ? world.pages : world.neighbour,
      after: `_smartico_inframe.init('${world.label.key}');`,
    });
  const other = world.neighbour.otherSite;
  page = await world.context.newPage();
  await page.goto(
    world.host +
      world.hostPage(world.platform + framed('first'), {
        frames: [world.platform, other],
        body: `<iframe src="${other + framed('second')}"></iframe>`,
        attributes: 'data-frames-may="identify"',
      }),
  );
  [first, second] = page.mainFrame().childFrames() as [Frame, Frame];
  await connected(first);
  await connected(second);
});

/** All three windows, the page first. */
const all = () => [page, first, second];
type Own = Window & { heard: unknown[]; handler: (word: unknown) => void };
/** The calls of that window. */
const smarticoOf = (where: Page | Frame): Promise<JSHandle<Smartico>> =>
  (where as Frame).evaluateHandle(() => window._smartico_inframe ?? window._smartico) as Promise<JSHandle<Smartico>>;
/** From now on the window writes down the first word of what its callback of this key hears. */
const listen = async (where: Page | Frame, key: string): Promise<void> =>
  (await smarticoOf(where)).evaluate(async (smartico, name) => {
    const own = window as unknown as Own;
    own.heard = [];
    own.handler = (word) => void own.heard.push(word);
    smartico.on(name, own.handler as never, { replay: false });
    await smartico.losses(); // the page has taken it
  }, key);
const heard = (where: Page | Frame): Promise<unknown[]> => where.evaluate(() => (window as unknown as Own).heard);
const heardByAll = () => Promise.all(all().map(heard));
const identifiedByAll = () =>
  Promise.all(
    all().map(async (window) =>
      (await smarticoOf(window)).evaluate((smartico) => smartico.checkSuccessfullyIdentify()),
    ),
  );
const everywhere = <Value>(value: Value) => [value, value, value];
/** Ann is the page's user, and everybody knows. */
const ann = async (): Promise<void> => {
  await first.evaluate(() => window._smartico_inframe.online('ann'));
  await expect.poll(identifiedByAll).toEqual(everywhere(true));
};

test('all are one user’s: whoever names another, the page or a frame, the others hear it, and each event is of its time', async () => {
  for (const window of all()) await listen(window, 'identify');
  await ann();
  await actInFrame(second, 'OfAnn');
  await page.evaluate(() => window._smartico.online('bob'));
  await expect.poll(heardByAll).toEqual(everywhere([0, 0]));
  await actInFrame(first, 'OfBob');
  await second.evaluate(() => window._smartico_inframe.logout());
  await expect.poll(identifiedByAll).toEqual(everywhere(false));
  await actInFrame(first, 'OfNobody');
  await expectDelivered(world.label, ['OfAnn', 'OfBob', 'OfNobody']);
  const events = (await world.label.events()).filter(({ source }) => source === 'bridge');
  expect(events.map((event) => [nameOf(event), event.user_ext_id, event.frame])).toEqual([
    ['OfAnn', 'ann', world.neighbour.otherSite],
    ['OfBob', 'bob', world.platform],
    ['logout', 'bob', world.neighbour.otherSite],
    ['OfNobody', null, world.platform],
  ]);
  expect(new Set(events.map(({ session_id, device_id }) => `${session_id} ${device_id}`)).size).toBe(1);
});

test.each<[string, () => Promise<void>]>([
  ['on(key, null)', () => first.evaluate(() => void window._smartico_inframe.on('props_change', null))],
  ['clear()', () => first.evaluate(() => window._smartico_inframe.clear())],
  [
    'off(key, handler)',
    () =>
      first.evaluate(() => {
        const { handler, _smartico_inframe: smartico } = window as unknown as Own;
        smartico.off('props_change', handler as never);
      }),
  ],
])('%s of a frame removes its own handlers, and neither the page’s nor another frame’s', async (_, remove) => {
  await ann();
  for (const window of all()) await listen(window, 'props_change');
  await remove();
  await page.evaluate(() => window._smartico.updatePublicTags('add', ['vip']));
  await expect
    .poll(async () => [(await heard(page)).length > 0, (await heard(second)).length > 0])
    .toEqual([true, true]);
  expect(await heard(first)).toEqual([]);
});

test('receipts() shows a frame the dead letters of its own events, and the page all of them', async () => {
  const deep = (name: string) => JSON.parse(`{"name":"${name}","deep":${'['.repeat(40)}${']'.repeat(40)}}`);
  await page.evaluate((payload) => window._smartico.event('Page', payload), deep('page'));
  await first.evaluate((payload) => window._smartico_inframe.event('First', payload), deep('first'));
  await second.evaluate((payload) => window._smartico_inframe.event('Second', payload), deep('second'));
  const dead = async (window: Page | Frame) =>
    (await smarticoOf(window)).evaluate(async (smartico) => {
      await smartico.flush();
      const { dead } = await smartico.receipts();
      return dead.map(({ event, code }) => `${JSON.parse(event).event_type} ${code}`).sort();
    });
  await expect.poll(() => dead(page)).toEqual(['First too_deep', 'Page too_deep', 'Second too_deep']);
  expect([await dead(first), await dead(second)]).toEqual([['First too_deep'], ['Second too_deep']]);
});

test('holds of two frames and of the page nest: none is released by another’s, whatever reason that names', async () => {
  await ann();
  const hold = async (window: Page | Frame, on: boolean, reason = '') =>
    (await smarticoOf(window)).evaluate((smartico, [held, named]) => smartico.suspendPopups(held, { reason: named }), [
      on,
      reason,
    ] as const);
  await hold(page, true, 'cashier');
  await hold(first, true);
  await hold(second, true, 'round');
  await world.operator.popup('ann', 'Missed');
  await settled(page);
  for (const reason of ['cashier', world.platform, '']) await hold(second, false, reason);
  for (const reason of ['cashier', 'round', `${world.neighbour.otherSite} round`]) await hold(first, false, reason);
  await hold(first, false);
  await hold(second, false, 'round');
  await settled(page);
  expect(await shown(page)).toEqual([]);
  await mark(page);
  await hold(page, false, 'cashier');
  await expectShown(page, '-', 'Missed');
});
