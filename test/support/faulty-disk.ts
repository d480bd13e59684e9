/**
 * A disk that fails on order under a real process: a small library between SQLite and the system (`faulty-disk.c`). It needs a
 * C compiler; without one nothing here can be played.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `write`: nothing more is written; `sync`: nothing reaches the disk; `open`: nothing may be opened for writing. */
export interface DiskFault {
  at: 'write' | 'sync' | 'open';
  error: 'ENOSPC' | 'EIO' | 'EROFS';
  /** A piece of the paths that it is about. */
  file: string;
}

export const canFail: boolean = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0;

const compiled = (): string => {
  const library = join(mkdtempSync(join(tmpdir(), 'openaction-disk-')), 'faulty-disk.so');
  const source = fileURLToPath(new URL('./faulty-disk.c', import.meta.url));
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']);
  return library;
};

export interface FaultyDisk {
  /** For the process that is to have it. */
  env: Record<string, string>;
  /** From now on it fails so; without an argument it is sound. */
  fail(...faults: DiskFault[]): void;
}

let library: string | undefined;
export const faultyDisk = (directory: string): FaultyDisk => {
  library ??= compiled();
  const orders = join(directory, 'orders');
  const fail: FaultyDisk['fail'] = (...faults) =>
    writeFileSync(orders, faults.map(({ at, error, file }) => `${at} ${error} ${file}\n`).join(''));
  fail();
  return { env: { LD_PRELOAD: library, FAULTY_DISK: orders }, fail };
};
