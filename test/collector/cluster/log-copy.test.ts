/** A collector's copy of the log: when it is made anew, when it stops, and what its collector answers while it is behind. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { copyDirectory } from '../../../src/collector/cluster/log/copy-file.ts';
import { type ClusterLog, openClusterLog } from '../../../src/collector/cluster/log/log.ts';
import type { OpenCluster } from '../../../src/collector/cluster/open.ts';
import type { EventLog, Submission } from '../../../src/collector/store/event-log.ts';
import { DirectoryTaken, eventsFile } from '../../../src/collector/store/sqlite-file.ts';
import { type Writer, writerHere } from '../../../src/collector/store/writer.ts';
import { clusterAt, openLogIn } from '../../support/cluster-logs.ts';
import { type NatsServers, startNats } from '../../support/nats.ts';
import { event, submission } from '../../support/submissions.ts';
import { until } from '../../support/until.ts';

let nats: NatsServers;
let room: string;
let worlds = 0;
let store: string;
let dataDir: string;
let look: OpenCluster;
let open: ClusterLog[] = [];
let told: string[] = [];

beforeAll(async () => {
  nats = await startNats();
  room = await mkdtemp(join(tmpdir(), 'openaction-copy-'));
});
beforeEach(async () => {
  store = nats.store(`world-${++worlds}`);
  dataDir = join(room, `${worlds}`);
  look = await clusterAt(store);
  told = [];
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

const openLog = async (place = dataDir, worthWaitingMs?: number): Promise<ClusterLog> => {
  open.push(await openLogIn(store, place, (cause) => told.push((cause as Error).message), worthWaitingMs));
  return open.at(-1)!;
};
const closeAll = async (): Promise<void> => {
  await Promise.all(open.map((one) => one.close()));
  open = [];
};
const send = (log: EventLog, eid: string) => log.append([submission({ events: [event(eid, { seq: null })] })]);
const eids = async (log: EventLog): Promise<string[]> =>
  (await log.events('casino', { limit: 1_000, order: 'asc' })).events.map(({ eid }) => eid);
const fileOf = (place: string): string => eventsFile(copyDirectory(place));

test('a copy goes on where it was, and is made from nothing where it was thrown away', async () => {
  await send(await openLog(), 'first-00');
  await closeAll();
  await send(await openLog(join(room, `${worlds}-other`)), 'second-0');
  expect(await eids(await openLog())).toEqual(['first-00', 'second-0']);
  await closeAll();
  await rm(dataDir, { recursive: true });
  expect(await eids(await openLog())).toEqual(['first-00', 'second-0']);
  expect(told).toEqual([]);
});

test('a copy that cannot be used is made anew, and that is told: of another stream, damaged, newer, or a log of its own', async () => {
  await send(await openLog(), 'first-00');
  await closeAll();
  const change = (sql: string) => async () => {
    const db = new Database(fileOf(dataDir));
    db.exec(sql);
    db.close();
  };
  for (const spoil of [
    change("UPDATE copy SET created = '1999'"),
    change("UPDATE copy SET stream = 'else'"),
    change('UPDATE copy SET place = 99'),
    change('DELETE FROM copy'),
    change('PRAGMA user_version = 99'),
    () => writeFile(fileOf(dataDir), 'no database'.repeat(1_000)),
  ]) {
    told = [];
    await spoil();
    expect(await eids(await openLog())).toEqual(['first-00']);
    expect(told).toEqual([expect.stringMatching(/^the copy of the events .*; it is made anew$/)]);
    await closeAll();
  }
});

test('a copy that has more than the stream has left is put aside with all that it has', async () => {
  await send(await openLog(), 'first-00');
  await closeAll();
  const db = new Database(fileOf(dataDir));
  db.exec('UPDATE copy SET place = 99');
  db.close();
  await openLog();
  const aside = new Database(`${fileOf(dataDir)}.aside`, { readonly: true });
  expect(aside.prepare('SELECT count(*) AS n FROM event').get()).toEqual({ n: 1 });
  aside.close();
  expect(told).toEqual([expect.stringContaining(`lies beside as ${fileOf(dataDir)}.aside; it is made anew`)]);
});

test('a copy that turns out to be damaged while it is written is made anew by the next start', async () => {
  const opened = await clusterAt(store);
  const damaged = Object.assign(new Error('database disk image is malformed'), { code: 'SQLITE_CORRUPT' });
  const writerOf = (file: string): Writer => ({ ...writerHere(file), apply: () => Promise.reject(damaged) });
  const failed = (cause: unknown) => told.push((cause as Error).message);
  const log = await openClusterLog({ ...opened, dataDir, failed, writerOf, worthWaitingMs: 1 });
  await send(log, 'first-00');
  await until(() => told.length > 0);
  await log.close();
  await opened.cluster.connection.close();
  expect(await eids(await openLog())).toEqual(['first-00']);
  expect(told).toEqual(['database disk image is malformed', 'the copy of the events is damaged; it is made anew']);
});

test('nothing is acknowledged that a stream keeps which was made again under the collector', async () => {
  const log = await openLog();
  for (const eid of ['first-00', 'second-0']) await send(log, eid);
  await look.cluster.manager.streams.delete(look.names.events);
  await (await clusterAt(store)).cluster.connection.close();
  await expect(send(log, 'third-00')).rejects.toMatchObject({ code: 'CLUSTER_DIFFERS' });
});

test('a stream that was made again under the same name is not what the copy is of', async () => {
  await send(await openLog(), 'first-00');
  await closeAll();
  await look.cluster.manager.streams.delete(look.names.events);
  await (await clusterAt(store)).cluster.connection.close();
  expect(await eids(await openLog())).toEqual([]);
  expect(told).toHaveLength(1);
});

test('a directory has one collector', async () => {
  await openLog();
  await expect(openLog()).rejects.toThrow(DirectoryTaken);
});

test('a message that cannot be read stops the copy and is told; what is appended is kept', async () => {
  const log = await openLog(dataDir, 1);
  await send(log, 'first-00');
  await log.settled();
  await look.cluster.jetstream.publish(look.names.said('casino'), Buffer.from([77, 1, 2, 3]));
  await until(() => told.length > 0);
  expect(told[0]).toContain('cannot be read by this version');
  expect(await send(log, 'second-0')).toEqual([['kept']]);
  expect(log.lag().messages).toBeGreaterThan(0);
  // Whoever has it taken out has the copy go on.
  await look.cluster.manager.streams.deleteMessage(look.names.events, 2);
  await closeAll();
  expect(await eids(await openLog())).toEqual(['first-00', 'second-0']);
});

/** A writer that applies nothing before it is let. */
const slowWriter = () => {
  let letGo = (): void => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const writerOf = (file: string): Writer => {
    const writer = writerHere(file);
    return {
      ...writer,
      async apply(steps) {
        await gate;
        return writer.apply(steps);
      },
    };
  };
  return { writerOf, letGo };
};

test('what a late copy has not come to is answered as kept; settled when it has, listeners told, and a duplicate is one', async () => {
  const { writerOf, letGo } = slowWriter();
  const opened = await clusterAt(store);
  const failed = (cause: unknown) => told.push(String(cause));
  const log = await openClusterLog({ ...opened, dataDir, failed, writerOf, worthWaitingMs: 1 });
  const heard: [Submission[], unknown][] = [];
  log.listen({ stored: (group, outcomes) => void heard.push([group, outcomes]) });
  expect(await send(log, 'later-00')).toEqual([['kept']]);
  expect(await send(log, 'later-00')).toEqual([['kept']]);
  expect(heard).toEqual([]);
  letGo();
  await log.settled();
  expect(await eids(log)).toEqual(['later-00']);
  expect(heard.map(([, outcomes]) => outcomes)).toEqual([[[expect.any(Number)]], [['duplicate']]]);
  await log.close();
  await opened.cluster.connection.close();
});

test('listeners hear of what another collector stored, ruled and erased, in the order of the log', async () => {
  const here = await openLog();
  const there = await openLog(join(room, `${worlds}-there`));
  const heard: string[] = [];
  there.listen({
    stored: (group) => void heard.push(...group.flatMap(({ events }) => events.map(({ eid }) => eid))),
    ruled: (label) => void heard.push(`ruled ${label}`),
    erased: (label, whose) => void heard.push(`erased ${label} ${JSON.stringify(whose)}`),
  });
  await send(here, 'first-00');
  await here.register('casino', 'action', 'buy');
  await here.erase('casino', { user: 'anna' });
  await send(here, 'second-0');
  await vi.waitUntil(() => heard.length === 4);
  expect(heard).toEqual(['first-00', 'ruled casino', 'erased casino {"user":"anna"}', 'second-0']);
});

test('a request near a megabyte of what cannot be made shorter is stored, each event once', async () => {
  const log = await openLog();
  const text = (n: number): string =>
    Array.from({ length: 3_000 }, (_, k) => ((n * 7919 + k * 104_729) % 89_041).toString(36)).join('');
  const events = Array.from({ length: 250 }, (_, n) =>
    event(`large-${n}`, { index: n, seq: null, payload: JSON.stringify({ text: text(n) }) }),
  );
  const large = submission({ events });
  const [outcomes] = await log.append([large]);
  expect(outcomes!.every((one) => typeof one === 'number')).toBe(true);
  expect(await log.append([large])).toEqual([events.map(() => 'duplicate')]);
  expect((await look.cluster.manager.streams.info(look.names.events)).state.last_seq).toBeGreaterThan(2);
  expect(await eids(log)).toHaveLength(250);
});

test('what it cannot do after it is closed it says, and closing twice is closing once', async () => {
  const log = await openLog();
  await Promise.all([log.close(), log.close()]);
  await expect(send(log, 'too-late')).rejects.toThrow('closed');
  await expect(log.registry('casino')).rejects.toThrow('closed');
  expect(existsSync(fileOf(dataDir))).toBe(true);
});
