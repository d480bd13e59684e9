/** The real process on a disk that fails: nothing is acknowledged that is not on it, and reading goes on. */
import { mkdir, mkdtemp, open, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { batch, browserEvent, envelope, read, send, sendFromServer, stored } from '../support/batches.ts';
import { type CollectorStart, type RunningCollector, startCollector } from '../support/collector.ts';
import { canFail, type DiskFault, type FaultyDisk, faultyDisk } from '../support/faulty-disk.ts';
import { patiently } from '../support/until.ts';

/** Processes start and end in each of them, however busy the machine is. */
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

interface Health {
  status: string;
  faults?: { events?: string; customers?: string };
}

let directory: string;
let collector: RunningCollector | undefined;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'openaction-faults-'));
});
afterEach(async () => {
  await collector?.kill('SIGKILL');
  await collector?.stop();
  collector = undefined;
  await rm(directory, { recursive: true });
});

const dataDir = (): string => join(directory, 'data');
const start = async (more: CollectorStart = {}): Promise<RunningCollector> => {
  collector = await startCollector({ dataDir: dataDir(), ...more });
  return collector;
};
const one = async (at: RunningCollector): Promise<{ eid: string; status: number; retryAfter: string | null }> => {
  const event = browserEvent();
  const { status, headers } = await send(at, batch([event]));
  return { eid: event.eid, status, retryAfter: headers.get('retry-after') };
};
const healthOf = async (at: RunningCollector): Promise<Health & { code: number }> => {
  const answer = await fetch(`${at.url}/healthz`);
  return { ...((await answer.json()) as Health), code: answer.status };
};
const lines = (at: RunningCollector, words: string): number =>
  at.log.split('\n').filter((line) => line.includes(words)).length;
const refusedStart = async (more: CollectorStart = {}): Promise<string> => {
  const cause = await start(more).then(
    () => 'it started',
    (failure: Error) => failure.message,
  );
  return cause;
};
/** A data folder with one event in it, and nobody who holds it. */
const filled = async (): Promise<string> => {
  const { eid } = await one(await start());
  await collector?.kill('SIGTERM');
  return eid;
};

describe.skipIf(!canFail)('on a disk that fails (needs a C compiler)', () => {
  let disk: FaultyDisk;
  beforeEach(() => {
    disk = faultyDisk(directory);
  });

  test.each<[string, DiskFault, string]>([
    ['that is full', { at: 'write', error: 'ENOSPC', file: 'events.sqlite' }, 'disk_full'],
    ['that cannot write', { at: 'write', error: 'EIO', file: 'events.sqlite' }, 'disk_fails'],
    ['that cannot sync', { at: 'sync', error: 'EIO', file: 'events.sqlite' }, 'disk_fails'],
  ])(
    'one %s acknowledges nothing, is told once, goes on reading, and by itself once it is sound',
    async (_, fault, name) => {
      const at = await start({ env: disk.env });
      const before = await one(at);
      expect(before.status).toBe(200);
      disk.fail(fault);
      const refused = await Promise.all([one(at), one(at), one(at)]);
      const server = envelope();
      expect((await sendFromServer(at, server)).status).toBe(503);
      expect(refused.map(({ status }) => status)).toEqual([503, 503, 503]);
      expect(Number(refused[0]!.retryAfter)).toBeGreaterThanOrEqual(5);
      expect(await healthOf(at)).toMatchObject({ code: 503, status: 'failing', faults: { events: name } });
      expect(await stored(at, before.eid)).toBeDefined();
      expect(await stored(at, refused[0]!.eid)).toBeUndefined();
      disk.fail();
      await expect.poll(() => healthOf(at), patiently).toMatchObject({ code: 200, status: 'ok' });
      const after = await one(at);
      expect(after.status).toBe(200);
      await expect.poll(() => lines(at, 'events can be stored again'), patiently).toBe(1);
      expect(lines(at, 'events cannot be stored')).toBe(1);
      await at.kill('SIGKILL');
      await at.restart();
      expect(await stored(at, before.eid)).toBeDefined();
      expect(await stored(at, after.eid)).toBeDefined();
      for (const { eid } of refused) expect(await stored(at, eid)).toBeUndefined();
    },
  );

  test('full for the customers alone it takes events, says so, and folds them when there is room', async () => {
    const at = await start({ env: disk.env });
    disk.fail({ at: 'write', error: 'ENOSPC', file: 'customers.sqlite' });
    const tagged = browserEvent({
      user_ext_id: 'anna',
      event_type: 'core_public_tags_update',
      payload: { operation: 'add', tags: ['VIP'] },
    });
    expect((await send(at, batch([tagged]))).status).toBe(200);
    await expect
      .poll(() => healthOf(at), patiently)
      .toMatchObject({
        code: 200,
        status: 'behind',
        faults: { customers: 'disk_full' },
      });
    disk.fail();
    const tagsOf = async () => (await read<{ tags: string[] }>(at, '/v1/customers/anna')).body.tags;
    await expect.poll(tagsOf, patiently).toEqual(['VIP']);
    await expect.poll(() => healthOf(at), patiently).toMatchObject({ status: 'ok' });
    expect(lines(at, 'customers cannot be stored')).toBe(1);
  });

  test('a start on a full disk, and on files that may not be written, is refused with what to do', async () => {
    await filled();
    disk.fail({ at: 'write', error: 'ENOSPC', file: '.sqlite' });
    expect(await refusedStart({ env: disk.env })).toContain('the disk is full; make room');
    disk.fail({ at: 'open', error: 'EROFS', file: '.sqlite' });
    expect(await refusedStart({ env: disk.env })).toContain('look at the directory and at what this user may do');
  });
});

describe('a file', () => {
  test('that another program locks is busy: 503, and on by itself when it lets go', async () => {
    const at = await start();
    await one(at);
    const other = new Database(join(dataDir(), 'events.sqlite'));
    other.exec('BEGIN IMMEDIATE');
    expect((await one(at)).status).toBe(503);
    expect(await healthOf(at)).toMatchObject({ code: 503, faults: { events: 'busy' } });
    other.exec('ROLLBACK');
    other.close();
    await expect.poll(() => healthOf(at), patiently).toMatchObject({ code: 200 });
    expect((await one(at)).status).toBe(200);
  });

  test('that another program reads for long stops nobody', async () => {
    const at = await start();
    const first = await one(at);
    const reader = new Database(join(dataDir(), 'events.sqlite'), { readonly: true });
    reader.exec('BEGIN');
    const seen = () => reader.prepare<[], { n: number }>('SELECT count(*) AS n FROM event').get()!.n;
    expect(seen()).toBe(1);
    const big = { payload: { client_action: 'big', text: 'x'.repeat(20_000) } };
    for (let n = 0; n < 20; n++)
      expect((await send(at, batch(Array.from({ length: 20 }, () => browserEvent(big))))).status).toBe(200);
    expect(seen()).toBe(1);
    reader.close();
    expect(await stored(at, first.eid)).toBeDefined();
  });

  test.each<[string, () => Promise<unknown>]>([
    ['deleted', () => rm(join(dataDir(), 'events.sqlite'))],
    ['moved away', () => rename(join(dataDir(), 'events.sqlite'), join(directory, 'elsewhere'))],
    ['deleted but for its write-ahead log', () => rm(join(dataDir(), 'events.sqlite-wal'))],
  ])('%s under the collector takes no acknowledgement with it: 503 from then on, and the reason', async (_, harm) => {
    const at = await start();
    expect((await one(at)).status).toBe(200);
    await harm();
    expect((await one(at)).status).toBe(503);
    expect(await healthOf(at)).toMatchObject({ code: 503, faults: { events: 'gone' } });
    await expect.poll(() => lines(at, 'it was deleted or replaced under the collector'), patiently).toBe(1);
  });

  const flip = async (file: string, from: number, length: number): Promise<void> => {
    const handle = await open(file, 'r+');
    await handle.write(Buffer.alloc(length, 0xa5), 0, length, from);
    await handle.close();
  };
  test.each<[string, string, (file: string) => Promise<void>]>([
    [
      'that is no database',
      'events',
      (file) => writeFile(file, 'not a database, but long enough to be read as one. '.repeat(9)),
    ],
    ['with a spoilt head', 'events', (file) => flip(file, 0, 100)],
    ['with spoilt tables', 'events', (file) => flip(file, 100, 3_000)],
    ['that was cut off', 'events', (file) => truncate(file, 8_192)],
    [
      'of customers that is no database',
      'customers',
      (file) => writeFile(file, 'not a database either, and as long. '.repeat(9)),
    ],
  ])('%s is refused at the start, with what to do, and left as it is', async (_, which, harm) => {
    await filled();
    const file = join(dataDir(), `${which}.sqlite`);
    await harm(file);
    const spoilt = await readFile(file);
    const message = await refusedStart();
    expect(message).toContain('it is damaged or no database; stop the collector, keep the files');
    expect((await readFile(file)).equals(spoilt)).toBe(true);
  });
});

test('a folder with nothing but an empty file of events begins anew', async () => {
  await mkdir(dataDir());
  await writeFile(join(dataDir(), 'events.sqlite'), '');
  expect((await one(await start())).status).toBe(200);
});
