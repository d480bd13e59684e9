import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { textStore } from '../../../src/sdk/platform.ts';
import { BOUND } from '../../../src/sdk/queue/durable-queue.ts';
import { type IndexedDbQueue, openIndexedDbQueue } from '../../../src/sdk/queue/indexeddb-queue.ts';
import { journalQueue } from '../../../src/sdk/queue/journal-queue.ts';
import { durableQueue } from '../../support/durable-queue.ts';
import { freshIndexedDb } from '../../support/indexeddb.ts';
import { until } from '../../support/until.ts';

const NO_DATABASE = 'queue_not_durable: no IndexedDB';
const ONLY_MEMORY = 'queue_not_durable: events are only in memory';
const refused = () => Promise.reject(new DOMException('private window', 'SecurityError'));
const never = () => new Promise<IndexedDbQueue>(() => {});
/** What is in the database, seen through a connection of our own. */
const onDisk = async (name = 'durable') =>
  (
    await openIndexedDbQueue(
      name,
      () => {},
      () => {},
    )
  )
    .peek(20_000)
    .then((rows) => rows.map(({ eid }) => eid));
const eids = async ({ peek }: { peek(most: number): Promise<{ eid: string }[]> }) =>
  (await peek(20_000)).map(({ eid }) => eid);

beforeEach(() => void freshIndexedDb());
afterEach(() => vi.restoreAllMocks());

describe('while the database opens', () => {
  test('events wait in the journal, are seen there, and move over when it is open', async () => {
    const { queue, journal } = durableQueue();
    queue.append('e1', '1');
    expect([await eids(journal), await eids(queue)]).toEqual([['e1'], ['e1']]);
    await until(async () => (await journal.count()) === 0);
    queue.append('e2', '2');
    expect([await eids(queue), await onDisk()]).toEqual([
      ['e1', 'e2'],
      ['e1', 'e2'],
    ]);
  });

  test('a row leaves the journal only when it is on disk elsewhere', async () => {
    const seen: string[] = [];
    const { queue, journal } = durableQueue({
      open: async (returned, closed) => {
        const opened = await openIndexedDbQueue('durable', returned, closed);
        return {
          ...opened,
          async adopt(rows) {
            await opened.adopt(rows);
            seen.push(`on disk, ${await journal.count()} in the journal`);
          },
        };
      },
    });
    queue.append('e1', '1');
    await until(async () => (await journal.count()) === 0);
    expect(seen).toEqual(['on disk, 1 in the journal']);
  });

  test('rows that an earlier page left in the journal are found and moved', async () => {
    const journal = journalQueue(
      textStore(() => undefined),
      'j:',
    );
    journal.append('old', '1');
    durableQueue({ journal });
    await until(async () => (await onDisk()).length);
    expect(await journal.count()).toBe(0);
  });
});

describe('step by step down', () => {
  test('no IndexedDB: the journal keeps events, and one notice says so', async () => {
    const { queue, journal, told } = durableQueue({ open: refused });
    await until(() => told.length);
    queue.append('e1', '1');
    queue.append('e2', '2');
    expect([await eids(journal), told]).toEqual([['e1', 'e2'], [NO_DATABASE]]);
  });

  test('no journal either: memory keeps events, says so, and hurries the sending', async () => {
    const full = journalQueue({ ...textStore(() => undefined), set: () => false }, 'j:');
    const { queue, memory, told, hurried } = durableQueue({ open: refused, journal: full });
    queue.append('e1', '1');
    await until(() => told.length > 1);
    expect(told.sort()).toEqual([ONLY_MEMORY, NO_DATABASE].sort());
    expect([await eids(memory), await eids(queue), hurried[0]]).toEqual([['e1'], ['e1'], true]);
  });

  test('a database that refused is tried again after a while, and then takes over what waited', async () => {
    let tries = 0;
    const { queue, journal, told, clock } = durableQueue({
      open: (returned, closed) => (tries++ ? openIndexedDbQueue('durable', returned, closed) : refused()),
    });
    queue.append('e1', '1');
    await until(() => told.length);
    await queue.gather();
    expect([tries, await eids(journal)]).toEqual([1, ['e1']]);
    clock.now += 6_000;
    await queue.gather();
    expect([tries, await eids(journal), await onDisk()]).toEqual([2, [], ['e1']]);
  });

  test('an aborted write (a full disk) hands its rows to the journal', async () => {
    const { queue, journal, hurried, told } = durableQueue();
    await until(() => hurried.length);
    vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementationOnce(function (this: IDBTransaction) {
      this.abort();
    });
    queue.append('e1', '1');
    await until(async () => (await journal.count()) === 1);
    expect([await eids(queue), told]).toEqual([['e1'], [NO_DATABASE]]);
  });

  test('a connection lost without a word (InvalidStateError) costs no event, and is opened again', async () => {
    const { queue, journal, hurried, told, clock } = durableQueue();
    await until(() => hurried.length);
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
      throw new DOMException('the connection is closing', 'InvalidStateError');
    });
    queue.append('e1', '1');
    expect([await eids(journal), told]).toEqual([['e1'], [NO_DATABASE]]);
    clock.now += 6_000;
    await queue.gather();
    expect([await eids(journal), await onDisk()]).toEqual([[], ['e1']]);
  });

  test('a forced close (site data cleared) is survived: the journal takes over, and the database comes back', async () => {
    const { queue, hurried, told, clock } = durableQueue();
    await until(() => hurried.length);
    await new Promise((resolve) => {
      indexedDB.deleteDatabase('durable').onsuccess = resolve;
    });
    expect(told).toEqual([NO_DATABASE]);
    queue.append('e1', '1');
    expect(await eids(queue)).toEqual(['e1']);
    clock.now += 6_000;
    await queue.gather();
    expect(await onDisk()).toEqual(['e1']);
  });
});

describe('a page that leaves', () => {
  test('keeps in the journal what the disk does not have yet, and brings it over when it comes back', async () => {
    const { queue, journal, hurried } = durableQueue();
    await until(() => hurried.length);
    queue.append('e1', '1');
    await until(async () => (await onDisk()).length);
    queue.append('e2', '2');
    queue.commit();
    expect(await eids(journal)).toEqual(['e2']);
    await queue.gather();
    expect([await eids(journal), await onDisk()]).toEqual([[], ['e1', 'e2']]);
  });

  test('leaves nothing behind of an event that a receipt named meanwhile', async () => {
    const { queue, journal, hurried } = durableQueue();
    await until(() => hurried.length);
    queue.append('e1', '1');
    queue.commit();
    await queue.acknowledge(['e1']);
    expect([await eids(journal), await onDisk()]).toEqual([[], []]);
  });
});

describe('bounds', () => {
  test('10,000 events wait at the most: the oldest are dropped, counted and told', async () => {
    const memory = journalQueue(
      textStore(() => undefined),
      '',
      false,
    );
    for (let index = 0; index < BOUND.events + 7; index++) memory.append(`e${100_000 + index}`, 'x');
    const { queue, lost, told } = durableQueue({ open: never, memory });
    for (let index = 0; index < 9; index++) queue.append(`f${index}`, 'x'.repeat(30_000));
    await until(() => lost.length);
    const oldest = Array.from({ length: 16 }, (_, index) => `e${100_000 + index}`);
    expect([await queue.count(), lost]).toEqual([BOUND.events, [['overflow', oldest]]]);
    expect([(await eids(queue))[0], (await eids(queue)).at(-1)]).toEqual(['e100016', 'f8']);
    expect(told).toContain('queue_overflow: the oldest events are dropped');
  });

  test('5 MB wait at the most: the oldest are dropped and counted', async () => {
    const memory = journalQueue(
      textStore(() => undefined),
      '',
      false,
    );
    for (let index = 0; index < 160; index++) memory.append(`e${1000 + index}`, 'x'.repeat(32_000));
    const { queue, lost } = durableQueue({ open: never, memory });
    for (let index = 0; index < 8; index++) queue.append(`f${index}`, 'x'.repeat(32_000));
    await until(() => lost.length);
    const oldest = Array.from({ length: 12 }, (_, index) => `e${1000 + index}`);
    expect([await queue.count(), lost]).toEqual([156, [['overflow', oldest]]]);
  });

  test('rows left by earlier pages are held to the bound as soon as the database is open', async () => {
    const earlier = await openIndexedDbQueue(
      'durable',
      () => {},
      () => {},
    );
    await earlier.adopt(
      Array.from({ length: BOUND.events + 1 }, (_, index) => ({ eid: `e${100_000 + index}`, text: 'x' })),
    );
    const { lost, hurried } = durableQueue();
    await until(() => hurried.length);
    expect([lost, (await onDisk())[0]]).toEqual([[['overflow', ['e100000']]], 'e100001']);
  });
});

describe('in hand', () => {
  test('this page’s rows are at hand without the disk, until a receipt names them, heard here or by another tab', async () => {
    const { queue } = durableQueue({ open: never });
    for (const eid of ['e1', 'e2', 'e3']) queue.append(eid, 'x');
    await queue.acknowledge(['e2']);
    queue.forget(['e1', 'unknown']);
    expect(queue.inHand()).toEqual([{ eid: 'e3', text: 'x' }]);
    expect(await eids(queue)).toEqual(['e1', 'e3']);
  });

  test('no more is kept at hand than one last request can carry', () => {
    const { queue } = durableQueue({ open: never });
    for (let index = 0; index < 9; index++) queue.append(`e${index}`, 'x'.repeat(20_000));
    expect(queue.inHand()).toHaveLength(3);
    queue.forget(['e0', 'e1']);
    queue.append('f', 'x');
    expect(queue.inHand().map(({ eid }) => eid)).toEqual(['e2', 'f']);
  });
});
