/** Every published call has its place in a frame: done by the page, answered here, or refused with its reason. */
import { expect, test } from 'vitest';
import { begin, bridgeWorld, known, writeDownInFrame } from '../../support/bridge-world.ts';
import { sendAll } from '../../support/delivery.ts';
import { eventsNamed, expectHeard, expectShown, heard, popupOf, writeDown } from '../../support/live-world.ts';

const world = bridgeWorld({ segments: { VIP: { tag: 'VIP' } } });
const openAnn = async () => {
  const opened = await world.openBoth({ after: writeDown }, { after: writeDownInFrame + begin(world, 'ann') });
  await known(opened.frame);
  return opened;
};

test('no call of the page’s is unknown to a frame, and none that a frame makes without arguments stops the next', async () => {
  const { page, frame } = await world.openBoth();
  const names = await page.evaluate(() =>
    Object.keys(window._smartico).filter((name) => !/^(api|version)$/.test(name)),
  );
  expect(names.length).toBeGreaterThan(40);
  const unknown = await frame.evaluate(async (all) => {
    const { _smartico_inframe: smartico } = window;
    const refused: string[] = [];
    for (const name of all) {
      try {
        const answer: unknown = (smartico as unknown as { [name: string]: () => unknown })[name]?.();
        void Promise.resolve(answer).catch(({ code }: { code: string }) => refused.push(`${code}: ${name}`));
      } catch (cause) {
        refused.push(String((cause as Error).message));
      }
    }
    await smartico.losses();
    return refused.filter((told) => told.startsWith('unknown_method'));
  }, names);
  expect(unknown).toEqual([]);
});

test('games and banners of the published interface reject in the frame as they do in the page', async () => {
  const { frame } = await openAnn();
  const codes = await frame.evaluate(() => {
    const { _smartico_inframe: smartico } = window;
    const calls = [
      smartico.miniGame(1),
      smartico.gamificationBlock({ dom_id: 'game' }),
      smartico.showBanner({ placement_key: 'top' }),
      smartico.sendDataToBanner({ placement_key: 'top' }),
      smartico.showVisitorGame({ template_id: 1 }),
      smartico.convertVisitorGame('uuid'),
      smartico.showWidget('store'),
    ];
    return Promise.all(calls.map((call) => call.catch(({ code }: { code: string }) => code)));
  });
  expect(codes).toEqual(codes.map(() => 'not_available'));
});

test('a platform’s own traces are events of its frame', async () => {
  const { page, frame } = await openAnn();
  await frame.evaluate(async () => {
    const { _smartico_inframe: smartico } = window;
    await smartico.sendAnalytics('table', 5);
    await smartico.startLpAnalytics();
    await smartico.sendServerError('broken');
    await smartico.sendServerDebug('looked');
  });
  await sendAll(page);
  expect(
    (await eventsNamed(world, 'core_analytics', 'core_client_message')).map(({ payload, frame }) => [payload, frame]),
  ).toEqual([
    [{ id: 'table', seconds: 5 }, world.platform],
    [{ id: 'lp', seconds: null }, world.platform],
    [{ level: 'error', message: 'broken' }, world.platform],
    [{ level: 'debug', message: 'looked' }, world.platform],
  ]);
});

test('the address and the browser are the frame’s own', async () => {
  const { frame } = await openAnn();
  const facts = await frame.evaluate(() => {
    history.replaceState(null, '', '?table=blue#seat=3');
    const { _smartico_inframe: smartico } = window;
    return [smartico.parseUrl(), smartico.parseUrlHash(), smartico.isMobile()];
  });
  expect(facts).toEqual([{ table: 'blue' }, { seat: '3' }, false]);
});

test('a skin that the frame chooses is that of the page’s popups', async () => {
  const { page, frame } = await openAnn();
  await frame.evaluate(() => window._smartico_inframe.setSkin('dark'));
  await world.operator.popup('ann', 'Tonight');
  await popupOf(page).waitFor();
  expect(await page.locator('[data-skin]').first().getAttribute('data-skin')).toBe('dark');
});

test('clear forgets the frame’s handlers, and none of the page’s', async () => {
  const { page, frame } = await openAnn();
  await frame.evaluate(() => window._smartico_inframe.clear());
  const [before, own] = [(await heard(frame, 'props_change')).length, (await heard(page, 'props_change')).length];
  await world.operator.tag('ann', 'add', ['vip']);
  await expectHeard(page, 'props_change', own + 1);
  expect(await frame.evaluate(() => window._smartico_inframe.api.checkSegmentMatch('VIP'))).toBe(true);
  expect(await heard(frame, 'props_change')).toHaveLength(before);
});

test('a platform of visitors: nobody is identified, links run at once, a visitor has tags and an inbox', async () => {
  const after = `_smartico_inframe.initVisitorMode('${world.label.key}');`;
  const { page, frame } = await world.openBoth(undefined, { after: writeDownInFrame + after });
  await expectHeard(frame, 'label_init_completed', 1);
  await frame.evaluate(() => void window._smartico_inframe.updatePublicTags('add', ['vip']));
  await expect
    .poll(() => frame.evaluate(() => window._smartico_inframe.getPublicProps()))
    .toMatchObject({ is_visitor: true, core_public_tags: ['VIP'] });
  const seen = await frame.evaluate(async () => {
    const { _smartico_inframe: smartico } = window;
    return [smartico.checkSuccessfullyIdentify(), await smartico.vapi('DE')?.getInboxMessages()];
  });
  expect(seen).toEqual([false, []]);
  await frame.evaluate(() => window._smartico_inframe.dp('dp:inbox'));
  await expectShown(page, 'Nachrichten');
  expect(await heard(frame, 'identify')).toEqual([]);
});

test('the frame empties the inbox, message by message and at once', async () => {
  const uid = await world.operator.message('ann', 'First');
  for (const title of ['Second', 'Third']) await world.operator.message('ann', title);
  const { frame } = await openAnn();
  const left = await frame.evaluate(async (guid) => {
    const { api } = window._smartico_inframe;
    const counts: unknown[] = [];
    const count = async () => counts.push([(await api.getInboxMessages()).length, await api.getInboxUnreadCount()]);
    await api.deleteInboxMessage(guid);
    await count();
    await api.markAllInboxMessagesAsRead();
    await count();
    await api.deleteAllInboxMessages();
    await count();
    return counts;
  }, uid);
  expect(left).toEqual([
    [2, 2],
    [2, 0],
    [0, 0],
  ]);
});

test('identify and login one by one are online', async () => {
  const { page, frame } = await world.openBoth(undefined, { after: writeDownInFrame + begin(world) });
  await frame.evaluate(async () => {
    await window._smartico_inframe.identify('ann');
    await window._smartico_inframe.login('DE', { from: 'lobby' });
  });
  await expectHeard(frame, 'login', 1);
  await sendAll(page);
  expect(await eventsNamed(world, 'login')).toMatchObject([{ user_ext_id: 'ann', payload: { from: 'lobby' } }]);
});

test('a native push token is handed on', async () => {
  const { frame } = await openAnn();
  const answer = await frame.evaluate(() =>
    window._smartico_inframe.registerNativePushToken('token-1', 7, 'app').then(() => 'taken'),
  );
  expect(answer).toBe('taken');
  expect(world.told).toEqual([]);
});
