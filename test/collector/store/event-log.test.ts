/** Every driver under the one contract. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
import type { EventLog } from '../../../src/collector/store/event-log.ts';
import { groupCommit } from '../../../src/collector/store/group-commit.ts';
import { createMemoryLog } from '../../../src/collector/store/memory-log.ts';
import { eventsFile } from '../../../src/collector/store/sqlite-file.ts';
import { openSqliteLog } from '../../../src/collector/store/sqlite-log.ts';
import { movingWriter, type Writer, writerHere, writerInWorker } from '../../../src/collector/store/writer.ts';
import { eventLogContract } from '../../contracts/event-log.ts';
import { event, submission } from '../../support/submissions.ts';

const worker = pathToFileURL('dist/store-worker.js');
const directories: string[] = [];
const directory = async (): Promise<string> => {
  directories.push(await mkdtemp(join(tmpdir(), 'openaction-log-')));
  return directories.at(-1)!;
};
afterAll(() => Promise.all(directories.map((one) => rm(one, { recursive: true }))));

type WriterOf = (file: string) => Writer | Promise<Writer>;

/** Each log is opened again on its own directory. */
const onDisk = (writerOf: WriterOf, around: (log: EventLog) => EventLog = (log) => log) => {
  const places = new Map<EventLog, string>();
  const open = async (dir: string): Promise<EventLog> => {
    const log = around(await openSqliteLog(dir, writerOf));
    places.set(log, dir);
    return log;
  };
  return {
    make: async () => open(await directory()),
    reopen: async (log: EventLog) => {
      await log.close();
      return open(places.get(log)!);
    },
  };
};

describe('in memory', () => eventLogContract({ make: async () => createMemoryLog() }));
describe('SQLite on this thread', () => eventLogContract(onDisk(writerHere)));
describe('SQLite with its writer in a worker', () => {
  test('the worker is built', () => expect(existsSync(worker)).toBe(true));
  eventLogContract(onDisk((file) => writerInWorker(file, worker)));
});
describe('group commit over memory', () => eventLogContract({ make: async () => groupCommit(createMemoryLog()) }));
describe('group commit over SQLite', () => eventLogContract(onDisk(writerHere, (log) => groupCommit(log))));

describe('a writer that moves to a worker', () => {
  test('stores everything once, before, during and after the move', async () => {
    let writer: ReturnType<typeof movingWriter> | undefined;
    const log = groupCommit(
      await openSqliteLog(await directory(), (file) => {
        writer = movingWriter(file, worker);
        return writer;
      }),
    );
    const appended: Promise<unknown>[] = [];
    for (let n = 0; n < 300; n++) {
      appended.push(log.append([submission({ events: [event(`moving-${n}`, { seq: null })] })]));
      if (n === 100) appended.push(writer!.move());
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(appended);
    const { events } = await log.events('casino', { limit: 1000, order: 'asc' });
    expect(new Set(events.map(({ eid }) => eid)).size).toBe(300);
    expect(events).toHaveLength(300);
    await log.close();
  });

  test('a worker that does not start leaves the file here, with the one writer it had', async () => {
    const lost: unknown[] = [];
    let writer: ReturnType<typeof movingWriter> | undefined;
    const log = await openSqliteLog(await directory(), (file) => {
      writer = movingWriter(file, pathToFileURL('dist/there-is-no-such-worker.js'), (cause) => lost.push(cause));
      return writer;
    });
    await expect(writer!.move()).rejects.toThrow();
    // A writer that was lost is opened anew: beside the one that stayed, it would count the same pages apart.
    expect(lost).toEqual([]);
    await log.append([submission({ events: [event('stays-here')] })]);
    expect((await log.events('casino', { limit: 10, order: 'asc' })).events).toHaveLength(1);
    await log.close();
  });
});

test('a file that cannot be opened when its worker did not start is tried again with whatever is stored next', async () => {
  const dir = await directory();
  let writer: ReturnType<typeof movingWriter> | undefined;
  const log = await openSqliteLog(dir, (file) => {
    writer = movingWriter(file, pathToFileURL('dist/there-is-no-such-worker.js'));
    return writer;
  });
  const other = new Database(eventsFile(dir));
  other.exec('BEGIN IMMEDIATE');
  await expect(writer!.move()).rejects.toThrow();
  const sent = submission({ events: [event('comes-again')] });
  await expect(log.append([sent])).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
  other.close();
  expect(await log.append([sent])).toEqual([[1]]);
  await log.close();
});

describe('a worker that dies', () => {
  test('loses what it had in hand to its senders, who send it again; the rest goes on here', async () => {
    const dir = await directory();
    const program = join(dir, 'dies.mjs');
    await writeFile(
      program,
      `import { parentPort } from 'node:worker_threads';
       parentPort.on('message', () => process.exit(7));
       parentPort.postMessage({ id: 0, ok: true });`,
    );
    const told: string[] = [];
    let writer: ReturnType<typeof movingWriter> | undefined;
    const log = await openSqliteLog(dir, (file) => {
      writer = movingWriter(file, pathToFileURL(program), ({ message }) => told.push(message));
      return writer;
    });
    await writer!.move();
    const sent = submission({ events: [event('survives')] });
    await expect(log.append([sent])).rejects.toThrow('ended with code 7');
    expect(told).toEqual(["the store's worker ended with code 7"]);
    expect(await log.append([sent])).toEqual([[1]]);
    await log.close();
  });
});

describe('one directory', () => {
  test('a second log on it is refused, and the first goes on', async () => {
    const dir = await directory();
    const log = await openSqliteLog(dir);
    await expect(openSqliteLog(dir)).rejects.toThrow('another process stores its events');
    await log.append([submission({ events: [event('goes-on-0')] })]);
    await log.close();
    await (await openSqliteLog(dir)).close();
  });
});
