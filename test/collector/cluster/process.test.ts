/** The program over a cluster: what it prints, when it listens, and how it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectorProgram } from '../../support/collector.ts';
import { type NatsServers, startNats } from '../../support/nats.ts';
import { patiently } from '../../support/until.ts';

const login = 'openaction:hunter2';
let nats: NatsServers;
let room: string;
beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'openaction-process-'));
  const [user, password] = login.split(':');
  nats = await startNats({ login, config: `authorization { users: [{ user: "${user}", password: "${password}" }] }` });
});
afterAll(async () => {
  await nats.stop();
  await rm(room, { recursive: true, force: true });
});

interface Run {
  child: ChildProcess;
  out(): string;
  err(): string;
  ended: Promise<number | null>;
}
const run = (STORE: string, PORT = '0', args: string[] = []): Run => {
  const env = { PATH: process.env.PATH, DATA_DIR: join(room, 'data'), PORT, STORE };
  const child = spawn(process.execPath, [collectorProgram, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text: Buffer) => {
    out += text;
  });
  child.stderr.on('data', (text: Buffer) => {
    err += text;
  });
  return { child, out: () => out, err: () => err, ended: once(child, 'close').then(([code]) => code as number | null) };
};

test('without its cluster it answers 503 and says so once; "listening" is said when it takes events; an end drains', async () => {
  const [server] = nats.servers;
  await server!.kill();
  const collector = run(nats.store(), '0');
  await expect.poll(collector.err, patiently).toContain('waits for the cluster');
  const url = /listening at (http:[^"]+)/.exec(collector.err())![1]!;
  expect((await fetch(`${url}/healthz`)).status).toBe(503);
  expect(collector.out()).toBe('');
  await server!.start();
  await expect.poll(collector.out, patiently).toContain(`listening on ${url}\n`);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect(collector.err().match(/waits for the cluster/g)).toHaveLength(1);
  collector.child.kill('SIGTERM');
  expect(await collector.ended).toBe(0);
  expect(collector.err()).toContain('everything accepted is on disk');
  expect(collector.err() + collector.out()).not.toContain('hunter2');
});

test('one that still waits ends at once when it is told to', async () => {
  const collector = run('nats://127.0.0.1:1');
  await expect.poll(collector.err, patiently).toContain('waits for the cluster');
  collector.child.kill('SIGTERM');
  expect(await collector.ended).toBe(0);
  expect(collector.out()).toBe('');
});

test('mistakes that only an operator can mend end the start, with what to do and without the password', async () => {
  const wrongs: [store: string, said: RegExp][] = [
    [nats.store().replace('hunter2', 'hunter3'), /do not let the collector in.*look at the user that STORE names/],
    [nats.store('alone').replace('replicas=1', 'replicas=3'), /alone_events cannot be kept 3 times.*\?replicas=1/],
    ['nats://openaction:hunter2@a:99999', /STORE: server 1 is no host/],
  ];
  for (const [store, said] of wrongs) {
    const collector = run(store);
    expect(await collector.ended).toBe(1);
    expect(collector.err()).toMatch(said);
    expect(collector.err()).not.toMatch(/hunter/);
  }
});

test('a backup of a cluster is made with the cluster’s own tools, and the command says which', async () => {
  const asked = run(nats.store(), '0', ['backup', join(room, 'backup')]);
  expect(await asked.ended).toBe(1);
  expect(asked.err()).toMatch(/nats stream backup/);
});

test('where a cluster’s copy lies nothing is stored because STORE was forgotten', async () => {
  await mkdir(join(room, 'data', 'copy'), { recursive: true });
  const collector = run('sqlite');
  expect(await collector.ended).toBe(1);
  expect(collector.err()).toMatch(/copy is of a cluster; name the cluster in STORE/);
});
