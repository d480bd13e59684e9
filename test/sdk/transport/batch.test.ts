import { expect, test } from 'vitest';
import { fitting } from '../../../src/sdk/queue/event-queue.ts';
import { batchOf, type Context, hear } from '../../../src/sdk/transport/batch.ts';

const context: Context = {
  batch_id: 'b1',
  label_key: 'label',
  device_id: 'device-1',
  sent_at: 5,
  hashes: {},
  losses: { overflow: 1 },
  pages: [],
};
const row = (eid: string, event: object) => ({ eid, text: JSON.stringify({ eid, ...event }) });

test('a batch is its context and its rows, in order; a user’s hash travels once, beside the events', () => {
  const rows = [
    row('e1', { user_ext_id: 'u1', hash: 'h1' }),
    row('e2', { user_ext_id: null }),
    row('e3', { user_ext_id: 'u1', hash: 'h1' }),
    row('e4', { user_ext_id: 'u2', hash: 'h2' }),
  ];
  expect(batchOf(rows, context)).toEqual({
    ...context,
    hashes: { u1: 'h1', u2: 'h2' },
    events: [
      { eid: 'e1', user_ext_id: 'u1' },
      { eid: 'e2', user_ext_id: null },
      { eid: 'e3', user_ext_id: 'u1' },
      { eid: 'e4', user_ext_id: 'u2' },
    ],
  });
});

test('the current user’s hash is the one that counts: the old one may have run out while the event waited', () => {
  const old = row('e1', { user_ext_id: 'u1', hash: 'old' });
  expect(batchOf([old], { ...context, hashes: { u1: 'new' } }).hashes).toEqual({ u1: 'new' });
});

test('a tab whose hash is older than that of an event from another tab of the user does not take its proof away', () => {
  const rows = [row('e1', { user_ext_id: 'u1', hash: 'b:2000' }), row('e2', { user_ext_id: 'u1', hash: 'c:1500' })];
  expect(batchOf(rows, { ...context, hashes: { u1: 'a:1000' } }).hashes).toEqual({ u1: 'b:2000' });
  expect(batchOf(rows, { ...context, hashes: { u1: 'v2.d:3000' } }).hashes).toEqual({ u1: 'v2.d:3000' });
});

test('a row whose hash storage spoilt, and a user called like a part of the language, stop nothing', () => {
  const rows = [row('e1', { user_ext_id: 'constructor', hash: 5 }), row('e2', { user_ext_id: 'u1', hash: {} })];
  expect(batchOf(rows, { ...context, hashes: { constructor: 'a:1' } }).hashes.constructor).toBe('a:1');
});

test.each(['', 'no JSON', '{"eid":', 'null', '5'])(
  'a row that storage spoilt (%s) keeps its place as an empty event',
  (text) => {
    const { events } = batchOf([row('e1', {}), { eid: 'e2', text }, row('e3', {})], context);
    expect(JSON.parse(JSON.stringify(events))).toEqual([
      { eid: 'e1' },
      expect.not.objectContaining({ eid: expect.anything() }),
      { eid: 'e3' },
    ]);
  },
);

test('each row has one verdict: a rejection goes by its place, a duplicate by its id, the rest are stored', () => {
  const rejected = [{ index: 1, eid: null, code: 'bad_eid', message: 'why' }];
  expect(hear([row('e1', {}), row('e2', {}), row('e3', {})], { duplicate: ['e3'], rejected }, 7)).toEqual([
    { eid: 'e1', at: 7, verdict: 'stored', code: undefined, message: undefined },
    { eid: 'e2', at: 7, verdict: 'rejected', code: 'bad_eid', message: 'why' },
    { eid: 'e3', at: 7, verdict: 'duplicate', code: undefined, message: undefined },
  ]);
});

test('rows are taken from the oldest as long as they fit, and one at the least', () => {
  const rows = ['12345', '123', '1', '1'].map((text, index) => ({ eid: `e${index}`, text }));
  const sizes = (characters: number) => fitting(rows, characters).length;
  expect([sizes(100), sizes(9), sizes(8), sizes(7), sizes(0)]).toEqual([4, 3, 2, 1, 1]);
  expect(fitting([], 100)).toEqual([]);
});
