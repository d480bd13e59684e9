/** What of the queue may travel in one customer's session. */
import { expect, test } from 'vitest';
import { createWay } from '../../../src/sdk/publisher/room.ts';
import type { DurableQueue } from '../../../src/sdk/queue/durable-queue.ts';

const row = (eid: string, user_ext_id: string | null) => ({ eid, text: JSON.stringify({ eid, user_ext_id }) });
const open = (rows: { eid: string; text: string }[], { user = 'anna' as string | null, visitor = false } = {}) => {
  const peeked: number[] = [];
  const queue = {
    async peek(most: number) {
      peeked.push(most);
      return rows.slice(0, most);
    },
    inHand: () => rows,
  } as DurableQueue;
  const way = createWay({
    queue,
    visitor,
    identity: { user: () => user },
    platform: { now: Date.now },
    fetch: () => Promise.reject(new Error('nothing is sent here')),
    address: '',
    sessionToken: undefined,
    tell: () => undefined,
  });
  const eids = async (most: number) => (await way.queue.peek(most)).map(({ eid }) => eid);
  return { eids, inHand: () => way.queue.inHand().map(({ eid }) => eid), peeked };
};
const mixed = [row('a', null), row('b', 'bela'), row('c', 'anna'), row('d', 'anna')];

test('the present customer’s events go, and nobody else’s', async () => {
  const { eids, inHand } = open(mixed);
  expect([await eids(10), inHand()]).toEqual([
    ['c', 'd'],
    ['c', 'd'],
  ]);
});

test('others’ events in front of theirs do not hold them up', async () => {
  const { eids, peeked } = open(mixed);
  expect(await eids(2)).toEqual(['c', 'd']);
  expect(await eids(1)).toEqual(['c']);
  expect(peeked.length).toBe(4);
});

test('a visitor’s events are nobody’s, and so are all in visitor mode', async () => {
  expect(await open(mixed, { user: null }).eids(10)).toEqual(['a']);
  expect(await open(mixed, { visitor: true }).eids(10)).toEqual(['a']);
});

test('a row that stands in two places of the queue goes once', async () => {
  expect(await open([row('c', 'anna'), row('c', 'anna'), row('d', 'anna')]).eids(10)).toEqual(['c', 'd']);
});

test('a row that storage spoilt goes along, and waits for nobody', async () => {
  expect(await open([{ eid: 'x', text: '{"user_ext' }, row('c', 'anna')]).eids(10)).toEqual(['x', 'c']);
});
