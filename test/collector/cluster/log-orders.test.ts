/** What an order takes away in a cluster: out of every copy, and out of the stream. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ClusterLog } from '../../../src/collector/cluster/log/log.ts';
import { decode, encode } from '../../../src/collector/cluster/log/message.ts';
import type { OpenCluster } from '../../../src/collector/cluster/open.ts';
import type { EventLog } from '../../../src/collector/store/event-log.ts';
import { clusterAt, openLogIn } from '../../support/cluster-logs.ts';
import { type NatsServers, startNats } from '../../support/nats.ts';
import { event, submission } from '../../support/submissions.ts';
import { until } from '../../support/until.ts';

let nats: NatsServers;
let room: string;
let worlds = 0;
let store: string;
let look: OpenCluster;
let open: ClusterLog[] = [];

beforeAll(async () => {
  nats = await startNats();
  room = await mkdtemp(join(tmpdir(), 'openaction-orders-'));
});
beforeEach(async () => {
  store = nats.store(`world-${++worlds}`);
  look = await clusterAt(store);
});
afterEach(async () => {
  await Promise.all(open.map((one) => one.close()));
  open = [];
  await look.cluster.connection.close();
});
afterAll(async () => {
  await nats.stop();
  await rm(room, { recursive: true });
});

/** Another collector, with a copy of its own. */
const collector = async (): Promise<ClusterLog> => {
  open.push(await openLogIn(store, join(room, `${worlds}-${open.length}`)));
  return open.at(-1)!;
};
const eids = async (log: EventLog, more = {}): Promise<string[]> =>
  (await log.events('casino', { limit: 1_000, order: 'asc', ...more })).events.map(({ eid }) => eid);

/** Everything that the servers would still tell of what was said. */
const inStream = async (): Promise<string> => {
  const { cluster, names } = look;
  const found: string[] = [];
  for (const [stream, before] of [
    [names.events, 0],
    [`KV_${names.rewritten}`, 8],
  ] as const) {
    const { last_seq } = (await cluster.manager.streams.info(stream)).state;
    for (let seq = 1; seq <= last_seq; seq++) {
      const message = await cluster.manager.streams.getMessage(stream, { seq }).catch(() => null);
      if (!message || message.data.length <= before) continue;
      const told = decode(message.data.subarray(before), seq);
      if (told.is === 'said') found.push(JSON.stringify(told));
    }
  }
  return found.join('\n');
};
const refused = (user_ext_id: string) => ({
  at: 1,
  index: 0,
  eid: null,
  code: 'bad_eid',
  message: 'm',
  event_type: null,
  user_ext_id,
  from: 'browser' as const,
  request_id: 'r',
});
const hers = (eid: string, word: string) => event(eid, { user_ext_id: 'anna', payload: `{"client_action":"${word}"}` });

test('an erased customer is in no copy, and no word of theirs is in the stream: what came twice, in conflict or was refused included', async () => {
  const here = await collector();
  const there = await collector();
  await here.append([submission({ events: [hers('first-00', 'word-1'), event('bob-0000', { user_ext_id: 'bob' })] })]);
  await there.append([submission({ events: [hers('first-00', 'word-1')] })]);
  await there.append([submission({ events: [hers('first-00', 'word-2'), hers('second-0', 'word-3')] })]);
  await here.append([submission({ rejected: [refused('anna')] })]);
  expect(await inStream()).toContain('word-3');
  expect(await here.erase('casino', { user: 'anna' })).toBe(2);
  const left = await inStream();
  for (const word of ['anna', 'word-1', 'word-2', 'word-3']) expect(left).not.toContain(word);
  expect(left).toContain('bob-0000');
  await until(async () => (await eids(there)).length === 1);
  const anew = await collector();
  for (const log of [here, there, anew]) {
    expect(await eids(log)).toEqual(['bob-0000']);
    expect(await log.profile('casino', { user: 'anna' })).toBeUndefined();
    expect(await log.rejections('casino', 10)).toEqual([]);
    expect(await log.minutes('casino', 0)).toEqual([{ minute: 0, stored: 3, duplicate: 2, rejected: 1 }]);
  }
});

test('two customers of one message are erased by two collectors at once, and neither is left', async () => {
  const logs = [await collector(), await collector()];
  const bobs = event('his-0000', { user_ext_id: 'bob', payload: '{"client_action":"word-b"}' });
  await logs[0]!.append([submission({ events: [hers('hers-000', 'word-a'), bobs, event('else-000')] })]);
  await logs[1]!.register('casino', 'action', 'level');
  await Promise.all([logs[0]!.erase('casino', { user: 'anna' }), logs[1]!.erase('casino', { user: 'bob' })]);
  const left = await inStream();
  for (const word of ['anna', 'word-a', 'bob"', 'word-b']) expect(left).not.toContain(word);
  expect(await eids(await collector())).toEqual(['else-000']);
});

test('an erasure that was interrupted is finished by whoever starts next', async () => {
  const { cluster, names } = look;
  const here = await collector();
  await here.append([submission({ events: [hers('first-00', 'word-1')] })]);
  // The order alone, as from a collector that ends with its acknowledgement.
  await here.close();
  open = [];
  const order = encode({ is: 'erase', label: 'casino', whose: { user: 'anna' } });
  await cluster.jetstream.publish(names.ordered('casino'), order);
  expect(await inStream()).toContain('word-1');
  await collector();
  await until(async () => !(await inStream()).includes('word-1'));
});

test('an id of an erased event is free again, in a copy that is made anew as well', async () => {
  const here = await collector();
  await here.append([submission({ events: [hers('again-00', 'word-1')] })]);
  await here.append([submission({ events: [event('again-00', { user_ext_id: 'bob' })] })]);
  await here.erase('casino', { user: 'anna' });
  await here.append([submission({ events: [event('again-00', { user_ext_id: 'bob', seq: 2 })] })]);
  const anew = await collector();
  expect(await anew.events('casino', { limit: 10, order: 'asc' })).toEqual(
    await here.events('casino', { limit: 10, order: 'asc' }),
  );
  expect(await eids(anew, { user: 'bob' })).toEqual(['again-00']);
});

test('what is older than a label keeps it goes from the stream, and orders and other labels stay', async () => {
  const { cluster, names } = look;
  const here = await collector();
  const send = async (eid: string, label = 'casino'): Promise<void> => {
    await here.append([submission({ label, received_at: Date.now(), events: [event(eid)] })]);
  };
  await here.register('casino', 'action', 'by hand');
  for (const eid of ['old-0001', 'old-0002']) await send(eid);
  await send('others-1', 'other');
  const before = Date.now() + 1;
  await until(() => Date.now() > before);
  for (const eid of ['new-0001', 'new-0002']) await send(eid);
  expect(await here.purge('casino', before, 1_000)).toBe(2);
  const { state } = await cluster.manager.streams.info(names.events, { subjects_filter: names.allEvents });
  expect(state.subjects).toEqual({ [names.said('casino')]: 2, [names.ordered('casino')]: 2, [names.said('other')]: 1 });
  const anew = await collector();
  for (const log of [here, anew]) {
    expect(await eids(log)).toEqual(['new-0001', 'new-0002']);
    expect((await log.registry('casino')).registered).toHaveLength(1);
    expect((await log.events('other', { limit: 10, order: 'asc' })).events).toHaveLength(1);
  }
});
