// @vitest-environment node
/** What is sent to a user must not reach a browser that they left: a shared one shows it to somebody else. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Rooms } from '../../../src/sdk/rooms.ts';
import { liveOn } from '../../support/live-page.ts';
import { coreAlone, type Device, device } from '../../support/sdk-platform.ts';
import { until } from '../../support/until.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

/** A page of a user whose browser shows notifications, or not. */
const known = async (permission: NotificationPermission = 'granted') => {
  const ended: string[] = [];
  const asked: string[] = [];
  const questions = { detachPush: async () => void ended.push('detached'), heard() {}, forget() {} };
  const rooms: Rooms = {
    ...coreAlone,
    async load(room) {
      if (room === 'live') return import('../../../src/sdk/live/room.ts') as never;
      asked.push(room);
      return { createQuestions: () => questions } as never;
    },
  };
  const { smartico, identified } = liveOn(here, { rooms, before: { Notification: { permission } } });
  smartico.init('label');
  void smartico.identify('ann');
  await identified();
  return { smartico, ended, asked };
};

test.each([
  ['a logout', (page: Awaited<ReturnType<typeof known>>) => page.smartico.logout()],
  ['a refusal', (page: Awaited<ReturnType<typeof known>>) => page.smartico.consent(false)],
])('%s ends the push subscription of this browser', async (_what, leave) => {
  const page = await known();
  leave(page);
  await until(() => page.ended.length);
  expect(page.ended).toEqual(['detached']);
});

test('another user at once is no logout: who they are, and what is theirs, the next greeting says', async () => {
  const { smartico, asked } = await known();
  void smartico.identify('bob');
  await until(() => smartico.checkSuccessfullyIdentify());
  expect(asked).toEqual([]);
});

test('a browser that shows no notifications fetches nothing for it', async () => {
  const { smartico, asked } = await known('default');
  smartico.logout();
  smartico.consent(false);
  await new Promise((resolve) => setTimeout(resolve));
  expect(asked).toEqual([]);
});
