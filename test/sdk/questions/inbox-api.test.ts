import { expect, test, vi } from 'vitest';
import type { InboxMessage } from '../../../src/sdk/customer-api.ts';
import { createInbox } from '../../../src/sdk/questions/inbox-api.ts';
import {
  activityTypes,
  cids,
  type InboxBody,
  type InboxItem,
  type InboxPush,
  type PropsPush,
} from '../../../src/wire/protocol.ts';
import { scriptedAsk } from '../../support/scripted-ask.ts';

const words = (about: string): InboxBody => ({
  title: about,
  body: `${about}, in short`,
  image: null,
  action: null,
  html_body: null,
  additional_buttons: [],
  custom_data: null,
});
const item = (engagement_uid: string, more: Partial<InboxItem> = {}): InboxItem => ({
  engagement_uid,
  create_date: 0,
  createDate: '27/01/2025 13:58:26',
  category_id: null,
  expire_on_dt: null,
  is_read: false,
  is_starred: false,
  is_deleted: false,
  body: words(engagement_uid),
  ...more,
});
const came = (engagement_uid: string): InboxPush => ({
  cid: cids.engagementPush,
  engagement_uid,
  activityType: activityTypes.inbox,
});
const counted = (core_inbox_unread_count: number): PropsPush => ({
  cid: cids.propsPush,
  props: { core_inbox_unread_count },
});
/** Whatever could follow without an answer has followed. */
const settled = () => new Promise((resolve) => setTimeout(resolve));
const guids = (messages: InboxMessage[]) => messages.map(({ message_guid }) => message_guid);

const open = () => {
  const collector = scriptedAsk();
  const clock = { now: 1_000 };
  const told: string[] = [];
  const fetch = vi.fn<(url: string, init?: RequestInit) => Promise<Response>>();
  const { calls, heard, forget } = createInbox({
    platform: { root: { fetch } as never, now: () => clock.now },
    read: collector.ask,
    write: collector.ask,
    bodiesAt: async () => 'https://events.op.example/inbox/label/',
    tell: (code, about) => void told.push(`${code}: ${about}`),
  });
  /** The inbox as the collector has it: every list is answered with it. */
  const holds = (log: InboxItem[], unread_count = log.filter(({ is_read }) => !is_read).length) =>
    collector.always(cids.inboxList, () => ({ log, unread_count }));
  return { ...collector, ...calls, heard, forget, holds, clock, told, fetch };
};

test('A9 getInboxMessages: a list has the published fields, newest first as the collector says', async () => {
  const inbox = open();
  inbox.holds([item('two', { is_read: true, is_starred: true, category_id: 1, expire_on_dt: 99 }), item('one')]);
  expect(await inbox.getInboxMessages()).toEqual([
    {
      message_guid: 'two',
      sent_date: '27/01/2025 13:58:26',
      read: true,
      favorite: true,
      category_id: 1,
      expire_on_dt: 99,
    },
    {
      message_guid: 'one',
      sent_date: '27/01/2025 13:58:26',
      read: false,
      favorite: false,
      category_id: null,
      expire_on_dt: null,
    },
  ]);
});

test.each([
  [undefined, { limit: 20, offset: 0 }],
  [null, { limit: 20, offset: 0 }],
  [{ from: 20 }, { limit: 20, offset: 20 }],
  [
    { from: 5, to: 10 },
    { limit: 5, offset: 5 },
  ],
  [
    { from: 0, to: 1_000 },
    { limit: 20, offset: 0 },
  ],
  [
    { from: -3, to: 4 },
    { limit: 4, offset: 0 },
  ],
  [
    { from: Number.NaN, to: 4.9 },
    { limit: 4, offset: 0 },
  ],
  [
    { onlyFavorite: true, categoryId: 2, read_status: 1 as const },
    { limit: 20, offset: 0, starred_only: true, category_id: 2, read_status: 1 },
  ],
])('A9 getInboxMessages: a page of at most 20 is asked for: %j', async (query, fields) => {
  const inbox = open();
  inbox.holds([]);
  await inbox.getInboxMessages(query as never);
  expect(inbox.asked.map((question) => question.fields)).toEqual([fields]);
});

test.each([{ from: 3, to: 3 }, { from: 9, to: 2 }, { to: 0 }, { to: Number.NaN }])(
  'a page of nothing is empty without asking: %j',
  async (query) => {
    const inbox = open();
    expect(await inbox.getInboxMessages(query)).toEqual([]);
    expect(inbox.asked).toEqual([]);
  },
);

test('lists are not cached, and a failure is the caller’s', async () => {
  const inbox = open();
  inbox.holds([item('one')]);
  await inbox.getInboxMessages();
  await inbox.getInboxMessages();
  expect(inbox.asked).toHaveLength(2);
  inbox.hold(cids.inboxList);
  const failed = inbox.getInboxMessages();
  (await inbox.question(2)).refuse();
  await expect(failed).rejects.toMatchObject({ code: 'channel_timeout' });
});

test('A9 getInboxMessages: onUpdate hears the whole list, as it was asked for, when a new message came', async () => {
  const inbox = open();
  inbox.holds([item('one')]);
  const onUpdate = vi.fn();
  await inbox.getInboxMessages({ to: 5, onUpdate });
  inbox.holds([item('two'), item('one')]);
  inbox.heard(came('two'));
  await vi.waitUntil(() => onUpdate.mock.calls.length);
  expect(onUpdate.mock.calls.map(([messages]) => guids(messages))).toEqual([['two', 'one']]);
  expect(inbox.asked[1]?.fields).toEqual({ limit: 5, offset: 0 });
});

test('a message that is delivered again is no news: it was listed, or told, or came with an update', async () => {
  const inbox = open();
  inbox.holds([item('one')]);
  const onUpdate = vi.fn();
  await inbox.getInboxMessages({ onUpdate });
  inbox.heard(came('one'));
  await settled();
  expect(inbox.asked).toHaveLength(1);
  inbox.holds([item('three'), item('one')]);
  inbox.heard(came('two'));
  await vi.waitUntil(() => onUpdate.mock.calls.length);
  for (const again of ['two', 'one', 'three']) {
    inbox.heard(came(again));
    await settled();
  }
  expect([inbox.asked.length, onUpdate.mock.calls.length]).toEqual([2, 1]);
});

test('the same message is news to the next customer', async () => {
  const inbox = open();
  inbox.holds([item('welcome')]);
  const onUpdate = vi.fn();
  await inbox.getInboxMessages({ onUpdate });
  inbox.forget();
  inbox.heard(came('welcome'));
  await vi.waitUntil(() => onUpdate.mock.calls.length);
});

test('a later onUpdate replaces the earlier one, and a list without one keeps it', async () => {
  const inbox = open();
  inbox.holds([]);
  const [first, second] = [vi.fn(), vi.fn()];
  await inbox.getInboxMessages({ onUpdate: first });
  await inbox.getInboxMessages({ onUpdate: second });
  await inbox.getInboxMessages();
  inbox.heard(came('one'));
  await vi.waitUntil(() => second.mock.calls.length);
  expect(first).not.toHaveBeenCalled();
});

test('an onUpdate that is replaced while its list is on the way is not called any more', async () => {
  const inbox = open();
  inbox.holds([]);
  const [first, second] = [vi.fn(), vi.fn()];
  await inbox.getInboxMessages({ onUpdate: first });
  inbox.hold(cids.inboxList);
  inbox.heard(came('one'));
  const update = await inbox.question(1);
  void inbox.getInboxMessages({ onUpdate: second });
  update.answer({ log: [item('one')], unread_count: 1 });
  await settled();
  expect([first.mock.calls, second.mock.calls]).toEqual([[], []]);
});

test('a message that comes before the first list was answered is told after it', async () => {
  const inbox = open();
  const order: string[] = [];
  const first = inbox.getInboxMessages({ onUpdate: (messages) => void order.push(`update ${guids(messages)}`) });
  const answered = first.then((messages) => order.push(`list ${guids(messages)}`));
  inbox.heard(came('two'));
  await settled();
  expect(inbox.asked).toHaveLength(1);
  (await inbox.question(0)).answer({ log: [item('one')], unread_count: 1 });
  await answered;
  (await inbox.question(1)).answer({ log: [item('two'), item('one')], unread_count: 2 });
  await vi.waitUntil(() => order.length > 1);
  expect(order).toEqual(['list one', 'update two,one']);
});

test('a first list that fails does not end the updates', async () => {
  const inbox = open();
  const onUpdate = vi.fn();
  const first = inbox.getInboxMessages({ onUpdate });
  (await inbox.question(0)).refuse();
  await expect(first).rejects.toThrow();
  inbox.holds([item('one')]);
  inbox.heard(came('one'));
  await vi.waitUntil(() => onUpdate.mock.calls.length);
  expect(guids(onUpdate.mock.calls[0]![0])).toEqual(['one']);
});

test('a hundred messages at once are one update', async () => {
  const inbox = open();
  inbox.holds([]);
  const onUpdate = vi.fn();
  await inbox.getInboxMessages({ onUpdate });
  for (let place = 0; place < 100; place++) inbox.heard(came(`m${place}`));
  await vi.waitUntil(() => onUpdate.mock.calls.length);
  expect(inbox.asked).toHaveLength(2);
});

test('an update that fails is told, and a handler that throws harms nobody', async () => {
  const inbox = open();
  inbox.holds([]);
  const onUpdate = vi.fn(() => {
    throw new Error('page');
  });
  await inbox.getInboxMessages({ onUpdate });
  inbox.hold(cids.inboxList);
  inbox.heard(came('one'));
  (await inbox.question(1)).refuse();
  await vi.waitUntil(() => inbox.told.length);
  inbox.holds([item('two')]);
  inbox.heard(came('two'));
  await vi.waitUntil(() => inbox.told.length > 1);
  expect(inbox.told).toEqual(['channel_timeout: inbox update', 'handler_threw: onUpdate']);
});

test('A9 getInboxUnreadCount: it is asked once in 30 seconds, and changed by what the collector pushes', async () => {
  const inbox = open();
  inbox.holds([item('one')], 7);
  const onUpdate = vi.fn();
  expect(await inbox.getInboxUnreadCount({ onUpdate })).toBe(7);
  expect(await inbox.getInboxUnreadCount()).toBe(7);
  expect(inbox.asked).toHaveLength(1);
  expect(onUpdate).not.toHaveBeenCalled();
  inbox.heard(counted(8));
  inbox.heard(counted(8));
  inbox.heard({ cid: cids.propsPush, props: { public_username: 'Bob' } });
  expect(onUpdate.mock.calls).toEqual([[8]]);
  expect(await inbox.getInboxUnreadCount()).toBe(8);
  inbox.clock.now += 30_001;
  expect(await inbox.getInboxUnreadCount()).toBe(7);
  expect(inbox.asked).toHaveLength(2);
});

test('a mark shows at once in the unread count, and counts once', async () => {
  const inbox = open();
  inbox.holds([item('one'), item('two'), item('three'), item('old', { is_read: true })]);
  await inbox.getInboxMessages();
  const unread = vi.fn();
  await inbox.getInboxUnreadCount({ onUpdate: unread });
  const marks = [
    inbox.markInboxMessageAsRead('one'),
    inbox.markInboxMessageAsRead('one'),
    inbox.markInboxMessageAsRead('old'),
    inbox.markInboxMessageAsRead('unknown'),
    inbox.deleteInboxMessage('two'),
  ];
  expect(unread.mock.calls).toEqual([[2], [1]]);
  for (const question of inbox.asked.slice(-5)) question.answer();
  expect(await Promise.all(marks)).toEqual(Array(5).fill({ err_code: 0, err_message: '' }));
  expect(await inbox.getInboxUnreadCount()).toBe(1);
});

test.each([
  ['markInboxMessageAsRead', ['one'], cids.inboxRead, { engagement_uid: 'one' }],
  ['markAllInboxMessagesAsRead', [], cids.inboxRead, { all_read: true }],
  ['markUnmarkInboxMessageAsFavorite', ['one', 1], cids.inboxStar, { engagement_uid: 'one', is_starred: true }],
  ['deleteInboxMessage', ['one'], cids.inboxDelete, { engagement_uid: 'one' }],
  ['deleteAllInboxMessages', [], cids.inboxDelete, { all_deleted: true }],
] as const)(
  'A9 markInboxMessageAsRead, markAllInboxMessagesAsRead, markUnmarkInboxMessageAsFavorite, deleteInboxMessage, deleteAllInboxMessages: %s is one message, and a refusal is an answer',
  async (call, args, cid, fields) => {
    const inbox = open();
    const done = (inbox[call] as (...args: readonly unknown[]) => Promise<object>)(...args);
    const question = await inbox.question(0);
    expect([question.cid, question.fields]).toEqual([cid, fields]);
    question.refuse(404);
    expect(await done).toEqual({ err_code: 404, err_message: expect.stringContaining('channel_timeout') });
  },
);

test('a mark that fails is taken back, and the message is unread again', async () => {
  const inbox = open();
  inbox.holds([item('one'), item('two')]);
  await inbox.getInboxMessages();
  const unread = vi.fn();
  await inbox.getInboxUnreadCount({ onUpdate: unread });
  const [one, all] = [inbox.markInboxMessageAsRead('one'), inbox.markAllInboxMessagesAsRead()];
  for (const question of inbox.asked.slice(-2)) question.refuse();
  expect(await one).toMatchObject({ err_code: -1 });
  expect(await all).toMatchObject({ err_code: -1 });
  expect(unread.mock.calls).toEqual([[1], [0], [1], [2]]);
  void inbox.markInboxMessageAsRead('one');
  expect(unread).toHaveBeenLastCalledWith(1);
  void inbox.markInboxMessageAsRead('two');
  expect(unread).toHaveBeenLastCalledWith(0);
});

test('a mark that fails after the collector has counted anew leaves its count alone', async () => {
  const inbox = open();
  inbox.holds([item('one')]);
  await inbox.getInboxMessages();
  const mark = inbox.markInboxMessageAsRead('one');
  inbox.heard(counted(3));
  inbox.asked.at(-1)?.refuse();
  await mark;
  expect(await inbox.getInboxUnreadCount()).toBe(3);
});

test('A9 getInboxMessagesWithBodies: the list with bodies costs no further request, and neither does a body that a list has brought', async () => {
  const inbox = open();
  inbox.holds([item('one'), item('two')]);
  const messages = await inbox.getInboxMessagesWithBodies();
  expect(messages.map(({ message_guid, body }) => [message_guid, body.title])).toEqual([
    ['one', 'one'],
    ['two', 'two'],
  ]);
  expect(await inbox.getInboxMessageBody('two')).toEqual(messages[1]?.body);
  expect(inbox.fetch).not.toHaveBeenCalled();
});

test.each([
  ['dp:inbox', { html_body: '<b>hi</b>', buttons: [{ text: 'Go', action: 'dp:cashier' }] }],
  ['dp:inbox&id=1', {}],
  [null, {}],
])(
  'A9 getInboxMessageBody: HTML and buttons belong to a message whose action is exactly dp:inbox: %s',
  async (action, more) => {
    const inbox = open();
    const body: InboxBody = {
      ...words('T'),
      image: 'https://cdn.op.example/i.png',
      action,
      html_body: '<b>hi</b>',
      additional_buttons: [{ inbox_cta_text: 'Go', action: 'dp:cashier' }],
      custom_data: { a: 1 },
    };
    inbox.fetch.mockImplementation(async () => Response.json(body));
    expect(await inbox.getInboxMessageBody('a/b')).toEqual({
      title: 'T',
      preview_body: 'T, in short',
      icon: 'https://cdn.op.example/i.png',
      action,
      ...more,
      custom_data: { a: 1 },
    });
    expect(inbox.fetch).toHaveBeenCalledWith('https://events.op.example/inbox/label/a%2Fb.json', {
      credentials: 'omit',
      referrerPolicy: 'origin',
    });
  },
);

test('A9 getInboxMessageBody: a body is fetched once, the last 50 are kept, and a failure is not', async () => {
  const inbox = open();
  inbox.fetch.mockImplementation(async (url) => Response.json(words(url)));
  for (let place = 0; place < 51; place++) await inbox.getInboxMessageBody(`m${place}`);
  await Promise.all([inbox.getInboxMessageBody('m50'), inbox.getInboxMessageBody('m50')]);
  expect(inbox.fetch).toHaveBeenCalledTimes(51);
  await inbox.getInboxMessageBody('m0');
  expect(inbox.fetch).toHaveBeenCalledTimes(52);

  inbox.fetch.mockImplementationOnce(async () => new Response('', { status: 404 }));
  await expect(inbox.getInboxMessageBody('gone')).rejects.toMatchObject({ code: 'not_available' });
  inbox.fetch.mockImplementationOnce(() => Promise.reject(new TypeError('Failed to fetch')));
  await expect(inbox.getInboxMessageBody('gone')).rejects.toMatchObject({ code: 'not_available' });
  expect(inbox.told).toEqual(['collector_unreachable: inbox message']);
  expect(await inbox.getInboxMessageBody('gone')).toMatchObject({ title: expect.stringContaining('gone') });
});

test('nothing of the customer before is said to the one of now', async () => {
  const inbox = open();
  inbox.holds([item('hers')], 5);
  const unread = vi.fn();
  await inbox.getInboxMessages();
  await inbox.getInboxUnreadCount({ onUpdate: unread });
  let arrive = (_: Response) => {};
  inbox.fetch.mockImplementationOnce(
    () =>
      new Promise((resolve) => {
        arrive = resolve;
      }),
  );
  const late = inbox.getInboxMessageBody('hers too');
  await vi.waitUntil(() => inbox.fetch.mock.calls.length);
  const mark = inbox.markInboxMessageAsRead('hers');
  unread.mockClear();
  inbox.forget();
  arrive(Response.json(words('hers too')));
  inbox.asked.at(-1)?.refuse();
  await expect(late).rejects.toMatchObject({ code: 'not_available' });
  await mark;
  expect(unread).not.toHaveBeenCalled();
  inbox.heard(counted(2));
  expect(unread.mock.calls).toEqual([[2]]);
  void inbox.markInboxMessageAsRead('hers');
  expect(unread).toHaveBeenCalledOnce();
  inbox.fetch.mockImplementation(async () => new Response('', { status: 404 }));
  await expect(inbox.getInboxMessageBody('hers')).rejects.toThrow();
});
