import { expect, test, vi } from 'vitest';
import { createCallbacks } from '../../../src/sdk/callbacks.ts';
import { smarticoError } from '../../../src/sdk/notice.ts';
import { createApi } from '../../../src/sdk/questions/api.ts';
import { cids } from '../../../src/wire/protocol.ts';
import { scriptedAsk } from '../../support/scripted-ask.ts';

const open = ({ user = 'ann' as string | null, waitIdentified = () => Promise.resolve() } = {}) => {
  const collector = scriptedAsk();
  const told: string[] = [];
  const report = vi.fn();
  const tell = (code: string, about: string) => void told.push(`${code}: ${about}`);
  const callbacks = createCallbacks(tell);
  const page = { user };
  const questions = createApi({
    platform: { root: { fetch: vi.fn() } as never, now: Date.now },
    ask: collector.ask,
    callbacks,
    user: () => page.user,
    waitIdentified,
    bodiesAt: async () => '',
    report,
    tell,
  });
  return { ...collector, ...questions, callbacks, page, told, report };
};
const list = (...guids: string[]) => ({
  log: guids.map((engagement_uid) => ({ engagement_uid, body: {} })),
  unread_count: guids.length,
});

test('a question waits until the user is known', async () => {
  let identified = () => {};
  const known = new Promise<void>((resolve) => {
    identified = resolve;
  });
  const { api, asked, question } = open({ waitIdentified: () => known });
  const unread = api.getInboxUnreadCount();
  const mark = api.markInboxMessageAsRead('one');
  await new Promise((resolve) => setTimeout(resolve));
  expect(asked).toEqual([]);
  identified();
  (await question(0)).answer(list('one'));
  (await question(1)).answer();
  expect([await unread, await mark]).toEqual([1, { err_code: 0, err_message: '' }]);
});

test('A9 every question: a user who never becomes known rejects it, and answers a change with an error', async () => {
  const { api } = open({ waitIdentified: () => Promise.reject(smarticoError('not_identified', 'after 10 s')) });
  const refusal = { code: 'not_identified' };
  await expect(api.getInboxMessages()).rejects.toMatchObject(refusal);
  await expect(api.checkSegmentMatch(1)).rejects.toMatchObject(refusal);
  await expect(api.getInboxMessageBody('one')).rejects.toThrow();
  expect(await api.deleteAllInboxMessages()).toEqual({
    err_code: -1,
    err_message: expect.stringMatching(/^not_identified/),
  });
});

test('an answer that was meant for the customer before is not given: the question is put again', async () => {
  const { api, question, forget } = open();
  const messages = api.getInboxMessages();
  const first = await question(0);
  forget();
  first.answer(list('of ann'));
  const second = await question(1);
  forget();
  second.refuse();
  (await question(2)).answer(list('of bob'));
  expect((await messages).map(({ message_guid }) => message_guid)).toEqual(['of bob']);
});

test('a change that is made by one user is never sent for the next', async () => {
  let identified = () => {};
  const known = new Promise<void>((resolve) => {
    identified = resolve;
  });
  const { api, asked, page } = open({ waitIdentified: () => known });
  const deleted = api.deleteAllInboxMessages();
  page.user = 'bob';
  identified();
  expect(await deleted).toMatchObject({ err_code: -1, err_message: expect.stringMatching(/^not_identified/) });
  expect(asked).toEqual([]);
});

test('a change that is made before there is a user is sent for the first', async () => {
  const { api, page, question } = open({ user: null });
  const marked = api.markInboxMessageAsRead('one');
  page.user = 'ann';
  (await question(0)).answer();
  expect(await marked).toMatchObject({ err_code: 0 });
});

test('A9 checkSegmentMatch: one segment is answered with yes or no; changed props are a reason to ask again', async () => {
  const { api, always, asked, heard } = open();
  always(cids.segments, () => ({ segments: [{ segment_id: 5, is_matching: true }] }));
  expect(await api.checkSegmentMatch(5)).toBe(true);
  expect(await api.checkSegmentMatch('nobody knows it')).toBe(false);
  expect(await api.checkSegmentMatch(undefined as never)).toBe(false);
  expect(await api.checkSegmentListMatch(5)).toEqual([{ segment_id: 5, is_matching: true }]);
  expect(asked).toHaveLength(2);
  heard({ cid: cids.propsPush, props: { core_public_tags: [] } });
  await api.checkSegmentMatch(5);
  expect(asked).toHaveLength(3);
});

test('lists of other products are empty, their other calls reject, and each is told', async () => {
  const { api, told } = open();
  expect(await api.getMiniGames?.()).toEqual([]);
  expect(await api.getTournamentsList?.()).toEqual([]);
  await expect(api.playMiniGame?.()).rejects.toMatchObject({ code: 'not_available' });
  expect(told).toEqual([
    'not_available: api.getMiniGames',
    'not_available: api.getTournamentsList',
    'not_available: api.playMiniGame',
  ]);
});

test('the object can be awaited, printed, copied and marked as pages do', async () => {
  const { api, told } = open();
  expect(await Promise.resolve(api)).toBe(api);
  expect(JSON.stringify(api)).toBe('{}');
  expect(`${api}`).toBe('[object Object]');
  expect({ ...api }.checkSegmentMatch).toBe(api.checkSegmentMatch);
  Object.assign(api, { skinApplied: true });
  expect(api.skinApplied).toBe(true);
  expect(told).toEqual([]);
});

test('A9 reportImpressionEvent, reportClickEvent: impressions and clicks are reported, and one of nothing is told', () => {
  const { api, report, told } = open();
  api.reportImpressionEvent({ engagement_uid: 'e1', activityType: 30 });
  api.reportClickEvent({ engagement_uid: 'e1', activityType: 31, action: 'dp:inbox' });
  api.reportClickEvent(undefined as never);
  expect(report.mock.calls).toEqual([
    ['impression', 'e1', 30, undefined],
    ['action', 'e1', 31, 'dp:inbox'],
  ]);
  expect(told).toEqual(['bad_argument: action without engagement_uid']);
});

test('a segment that nobody defined is told to who listens to it, and is a plain no to who asks', async () => {
  const { api, always, told, callbacks } = open();
  always(cids.segments, ({ segment_id }) => ({
    segments: (segment_id as string[]).map((id) => ({ segment_id: id, is_matching: false, is_unknown: true })),
  }));
  expect(await api.checkSegmentMatch('asked')).toBe(false);
  callbacks.on('segment:listened', () => {});
  await vi.waitFor(() => expect(told).toEqual(['segment_unknown: listened']));
});

test('changed props are a reason to ask again for the segments that somebody listens to', async () => {
  const { always, heard, callbacks } = open();
  let is_matching = false;
  always(cids.segments, () => ({ segments: [{ segment_id: 'VIP', is_matching }] }));
  const told: boolean[] = [];
  callbacks.on('segment:VIP', (matches: boolean) => void told.push(matches));
  await vi.waitFor(() => expect(told).toEqual([false]));
  is_matching = true;
  heard({ cid: cids.propsPush, props: {} });
  await vi.waitFor(() => expect(told).toEqual([false, true]));
});
