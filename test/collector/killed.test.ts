/**
 * The process is killed while it stores, again and again on the same folder: in front of real sockets, and with its writer in a
 * thread of its own. `KILLS=200` kills as often.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteLog } from '../../src/collector/store/sqlite-log.ts';
import { batch, newPage } from '../support/batches.ts';
import { startCollector } from '../support/collector.ts';
import { chanceOf } from '../support/seeds.ts';

const kills = Number(process.env.KILLS ?? 3);
const seed = Number(process.env.SEED ?? 1);
/** However busy the machine is. */
const patience = 30_000 + kills * 20_000;
const CLIENTS = 4;
/** Milliseconds that it lives for once it has acknowledged something, at the least and at the most. */
const LIFE = [5, 150] as const;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'openaction-killed-'));
});
afterEach(() => rm(directory, { recursive: true }));

interface Group {
  eids: string[];
  acknowledged: boolean;
}
/** One more is acknowledged, however long it took to start. */
const storesMore = async (groups: () => Iterable<Group>, isAlive = () => true): Promise<void> => {
  const stored = () => [...groups()].filter(({ acknowledged }) => acknowledged).length;
  const before = stored();
  while (stored() === before && isAlive()) await pause(5);
};

/** Every acknowledged event is there once, and no group by half. */
const checkLog = async (label: string, groups: Group[]): Promise<void> => {
  const log = await openSqliteLog(join(directory, 'data'));
  const times = new Map<string, number>();
  for (let after: number | null = 0; after !== null; ) {
    const page: Awaited<ReturnType<typeof log.events>> = await log.events(label, { limit: 1_000, order: 'asc', after });
    for (const { eid } of page.events) times.set(eid, (times.get(eid) ?? 0) + 1);
    after = page.next;
  }
  await log.close();
  expect([...times.values()].filter((many) => many > 1)).toEqual([]);
  const missing = groups
    .filter(({ acknowledged }) => acknowledged)
    .flatMap(({ eids }) => eids.filter((eid) => !times.has(eid)));
  expect(missing).toEqual([]);
  const halves = groups.filter(({ eids }) => new Set(eids.map((eid) => times.has(eid))).size > 1);
  expect(halves).toEqual([]);
};

test(
  `a collector killed ${kills} times has every event that it acknowledged, once (seed ${seed})`,
  async () => {
    const chance = chanceOf(seed);
    const collector = await startCollector({ dataDir: join(directory, 'data') });
    const groups: Group[] = [];
    let state: 'streaming' | 'over' = 'streaming';
    const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
    const stream = async (): Promise<void> => {
      const page = newPage();
      while (state === 'streaming') {
        const events = Array.from({ length: chance.pick([1, 1, 7, 50, 200]) }, () => page());
        const group: Group = { eids: events.map(({ eid }) => eid), acknowledged: false };
        groups.push(group);
        await new Promise<void>((resolve) => {
          const outgoing = request(`${collector.url}/v1/events`, { method: 'POST', agent }, (incoming) => {
            incoming.resume();
            incoming.once('end', () => {
              group.acknowledged = incoming.statusCode === 200;
            });
            incoming.once('close', () => resolve());
          });
          // Nobody listens while it starts.
          outgoing.once('error', () => void pause(10).then(resolve));
          outgoing.end(JSON.stringify(batch(events)));
        });
      }
    };
    const streams = Array.from({ length: CLIENTS }, stream);
    for (let kill = 0; kill < kills; kill++) {
      await storesMore(() => groups);
      await pause(chance.whole(...LIFE));
      await collector.kill('SIGKILL');
      await collector.restart();
    }
    state = 'over';
    await Promise.all(streams);
    agent.destroy();
    await collector.kill('SIGKILL');
    await checkLog('Demo casino', groups);
    await collector.stop();
  },
  patience,
);

/** Appends group after group with its writer in a worker, and says on stdout which were acknowledged. */
const appending = `
  import { openSqliteLog } from './src/collector/store/sqlite-log.ts';
  import { writerInWorker } from './src/collector/store/writer.ts';
  import { event, submission } from './test/support/submissions.ts';
  const [dir, worker, life] = process.argv.slice(2);
  const log = await openSqliteLog(dir, (file) => writerInWorker(file, new URL(worker)));
  for (let group = 0; ; group++) {
    const many = 1 + ((group * 7) % 60);
    const name = 'worker-' + life + '-' + group;
    const events = Array.from({ length: many }, (_, n) => event(name + '-' + n, { index: n, seq: null }));
    process.stdout.write('asked ' + name + ' ' + many + '\\n');
    log.append([submission({ events })]).then(() => process.stdout.write('stored ' + name + '\\n'));
    if (group % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    if (group % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
`;

test(
  `with its writer in a worker it is the same, ${kills} times (seed ${seed})`,
  async () => {
    const chance = chanceOf(seed);
    const program = join(process.cwd(), '.cache', `appending-${process.pid}.mjs`);
    await build({
      stdin: { contents: appending, resolveDir: process.cwd(), loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      outfile: program,
      logLevel: 'error',
    });
    const groups = new Map<string, Group>();
    const hear = (line: string): void => {
      const [said, name, many] = line.split(' ') as [string, string, string?];
      if (said === 'asked')
        groups.set(name, { eids: Array.from({ length: Number(many) }, (_, n) => `${name}-${n}`), acknowledged: false });
      else if (said === 'stored') groups.get(name)!.acknowledged = true;
    };
    for (let life = 0; life < kills; life++) {
      const args = [program, join(directory, 'data'), pathToFileURL('dist/store-worker.js').href, String(life)];
      const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      let rest = '';
      child.stdout!.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop()!;
        for (const line of lines) hear(line);
      });
      const closed = once(child, 'close');
      await storesMore(
        () => groups.values(),
        () => child.exitCode === null,
      );
      await pause(chance.whole(...LIFE));
      child.kill('SIGKILL');
      await closed;
    }
    await rm(program);
    await checkLog('casino', [...groups.values()]);
  },
  patience,
);
