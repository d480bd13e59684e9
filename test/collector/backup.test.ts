/** A backup of the real process while it works: whole or not there, and nothing that was acknowledged before is missing. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BackupRefused, backup } from '../../src/collector/store/backup.ts';
import { type Answer, batch, browserEvent, newPage, read, send, stored } from '../support/batches.ts';
import { collectorProgram, type RunningCollector, startCollector } from '../support/collector.ts';
import { patiently } from '../support/until.ts';

/** Processes start and end in each of them, however busy the machine is. */
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let directory: string;
let collector: RunningCollector | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'openaction-backup-'));
});
afterEach(async () => {
  await collector?.stop();
  collector = undefined;
  await rm(directory, { recursive: true });
});
const start = async (dataDir: string): Promise<RunningCollector> => {
  collector = await startCollector({ dataDir });
  return collector;
};
interface Events {
  events: { eid: string }[];
  next: number | null;
}
interface Ended {
  code: number;
  out: string;
  err: string;
}
const program = (args: string[], dataDir: string): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [collectorProgram, ...args],
      { env: { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: '0' } },
      (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
const tagging = (user: string, tag: string) =>
  browserEvent({
    user_ext_id: user,
    event_type: 'core_public_tags_update',
    payload: { operation: 'add', tags: [tag] },
  });
const tagsOf = async (at: RunningCollector, user: string): Promise<string[] | undefined> =>
  (await read<{ tags?: string[] }>(at, `/v1/customers/${user}`)).body.tags;

test('what was acknowledged before it began is in it, while events go on; restored, each is there once', async () => {
  const data = join(directory, 'data');
  const copy = join(directory, 'copy');
  const at = await start(data);
  await send(at, batch([tagging('anna', 'first')]));
  await expect.poll(() => tagsOf(at, 'anna'), patiently).toEqual(['FIRST']);
  await mkdir(join(data, 'mail', 'label'), { recursive: true });
  await writeFile(join(data, 'mail', 'label', 'one.eml'), 'words');
  await writeFile(join(data, 'mail', 'label', 'two.eml.part'), 'half of');
  const page = newPage();
  const before: string[] = [];
  const beforeIt = Array.from({ length: 300 }, () => page());
  await send(at, batch(beforeIt));
  before.push(...beforeIt.map(({ eid }) => eid));

  let state: 'under way' | 'done' = 'under way';
  const during: string[] = [];
  const sending = (async () => {
    while (state === 'under way') {
      const events = Array.from({ length: 50 }, () => page());
      expect((await send(at, batch(events))).status).toBe(200);
      during.push(...events.map(({ eid }) => eid));
    }
  })();
  const made = await program(['backup', copy], data);
  state = 'done';
  await sending;
  expect([made.code, made.out]).toEqual([0, `${copy} has everything that was acknowledged before it began\n`]);
  expect((await readdir(copy)).sort()).toEqual(['customers.sqlite', 'events.sqlite', 'mail']);
  expect(await readdir(join(copy, 'mail', 'label'))).toEqual(['one.eml']);
  expect((await readdir(directory)).sort()).toEqual(['copy', 'data']);
  expect(during.length).toBeGreaterThan(0);

  await at.stop();
  await rm(data, { recursive: true });
  await cp(copy, data, { recursive: true });
  const restored = await start(data);
  const there = new Set<string>();
  for (let after: number | null = 0; after !== null; ) {
    const answer: Answer<Events> = await read(restored, `/v1/events?limit=1000&after=${after}`);
    for (const { eid } of answer.body.events) there.add(eid);
    after = answer.body.next;
  }
  expect(before.filter((eid) => !there.has(eid))).toEqual([]);
  expect((await send(restored, batch(beforeIt))).body.duplicate).toEqual(before);
  expect(await tagsOf(restored, 'anna')).toEqual(['FIRST']);
  await send(restored, batch([tagging('anna', 'second')]));
  await expect.poll(() => tagsOf(restored, 'anna'), patiently).toEqual(['FIRST', 'SECOND']);
});

test('one can be made of a collector that was killed, and of one that ended', async () => {
  const data = join(directory, 'data');
  const at = await start(data);
  const one = browserEvent();
  await send(at, batch([one]));
  await at.kill('SIGKILL');
  expect((await program(['backup', join(directory, 'killed')], data)).code).toBe(0);
  await at.restart();
  await at.kill('SIGTERM');
  expect((await program(['backup', join(directory, 'ended')], data)).code).toBe(0);
  for (const name of ['killed', 'ended']) {
    const db = new Database(join(directory, name, 'events.sqlite'), { readonly: true });
    expect(db.prepare('SELECT eid FROM event').all()).toEqual([{ eid: one.eid }]);
    db.close();
  }
});

test('customers of a newer copy than the events miss nothing that comes, and fold it once', async () => {
  const data = join(directory, 'data');
  const at = await start(data);
  await send(at, batch([tagging('anna', 'first')]));
  await expect.poll(() => tagsOf(at, 'anna'), patiently).toEqual(['FIRST']);
  await at.kill('SIGTERM');
  await cp(join(data, 'events.sqlite'), join(directory, 'older.sqlite'));
  await at.restart();
  await send(at, batch([tagging('anna', 'second'), tagging('anna', 'third')]));
  await expect.poll(() => tagsOf(at, 'anna'), patiently).toEqual(['FIRST', 'SECOND', 'THIRD']);
  await at.kill('SIGTERM');
  await cp(join(directory, 'older.sqlite'), join(data, 'events.sqlite'));
  await at.restart();
  await send(at, batch([tagging('anna', 'fourth')]));
  await expect.poll(() => tagsOf(at, 'anna'), patiently).toEqual(['FIRST', 'SECOND', 'THIRD', 'FOURTH']);
  expect((await read<{ events: unknown[] }>(at, '/v1/events?user_ext_id=anna')).body.events).toHaveLength(2);
});

test('customers of an older copy than the events catch up, each event once', async () => {
  const data = join(directory, 'data');
  const at = await start(data);
  const loggedIn = () => browserEvent({ user_ext_id: 'anna', event_type: 'login', payload: {} });
  await send(at, batch([tagging('anna', 'first'), loggedIn()]));
  await expect.poll(() => tagsOf(at, 'anna'), patiently).toEqual(['FIRST']);
  await at.kill('SIGTERM');
  await cp(join(data, 'customers.sqlite'), join(directory, 'older.sqlite'));
  await at.restart();
  await send(at, batch([tagging('anna', 'second')]));
  await expect.poll(() => tagsOf(at, 'anna'), patiently).toEqual(['FIRST', 'SECOND']);
  await at.kill('SIGTERM');
  await cp(join(directory, 'older.sqlite'), join(data, 'customers.sqlite'));
  await at.restart();
  await expect.poll(() => tagsOf(at, 'anna'), patiently).toEqual(['FIRST', 'SECOND']);
});

describe('a mistake is told, and leaves nothing', () => {
  const refusal = async (order: { dataDir: string; target: string; signal?: AbortSignal }): Promise<string> => {
    const cause: unknown = await backup({ signal: new AbortController().signal, progress: () => {}, ...order }).then(
      () => new Error('it was made'),
      (failure: unknown) => failure,
    );
    expect(cause).toBeInstanceOf(BackupRefused);
    return (cause as Error).message;
  };
  test.each<[string, (dir: string) => [dataDir: string, target: string], string]>([
    ['a target that exists', (dir) => [join(dir, 'data'), join(dir, 'data')], 'exists; a backup overwrites nothing'],
    [
      'no data',
      (dir) => [join(dir, 'empty'), join(dir, 'copy')],
      'there are no events of a collector that stands alone in',
    ],
    ['no such parent', (dir) => [join(dir, 'data'), join(dir, 'no', 'copy')], 'does not exist; make it first'],
    [
      'a file where the parent should be',
      (dir) => [join(dir, 'data'), join(dir, 'file', 'copy')],
      'no backup was made',
    ],
    ['data that is damaged', (dir) => [join(dir, 'damaged'), join(dir, 'copy')], 'no backup was made: it is damaged'],
  ])('%s', async (_, order, wanted) => {
    for (const name of ['data', 'empty', 'damaged']) await mkdir(join(directory, name));
    await writeFile(join(directory, 'file'), '');
    new Database(join(directory, 'data', 'events.sqlite')).exec('CREATE TABLE t (a)').close();
    await writeFile(
      join(directory, 'damaged', 'events.sqlite'),
      'not a database, however long one looks at it'.repeat(20),
    );
    const [dataDir, target] = order(directory);
    expect(await refusal({ dataDir, target })).toContain(wanted);
    expect((await readdir(directory)).sort()).toEqual(['damaged', 'data', 'empty', 'file']);
  });

  test('stopped half way it leaves nothing', async () => {
    await mkdir(join(directory, 'data'));
    new Database(join(directory, 'data', 'events.sqlite')).exec('CREATE TABLE t (a)').close();
    const stopping = new AbortController();
    stopping.abort();
    await expect(
      backup({
        dataDir: join(directory, 'data'),
        target: join(directory, 'copy'),
        signal: stopping.signal,
        progress: () => {},
      }),
    ).rejects.toThrow('aborted');
    expect(await readdir(directory)).toEqual(['data']);
  });
});

test('the lock on the data folder holds over a symbolic link, and ends with whoever held it, however that ended', async () => {
  const data = join(directory, 'data');
  const at = await start(data);
  const link = join(directory, 'link');
  await symlink(data, link);
  const second = await program([], link);
  expect([second.code, second.err]).toEqual([
    1,
    `another process stores its events in ${link}; stop it, or name another directory with DATA_DIR\n`,
  ]);
  const one = browserEvent();
  await send(at, batch([one]));
  expect(await stored(at, one.eid)).toBeDefined();
  await at.kill('SIGKILL');
  await at.restart();
  expect(await stored(at, one.eid)).toBeDefined();
});
