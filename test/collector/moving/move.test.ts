/** A store on one machine copied into a cluster: everything is there as it was, once, and lives on there. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openClusterLog } from '../../../src/collector/cluster/log/log.ts';
import { decode } from '../../../src/collector/cluster/log/message.ts';
import { createRewritten } from '../../../src/collector/cluster/log/rewritten.ts';
import { namesOf } from '../../../src/collector/cluster/names.ts';
import { openCluster } from '../../../src/collector/cluster/open.ts';
import { createPublish } from '../../../src/collector/cluster/publishing.ts';
import { openClusterUsers } from '../../../src/collector/cluster/users/users.ts';
import { contentsOfCluster } from '../../../src/collector/moving/cluster-contents.ts';
import { contentsOf, differences } from '../../../src/collector/moving/contents.ts';
import { copyAsAsked, type Ended } from '../../../src/collector/moving/copy-command.ts';
import { beginMove, checkWhole } from '../../../src/collector/moving/mark.ts';
import { openSource } from '../../../src/collector/moving/source.ts';
import { customersFile, eventsFile } from '../../../src/collector/store/sqlite-file.ts';
import { openSqliteLog } from '../../../src/collector/store/sqlite-log.ts';
import { openSqliteUsers } from '../../../src/collector/store/sqlite-users.ts';
import { clusterAddress } from '../../support/cluster-address.ts';
import { openLogIn } from '../../support/cluster-logs.ts';
import { livedLabels, makeLivedStore } from '../../support/lived-store.ts';
import { type NatsServers, startNats } from '../../support/nats.ts';
import { seeds } from '../../support/seeds.ts';
import { event, submission } from '../../support/submissions.ts';

/** A store that has lived is some hundred commits, each synced. */
vi.setConfig({ testTimeout: 60_000 });

let nats: NatsServers;
let room: string;
/** One that others copy, whatever they make of it then. */
let lived: string;
beforeAll(async () => {
  nats = await startNats();
  room = await mkdtemp(join(tmpdir(), 'openaction-move-'));
  lived = join(room, 'lived');
  await makeLivedStore(lived, { seed: 3, submissions: 60, changes: 10 });
});
afterAll(async () => {
  await nats.stop();
  await rm(room, { recursive: true });
});

const copy = async (from: string, world: string): Promise<Ended & { told: string }> => {
  let told = '';
  const mouth = {
    write: (text: string) => {
      told += text;
    },
    isTerminal: false,
    columns: () => 80,
    now: () => 0,
  };
  const order = { from, to: clusterAddress(nats.store(world)), dataDir: join(room, `copy of ${world}`) };
  return { ...(await copyAsAsked(order, mouth)), told };
};
const livedCopy = async (name: string): Promise<string> => {
  const from = join(room, name);
  await cp(lived, from, { recursive: true });
  return from;
};

test.each(seeds)('everything is in the cluster as it was in the store (seed %i)', async (seed) => {
  const from = join(room, `store-${seed}`);
  await makeLivedStore(from, { seed, submissions: 150, changes: 40 });
  const { told, ...ended } = await copy(from, `whole-${seed}`);
  expect(ended).toEqual({ ok: true, said: expect.stringContaining('counted and compared') });
  expect(told).toMatch(
    /events, 100 %\n.* customers, 100 %\n.* words, deliveries and traces, 100 %\nall of it is in the cluster/s,
  );
  const again = await copy(from, `whole-${seed}`);
  expect(again).toMatchObject({ ok: false, why: ['this store was copied into this cluster already, all of it'] });
});

test('what differs is told by what and how many', async () => {
  const other = join(room, 'other');
  await makeLivedStore(other, { seed: 4, submissions: 60, changes: 10 });
  const [one, two] = [openSource(lived), openSource(other)];
  const found = differences(await contentsOf(one), await contentsOf(two));
  for (const source of [one, two]) source.close();
  expect(found).toContainEqual(expect.stringMatching(/^events of casino: \d+ in the store, \d+ in the cluster$/));
  expect(found).toContainEqual(expect.stringMatching(/^place of customers of casino: 1 in both, and they differ$/));
  for (const what of ['pages', 'losses', 'refusals', 'registry', 'minutes', 'members', 'deliveries', 'traces', 'words'])
    expect(found.join('\n')).toContain(`${what} of `);
  expect(found.join('')).not.toMatch(/\p{Cc}/u);
});

test('events that come then have their places after all that stood, and whoever sends an old one again hears of it', async () => {
  await copy(lived, 'lives-on');
  const log = await openLogIn(nats.store('lives-on'), join(room, 'copy of lives-on'));
  for (const label of livedLabels) {
    const [newest] = (await log.events(label, { limit: 1, order: 'desc' })).events;
    const [[old, fresh] = []] = await log.append([
      submission({
        label,
        device_id: null,
        events: [
          event(newest!.eid, { event_date: newest!.event_date, page_id: null }),
          event('brand-new', { page_id: null }),
        ],
      }),
    ]);
    expect(old).toBe('conflict');
    expect(fresh).toBeGreaterThan(newest!.cursor);
  }
  await log.close();
});

test('where customers know of more than the log has, what comes is after all that they know', async () => {
  const from = await livedCopy('ahead');
  const folded = 5_000_000;
  const users = await openSqliteUsers(from);
  await users.update('casino', [], { folded });
  await users.close();
  expect(await copy(from, 'ahead')).toMatchObject({ ok: true });
  const log = await openLogIn(nats.store('ahead'), join(room, 'copy of ahead'));
  const [[fresh] = []] = await log.append([submission({ events: [event('brand-new')] })]);
  expect(fresh).toBeGreaterThan(folded);
  await log.close();
});

test('of a customer who is erased then nothing is left in the streams, and a copy that is made anew knows as little', async () => {
  await copy(lived, 'erasing');
  const { cluster, names } = await openCluster(clusterAddress(nats.store('erasing')));
  const failed = (cause: unknown): never => {
    throw cause;
  };
  const [kept, anew] = [join(room, 'copy of erasing'), join(room, 'anew')];
  const log = await openClusterLog({ cluster, names, dataDir: kept, failed });
  await log.erase('casino', { user: 'ünal' });
  await log.erase('casino', { visitor: 'device-4' });
  await log.purge('other-label', 2_000_000, 1_000_000);
  await log.close();
  const users = await openClusterUsers({ cluster, names, dataDir: kept, failed });
  const [{ customer, version } = { customer: '', version: 0 }] = (await users.list('casino', undefined, 1)).customers;
  // Each of their changes had one of each.
  expect(await users.erase('casino', customer)).toEqual({
    states: 1,
    contents: version,
    deliveries: version,
    traces: version,
  });
  await users.close();
  const there = await contentsOfCluster({ cluster, names, dataDir: kept, failed });
  expect(differences(there, await contentsOfCluster({ cluster, names, dataDir: anew, failed }))).toEqual([]);
  const { last_seq } = (await cluster.manager.streams.info(names.events)).state;
  const rewritten = await createRewritten(cluster, names, createPublish(cluster)).between(0, last_seq + 1);
  const said = rewritten.map((step) => JSON.stringify(step)).filter((one) => one.includes('"label":"casino"'));
  for (let seq = 1; seq <= last_seq; seq++) {
    const message = await cluster.manager.streams.getMessage(names.events, { seq });
    const told = message && decode(message.data, seq);
    if (told?.is === 'said' && told.group[0]?.label === 'casino') said.push(JSON.stringify(told));
  }
  await cluster.connection.close();
  const isSaid = (user: string): boolean => said.some((one) => one.includes(`"user_ext_id":"${user}"`));
  expect(isSaid('anna')).toBe(true);
  expect(isSaid('ünal')).toBe(false);
  const source = openSource(lived);
  const lost = differences(await contentsOf(source), there);
  source.close();
  for (const what of ['events of casino', 'events of other-label', 'customers of casino', 'words of casino'])
    expect(lost).toContainEqual(expect.stringMatching(new RegExp(`^${what}: `)));
});

test('a collector does not begin while a part is there and the rest is not', async () => {
  const { cluster } = await openCluster(clusterAddress(nats.store('half')));
  const names = namesOf('half');
  await checkWhole(cluster, names);
  const source = openSource(lived);
  await beginMove(cluster, names, source);
  source.close();
  await expect(checkWhole(cluster, names)).rejects.toThrow('a store is being copied into it');
  expect(await copy(lived, 'half')).toMatchObject({ ok: true });
  await checkWhole(cluster, names);
  await cluster.connection.close();
});

test('another store, or this one once it was changed, does not go into what was begun', async () => {
  const from = await livedCopy('changed');
  const { cluster, names } = await openCluster(clusterAddress(nats.store('changed')));
  const source = openSource(from);
  await beginMove(cluster, names, source);
  source.close();
  await cluster.connection.close();
  const log = await openSqliteLog(from);
  await log.append([submission({ events: [event('one-more')] })]);
  await log.close();
  expect(await copy(from, 'changed')).toMatchObject({
    ok: false,
    why: [expect.stringContaining('a part of another store, or of this one before it was changed')],
  });
});

test('a cluster that is used already is left as it is', async () => {
  const log = await openLogIn(nats.store('used'), join(room, 'used'));
  await log.append([submission({ events: [event('first-01')] })]);
  await log.close();
  const { why } = (await copy(lived, 'used')) as Ended & { ok: false };
  expect(why).toEqual([expect.stringMatching(/^the cluster holds something already \(used_events\)/)]);
});

test('a store that a collector uses is not copied, and the process that must end is named', async () => {
  const from = await livedCopy('in use');
  const log = await openSqliteLog(from);
  expect(await copy(from, 'in-use')).toMatchObject({
    ok: false,
    why: [expect.stringContaining(`another process stores its events in ${from}; stop it`)],
  });
  await log.close();
});

test('a file that is damaged, or of a version whose tables were others, is not copied', async () => {
  const damaged = await livedCopy('damaged');
  await writeFile(eventsFile(damaged), 'no database at all, and long enough to be read as one'.repeat(100));
  expect(await copy(damaged, 'damaged')).toMatchObject({
    why: [expect.stringContaining('it is damaged or no database')],
  });
  const old = await livedCopy('old');
  const db = new Database(customersFile(old));
  db.pragma('user_version = 2');
  db.close();
  expect(await copy(old, 'old')).toMatchObject({
    why: [expect.stringMatching(/customers\.sqlite is of an older version; start the collector on it once/)],
  });
});

test('streams that are there with other settings are named, and nothing is copied', async () => {
  const { cluster, names } = await openCluster(clusterAddress(nats.store('differs')));
  await cluster.manager.streams.update(names.report, { max_msgs: 10 });
  await cluster.connection.close();
  expect(await copy(lived, 'differs')).toMatchObject({
    why: [expect.stringMatching(/differs_report\.max_msgs is 10 and must be -1/)],
  });
});

test('a directory without a store, and a cluster that is not there, are told', async () => {
  expect(await copy(join(room, 'nowhere'), 'nowhere')).toMatchObject({
    why: [expect.stringMatching(/^there is no .*nowhere\/events\.sqlite; name the directory/)],
  });
  const to = clusterAddress('nats://127.0.0.1:1?replicas=1');
  const mouth = { write: () => {}, isTerminal: false, columns: () => 80, now: () => 0 };
  expect(await copyAsAsked({ from: lived, to, dataDir: join(room, 'none') }, mouth)).toMatchObject({
    why: [expect.stringMatching(/no quorum of the NATS servers answers.*the same command goes on/s)],
  });
});
