/** What cannot be stored is told once, and its end once, however much is tried between. */
import { beforeEach, expect, test } from 'vitest';
import { createMemoryLog } from '../../../src/collector/store/memory-log.ts';
import { createMemoryUsers } from '../../../src/collector/store/memory-users.ts';
import { createStoreWatch, type StoreWatch } from '../../../src/collector/store/store-watch.ts';
import { submission } from '../../support/submissions.ts';

let now: number;
let disk: 'sound' | Error;
let said: string[];
let watch: StoreWatch;
let store: () => Promise<unknown>;
let keep: () => Promise<unknown>;
const full = Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
const unlessBroken = async <Answer>(answer: Answer): Promise<Answer> => {
  if (disk !== 'sound') throw disk;
  return answer;
};
beforeEach(() => {
  now = 1_000_000;
  disk = 'sound';
  said = [];
  const tell = (_: object, words: string): void => void said.push(words);
  watch = createStoreWatch({ error: tell, info: tell } as Parameters<typeof createStoreWatch>[0], () => now);
  const check = (): Promise<void> => unlessBroken(undefined);
  const log = watch.log({ ...createMemoryLog(), append: async () => unlessBroken([]), check });
  const users = watch.users({ ...createMemoryUsers(), update: async () => unlessBroken([]), check });
  store = () => log.append([submission()]).catch(() => {});
  keep = () => users.update('casino', []).catch(() => {});
});

test('a trouble is told once, with what to do, and its end once', async () => {
  disk = full;
  for (let n = 0; n < 5; n++) await store();
  expect(said).toEqual([expect.stringContaining('events cannot be stored: the disk is full; make room')]);
  expect(await watch.troubles()).toEqual({ events: { fault: 'disk_full', since: 1_000_000 } });
  disk = 'sound';
  now += 3_000;
  await store();
  await store();
  expect(said.slice(1)).toEqual(['events can be stored again']);
  expect(await watch.troubles()).toEqual({});
});

test('a disk that fails and goes in turns is one trouble', async () => {
  for (let n = 0; n < 10; n++) {
    disk = n % 2 === 0 ? full : 'sound';
    now += 500;
    await store();
  }
  expect(said).toHaveLength(1);
});

test('its end is seen though nobody sends anything, and asking often tries seldom', async () => {
  disk = full;
  await store();
  disk = 'sound';
  now += 400;
  expect(await watch.troubles()).toHaveProperty('events');
  now += 3_000;
  expect(await watch.troubles()).toEqual({});
});

test('events and customers are told apart', async () => {
  disk = full;
  await keep();
  expect(await watch.troubles()).toMatchObject({ customers: { fault: 'disk_full' } });
  expect(await watch.troubles()).not.toHaveProperty('events');
  expect(said).toEqual([expect.stringContaining('customers cannot be stored')]);
});

test('what is no fault of the files is nobody’s trouble', async () => {
  disk = new TypeError('a mistake of ours');
  await store();
  expect([said, await watch.troubles()]).toEqual([[], {}]);
});
