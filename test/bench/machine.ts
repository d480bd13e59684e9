/**
 * Where and when a number was taken, and what processes cost in CPU and memory (Linux; elsewhere unknown).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

const said = (command: string, ...args: string[]): string => {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch (cause) {
    return `unknown (${command}: ${cause instanceof Error ? cause.message.split('\n')[0] : cause})`;
  }
};

const commit = (): string => {
  const changed = said('git', 'status', '--porcelain', '--', 'src', 'build.mjs', 'package-lock.json');
  return said('git', 'rev-parse', '--short', 'HEAD') + (changed === '' ? '' : ' with changes');
};

/** One sentence that stands above every table. */
export const provenance = (chromium: string | undefined): string => {
  const cores = cpus();
  const model = cores[0]?.model.replace(/\s+/g, ' ').trim() ?? 'unknown processor';
  return [
    `${cores.length} cores ${model}, ${Math.round(totalmem() / 2 ** 30)} GB`,
    `Node ${process.versions.node}`,
    ...(chromium ? [said(chromium, '--version').replace(/ built on.*/, '')] : []),
    `commit ${commit()}`,
    new Date().toISOString().slice(0, 10),
  ].join(' · ');
};

interface Stat {
  pid: number;
  name: string;
  parent: number;
  ticks: number;
}

const statOf = (pid: number | string): Stat | undefined => {
  try {
    // The name in brackets may hold spaces.
    const [, name = '', rest = ''] = /\((.*)\) (.*)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    const fields = rest.split(' ').map(Number);
    const [, parent = 0] = fields;
    const [user = 0, system = 0] = fields.slice(11, 13);
    return { pid: Number(pid), name, parent, ticks: user + system };
  } catch (cause) {
    // The process ended between the listing and the reading.
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT' || (cause as NodeJS.ErrnoException).code === 'ESRCH')
      return undefined;
    throw cause;
  }
};

/** CPU time so far of these processes and their children, in microseconds (a tick is 10 ms). */
export const cpuMicros = (pids: number[]): number => {
  if (!existsSync('/proc/self/stat')) return Number.NaN;
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(name) ?? []) : []));
  return all
    .filter(({ pid, parent }) => pids.includes(pid) || pids.includes(parent))
    .reduce((sum, { ticks }) => sum + ticks * 10_000, 0);
};

/** Processes of this name that this one has started. */
export const childrenNamed = (name: string): number[] =>
  readdirSync('/proc').flatMap((entry) => {
    const one = /^\d+$/.test(entry) ? statOf(entry) : undefined;
    return one?.parent === process.pid && one.name === name ? [one.pid] : [];
  });

/** A line of `/proc/PID/status`, in MB. */
const megabytesOf = (pid: number, line: 'VmHWM' | 'VmRSS'): number => {
  if (!existsSync(`/proc/${pid}/status`)) return Number.NaN;
  const kilobytes = new RegExp(`${line}:\\s*(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes ?? Number.NaN) / 1024;
};

/** The most memory that a process ever held, in MB. */
export const peakMegabytes = (pid: number): number => megabytesOf(pid, 'VmHWM');

/** What it holds now. */
export const residentMegabytes = (pid: number): number => megabytesOf(pid, 'VmRSS');
