/** The length of the write-ahead log is watched, and watching ends nothing. */
import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { whenWalIsLong } from '../../../src/collector/store/wal-watch.ts';

const LONG = 300 * 1024 * 1024;

let directory: string;
let told: string[];
let end: () => void;
const wal = (): string => join(directory, 'events.sqlite-wal');
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'openaction-wal-'));
  told = [];
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  end = whenWalIsLong(join(directory, 'events.sqlite'), (is) => told.push(is));
});
afterEach(async () => {
  end();
  vi.useRealTimers();
  await rm(directory, { recursive: true });
});

test('one that grows is told once, and once when it is short again', async () => {
  await writeFile(wal(), '');
  for (const bytes of [1_000, LONG, LONG + 1, 0]) {
    await truncate(wal(), bytes);
    vi.advanceTimersByTime(20_000);
  }
  expect(told).toEqual(['long', 'short']);
});

test('a file that is not there, or that the disk says nothing of, ends nothing', async () => {
  vi.advanceTimersByTime(10_000);
  await symlink(wal(), wal());
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual([]);
});
