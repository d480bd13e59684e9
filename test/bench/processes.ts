/**
 * Starting what is measured and ending it again: the collector, the controls, a PostgreSQL of the bench's own.
 * Whoever starts one gets its end with it.
 */
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Running {
  url: string;
  port: number;
  pid: number;
  stop(): Promise<void>;
}

/** What still has to be ended, should the bench be interrupted. */
const endings = new Set<() => Promise<void>>();

export const endEverything = async (): Promise<void> => {
  await Promise.all([...endings].map((ending) => ending()));
};

/** Whoever asks again waits for the same end. */
export const endedOnce = (ending: () => Promise<void>): (() => Promise<void>) => {
  let ended: Promise<void> | undefined;
  const stop = () => {
    endings.delete(stop);
    ended ??= ending();
    return ended;
  };
  endings.add(stop);
  return stop;
};

const temporaryFolder = (name: string): string => mkdtempSync(join(tmpdir(), `openaction-bench-${name}-`));

/** The first line that matches, or an error with everything the process had said before it ended. */
const lineOf = (child: ChildProcess, sought: RegExp): Promise<RegExpExecArray> =>
  new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer) => {
      said += chunk;
      const match = sought.exec(said);
      if (!match) return;
      // From here on what it says is drained, so that a full pipe never stops it.
      for (const stream of [child.stdout, child.stderr]) stream?.off('data', hear).resume();
      resolve(match);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${child.spawnargs.join(' ')} ended with ${code}:\n${said}`)));
  });

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
};

export const startServer = async (args: string[], env: Record<string, string> = {}): Promise<Running> => {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const stop = endedOnce(() => end(child, 'SIGTERM'));
  const [, port = ''] = await lineOf(child, /listening on http:\/\/\S+:(\d+)/);
  return { url: `http://127.0.0.1:${port}`, port: Number(port), pid: child.pid ?? 0, stop };
};

export const benchLabel = {
  key: 'bench-label',
  brand: 'bench-brand',
  salt: 'bench-salt-of-no-secret-at-all',
  admin: 'bench-admin',
};

const plenty = { perSecond: 1_000_000_000, burst: 1_000_000_000 };
const config = (origins: string[], definitions: object) => ({
  labels: [
    {
      name: 'Bench',
      keys: { public: [benchLabel.key], secret: ['bench-secret'], admin: [benchLabel.admin] },
      brands: [benchLabel.brand],
      origins,
      hashes: { salts: [benchLabel.salt], required: false },
      rates: { label: plenty, address: plenty },
      ...definitions,
    },
  ],
});

/**
 * The real collector on a folder of its own, durable as in production, its limits out of the way.
 * @param flags Node's own
 * @param definitions segments, campaigns and what else the label has
 * @param store as in the environment; several collectors over one share everything
 */
export const startCollector = async (
  origins: string[] = ['self'],
  flags: string[] = [],
  definitions: object = {},
  store = 'sqlite',
): Promise<Running & { folder: string }> => {
  const folder = temporaryFolder('collector');
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config(origins, definitions)));
  const env = { PORT: '0', HOST: '127.0.0.1', DATA_DIR: join(folder, 'data'), CONFIG: join(folder, 'config.json') };
  const server = await startServer([...flags, 'dist/collector.js'], { ...env, LOG_LEVEL: 'warn', STORE: store });
  return {
    ...server,
    folder,
    stop: endedOnce(async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    }),
  };
};

const postgresTools = (): string | undefined => {
  const versions = '/usr/lib/postgresql';
  const folders = existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, 'bin')) : [];
  return [...folders, ...(process.env.PATH ?? '').split(':')].find(
    (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
  );
};

/** PostgreSQL refuses to run as root; its own user is the one Debian makes. */
const postgresUser = (): SpawnOptions => {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
};

export interface Postgres {
  version: string;
  socketFolder: string;
  pid: number;
  stop(): Promise<void>;
}

/** A cluster in a temporary folder, on a Unix socket, fsync and synchronous_commit on; or why there is none. */
export const startPostgres = async (): Promise<Postgres | string> => {
  const tools = postgresTools();
  if (!tools) return 'no PostgreSQL on this machine';
  const folder = temporaryFolder('postgres');
  const remove = () => rmSync(folder, { recursive: true });
  let child: ChildProcess | undefined;
  try {
    const user = postgresUser();
    if (user.uid !== undefined) chownSync(folder, user.uid, user.gid ?? user.uid);
    const data = join(folder, 'data');
    const options: SpawnOptions = { ...user, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] };
    execFileSync(join(tools, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'bench', '-E', 'UTF8', '--locale=C'], {
      ...user,
      cwd: folder,
      stdio: 'pipe',
    });
    const settings = ['listen_addresses=', 'fsync=on', 'synchronous_commit=on'].flatMap((setting) => ['-c', setting]);
    const cluster = spawn(join(tools, 'postgres'), ['-D', data, '-k', folder, '-p', '5432', ...settings], options);
    child = cluster;
    await lineOf(cluster, /ready to accept connections/);
    const version = execFileSync(join(tools, 'postgres'), ['--version'], { encoding: 'utf8' });
    return {
      version: /\d+(\.\d+)*/.exec(version)?.[0] ?? 'unknown',
      socketFolder: folder,
      pid: cluster.pid ?? 0,
      // SIGINT is PostgreSQL's fast shutdown: open sessions are ended, files are left whole.
      stop: endedOnce(async () => {
        await end(cluster, 'SIGINT');
        remove();
      }),
    };
  } catch (cause) {
    if (child) await end(child, 'SIGINT');
    remove();
    return `PostgreSQL did not start: ${cause instanceof Error ? cause.message : cause}`;
  }
};
