/** The real process: how it starts, how it ends, and what is on disk afterwards. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/collector/config/config.ts';
import { batch, browserEvent, newPage, read, send, stored } from '../support/batches.ts';
import { collectorProgram, type RunningCollector, startCollector } from '../support/collector.ts';
import { closeClients, connectClient, connectCustomer } from '../support/socket-client.ts';
import { patiently } from '../support/until.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'openaction-process-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

interface Ended {
  code: number;
  out: string;
  err: string;
}
/** Runs it until it ends by itself. */
const run = (args: string[], env: Record<string, string>): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [collectorProgram, ...args],
      { env: { PATH: process.env.PATH, DATA_DIR: join(directory, 'data'), PORT: '0', ...env } },
      (error, out, err) => resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });

/** A client on one kept connection that posts batch after batch and notes what was acknowledged. */
const client = (collector: RunningCollector) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const page = newPage();
  const acknowledged: string[] = [];
  const outcomes: ('answered' | 'cut')[] = [];
  const post = (): Promise<void> =>
    new Promise((resolve) => {
      const events = Array.from({ length: 10 }, () => page());
      let connected = false;
      const outgoing = request(`${collector.url}/v1/events`, { method: 'POST', agent }, (incoming) => {
        incoming.resume().on('end', () => {
          outcomes.push('answered');
          if (incoming.statusCode === 200) acknowledged.push(...events.map(({ eid }) => eid));
          resolve();
        });
        incoming.on('error', () => resolve());
      });
      outgoing.on('socket', (socket) => {
        connected = !socket.connecting;
        if (!connected) socket.once('connect', () => (connected = true));
      });
      outgoing.on('error', () => {
        if (connected) outcomes.push('cut');
        resolve();
      });
      outgoing.end(JSON.stringify(batch(events)));
    });
  return { acknowledged, outcomes, post, end: () => agent.destroy() };
};

const untilStopped = async (collector: RunningCollector, clients: number, act: () => Promise<unknown>) => {
  const all = Array.from({ length: clients }, () => client(collector));
  let state: 'running' | 'over' = 'running';
  const loops = all.map(async (one) => {
    while (state === 'running') await one.post();
  });
  while (all.some(({ acknowledged }) => acknowledged.length < 100))
    await new Promise((resolve) => setTimeout(resolve, 5));
  await act();
  state = 'over';
  await Promise.all(loops);
  for (const one of all) one.end();
  return all;
};

const allStored = async (collector: RunningCollector): Promise<Set<string>> => {
  const eids: string[] = [];
  for (let after = 0, next: number | null = 0; next !== null; after = next ?? 0) {
    const page = await read<{ events: { eid: string }[]; next: number | null }>(
      collector,
      `/v1/events?limit=1000&after=${after}`,
    );
    eids.push(...page.body.events.map(({ eid }) => eid));
    next = page.body.next;
  }
  expect(new Set(eids).size).toBe(eids.length);
  return new Set(eids);
};

describe('an end', () => {
  test('SIGTERM drains: no accepted request loses its answer, and everything acknowledged is there again', async () => {
    const collector = await startCollector({ dataDir: join(directory, 'data') });
    const clients = await untilStopped(collector, 8, async () => {
      expect(await collector.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    });
    expect(clients.flatMap(({ outcomes }) => outcomes).filter((outcome) => outcome === 'cut')).toEqual([]);
    await collector.restart();
    const there = await allStored(collector);
    expect(clients.flatMap(({ acknowledged }) => acknowledged).filter((eid) => !there.has(eid))).toEqual([]);
    await collector.stop();
  });

  test('SIGTERM ends the live view’s stream, and the one that it asks for at once on a kept connection: none is cut off', async () => {
    const collector = await startCollector();
    const agent = new Agent({ keepAlive: true });
    const headers = { authorization: 'demo-admin' };
    const streams: string[] = [];
    let opened = (): void => {};
    const listen = (): void => {
      const outgoing = request(`${collector.url}/v1/live`, { agent, headers }, (incoming) => {
        opened();
        incoming.resume().once('end', () => {
          streams.push('ended');
          listen();
        });
        incoming.once('error', () => streams.push('cut'));
      });
      // The collector takes no connection any more.
      outgoing.once('error', () => agent.destroy()).end();
    };
    const open = new Promise<void>((resolve) => {
      opened = resolve;
    });
    listen();
    await open;
    // The connection that the next stream finds.
    await new Promise<void>((resolve) => {
      request(`${collector.url}/healthz`, { agent }, (incoming) =>
        incoming.resume().once('end', () => resolve()),
      ).end();
    });
    expect(await collector.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(streams).toEqual(['ended', 'ended']);
    await collector.stop();
  });

  test('kill -9 in the middle of a load loses nothing that was acknowledged', async () => {
    const collector = await startCollector({ dataDir: join(directory, 'data') });
    const clients = await untilStopped(collector, 8, () => collector.kill('SIGKILL'));
    await collector.restart();
    const there = await allStored(collector);
    const acknowledged = clients.flatMap((one) => one.acknowledged);
    expect(acknowledged.length).toBeGreaterThan(800);
    expect(acknowledged.filter((eid) => !there.has(eid))).toEqual([]);
    await collector.stop();
  });

  test('a batch that is sent again after a restart is all duplicates', async () => {
    const collector = await startCollector({ dataDir: join(directory, 'data') });
    const body = batch([browserEvent(), browserEvent()]);
    await send(collector, body);
    await collector.kill('SIGKILL');
    await collector.restart();
    expect((await send(collector, body)).body.duplicate).toEqual(body.events.map(({ eid }) => eid));
    await collector.stop();
  });
});

describe('what is known of customers', () => {
  const tagsOf = async (collector: RunningCollector): Promise<string[]> =>
    (await read<{ tags: string[] }>(collector, '/v1/customers/anna')).body.tags;
  const tagged = (tag: string) =>
    browserEvent({
      user_ext_id: 'anna',
      event_type: 'core_public_tags_update',
      payload: { operation: 'add', tags: [tag] },
    });

  test('survives kill -9 with every event that was acknowledged, and each is in it once', async () => {
    const collector = await startCollector({ dataDir: join(directory, 'data') });
    await send(collector, batch([tagged('first')]));
    await expect.poll(() => tagsOf(collector), patiently).toEqual(['FIRST']);
    // Acknowledged, and most likely not folded yet.
    await send(collector, batch([tagged('second')]));
    await collector.kill('SIGKILL');
    await collector.restart();
    await expect.poll(() => tagsOf(collector), patiently).toEqual(['FIRST', 'SECOND']);
    await collector.stop();
  });

  test('is told on an open socket; an end asks the client to come back, and it is told the same again', async () => {
    const collector = await startCollector({ dataDir: join(directory, 'data') });
    const page = await connectCustomer(collector, 'anna');
    await send(collector, batch([tagged('live')]));
    expect(await page.next(108)).toMatchObject({ props: { core_public_tags: ['LIVE'] } });
    expect(await collector.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await page.closed).toMatchObject({ code: 1012 });
    await collector.restart();
    const again = await connectClient(collector);
    await again.ask({ cid: 3, label_key: 'demo-label' });
    expect(await again.ask({ cid: 5, ext_user_id: 'anna' })).toMatchObject({ props: { core_public_tags: ['LIVE'] } });
    await closeClients();
    await collector.stop();
  });
});

test('under load the store moves to a thread of its own, and every event is stored once', async () => {
  const rate = { perSecond: 1e9, burst: 1e9 };
  const keys = { public: ['demo-label'], secret: [], admin: ['demo-admin'] };
  const label = { name: 'Busy', keys, brands: ['main'], origins: [], rates: { label: rate, address: rate } };
  const collector = await startCollector({ config: { labels: [label] }, dataDir: join(directory, 'data') });
  let acknowledged = 0;
  const load = async (): Promise<void> => {
    const page = newPage();
    while (!collector.log.includes('moves to a thread of its own')) {
      const { body } = await send(collector, batch(Array.from({ length: 1000 }, () => page())));
      acknowledged += 1000 - body.rejected.length - body.duplicate.length;
    }
    await send(collector, batch(Array.from({ length: 1000 }, () => page())));
    acknowledged += 1000;
  };
  await Promise.all(Array.from({ length: 12 }, load));
  const { minutes } = (await read<{ minutes: { stored: number }[] }>(collector, '/v1/stats')).body;
  expect(minutes.reduce((sum, { stored }) => sum + stored, 0)).toBe(acknowledged);
  expect(await collector.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  await collector.stop();
});

describe('a start', () => {
  test('a second process on the same directory is refused, and the first goes on', async () => {
    const collector = await startCollector({ dataDir: join(directory, 'data') });
    const second = await run([], {});
    expect([second.code, second.err]).toEqual([1, expect.stringContaining('another process stores its events')]);
    const one = browserEvent();
    await send(collector, batch([one]));
    expect(await stored(collector, one.eid)).toBeDefined();
    await collector.stop();
  });

  test('a directory that cannot be written is told by its name', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');
    const { code, err } = await run([], { DATA_DIR: file });
    expect([code, err]).toEqual([1, expect.stringContaining(`cannot store events in ${file}`)]);
  });

  test('the demo’s keys are refused where others can reach them, with the way out', async () => {
    const { code, err } = await run([], { HOST: '0.0.0.0' });
    expect(code).toBe(1);
    expect(err).toContain('labels[0].keys.public[0]');
    expect(err).toContain('node dist/collector.js init');
  });

  test('init writes a config with fresh keys that works, and never overwrites one', async () => {
    const file = join(directory, 'config.json');
    expect((await run(['init', file], {})).code).toBe(0);
    const text = await readFile(file, 'utf8');
    const parsed = parseConfig(JSON.parse(text));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
    expect(parsed.warnings).toEqual([]);
    const [{ keys, hashes }] = parsed.config.labels as [(typeof parsed.config.labels)[number]];
    expect([keys.public[0], keys.secret[0], keys.admin[0]]).toEqual([
      expect.stringMatching(/^pk_[\w-]{32}$/),
      expect.stringMatching(/^sk_[\w-]{32}$/),
      expect.stringMatching(/^ak_[\w-]{32}$/),
    ]);
    expect(hashes.salts[0]!.length).toBeGreaterThanOrEqual(22);
    expect((await stat(file)).mode & 0o077).toBe(0);

    const again = await run(['init', file], {});
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('does not overwrite')]);
    expect(await readFile(file, 'utf8')).toBe(text);

    const collector = await startCollector({ env: { CONFIG: file, HOST: '0.0.0.0' } });
    const local = { url: `http://127.0.0.1:${collector.port}` };
    const { body } = await send(local, batch([browserEvent()], { label_key: keys.public[0] }));
    expect(body.rejected).toEqual([]);
    await collector.stop();
  });

  test('every mistake of the config is told at once, with its path', async () => {
    const file = join(directory, 'config.json');
    await run(['init', file], {});
    const config = JSON.parse(await readFile(file, 'utf8'));
    config.labels[0].hashes.requred = true;
    config.labels[0].origins.push('https://op.example/');
    await writeFile(file, JSON.stringify(config));
    const { code, err } = await run([], { CONFIG: file });
    expect(code).toBe(1);
    expect(err).toContain('labels[0].hashes.requred: is not a name that is known here; did you mean "required"?');
    expect(err).toContain('labels[0].origins[2]: must be exactly an origin; did you mean https://op.example?');
  });

  test('mistakes of the environment are told, and unknown commands', async () => {
    const bad = await run([], { PORT: 'http', LOG_LEVEL: 'loud', STORE: 'paper' });
    expect([bad.code, bad.err]).toEqual([1, expect.stringMatching(/PORT[\s\S]*STORE[\s\S]*LOG_LEVEL/)]);
    expect(await run(['instal'], {})).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is no command "instal"'),
    });
  });
});

test('its log has neither keys, nor payloads, nor whole addresses', async () => {
  const collector = await startCollector({ env: { LOG_LEVEL: 'trace' } });
  const canary = 'canary-6f1d';
  await send(
    collector,
    batch([browserEvent({ payload: { client_action: canary, [canary]: canary }, user_ext_id: canary })]),
  );
  await send(collector, `{"${canary}`);
  await send(collector, batch([], { label_key: canary }));
  await send(collector, batch([browserEvent({ eid: canary, user_ext_id: { [canary]: 1 } })]));
  await read(collector, `/v1/events?${canary}=${canary}`, canary);
  await read(collector, `/${canary}?user_hash=${canary}`);
  await collector.kill('SIGTERM');
  expect(collector.log).toContain('"code":"bad_json"');
  expect(collector.log).not.toContain(canary);
  expect(collector.log).not.toContain('127.0.0.1","');
  expect(collector.log).toContain('127.0.0.0/24');
  await collector.stop();
});
