/** Debian's nginx in front of collectors, by the very samples of `deploy`: only ports, paths and certificates are others. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './until.ts';

export const hasNginx = spawnSync('nginx', ['-v']).status === 0;

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export interface Nginx {
  /** By TLS; in front of a cluster without. */
  readonly port: number;
  /** The directory of the site's pages. */
  readonly root: string;
  close(): Promise<void>;
}

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** One collector behind two hosts with TLS. @param collector its port @param port where nginx listens */
export const startNginx = async (collector: number, port: number): Promise<Nginx> =>
  start(port, 'deploy/nginx/openaction.conf', [collector], { tls: port, plain: await freePort() });

/** Three collectors behind one address. @param collectors their ports */
export const startNginxOfCluster = async (collectors: number[]): Promise<Nginx> => {
  const port = await freePort();
  return start(port, 'deploy/cluster/nginx/openaction.conf', collectors, { tls: 0, plain: port });
};

const start = async (
  port: number,
  file: string,
  collectors: number[],
  { tls, plain }: { tls: number; plain: number },
): Promise<Nginx> => {
  const room = await mkdtemp(join(tmpdir(), 'nginx-'));
  // Its workers are another user.
  await chmod(room, 0o755);
  const sample = await readFile(fromRoot(file), 'utf8');
  const left = [...collectors];
  const own = sample
    .replaceAll('listen 443 ssl', `listen 127.0.0.1:${tls} ssl`)
    .replace('listen 80;', `listen 127.0.0.1:${plain};`)
    .replaceAll(/server \S+:8080/g, () => `server 127.0.0.1:${left.shift()}`)
    .replaceAll(/\/etc\/letsencrypt\/live\/[\w.]+\/fullchain/g, fromRoot('test/fixtures/tls/hooks.test.cert'))
    .replaceAll(/\/etc\/letsencrypt\/live\/[\w.]+\/privkey/g, fromRoot('test/fixtures/tls/hooks.test.key'))
    .replaceAll('/var/www/op.example', room)
    .replaceAll('conf.d/', `${room}/`);
  const pass = await readFile(fromRoot('deploy/nginx/openaction-pass.inc'), 'utf8');
  await writeFile(join(room, 'openaction-pass.inc'), pass.replace('/var/log/nginx/error.log', join(room, 'error.log')));
  await writeFile(join(room, 'openaction.conf'), own);
  const kept = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const whole = `daemon off; worker_processes 1; pid ${room}/nginx.pid; error_log ${room}/error.log;
    events { worker_connections 256; }
    http {
      types { text/html html; }
      ${kept.map((name) => `${name}_temp_path ${room}/${name};`).join('\n')}
      include ${room}/openaction.conf;
    }`;
  await writeFile(join(room, 'nginx.conf'), whole);
  const child: ChildProcess = spawn('nginx', ['-c', join(room, 'nginx.conf'), '-e', join(room, 'error.log')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await until(() => {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}: ${said}`);
    return readFile(join(room, 'nginx.pid'), 'utf8').then(
      (pid) => pid.trim() !== '',
      () => false, // not yet
    );
  });
  return {
    port,
    root: room,
    async close() {
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      await ended;
      await rm(room, { recursive: true, force: true });
    },
  };
};
