import { beforeEach, expect, test, vi } from 'vitest';
import { type Callbacks, createCallbacks } from '../../../src/sdk/callbacks.ts';
import type { FramesNeeds } from '../../../src/sdk/frames/frames.ts';
import { createInboxUpdates } from '../../../src/sdk/frames/inbox-updates.ts';
import { createListening, type Listening } from '../../../src/sdk/frames/listening.ts';
import { activityTypes, cids } from '../../../src/wire/protocol.ts';

/** A function of the frame's. */
const ear = () => Object.assign(vi.fn(), { release: vi.fn() });
/** What was emitted has been heard, and answered. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

let page: Callbacks;
let listening: Listening;
let held: string[];
let told: string[];
/** Lists wait for this. */
let answered: Promise<void>;
const asked = vi.fn();
let ask: ReturnType<typeof createInboxUpdates>;

const list = (name: string) => async (query: unknown) => {
  asked(name, query);
  await answered;
  if (held.includes('refused')) throw Object.assign(new Error('no'), { code: 'channel_timeout' });
  return held.map((message_guid) => ({ message_guid }));
};
const api = {
  getInboxMessages: list('getInboxMessages'),
  getInboxMessagesWithBodies: list('getInboxMessagesWithBodies'),
  getInboxUnreadCount: async (options: unknown) => {
    asked('getInboxUnreadCount', options);
    return held.length;
  },
};
const comes = (engagement_uid: string, activityType: number = activityTypes.inbox) => {
  if (activityType === activityTypes.inbox) held = [engagement_uid, ...held];
  page.emit(`${cids.engagementPush}`, { cid: cids.engagementPush, activityType, engagement_uid });
};
const guids = (heard: ReturnType<typeof ear>) =>
  heard.mock.calls.map(([messages]) => messages.map((one: { message_guid: string }) => one.message_guid));

beforeEach(() => {
  page = createCallbacks(() => undefined);
  listening = createListening(page);
  held = ['one'];
  told = [];
  answered = Promise.resolve();
  asked.mockClear();
  const needs = { smartico: { api }, tell: (...words: unknown[]) => told.push(`${words}`) };
  ask = createInboxUpdates(needs as unknown as FramesNeeds, listening);
});

test('another question is not of the inbox', () => {
  expect(ask('getMissions', { onUpdate: ear() })).toBeUndefined();
});

test('a frame’s `onUpdate` is no ear of the page’s: the page is asked without one', async () => {
  for (const onUpdate of [ear(), true, undefined]) {
    await ask('getInboxMessages', { to: 5, onUpdate });
    await ask('getInboxMessagesWithBodies', { onUpdate });
    await ask('getInboxUnreadCount', { onUpdate });
  }
  expect(asked.mock.calls.slice(-3)).toEqual([
    ['getInboxMessages', { to: 5 }],
    ['getInboxMessagesWithBodies', {}],
    ['getInboxUnreadCount', {}],
  ]);
  expect(asked.mock.calls.slice(0, 3)).toEqual(asked.mock.calls.slice(-3));
});

test('hears the whole list, as it was asked for, when a message comes that it was not shown', async () => {
  const heard = ear();
  await ask('getInboxMessagesWithBodies', { to: 5, onUpdate: heard });
  comes('two');
  await settled();
  expect(guids(heard)).toEqual([['two', 'one']]);
  expect(asked.mock.lastCall).toEqual(['getInboxMessagesWithBodies', { to: 5 }]);
  for (const again of ['one', 'two']) comes(again);
  comes('popup', activityTypes.popup);
  await settled();
  expect(heard).toHaveBeenCalledTimes(1);
});

test('messages that come together are one update, and one that comes before the answer is none', async () => {
  const heard = ear();
  const answer = ask('getInboxMessages', { onUpdate: heard });
  comes('one');
  await answer;
  comes('two');
  comes('three');
  await settled();
  expect(guids(heard)).toEqual([['three', 'two', 'one', 'one']]);
});

test('all that is pending comes with every login, and is asked for once while an answer is on the way', async () => {
  const heard = ear();
  await ask('getInboxMessages', { onUpdate: heard });
  let answer = () => {};
  answered = new Promise((resolve) => {
    answer = resolve;
  });
  for (let message = 0; message < 50; message++) comes(`pending ${message}`);
  await settled();
  answer();
  await settled();
  expect([asked.mock.calls.length, heard.mock.calls.length]).toEqual([3, 1]);
});

test('what a reader does to a message is no news', async () => {
  const heard = ear();
  held = ['one', 'two'];
  await ask('getInboxMessages', { onUpdate: heard });
  held = [];
  comes('two');
  await settled();
  expect(heard).not.toHaveBeenCalled();
});

test('an update that fails is told; the next one is heard', async () => {
  const heard = ear();
  await ask('getInboxMessages', { onUpdate: heard });
  held.push('refused');
  comes('two');
  await settled();
  expect([heard.mock.calls.length, told]).toEqual([0, [expect.stringMatching(/^channel_timeout,inbox update/)]]);
  held = [];
  comes('three');
  await settled();
  expect(guids(heard)).toEqual([['three']]);
});

test('a question that fails is its caller’s; what comes later is heard', async () => {
  const heard = ear();
  held = ['refused'];
  await expect(ask('getInboxMessages', { onUpdate: heard })).rejects.toMatchObject({ code: 'channel_timeout' });
  held = [];
  comes('two');
  await settled();
  expect([guids(heard), told]).toEqual([[['two']], []]);
});

test('the count is heard when it is another, and the first is the answer', async () => {
  const heard = ear();
  const counts = async (messages: number) => {
    held = Array(messages).fill('one');
    page.emit('props_change', {});
    await settled();
  };
  expect(await ask('getInboxUnreadCount', { onUpdate: heard })).toBe(1);
  for (const messages of [1, 2, 2, 0]) await counts(messages);
  expect(heard.mock.calls).toEqual([[2], [0]]);
});

test('of each kind the last function hears, until the frame is gone; the others are let go of', async () => {
  const [first, second, count] = [ear(), ear(), ear()];
  await ask('getInboxMessages', { onUpdate: first });
  await ask('getInboxUnreadCount', { onUpdate: count });
  await ask('getInboxMessages', { onUpdate: second });
  await ask('getInboxMessages', {});
  comes('two');
  await settled();
  listening.on('props_change', null, undefined); // its own handlers are another matter
  page.emit('props_change', {});
  await settled();
  const calls = () => [first, second, count].map(({ mock }) => mock.calls.length);
  const released = () => [first, second, count].map(({ release }) => release.mock.calls.length);
  expect([calls(), released()]).toEqual([
    [0, 1, 1],
    [1, 0, 0],
  ]);
  listening.clear();
  comes('three');
  page.emit('props_change', {});
  await settled();
  expect([calls(), released()]).toEqual([
    [0, 1, 1],
    [1, 1, 1],
  ]);
});
