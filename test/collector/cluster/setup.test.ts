/** The way into a cluster: who is let in, and what must be there. Real servers. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { parseClusterAddress } from '../../../src/collector/cluster/address.ts';
import { type Cluster, connectTo } from '../../../src/collector/cluster/connection.ts';
import { namesOf } from '../../../src/collector/cluster/names.ts';
import { openCluster } from '../../../src/collector/cluster/open.ts';
import { setUp } from '../../../src/collector/cluster/setup.ts';
import { type NatsServers, type NatsStart, startNats } from '../../support/nats.ts';
import { until } from '../../support/until.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});
const start = async (how: NatsStart): Promise<NatsServers> => {
  const servers = await startNats(how);
  ending.push(servers.stop);
  return servers;
};
const addressOf = (store: string) => {
  const parsed = parseClusterAddress(store);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  return parsed.address;
};
const connected = async (store: string): Promise<Cluster> => {
  const cluster = await connectTo(addressOf(store));
  ending.push(() => cluster.connection.close());
  return cluster;
};

let one: NatsServers;
beforeAll(async () => {
  one = await startNats();
});
afterAll(() => one.stop());

let worlds = 0;
const world = (): string => `setup-${++worlds}`;
const streamsOf = async (cluster: Cluster, name: string): Promise<StreamConfig[]> => {
  const all: StreamConfig[] = [];
  for await (const { config } of cluster.manager.streams.list()) if (config.name.includes(name)) all.push(config);
  return all.sort((a, b) => (a.name < b.name ? -1 : 1));
};

test('collectors that start at once over an empty cluster make everything once, and none trips', async () => {
  const name = world();
  const clusters = await Promise.all([1, 2, 3, 4].map(() => connected(one.store(name))));
  const found = await Promise.all(clusters.map((cluster) => setUp(cluster, namesOf(name), 1)));
  expect(found).toEqual(found.map(() => ({ ok: true })));
  expect((await streamsOf(clusters[0]!, name)).map((stream) => stream.name)).toEqual([
    `KV_${name}_customers`,
    `KV_${name}_holders`,
    `KV_${name}_progress`,
    `KV_${name}_rewritten`,
    `KV_${name}_settings`,
    `${name}_events`,
    `${name}_report`,
  ]);
});

test('of three servers each has a copy of everything, on its disk', async () => {
  const three = await start({ nodes: 3 });
  const cluster = await connected(three.store());
  expect(await setUp(cluster, namesOf('openaction'), 3)).toEqual({ ok: true });
  for (const { num_replicas, storage } of await streamsOf(cluster, 'openaction'))
    expect([num_replicas, storage]).toEqual([3, 'file']);
});

const events = 'events';
const customers = 'customers';
test.each<[what: string, stream: string, differs: Partial<StreamConfig>, mistakes: string[]]>([
  ['one copy', events, {}, ['num_replicas is 1 and must be 3']],
  ['memory', events, { storage: StorageType.Memory }, ['storage is "memory" and must be "file"']],
  ['a work queue', events, { retention: RetentionPolicy.Workqueue }, ['retention is "workqueue" and must be "limits"']],
  ['an age', events, { max_age: nanos(3_600_000) }, ['max_age is 3600000000000 and must be 0']],
  ['a number of messages', events, { max_msgs: 1000 }, ['max_msgs is 1000 and must be -1']],
  ['a size', events, { max_bytes: 1e6 }, ['max_bytes is 1000000 and must be -1']],
  ['a number a subject', events, { max_msgs_per_subject: 5 }, ['max_msgs_per_subject is 5 and must be -1']],
  ['old ones leave', events, { discard: DiscardPolicy.Old }, ['discard is "old" and must be "new"']],
  ['nobody acknowledges', events, { no_ack: true }, ['no_ack is true and must be false']],
  [
    'a shorter window',
    events,
    { duplicate_window: nanos(1000) },
    ['duplicate_window is 1000000000 and must be 120000000000'],
  ],
  ['nothing may be erased', events, { deny_delete: true }, ['deny_delete is true and must be false']],
  ['a history', customers, { max_msgs_per_subject: 5 }, ['max_msgs_per_subject is 5 and must be 1']],
  ['keys that end', customers, { max_age: nanos(3_600_000) }, ['max_age is 3600000000000 and must be 0']],
])('a stream that is there with %s is told, and nothing is made or changed', async (_, which, differs, mistakes) => {
  const name = world();
  const cluster = await connected(one.store(name));
  const made = namesOf(name);
  const replicas = mistakes[0]!.startsWith('num_replicas') ? 3 : 1;
  await setUp(cluster, made, 1);
  const stream = which === events ? made.events : `KV_${made.customers}`;
  const { config } = await cluster.manager.streams.info(stream);
  await cluster.manager.streams.delete(stream);
  await cluster.manager.streams.delete(made.report);
  await cluster.manager.streams.add({ ...config, ...differs });
  const before = await streamsOf(cluster, name);

  const found = await setUp(cluster, made, replicas);
  const told = found.ok ? [] : found.mistakes.filter(({ path }) => path.startsWith(`${stream}.`));
  expect(told.map(({ path, reason }) => `${path} ${reason}`)).toEqual(mistakes.map((one) => `${stream}.${one}`));
  expect(await streamsOf(cluster, name)).toEqual(before);
});

test('other subjects, and subjects that belong to another stream', async () => {
  const [name, other] = [world(), world()];
  const cluster = await connected(one.store(name));
  await cluster.manager.streams.add({ name: `${name}_events`, subjects: [`${name}.else.>`] });
  const found = await setUp(cluster, namesOf(name), 1);
  expect(found).toMatchObject({
    ok: false,
    mistakes: expect.arrayContaining([
      { path: `${name}_events.subjects`, reason: `is ["${name}.else.>"] and must be ["${name}.events.>"]` },
    ]),
  });
  await cluster.manager.streams.add({ name: `of-${other}`, subjects: [`${other}.events.*.said`] });
  expect(await setUp(cluster, namesOf(other), 1)).toMatchObject({
    ok: false,
    mistakes: [
      {
        path: `${other}_events`,
        reason: expect.stringMatching(`belongs to the stream of-${other}; choose another name`),
      },
    ],
  });
});

test('a server that stands alone keeps nothing three times, and is told so', async () => {
  const name = world();
  const cluster = await connected(one.store(name));
  expect(await setUp(cluster, namesOf(name), 3)).toMatchObject({
    ok: false,
    mistakes: expect.arrayContaining([
      { path: `${name}_events`, reason: expect.stringMatching(/stands alone; start the others.*or say \?replicas=1/) },
    ]),
  });
  expect(await streamsOf(cluster, name)).toEqual([]);
});

test('three servers that should keep five copies are too few, until others are there', async () => {
  const three = await start({ nodes: 3 });
  const cluster = await connected(three.store());
  await expect(setUp(cluster, namesOf('openaction'), 5)).rejects.toMatchObject({
    code: 'CLUSTER_UNREACHABLE',
    message: expect.stringMatching(/^fewer than 5 servers/),
  });
});

test('servers without JetStream are told as that', async () => {
  const without = await start({ config: 'jetstream: false' });
  await expect(openCluster(addressOf(without.store()))).rejects.toMatchObject({
    code: 'CLUSTER_DIFFERS',
    message: 'jetstream is off at the servers and must be on',
  });
});

const ours = 'authorization { users: [{ user: "openaction", password: "s3cret/pass" }] }';
test('a wrong password, none, and a right one', async () => {
  const servers = await start({ config: ours });
  const at = `127.0.0.1:${servers.servers[0]!.port}`;
  for (const login of ['', 'openaction:wrong@', 'other:s3cret%2Fpass@', 't0ken@'])
    await expect(connectTo(addressOf(`nats://${login}${at}?replicas=1`))).rejects.toMatchObject({
      code: 'CLUSTER_REFUSES',
    });
  await connected(`nats://openaction:s3cret%2Fpass@${at}?replicas=1`);
});

test('a wrong token and a right one', async () => {
  const servers = await start({ config: 'authorization { token: "t0ken" }' });
  const at = `127.0.0.1:${servers.servers[0]!.port}`;
  await expect(connectTo(addressOf(`nats://other@${at}`))).rejects.toMatchObject({ code: 'CLUSTER_REFUSES' });
  await connected(`nats://t0ken@${at}`);
});

test('a refusal is told also where another of the servers is down', async () => {
  const servers = await start({ config: ours });
  const at = `127.0.0.1:${servers.servers[0]!.port}`;
  for (const all of [`${at},127.0.0.1:1`, `127.0.0.1:1,${at}`])
    await expect(connectTo(addressOf(`nats://openaction:wrong@${all}`))).rejects.toMatchObject({
      code: 'CLUSTER_REFUSES',
    });
});

test('a file of credentials that is not there, or is none', async () => {
  const room = await mkdtemp(join(tmpdir(), 'openaction-creds-'));
  ending.push(() => rm(room, { recursive: true }));
  const none = join(room, 'none.creds');
  await writeFile(none, 'hello');
  for (const file of [join(room, 'missing'), none])
    await expect(connectTo(addressOf(`${one.store()}&credentials=${file}`))).rejects.toMatchObject({
      code: 'CLUSTER_REFUSES',
      message: expect.stringContaining(file),
    });
});

test('nobody there, a name that nobody has, somebody who says nothing, and somebody who speaks something else', async () => {
  const listen = async (said: string): Promise<string> => {
    const server = createServer((socket) => void socket.on('error', () => socket.destroy()).write(said));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ending.push(async () => server.close());
    return `127.0.0.1:${(server.address() as { port: number }).port}`;
  };
  const all = ['127.0.0.1:1', 'nobody.invalid', await listen(''), await listen('HTTP/1.1 400 Bad Request\r\n\r\n')];
  await Promise.all(
    all.map((server) =>
      expect(connectTo(addressOf(`nats://${server}`))).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' }),
    ),
  );
});

test('who is refused in operation is told so, and is let in again when the servers know it again', async () => {
  const servers = await start({ config: ours });
  const [server] = servers.servers;
  const cluster = await connected(`nats://openaction:s3cret%2Fpass@127.0.0.1:${server!.port}?replicas=1`);
  expect(cluster.away()).toBe(undefined);
  await server!.kill();
  await server!.start(ours.replace('s3cret/pass', 'changed'));
  await until(() => cluster.away()?.code === 'CLUSTER_REFUSES');
  await server!.kill();
  await server!.start(ours);
  await until(() => cluster.away() === undefined);
  await cluster.connection.flush();
});
