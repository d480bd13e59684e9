import { promisifyRequest } from 'idb-keyval';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openIndexedDbQueue } from '../../../src/sdk/queue/indexeddb-queue.ts';
import { freshIndexedDb } from '../../support/indexeddb.ts';
import { until } from '../../support/until.ts';

const open = (name = 'queue') => {
  const returned = vi.fn();
  const closed = vi.fn();
  return openIndexedDbQueue(name, returned, closed).then((queue) => ({ queue, returned, closed }));
};

beforeEach(() => void freshIndexedDb());
afterEach(() => vi.restoreAllMocks());

test('the first event of a task is committed in the call, the rest of the task in one group, the next task anew', async () => {
  const { queue } = await open();
  const commits = vi.spyOn(IDBTransaction.prototype, 'commit');
  const begun = vi.spyOn(IDBDatabase.prototype, 'transaction');
  const seen = () => [begun.mock.calls.length, commits.mock.calls.length];
  queue.append('a', '1');
  expect(seen()).toEqual([1, 1]);
  queue.append('b', '2');
  queue.append('c', '3');
  expect(seen()).toEqual([2, 1]);
  await Promise.resolve();
  expect(seen()).toEqual([2, 2]);
  queue.append('d', '4');
  expect(seen()).toEqual([3, 3]);
});

test('a page that leaves ends its open group at once', async () => {
  const { queue } = await open();
  const commits = vi.spyOn(IDBTransaction.prototype, 'commit');
  queue.append('a', '1');
  queue.append('b', '2');
  queue.commit();
  expect(commits).toHaveBeenCalledTimes(2);
});

test('a page that leaves hears which rows are not on disk yet, and of no other', async () => {
  const { queue, returned } = await open();
  queue.append('a', '1');
  queue.append('b', '2');
  expect(queue.commit()).toEqual([
    { eid: 'a', text: '1' },
    { eid: 'b', text: '2' },
  ]);
  expect(await queue.count()).toBe(2);
  expect(queue.commit()).toEqual([]);
  vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementationOnce(function (this: IDBTransaction) {
    this.abort();
  });
  queue.append('c', '3');
  await until(() => returned.mock.calls.length);
  expect(queue.commit()).toEqual([]);
});

test('rows whose transaction is aborted after append said yes are handed back with the reason', async () => {
  const { queue, returned } = await open();
  const commit = IDBTransaction.prototype.commit;
  vi.spyOn(IDBTransaction.prototype, 'commit').mockImplementationOnce(function (this: IDBTransaction) {
    this.abort();
  });
  expect(queue.append('a', '1')).toBe(true);
  IDBTransaction.prototype.commit = commit;
  await until(() => returned.mock.calls.length);
  expect(returned.mock.calls[0]?.[0]).toEqual([{ eid: 'a', text: '1' }]);
  expect(await queue.count()).toBe(0);
});

test('a browser that cannot commit by hand says no, so that the row waits where it is safe', async () => {
  const { queue } = await open();
  const commit = IDBTransaction.prototype.commit;
  Reflect.deleteProperty(IDBTransaction.prototype, 'commit');
  try {
    expect(queue.append('a', '1')).toBe(false);
  } finally {
    IDBTransaction.prototype.commit = commit;
  }
  expect(await queue.count()).toBe(0);
});

test('a connection gives way to whoever wants to delete or upgrade the database, and says that it is closed', async () => {
  const { queue, closed } = await open();
  const deleted = await new Promise((resolve) => {
    const request = indexedDB.deleteDatabase('queue');
    request.onsuccess = () => resolve('deleted');
    request.onblocked = () => resolve('blocked');
  });
  expect([deleted, closed.mock.calls.length]).toEqual(['deleted', 1]);
  expect(() => queue.append('a', '1')).toThrow();
});

test('opening rejects with the browser’s reason', async () => {
  vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('private window', 'SecurityError');
  });
  await expect(open()).rejects.toMatchObject({ name: 'SecurityError' });
});

test('rows that waited elsewhere are on disk when adopting resolves', async () => {
  const { queue } = await open();
  await queue.adopt([
    { eid: 'b', text: '2' },
    { eid: 'a', text: '1' },
  ]);
  expect(await queue.peek(5)).toEqual([
    { eid: 'a', text: '1' },
    { eid: 'b', text: '2' },
  ]);
});

test('rows of another script, under keys that are no text, are seen and leave like any other', async () => {
  const { queue } = await open();
  const other = await promisifyRequest(indexedDB.open('queue'));
  const writing = other.transaction('q', 'readwrite');
  for (const key of [5, '5', new Date(0), ['a', 1], new Uint8Array([1])]) writing.objectStore('q').put('row', key);
  await promisifyRequest(writing);
  queue.append('z', 'ours');
  const rows = await queue.peek(10);
  expect(rows).toHaveLength(6);
  await queue.acknowledge(rows.map(({ eid }) => eid));
  expect([await queue.count(), await queue.peek(10)]).toEqual([0, []]);
});
