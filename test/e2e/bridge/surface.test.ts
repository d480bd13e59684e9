/** What a platform says and asks of the customer: done by the page around, answered in the frame. */
import type { Frame, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { begin, bridgeWorld, known } from '../../support/bridge-world.ts';
import { sendAll } from '../../support/delivery.ts';
import { eventsNamed } from '../../support/live-world.ts';

const world = bridgeWorld({ segments: { VIP: { tag: 'VIP' } } });
const openAnn = async () => {
  const opened = await world.openBoth(undefined, { after: begin(world, 'ann') });
  await known(opened.frame);
  return opened;
};
const props = (frame: Frame) => frame.evaluate(() => window._smartico_inframe.getPublicProps());
/** What a call came to: its value, or its code. */
const outcome = <Value>(frame: Frame, call: () => Value): Promise<unknown> =>
  frame.evaluate(`Promise.resolve().then(${call}).catch(({ code }) => code)`);

test('A11 iframe bridge; A2 _smartico_inframe: what a frame changes of the customer shows in page and frame at once, and comes true', async () => {
  const { page, frame } = await openAnn();
  world.network.set('cut');
  await frame.evaluate(() => {
    const { _smartico_inframe: smartico } = window;
    smartico.updatePublicTags('add', ['vip', 'new']);
    smartico.updatePublicTags('remove', 'new');
    smartico.setNickname('Annie');
    smartico.setAvatar('https://img.op.example/annie.png');
  });
  const changed = {
    core_public_tags: ['VIP'],
    public_username: 'Annie',
    avatar_id: 'https://img.op.example/annie.png',
  };
  await expect.poll(() => props(frame)).toMatchObject(changed);
  expect(await page.evaluate(() => window._smartico.getPublicProps())).toMatchObject(changed);
  world.network.heal();
  await sendAll(page);
  await expect.poll(async () => (await world.operator.customer('ann')).props).toMatchObject(changed);
});

test('a change that the operator makes is told to the frame', async () => {
  const { frame } = await openAnn();
  await world.operator.tag('ann', 'add', ['seen']);
  await expect.poll(async () => (await props(frame))?.core_public_tags).toEqual(['SEEN']);
});

test('where the customer came from, and in which language, are events of the frame', async () => {
  const { page, frame } = await openAnn();
  await frame.evaluate(async () => {
    const { _smartico_inframe: smartico } = window;
    smartico.setUTMs('mail', 'spring');
    smartico.setLoginEntry('LOBBY');
    smartico.setEntryPoint('BANNER');
    await smartico.changeLanguage('de-AT');
  });
  await expect.poll(async () => (await props(frame))?.core_user_language).toBe('de');
  const names = ['update_profile', 'core_set_last_login_entry', 'core_language_changed'];
  await expect
    .poll(async () => {
      await sendAll(page);
      return (await eventsNamed(world, ...names)).map(({ event_type, payload }) => [event_type, payload]);
    })
    .toEqual([
      ['update_profile', { core_utm_source: 'mail', core_utm_campaign: 'spring' }],
      ['core_set_last_login_entry', { core_last_login_entry: 'LOBBY' }],
      ['core_set_last_login_entry', { core_last_login_entry: 'BANNER' }],
      ['core_language_changed', expect.objectContaining({ language: 'de' })],
    ]);
  const from = (await eventsNamed(world, 'update_profile', 'core_set_last_login_entry')).map(({ source, frame }) => [
    source,
    frame,
  ]);
  expect(new Set(from.map(String))).toEqual(new Set([`bridge,${world.platform}`]));
});

test('ready and identified resolve, and what is synchronous is answered without asking', async () => {
  const { frame } = await world.openBoth();
  const now = () =>
    frame.evaluate(() => {
      const { _smartico_inframe: smartico } = window;
      let profile: unknown;
      try {
        profile = smartico.api.getUserProfile();
      } catch (cause) {
        profile = (cause as { code: string }).code;
      }
      return [smartico.checkSuccessfullyIdentify(), smartico.getPublicProps(), profile];
    });
  expect(await now()).toEqual([false, null, 'not_identified']);
  await frame.evaluate((label) => {
    const { _smartico_inframe: smartico } = window;
    smartico.init(label);
    return smartico.ready();
  }, world.label.key);
  await frame.evaluate(() => {
    const { _smartico_inframe: smartico } = window;
    void smartico.identify('ann');
    return smartico.identified();
  });
  await known(frame);
  const profile = expect.objectContaining({ is_visitor: false, core_public_tags: [] });
  expect(await now()).toEqual([true, profile, profile]);
  await frame.evaluate(() => window._smartico_inframe.logout());
  await expect.poll(now).toEqual([false, null, 'not_identified']);
});

test('an id that is none throws in the face of who gave it', async () => {
  const { frame } = await world.openBoth();
  const codes = await frame.evaluate(() =>
    ['online', 'identify'].map((name) => {
      try {
        return window._smartico_inframe(name as 'online', '');
      } catch (cause) {
        return (cause as { code: string }).code;
      }
    }),
  );
  expect(codes).toEqual(['empty_user_id', 'empty_user_id']);
});

test('questions about the customer are answered in the frame, and refused there with a code', async () => {
  await world.operator.tag('ann', 'add', ['vip']);
  const uid = await world.operator.message('ann', 'Bonus', { custom_data: { code: 7 } });
  const { frame } = await openAnn();
  const answers = await frame.evaluate(async (guid) => {
    const { api } = window._smartico_inframe;
    return [
      await api.checkSegmentMatch('VIP'),
      await api.checkSegmentListMatch(['VIP', 'nobody']),
      await api.getInboxUnreadCount(),
      (await api.getInboxMessagesWithBodies()).map(({ body, read }) => [body.title, read]),
      (await api.getInboxMessageBody(guid)).custom_data,
      await api.markInboxMessageAsRead(guid),
      await api.markUnmarkInboxMessageAsFavorite(guid, true),
      (await api.getInboxMessages({ onlyFavorite: true })).map(({ message_guid, read }) => [message_guid, read]),
      (await api.markInboxMessageAsRead('no-such-message')).err_code,
    ];
  }, uid);
  expect(answers).toEqual([
    true,
    expect.arrayContaining([
      { segment_id: 'VIP', is_matching: true },
      { segment_id: 'nobody', is_matching: false },
    ]),
    1,
    [['Bonus', false]],
    { code: 7 },
    expect.objectContaining({ err_code: 0 }),
    expect.objectContaining({ err_code: 0 }),
    [[uid, true]],
    404,
  ]);
  expect(await outcome(frame, () => window._smartico_inframe.api.getMiniGames?.())).toEqual([]);
  expect(await outcome(frame, () => window._smartico_inframe.api.playMiniGame?.())).toBe('not_available');
  expect(await outcome(frame, () => window._smartico_inframe.miniGame(1))).toBe('not_available');
});

test('a list that changes is told to the function that the frame gave with its question', async () => {
  const { frame } = await openAnn();
  await frame.evaluate(async () => {
    const { api } = window._smartico_inframe;
    const updates: unknown[] = [];
    Object.assign(window, { updates });
    await api.getInboxMessages({ onUpdate: (list) => updates.push(list.map(({ message_guid }) => message_guid)) });
    await api.getInboxUnreadCount({ onUpdate: (unread) => updates.push(unread) });
  });
  const uid = await world.operator.message('ann', 'Welcome');
  const updates = () => frame.evaluate(() => (window as unknown as { updates: unknown[] }).updates);
  await expect.poll(updates).toEqual(expect.arrayContaining([[uid], 1]));
});

test('the page’s own `onUpdate` stays its own beside a frame’s, and when the frame is taken away', async () => {
  const { page, frame } = await openAnn();
  for (const one of [page, frame])
    await one.evaluate(async () => {
      const { api } = window._smartico_inframe ?? window._smartico;
      const updates: unknown[] = [];
      Object.assign(window, { updates });
      await api.getInboxMessages({ onUpdate: (list) => updates.push(list.length) });
      await api.getInboxUnreadCount({ onUpdate: (unread) => updates.push(`${unread} unread`) });
    });
  const updates = (one: Page | Frame) => one.evaluate(() => (window as unknown as { updates: unknown[] }).updates);
  await world.operator.message('ann', 'Welcome');
  for (const one of [page, frame])
    await expect.poll(() => updates(one)).toEqual(expect.arrayContaining([1, '1 unread']));
  await page.locator('iframe').evaluate((element) => element.remove());
  await world.operator.message('ann', 'Bonus');
  await expect.poll(() => updates(page)).toEqual(expect.arrayContaining([2, '2 unread']));
});

test('reports of the frame’s own drawing reach the engagement', async () => {
  const uid = await world.operator.message('ann', 'Bonus');
  const { page, frame } = await openAnn();
  await frame.evaluate(async (engagement_uid) => {
    const { api } = window._smartico_inframe;
    await api.reportImpressionEvent({ engagement_uid, activityType: 31 });
    await api.reportClickEvent({ engagement_uid, activityType: 31, action: 'dp:gf' });
  }, uid);
  await sendAll(page);
  const reports = await eventsNamed(world, 'engagement_impression', 'engagement_action');
  expect(reports.map(({ payload }) => payload.engagement_uid)).toEqual([uid, uid]);
});

test('flush, receipts and losses tell of the page’s queue; the dead letters are the frame’s own, however long', async () => {
  const { page, frame } = await world.openBoth(undefined, { after: begin(world) });
  const deep = `${'{"a":'.repeat(40)}"${'x'.repeat(3_000)}"${'}'.repeat(40)}`;
  const eid = await page.evaluate((text) => window._smartico.event('page', JSON.parse(text)), deep);
  const told = await frame.evaluate(async (text) => {
    const { _smartico_inframe: smartico } = window;
    const stored = smartico.action('Played');
    const refused = smartico.event('frame', JSON.parse(text));
    const counts = await smartico.flush();
    const { recent, dead, pending } = await smartico.receipts();
    return {
      pending: [counts.pending, pending],
      verdicts: [stored, refused].map((eid) => recent.find((one) => one.eid === eid)?.verdict),
      dead: dead.map(({ eid, code }) => [eid === refused, code]),
      losses: await smartico.losses(),
    };
  }, deep);
  expect(told).toEqual({
    pending: [0, 0],
    verdicts: ['stored', 'rejected'],
    dead: [[true, 'too_deep']],
    losses: {},
  });
  const { dead } = await page.evaluate(() => window._smartico.receipts());
  expect(dead.map((letter) => letter.eid)).toContain(eid);
});
