/** A collector's start over a cluster that is not there yet, and what it says while the cluster fails it. Real servers. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { parseClusterAddress } from '../../../src/collector/cluster/address.ts';
import { arrive } from '../../../src/collector/cluster/arriving.ts';
import { connectTo } from '../../../src/collector/cluster/connection.ts';
import { openClusterStore } from '../../../src/collector/cluster/open.ts';
import { openWaiting } from '../../../src/collector/cluster/waiting.ts';
import { createCollector } from '../../../src/collector/collector.ts';
import { parseConfig } from '../../../src/collector/config/config.ts';
import { settingsOf } from '../../../src/collector/config/settings.ts';
import { portOf, type Serving, serve } from '../../../src/collector/serve.ts';
import { type NatsServers, type NatsStart, startNats } from '../../support/nats.ts';
import { patiently, until } from '../../support/until.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});
const start = async (how: NatsStart = {}): Promise<NatsServers> => {
  const servers = await startNats(how);
  ending.push(servers.stop);
  return servers;
};

const plenty = { perSecond: 1_000_000, burst: 1_000_000 };
const loaded = parseConfig({
  labels: [
    {
      name: 'Casino',
      keys: { public: ['casino'], secret: ['casino-secret'], admin: ['casino-admin'] },
      brands: ['main'],
      origins: ['https://casino.example'],
      rates: { label: plenty, address: plenty },
    },
  ],
});
if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));

interface Here {
  url: string;
  arrived: Promise<Serving>;
  lines(): { level: number; msg: string; fault?: string }[];
  logged(): string;
}

/** As `main.ts` starts it, in this process. */
const startOver = async (store: string): Promise<Here> => {
  const address = parseClusterAddress(store);
  if (!address.ok) throw new Error(JSON.stringify(address.mistakes));
  const room = await mkdtemp(join(tmpdir(), 'openaction-start-'));
  ending.push(() => rm(room, { recursive: true, force: true }));
  await writeFile(join(room, 'smartico.js'), 'the SDK');
  const written: string[] = [];
  const logger = pino({ level: 'info', base: null }, { write: (line: string) => void written.push(line) });
  const place = { host: '127.0.0.1', port: 0 };
  const waiting = await openWaiting({ logger, version: '0', dist: room, trustedProxies: [], ...place });
  const worker = new URL('file:///store-worker.js');
  const arrived = arrive(
    waiting,
    logger,
    (found) => openClusterStore({ address: address.address, dataDir: join(room, 'data'), worker, logger, found }),
    ({ log, users, is, shared }) =>
      createCollector({
        settings: settingsOf(loaded, Date.now()),
        log,
        users,
        store: is,
        ...shared,
        files: { write: async () => '' },
        logger,
        version: '0',
        pages: { dist: room, site: undefined },
        ownOrigins: new Set<string>(),
      }),
  ).then(async ({ collector, store: opened }) => {
    const serving = await serve(collector, { ...place, publicUrl: null }, new Set(), waiting.doors);
    ending.push(async () => {
      await serving.stop();
      await opened.close();
    });
    return serving;
  });
  arrived.catch(() => {
    for (const door of waiting.doors) door.close();
  });
  return {
    url: `http://127.0.0.1:${portOf(waiting.doors)}`,
    arrived,
    lines: () => written.map((line) => JSON.parse(line) as { level: number; msg: string }),
    logged: () => written.join(''),
  };
};

const health = async ({ url }: Here): Promise<unknown> => (await fetch(`${url}/healthz`)).json();
const post = ({ url }: Here, eid: string): Promise<Response> =>
  fetch(`${url}/api/external/events/v2`, {
    method: 'POST',
    headers: { authorization: 'casino-secret' },
    body: JSON.stringify({
      eid,
      event_date: Date.now(),
      ext_brand_id: 'main',
      user_ext_id: 'u1',
      event_type: 'paid',
      payload: {},
    }),
  });
const stored = async ({ url }: Here): Promise<string[]> => {
  const headers = { authorization: 'Bearer casino-admin' };
  const eids: string[] = [];
  for (let after = ''; ; ) {
    const answer = await fetch(`${url}/v1/events?limit=500&order=asc${after}`, { headers });
    const { events, next } = (await answer.json()) as { events: { eid: string }[]; next: number | null };
    eids.push(...events.map(({ eid }) => eid));
    if (next === null) return eids;
    after = `&after=${next}`;
  }
};
const refusal = { code: 'overloaded', message: expect.any(String), request_id: expect.any(String) };

test('without a cluster it listens, says so to whoever asks in the form they know, and gives pages the SDK', async () => {
  const servers = await start();
  const [server] = servers.servers;
  await server!.kill();
  const here = await startOver(servers.store());
  await until(() => here.lines().some(({ fault }) => fault === 'cluster_unreachable'));

  const asked = await fetch(`${here.url}/v1/events`, {
    method: 'POST',
    headers: { origin: 'https://casino.example', 'content-type': 'text/plain' },
    body: 'x'.repeat(200_000),
  });
  expect([asked.status, await asked.json()]).toEqual([503, refusal]);
  expect(Number(asked.headers.get('retry-after'))).toBeGreaterThanOrEqual(2);
  expect(asked.headers.get('access-control-allow-origin')).toBe('https://casino.example');
  expect(asked.headers.get('access-control-expose-headers')).toContain('retry-after');
  const preflight = await fetch(`${here.url}/s2s-api`, { method: 'OPTIONS', headers: { origin: 'https://a.example' } });
  expect([preflight.status, preflight.headers.get('access-control-allow-methods')]).toEqual([204, 'POST']);
  expect((await post(here, 'early-00001')).status).toBe(503);
  expect(await (await fetch(`${here.url}/v2/events/clientEvent`, { method: 'POST', body: '{}' })).json()).toMatchObject(
    {
      status: 503,
      requestId: expect.any(String),
    },
  );
  const wished = request(`${here.url}/ws`, { headers: { connection: 'upgrade', upgrade: 'websocket' } }).end();
  const [answer] = (await once(wished, 'response')) as [IncomingMessage];
  expect(answer.resume().statusCode).toBe(503);
  expect(await (await fetch(`${here.url}/smartico.js`)).text()).toBe('the SDK');
  expect(await health(here)).toEqual({
    status: 'failing',
    version: '0',
    store: 'cluster',
    faults: { events: 'cluster_unreachable', customers: 'cluster_unreachable' },
  });
  await server!.start();
  await here.arrived;
});

test('it takes events as soon as the cluster is there; nobody who asks meanwhile is cut off', async () => {
  const servers = await start();
  const [server] = servers.servers;
  await server!.kill();
  const here = await startOver(servers.store());
  await until(() => here.lines().length > 1);
  const kept = new Agent({ keepAlive: true, maxSockets: 1 });
  ending.push(async () => kept.destroy());
  const askOnKept = async (): Promise<{ status: number; port: number }> => {
    const asked = request(`${here.url}/healthz`, { agent: kept }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    return { status: answer.statusCode!, port: (asked.socket!.address() as AddressInfo).port };
  };
  const before = await askOnKept();
  expect(before.status).toBe(503);
  let asking: 'on' | 'off' = 'on';
  const statuses = new Set<number>();
  const asker = (async () => {
    while (asking === 'on') {
      statuses.add((await fetch(`${here.url}/healthz`, { headers: { connection: 'close' } })).status);
      await askOnKept();
    }
  })();
  await server!.start();
  await here.arrived;
  await expect.poll(async () => (await post(here, 'first-00001')).status, patiently).toBe(200);
  asking = 'off';
  await asker;
  expect([...statuses]).toEqual([503, 200]);
  expect(await askOnKept()).toEqual({ status: 200, port: before.port });
  expect(await stored(here)).toEqual(['first-00001']);
  expect(await health(here)).toMatchObject({ status: 'ok', store: 'cluster', lag: { events: { seconds: 0 } } });
  const metrics = await (await fetch(`${here.url}/metrics`)).text();
  for (const unit of ['messages', 'seconds'])
    for (const copy of ['events', 'customers'])
      expect(metrics).toContain(`openaction_copy_lag_${unit}{copy="${copy}"} 0`);
  const said = here.lines().filter(({ msg }) => /cluster/.test(msg));
  expect(said.map(({ msg }) => msg.replace(/:.*/s, ''))).toEqual([
    'waits for the cluster, and takes no events',
    'the cluster is there',
  ]);
});

test('one server of three is no quorum: at a start it waits, in operation it refuses, and both end by themselves', async () => {
  const three = await start({ nodes: 3 });
  const [first, second, third] = three.servers;
  await Promise.all([second!.kill(), third!.kill()]);
  const here = await startOver(three.store());
  await until(() => here.lines().some(({ fault }) => fault === 'cluster_unreachable'));
  expect((await post(here, 'early-00001')).status).toBe(503);
  await Promise.all([second!.start(), third!.start()]);
  await here.arrived;
  expect((await post(here, 'first-00001')).status).toBe(200);

  await Promise.all([first!.kill(), third!.kill()]);
  const refused = await post(here, 'during-0001');
  expect([refused.status, await refused.json()]).toEqual([503, refusal]);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(5);
  expect(await health(here)).toMatchObject({ status: 'failing', faults: { events: 'cluster_unreachable' } });
  await Promise.all([first!.start(), third!.start()]);
  await expect.poll(async () => (await post(here, 'after-00001')).status, patiently).toBe(200);
  await expect.poll(() => health(here), patiently).toMatchObject({ status: 'ok', lag: { events: { messages: 0 } } });

  // What was refused may be there all the same: its sender comes again with the same id.
  expect((await stored(here)).filter((eid) => eid !== 'during-0001')).toEqual(['first-00001', 'after-00001']);
  expect(
    here.lines().filter(({ level, fault }) => level === 50 && fault === 'cluster_unreachable').length,
  ).toBeLessThanOrEqual(2);
  // Whoever is woken by it reads what to do, and no stack of ours.
  expect(here.logged()).not.toContain('node_modules');
}, 90_000);

test('its only server is restarted again and again under load: what was acknowledged is there once', async () => {
  const servers = await start();
  const [server] = servers.servers;
  const here = await startOver(servers.store());
  await here.arrived;
  const acknowledged: string[] = [];
  let sending: 'on' | 'off' = 'on';
  const senders = Array.from({ length: 8 }, async (_, sender) => {
    for (let n = 0; sending === 'on'; n++) {
      const eid = `load-${sender}-${String(n).padStart(5, '0')}`;
      while ((await post(here, eid)).status !== 200);
      acknowledged.push(eid);
    }
  });
  for (const restart of [1, 2, 3]) {
    await until(() => acknowledged.length > restart * 40);
    await server!.kill();
    await server!.start();
  }
  await until(() => acknowledged.length > 160);
  sending = 'off';
  await Promise.all(senders);
  expect((await stored(here)).sort()).toEqual(acknowledged.sort());
}, 90_000);

const login = (password: string): string =>
  `authorization { users: [{ user: "openaction", password: "${password}" }] }`;
test('who is not let in does not start; who is no longer let in says so until it is again; and no line has the password', async () => {
  const servers = await start({ config: login('hunter2') });
  const [server] = servers.servers;
  const at = `127.0.0.1:${server!.port}?replicas=1`;
  const wrong = await startOver(`nats://openaction:hunter3@${at}`);
  await expect(wrong.arrived).rejects.toMatchObject({ code: 'CLUSTER_REFUSES' });

  const here = await startOver(`nats://openaction:hunter2@${at}`);
  await here.arrived;
  expect((await post(here, 'first-00001')).status).toBe(200);
  await server!.kill();
  await server!.start(login('changed'));
  await expect.poll(async () => (await post(here, 'during-0001')).status, patiently).toBe(503);
  await expect.poll(() => health(here), patiently).toMatchObject({ faults: { events: 'cluster_refuses' } });
  await server!.kill();
  await server!.start(login('hunter2'));
  await expect.poll(async () => (await post(here, 'after-00001')).status, patiently).toBe(200);
  await expect.poll(() => health(here), patiently).toMatchObject({ status: 'ok' });
  expect(wrong.logged() + here.logged()).not.toMatch(/hunter/);
});

test('who is not let in by three servers that tell of one another does not go on asking them', async () => {
  const { servers } = await start({ nodes: 3, config: login('hunter2') });
  const wrong = await startOver(
    `nats://openaction:hunter3@${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
  );
  await expect(wrong.arrived).rejects.toMatchObject({ code: 'CLUSTER_REFUSES' });
});

test('a stream with other settings ends the start, with each of them', async () => {
  const servers = await start();
  const address = parseClusterAddress(servers.store());
  if (!address.ok) throw new Error('the address is wrong');
  const cluster = await connectTo(address.address);
  await cluster.manager.streams.add({ name: 'openaction_events', subjects: ['openaction.events.>'], max_msgs: 9 });
  await cluster.connection.close();
  const here = await startOver(servers.store());
  await expect(here.arrived).rejects.toMatchObject({
    code: 'CLUSTER_DIFFERS',
    message: expect.stringContaining('openaction_events.max_msgs is 9 and must be -1'),
  });
});
