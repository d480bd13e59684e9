// @vitest-environment node
/** Somebody else is at the page by the time an answer, a room or a link comes: nothing of the first reaches the second. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Rooms } from '../../../src/sdk/rooms.ts';
import { activityTypes, cids } from '../../../src/wire/protocol.ts';
import { liveOn } from '../../support/live-page.ts';
import { coreAlone, type Device, device, newTab } from '../../support/sdk-platform.ts';
import { until } from '../../support/until.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

/** Rooms that come when the test says so. */
const lateRooms = (late: 'ui' | 'live') => {
  const shown: string[] = [];
  let arrive: () => void = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const ui = {
    createUi: () => ({
      popup: ({ engagement_uid }: { engagement_uid: string }) => shown.push(engagement_uid),
      reset() {},
    }),
  };
  const modules = {
    live: () => import('../../../src/sdk/live/room.ts'),
    api: () => import('../../../src/sdk/questions/room.ts'),
    ui: async () => ui,
    frames: () => import('../../../src/sdk/frames/room.ts'),
    publisher: () => import('../../../src/sdk/publisher/room.ts'),
    doctor: () => import('../../../src/sdk/doctor/room.ts'),
  };
  const rooms: Rooms = {
    ...coreAlone,
    load: async (room) => {
      if (room === late) await arrived;
      return modules[room]() as never;
    },
  };
  return { rooms, shown, arrive };
};
const popup = {
  title: 'Hi',
  body: null,
  has_html: false,
  width: 1,
  height: 1,
  buttons: [],
  priority: 0,
  expires_at: null,
  dir: null,
};

test('a popup of the first user is not shown to the second, though the drawing room came in between', async () => {
  const { rooms, shown, arrive } = lateRooms('ui');
  const { smartico, sockets, identified } = liveOn(here, { rooms });
  smartico.init('label');
  void smartico.identify('ann');
  await identified();
  const push = (engagement_uid: string) =>
    sockets.push({ cid: cids.engagementPush, engagement_uid, activityType: activityTypes.popup, popup });
  push('for-ann-1');
  void smartico.identify('bob');
  await identified();
  push('for-bob-1');
  arrive();
  await until(() => shown.length);
  expect(shown).toEqual(['for-bob-1']);
});

test('a change that the first user asked for before the live room came is refused, not made for the second', async () => {
  const { rooms, arrive } = lateRooms('live');
  const { smartico, sockets, identified } = liveOn(here, { rooms });
  smartico.init('label');
  void smartico.identify('ann');
  const deleted = smartico.api.deleteAllInboxMessages();
  void smartico.identify('bob');
  arrive();
  await expect(deleted).rejects.toMatchObject({ code: 'not_identified' });
  await identified();
  expect(sockets.saidOf(cids.inboxDelete)).toEqual([]);
});

test('a link to a place stays with the tab until the user is confirmed: a login page may redirect at once', async () => {
  const tab = newTab();
  const first = liveOn(here, { url: 'https://op.example/#_smartico_dp=dp:deposit', tab });
  first.sockets.answer(cids.identify, undefined);
  first.smartico.init('label');
  first.root._smartico_user_id = 'ann';
  await until(() => first.sockets.saidOf(cids.identify).length);
  const { smartico, heard, identified } = liveOn(here, { tab, before: { _smartico_user_id: 'ann' } });
  const links = heard('dp:deposit', 'session_based_dp_detected');
  smartico.init('label');
  await identified();
  await until(() => links.length === 2);
  expect(links.map(([key]) => key).sort()).toEqual(['dp:deposit', 'session_based_dp_detected']);
});

test('who logged out by a call logs in again by the window, with the same id', async () => {
  const { smartico, root, identified } = liveOn(here);
  smartico.init('label');
  root._smartico_user_id = 'ann';
  await identified();
  smartico.logout();
  expect(smartico.checkSuccessfullyIdentify()).toBe(false);
  root._smartico_user_id = 'ann';
  await identified();
});

test('where the first user came from does not stand in the login of the second', async () => {
  const { smartico, stored, identified } = liveOn(here);
  smartico.init('label');
  void smartico.identify('ann');
  await identified();
  smartico.setEntryPoint('weekend_mail');
  void smartico.online('bob');
  await identified();
  await until(async () => (await stored()).some(([type]) => type === 'login'));
  expect((await stored()).filter(([type]) => type === 'login')).toEqual([['login', 'bob', {}]]);
});

test('A8 numeric keys: whatever the collector pushes is heard by its published number', async () => {
  const { smartico, sockets, heard, identified } = liveOn(here);
  smartico.init('label');
  void smartico.identify('ann');
  await identified();
  const pushes = heard('108');
  sockets.push({ cid: 108, props: { ach_points_balance: 5 } });
  await until(() => pushes.length);
  expect(pushes).toEqual([['108', { cid: 108, props: { ach_points_balance: 5 } }]]);
});
