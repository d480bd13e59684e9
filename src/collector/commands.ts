/**
 * What may be asked of the program beside a start: a fresh config, a backup, a copy into a cluster. Each says on stderr why it
 * did not do it, and ends the process.
 */
import { writeFreshConfig } from './config/file.ts';
import { type CopyCommand, copyAsAsked, goesOn } from './moving/copy-command.ts';
import type { Options } from './options.ts';
import { BackupRefused, backup } from './store/backup.ts';

/** The reason on stderr, and an end: nothing has started yet. */
export const refuseToStart = (lines: string[]): never => {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(1);
};

export const init = async (file: string): Promise<void> => {
  try {
    await writeFreshConfig(file);
  } catch (cause) {
    const isThere = (cause as { code?: string }).code === 'EEXIST';
    refuseToStart([
      isThere ? `${file} exists; init does not overwrite it` : `${file} cannot be written: ${(cause as Error).message}`,
    ]);
  }
  process.stdout.write(`wrote ${file} with fresh keys; name your site in "origins", then start with CONFIG=${file}\n`);
};

export const backUp = async ({ store, dataDir }: Options, target: string): Promise<void> => {
  if (store.is === 'cluster')
    return refuseToStart([
      'STORE is a cluster: what is kept there is backed up with NATS’s own tool (nats stream backup, or nats account backup);',
      'DATA_DIR holds copies, which a collector makes again from the cluster',
    ]);
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stopping.abort());
  let tenths = 0;
  const progress = (done: number, all: number): void => {
    const now = Math.floor((10 * done) / all);
    if (now > tenths) process.stderr.write(`${now * 10} % of ${Math.ceil(all / 1e6)} MB\n`);
    tenths = Math.max(now, tenths);
  };
  try {
    await backup({ dataDir, target, signal: stopping.signal, progress });
  } catch (cause) {
    refuseToStart([cause instanceof BackupRefused ? cause.message : 'stopped; no backup was made']);
  }
  process.stdout.write(`${target} has everything that was acknowledged before it began\n`);
};

export const copyStore = async (order: CopyCommand): Promise<void> => {
  // Whatever it had begun is gone on with, so there is nothing to wait for.
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => refuseToStart([`stopped; ${goesOn}`]));
  const ended = await copyAsAsked(order, {
    write: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    columns: () => process.stderr.columns,
    now: () => performance.now(),
  });
  if (!ended.ok) return refuseToStart(ended.why);
  process.stdout.write(ended.said);
};
