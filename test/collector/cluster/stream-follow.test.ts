/** A stream followed from a place on, on real servers that are killed: what a copy is made of. */
import type { JsMsg } from '@nats-io/jetstream';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { parseClusterAddress } from '../../../src/collector/cluster/address.ts';
import { type Cluster, ClusterError, connectTo } from '../../../src/collector/cluster/connection.ts';
import { type Names, namesOf } from '../../../src/collector/cluster/names.ts';
import { setUp } from '../../../src/collector/cluster/setup.ts';
import { type Followed, followStream } from '../../../src/collector/cluster/stream-follow.ts';
import { type NatsServers, startNats } from '../../support/nats.ts';
import { until } from '../../support/until.ts';

let nats: NatsServers;
beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats.stop());

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

interface World {
  cluster: Cluster;
  names: Names;
  publish(from: number, to: number): Promise<void>;
  /** What `apply` resolved for, in its order. */
  applied: number[];
  failures: unknown[];
  follow(from?: number, apply?: (messages: JsMsg[]) => Promise<void>): Followed;
}

let worlds = 0;
const open = async (servers = nats, nodes: 1 | 3 = 1): Promise<World> => {
  const name = `follow-${++worlds}`;
  const parsed = parseClusterAddress(servers.store(name));
  if (!parsed.ok) throw new Error('the address is wrong');
  const cluster = await connectTo(parsed.address);
  ending.push(() => cluster.connection.close());
  const names = namesOf(name);
  expect(await setUp(cluster, names, nodes)).toEqual({ ok: true });
  const world: World = {
    cluster,
    names,
    applied: [],
    failures: [],
    /** As a collector publishes: again under the same id until it is acknowledged. */
    async publish(from, to) {
      for (let n = from; n <= to; n++)
        for (;;)
          try {
            await cluster.jetstream.publish(names.said('a'), String(n), { msgID: `${n}`, timeout: 1_000 });
            break;
          } catch {
            // Nobody leads the stream just now.
          }
    },
    follow(from = 0, apply = async () => {}) {
      const followed = followStream({
        cluster,
        stream: names.events,
        from,
        apply: async (messages) => {
          await apply(messages);
          world.applied.push(...messages.map((one) => Number(one.string())));
        },
        failed: (cause) => world.failures.push(cause),
      });
      ending.push(() => followed.close());
      return followed;
    },
  };
  return world;
};
const upTo = (last: number, first = 1): number[] => Array.from({ length: last - first + 1 }, (_, at) => first + at);

test('everything is applied once and in order, what was there before and what comes meanwhile', async () => {
  const world = await open();
  await world.publish(1, 700);
  const followed = world.follow();
  await world.publish(701, 900);
  await followed.reached(900);
  expect(world.applied).toEqual(upTo(900));
  expect(followed.at()).toBe(900);
  expect(followed.behind()).toBe(0);
  expect(followed.lag()).toEqual({ messages: 0, seconds: 0 });
  expect(world.failures).toEqual([]);
});

test('it goes on from the place that the copy has', async () => {
  const world = await open();
  await world.publish(1, 20);
  await world.follow(12).reached(20);
  expect(world.applied).toEqual(upTo(20, 13));
});

test('a group that cannot be applied comes again until it can, is told once, and nothing overtakes it', async () => {
  const world = await open();
  await world.publish(1, 50);
  let refusals = 0;
  const followed = world.follow(0, async (messages) => {
    if (messages.some(({ seq }) => seq === 30) && ++refusals < 3) throw new Error('the disk is full');
  });
  await followed.reached(50);
  expect(world.applied).toEqual(upTo(50));
  expect(refusals).toBe(3);
  expect(world.failures.map(String)).toEqual(['Error: the disk is full']);
});

test('no more is taken from the servers than fits while a group waits for the disk', async () => {
  const world = await open();
  await world.publish(1, 3_000);
  let goOn = (): void => {};
  const blocked = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const followed = world.follow(0, () => blocked);
  await until(async () => followed.behind() === 3_000);
  const [consumer] = await world.cluster.manager.consumers.list(world.names.events).next();
  expect(consumer!.delivered.stream_seq).toBeLessThanOrEqual(256 + 3 * 512);
  expect(followed.lag().seconds).toBeGreaterThan(0);
  goOn();
  await followed.reached(3_000);
  expect(world.applied).toEqual(upTo(3_000));
});

test('however large the messages are that wait, the servers are not left with more than they let wait', async () => {
  const world = await open();
  const large = new Uint8Array(900_000);
  // More than the 64 MB at which servers close a connection.
  for (let n = 0; n < 90; n++) await world.cluster.jetstream.publish(world.names.said('a'), large);
  const followed = world.follow();
  await followed.reached(90, 20_000);
  expect(world.applied).toHaveLength(90);
  expect(world.failures).toEqual([]);
});

test('what was deleted before it was read is passed by, also at the end of the stream', async () => {
  const world = await open();
  await world.publish(1, 30);
  const { manager } = world.cluster;
  await manager.streams.purge(world.names.events, { seq: 11 });
  for (const seq of [15, 29, 30]) await manager.streams.deleteMessage(world.names.events, seq);
  const followed = world.follow(4);
  await followed.reached(30);
  expect(world.applied).toEqual(upTo(28, 11).filter((seq) => seq !== 15));
  await manager.streams.purge(world.names.events);
  const again = world.follow(12);
  await again.reached(30);
  expect(world.applied.length).toBe(17);
});

test('a place that does not come in time is told as being behind', async () => {
  const world = await open();
  const followed = world.follow();
  await expect(followed.reached(1, 50)).rejects.toMatchObject({ code: 'CLUSTER_BEHIND' });
  await world.publish(1, 1);
  await followed.reached(1);
});

test('without contact to the servers it is behind since the contact was lost, however often it tries', async () => {
  let tries = 0;
  const away = async (): Promise<never> => {
    tries++;
    throw new ClusterError('CLUSTER_UNREACHABLE', 'away');
  };
  const cluster = { manager: { streams: { info: away } } } as unknown as Cluster;
  const failures: unknown[] = [];
  const failed = (cause: unknown): void => void failures.push(cause);
  const followed = followStream({ cluster, stream: 'any', from: 0, apply: async () => {}, failed });
  await until(() => tries === 2);
  const before = followed.lag().seconds;
  await until(() => tries === 4);
  expect(followed.lag().seconds).toBeGreaterThan(before + 0.25);
  expect(failures).toHaveLength(1);
  await followed.close();
});

test('a consumer that the servers have lost is made again', async () => {
  const world = await open();
  const followed = world.follow();
  await world.publish(1, 10);
  await followed.reached(10);
  const { consumers } = world.cluster.manager;
  for (const { name } of await consumers.list(world.names.events).next())
    await consumers.delete(world.names.events, name);
  await world.publish(11, 20);
  await followed.reached(20, 20_000);
  expect(world.applied).toEqual(upTo(20));
});

test('a stream that was deleted and made anew is not taken for the one that is followed', async () => {
  const world = await open();
  const followed = world.follow();
  await world.publish(1, 10);
  await followed.reached(10);
  await world.cluster.manager.streams.delete(world.names.events);
  expect(await setUp(world.cluster, world.names, 1)).toEqual({ ok: true });
  await world.publish(101, 120);
  await until(async () => world.failures.some((one) => (one as ClusterError).code === 'CLUSTER_DIFFERS'));
  expect(world.applied).toEqual(upTo(10));
});

test('after it is closed nothing is applied, and the servers keep no consumer', async () => {
  const world = await open();
  const followed = world.follow();
  await world.publish(1, 5);
  await followed.reached(5);
  await followed.close();
  await world.publish(6, 7);
  expect(await world.cluster.manager.consumers.list(world.names.events).next()).toEqual([]);
  expect(world.applied).toEqual(upTo(5));
});

test('with three servers, the one that leads killed while messages come: all of them, once, in order', async () => {
  const three = await startNats({ nodes: 3 });
  ending.push(() => three.stop());
  const world = await open(three, 3);
  const followed = world.follow();
  const publishing = world.publish(1, 3_000);
  await followed.reached(500);
  const { cluster } = await world.cluster.manager.streams.info(world.names.events);
  const leader = three.servers[Number(cluster!.leader!.at(-1))]!;
  await leader.kill();
  await followed.reached(1_500, 25_000);
  await leader.start();
  await publishing;
  await followed.reached(3_000, 25_000);
  // What was published twice over the change of leaders is one message within the window of duplicates.
  expect(world.applied).toEqual(upTo(3_000));
});

test('the server that it talks to freezes, as a machine that is gone: another one is asked', async () => {
  const three = await startNats({ nodes: 3 });
  ending.push(() => three.stop());
  const world = await open(three, 3);
  const followed = world.follow();
  await world.publish(1, 100);
  await followed.reached(100);
  const here = world.cluster.connection.getServer();
  three.servers.find(({ port }) => here.endsWith(`:${port}`))!.freeze();
  const publishing = world.publish(101, 200);
  await until(() => world.cluster.connection.getServer() !== here);
  await publishing;
  await followed.reached(200, 20_000);
  expect(world.applied).toEqual(upTo(200));
});

test('all servers gone and back, while messages come', async () => {
  const world = await open();
  const [server] = nats.servers;
  const followed = world.follow();
  const publishing = world.publish(1, 600);
  await followed.reached(200);
  await server!.kill();
  await until(() => followed.lag().seconds > 0);
  await server!.start();
  await publishing;
  await followed.reached(600, 20_000);
  expect(world.applied).toEqual(upTo(600));
});
