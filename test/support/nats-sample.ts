/** Three NATS servers by the very sample of `deploy/cluster`: only ports and directories are others. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './nginx.ts';

export interface SampleServers {
  /** `STORE` for a user of theirs. */
  store(user: string): string;
  /** What all three wrote. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

const sampleOf = (file: string): Promise<string> =>
  readFile(fileURLToPath(new URL(`../../deploy/cluster/${file}`, import.meta.url)), 'utf8');

const passwordOf = (user: string): string => `Password-of-${user}`;

export const startSampleServers = async (): Promise<SampleServers> => {
  const room = await mkdtemp(join(tmpdir(), 'nats-sample-'));
  const sample = await sampleOf('nats-server.conf');
  const names = ['nats-1', 'nats-2', 'nats-3'];
  const ports = await Promise.all(
    names.map(async (name) => ({ name, client: await freePort(), route: await freePort(), http: await freePort() })),
  );
  const environment = (await sampleOf('nats-server.env'))
    .replaceAll(
      /nats:\/\/(nats-\d):6222/g,
      (_, of) => `nats://127.0.0.1:${ports.find(({ name }) => name === of)?.route}`,
    )
    .replaceAll(/^(\w+)_PASSWORD=$/gm, (line, who: string) => line + passwordOf(who.toLowerCase()));
  const settings = Object.fromEntries(
    Array.from(environment.matchAll(/^(\w+)=(.*)$/gm), ([, name, value]) => [name, value]),
  );

  const start = async ({ name, client, route, http }: (typeof ports)[number]): Promise<ChildProcess> => {
    const file = join(room, `${name}.conf`);
    const own = sample
      .replace('0.0.0.0:4222', `127.0.0.1:${client}`)
      .replace('0.0.0.0:6222', `127.0.0.1:${route}`)
      .replace('127.0.0.1:8222', `127.0.0.1:${http}`)
      .replace('/var/lib/nats', join(room, name));
    await writeFile(file, `log_file: "${join(room, `${name}.log`)}"\n${own}`);
    const server = spawn('nats-server', ['-c', file], {
      env: { PATH: process.env.PATH, ...settings, NODE: name },
      stdio: 'ignore',
    });
    await once(server, 'spawn');
    return server;
  };
  const servers = await Promise.all(ports.map(start));
  return {
    store: (user) => `nats://${user}:${passwordOf(user)}@${ports.map(({ client }) => `127.0.0.1:${client}`).join(',')}`,
    log: async () => (await Promise.all(names.map((name) => readFile(join(room, `${name}.log`), 'utf8')))).join('\n'),
    async stop() {
      await Promise.all(
        servers.map(async (server) => {
          const ended = once(server, 'exit');
          server.kill('SIGKILL');
          await ended;
        }),
      );
      await rm(room, { recursive: true, force: true });
    },
  };
};
