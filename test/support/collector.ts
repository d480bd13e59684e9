/**
 * The real collector as its own process: `node dist/collector.js` on a port it picks and a directory of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const collectorProgram = fileURLToPath(new URL('../../dist/collector.js', import.meta.url));

export interface CollectorStart {
  /** The demo's config unless another is given. */
  config?: unknown;
  env?: Record<string, string>;
  /** Kept afterwards; a temporary one is removed by `stop`. */
  dataDir?: string;
}

export interface RunningCollector {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** Everything it wrote to stderr so far: its structured log. */
  readonly log: string;
  /** Sends the signal and resolves with how the process ended. */
  kill(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Has it read its config now. */
  hangUp(): void;
  /** Stops its time, as a machine does that is out of breath; `thaw` lets it go on as if nothing had been. */
  freeze(): void;
  thaw(): void;
  /** Drains it if it still runs, and removes its temporary directory. */
  stop(): Promise<void>;
  /** Starts it again, after `kill`, on the same port and directory. */
  restart(): Promise<void>;
}

interface Running {
  process: ChildProcess;
  url: string;
}

export const startCollector = async ({ config, env = {}, dataDir }: CollectorStart = {}): Promise<RunningCollector> => {
  if (!existsSync(collectorProgram)) throw new Error(`${collectorProgram} is missing: run "npm run build" first`);
  const temporary = await mkdtemp(join(tmpdir(), 'openaction-'));
  const dir = dataDir ?? join(temporary, 'data');
  const configEnv: Record<string, string> = {};
  if (config !== undefined) {
    configEnv.CONFIG = join(temporary, 'config.json');
    await writeFile(configEnv.CONFIG, JSON.stringify(config));
  }
  let log = '';

  const launch = (port: number): Promise<Running> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [collectorProgram], {
        env: {
          PATH: process.env.PATH,
          HOST: '127.0.0.1',
          LOG_LEVEL: 'info',
          ...configEnv,
          ...env,
          DATA_DIR: dir,
          PORT: String(port),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let out = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        log += text;
      });
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
        const url = /listening on (http:\S+)/.exec(out)?.[1];
        if (url) resolve({ process: child, url });
      });
      child.once('error', reject);
      child.once('close', (code) => reject(new Error(`the collector ended with ${code} before it listened:\n${log}`)));
    });

  let running = await launch(0);
  const port = Number(new URL(running.url).port);
  const kill: RunningCollector['kill'] = async (signal) => {
    const { process: child } = running;
    if (child.exitCode === null && child.signalCode === null) {
      const closed = once(child, 'close');
      child.kill(signal);
      await closed;
    }
    return { code: child.exitCode, signal: child.signalCode };
  };
  return {
    get url() {
      return running.url;
    },
    port,
    dataDir: dir,
    get log() {
      return log;
    },
    kill,
    hangUp: () => void running.process.kill('SIGHUP'),
    freeze: () => void running.process.kill('SIGSTOP'),
    thaw: () => void running.process.kill('SIGCONT'),
    async stop() {
      await kill('SIGTERM');
      await rm(temporary, { recursive: true, force: true });
    },
    async restart() {
      await kill('SIGTERM');
      running = await launch(port);
    },
  };
};
