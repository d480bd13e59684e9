/** What an operator reads, over real sockets. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  batch,
  browserEvent,
  envelope,
  newEid,
  newPage,
  read,
  type ShownEvent,
  send,
  sendFromServer,
} from '../support/batches.ts';
import { type RunningCollector, startCollector } from '../support/collector.ts';
import { liveEvents } from '../support/live-events.ts';
import { patiently } from '../support/until.ts';

let collector: RunningCollector;
beforeAll(async () => {
  collector = await startCollector();
});
afterAll(() => collector.stop());

interface Page {
  events: ShownEvent[];
  next: number | null;
}

test('an admin key tells whose it is', async () => {
  expect((await read(collector, '/v1/label')).body).toEqual({
    name: 'Demo casino',
    label_key: 'demo-label',
    brands: ['demo-brand', 'spacex'],
  });
  expect((await read(collector, '/v1/label', 'other-admin')).body).toMatchObject({ label_key: 'other-label' });
});

test('every reading needs an admin key, and is never kept by a cache', async () => {
  for (const path of [
    '/v1/label',
    '/v1/events',
    '/v1/customers/x',
    '/v1/losses',
    '/v1/rejections',
    '/v1/registry',
    '/v1/stats',
    '/v1/live',
  ]) {
    const { status, body } = await read(collector, path, 'nobody');
    expect([path, status, body.code]).toEqual([path, 401, 'unknown_key']);
  }
  expect((await read(collector, '/v1/label')).headers.get('cache-control')).toBe('no-store');
});

test('one label’s key reads nothing of another', async () => {
  const user = `user-${newEid()}`;
  const one = browserEvent({ user_ext_id: user });
  await send(collector, batch([one]));
  expect((await read<Page>(collector, `/v1/events?eid=${one.eid}`, 'other-admin')).body.events).toEqual([]);
  expect((await read<Page>(collector, `/v1/events?user_ext_id=${user}`, 'other-admin')).body.events).toEqual([]);
  expect((await read(collector, `/v1/customers/${user}`, 'other-admin')).status).toBe(404);
  expect((await read(collector, '/v1/registry', 'other-admin')).body).toEqual({
    actions: [],
    event_types: [],
    entry_points: [],
    untallied: 0,
  });
});

test('events are paged by cursor in both directions', async () => {
  const user = `user-${newEid()}`;
  const page = newPage();
  const events = Array.from({ length: 7 }, () => page({ user_ext_id: user }));
  await send(collector, batch(events));
  for (const order of ['asc', 'desc']) {
    const seen: string[] = [];
    for (let next: number | null | undefined; next !== null; ) {
      const { body } = await read<Page>(
        collector,
        `/v1/events?user_ext_id=${user}&limit=3&order=${order}${next === undefined ? '' : `&after=${next}`}`,
      );
      seen.push(...body.events.map(({ eid }) => eid));
      next = body.next;
    }
    const wanted = events.map(({ eid }) => eid);
    expect(seen).toEqual(order === 'asc' ? wanted : wanted.reverse());
  }
});

test('a query that is not understood is refused, with the name that was meant', async () => {
  const refused = async (query: string) => (await read(collector, `/v1/events?${query}`)).body.message;
  expect(await refused('usr_ext_id=1')).toContain('did you mean "user_ext_id"');
  expect(await refused('limit=0')).toContain('"limit" must be a whole number of 1 to 1000');
  expect(await refused('limit=1&limit=2')).toContain('"limit" may stand once');
  expect(await refused('after=-1')).toContain('"after" must be a whole number');
  expect(await refused('order=up')).toContain('"order" must be one of asc, desc');
});

test('a customer has a profile and a timeline, newest first, and one never seen is not found', async () => {
  const user = `üser/${newEid()}?`;
  const page = newPage();
  const events = [page({ user_ext_id: user }), page({ user_ext_id: user })];
  await send(collector, batch(events));
  const server = envelope({ user_ext_id: user });
  await sendFromServer(collector, server);
  const { body } = await read<{ profile: object; timeline: ShownEvent[] }>(
    collector,
    `/v1/customers/${encodeURIComponent(user)}`,
  );
  expect(body).toMatchObject({
    user_ext_id: user,
    profile: { events: 3 },
    tags: [],
    segments: [],
    properties: {},
    props: { core_public_tags: [], is_visitor: false },
    engagements: [],
    inbox: [],
    next: null,
  });
  expect(body.timeline.map(({ eid }) => eid)).toEqual([server.eid, events[1]!.eid, events[0]!.eid]);
  expect((await read(collector, '/v1/customers/nobody')).body.code).toBe('not_found');
});

test('a customer shows what their events made of them, and the segments that they are in', async () => {
  const user = `known-${newEid()}`;
  await sendFromServer(collector, [
    envelope({ user_ext_id: user, event_type: 'update_profile', payload: { vip: true, language: 'DE' } }),
    envelope({
      user_ext_id: user,
      event_type: 'core_public_tags_update',
      payload: { operation: 'add', tags: ['vip'] },
    }),
  ]);
  const known = async (): Promise<object> => (await read<object>(collector, `/v1/customers/${user}`)).body;
  await expect.poll(known, patiently).toMatchObject({
    tags: ['VIP'],
    segments: expect.arrayContaining(['VIP']),
    properties: { vip: { value: true, trust: 'server' } },
    props: { core_user_language: 'de', core_public_tags: ['VIP'] },
  });
});

test('losses are the devices’ totals, and gaps what never came', async () => {
  const page = newPage();
  const [first, , third] = [page(), page(), page()];
  const device_id = `device-${newEid()}`;
  await send(
    collector,
    batch([first, third], {
      device_id,
      losses: { overflow: 2, invented_reason: 5 },
      pages: [{ page_id: first.page_id, session_id: first.session_id, seq: 4 }],
    }),
  );
  const { body } = await read<{ totals: object; devices: object[]; gaps: object[] }>(collector, '/v1/losses');
  expect(body.totals).toEqual({ overflow: 2 });
  expect(body.devices).toContainEqual({ device_id, reason: 'overflow', count: 2, reported_at: expect.any(Number) });
  expect(body.gaps).toContainEqual({
    page_id: first.page_id,
    session_id: first.session_id,
    device_id,
    highest_seq: 4,
    stored: 2,
    missing: [2, 4],
    last_at: expect.any(Number),
  });
});

describe('the registry', () => {
  const register = async (body: unknown) => {
    const response = await fetch(`${collector.url}/v1/registry`, {
      method: 'POST',
      headers: { authorization: 'Bearer demo-admin', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as { code?: string } };
  };

  test('takes a name by hand once, and shows it before it is ever seen', async () => {
    const name = `Later ${newEid()}`;
    const created = await register({ kind: 'action', name });
    expect(created).toEqual({
      status: 201,
      body: { name, count: 0, first_seen: null, last_seen: null, registered: true, fields: [] },
    });
    expect((await register({ kind: 'action', name })).status).toBe(200);
    await send(collector, batch([browserEvent({ payload: { client_action: name, amount: 1 } })]));
    const { actions } = (await read<{ actions: { name: string }[] }>(collector, '/v1/registry')).body;
    expect(actions.find((one) => one.name === name)).toMatchObject({
      count: 1,
      registered: true,
      fields: [{ name: 'amount', types: ['number'] }],
    });
  });

  test('refuses what is no name of a kind', async () => {
    for (const body of [
      null,
      [],
      {},
      { kind: 'colour', name: 'x' },
      { kind: 'action' },
      { kind: 'action', name: ' ' },
      { kind: 'action', name: 'x'.repeat(201) },
    ])
      expect((await register(body)).body.code).toBe('bad_request');
  });
});

test('every minute of the hour is there, the quiet ones too', async () => {
  await send(collector, batch([browserEvent()]));
  const { minutes } = (await read<{ minutes: { minute: number; stored: number }[] }>(collector, '/v1/stats')).body;
  expect(minutes).toHaveLength(60);
  expect(minutes.every(({ minute }, at) => at === 0 || minute === minutes[at - 1]!.minute + 60_000)).toBe(true);
  expect(minutes.reduce((sum, { stored }) => sum + stored, 0)).toBeGreaterThan(0);
});

describe('the live stream', () => {
  test('tells what is stored and what is rejected, of its own label alone, and the minute’s counts', async () => {
    const live = await liveEvents(collector, 'demo-admin');
    const good = browserEvent({ user_ext_id: 'live' });
    await send(collector, batch([browserEvent()], { label_key: 'other-label' }));
    await send(collector, batch([good, { eid: 'x' }]));
    expect(await live.next('stored')).toMatchObject({
      id: expect.any(Number),
      value: { eid: good.eid, label_key: 'demo-label', payload: good.payload },
    });
    expect(await live.next('rejected')).toMatchObject({ value: { index: 1, code: 'bad_eid' } });
    expect(await live.next('tally')).toMatchObject({
      value: { minute: expect.any(Number), stored: expect.any(Number) },
    });
    live.end();
  });

  test('resumes after the last event that was heard, in order and without a gap', async () => {
    const page = newPage();
    const events = Array.from({ length: 30 }, () => page());
    await send(collector, batch(events.slice(0, 10)));
    const { body } = await read<Page>(collector, `/v1/events?eid=${events[3]!.eid}`);
    const sending = (async () => {
      for (const one of events.slice(10)) await send(collector, batch([one]));
    })();
    const live = await liveEvents(collector, 'demo-admin', body.events[0]!.cursor);
    const heard: unknown[] = [];
    while (heard.length < 26) heard.push((await live.next('stored')).value.eid);
    expect(heard).toEqual(events.slice(4).map(({ eid }) => eid));
    await sending;
    live.end();
  });

  test('leaves out what is too much for a reader, and says how much', async () => {
    const live = await liveEvents(collector, 'demo-admin');
    const page = newPage();
    await send(collector, batch(Array.from({ length: 900 }, () => page())));
    const { value } = await live.next('skipped');
    expect(value.count).toBeGreaterThanOrEqual(500);
    live.end();
  });

  test('lets go of a reader that does not read', async () => {
    const socket = connect(collector.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.pause();
    socket.on('error', () => socket.destroy());
    socket.write('GET /v1/live HTTP/1.1\r\nHost: x\r\nAuthorization: demo-admin\r\n\r\n');
    const listeners = async (): Promise<number> => {
      const text = await (await fetch(`${collector.url}/metrics`)).text();
      return Number(/openaction_live_listeners (\d+)/.exec(text)?.[1]);
    };
    while ((await listeners()) === 0);
    const page = newPage();
    const heavy = () => page({ payload: { client_action: 'heavy', text: 'x'.repeat(30_000) } });
    while ((await listeners()) > 0) await send(collector, batch(Array.from({ length: 30 }, heavy)));
    socket.destroy();
  });

  test('a wrong place to resume from is refused', async () => {
    const { status } = await read(collector, '/v1/live', 'demo-admin', { 'last-event-id': 'yesterday' });
    expect(status).toBe(400);
  });
});

describe('pages and machines', () => {
  const head = async (path: string) => (await fetch(`${collector.url}${path}`)).headers;

  test('the SDK is for every site, and the live view loads nothing from elsewhere', async () => {
    const sdk = await head('/smartico.js');
    expect([
      sdk.get('access-control-allow-origin'),
      sdk.get('cross-origin-resource-policy'),
      sdk.get('x-content-type-options'),
    ]).toEqual(['*', 'cross-origin', 'nosniff']);
    const live = await head('/live');
    expect(live.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(live.get('content-type')).toContain('text/html');
  });

  test('a hashed copy of the SDK is kept for ever', async () => {
    const integrity = (await (await fetch(`${collector.url}/smartico.js`)).text()).length;
    expect(integrity).toBeGreaterThan(0);
    expect((await fetch(`${collector.url}/immutable/nothing.js`)).status).toBe(404);
    expect((await fetch(`${collector.url}/immutable/..%2f..%2fpackage.json`)).status).toBe(404);
  });

  test('no config is served, and nothing outside the site', async () => {
    for (const path of [
      '/config.json',
      '/./config.json',
      '/%63onfig.json',
      '/..%2fpackage.json',
      '/collector.js',
      '/live.html',
      '/.git/config',
    ])
      expect([path, (await fetch(`${collector.url}${path}`)).status]).toEqual([path, 404]);
  });

  test('a health check may ask for the head alone, and nobody opens a stream so', async () => {
    expect((await fetch(`${collector.url}/healthz`, { method: 'HEAD' })).status).toBe(200);
    const headers = { authorization: 'demo-admin' };
    expect((await fetch(`${collector.url}/v1/live`, { method: 'HEAD', headers })).status).toBe(405);
  });

  test('it is reached by both names of this machine', async () => {
    for (const host of ['localhost', '127.0.0.1'])
      expect((await fetch(`http://${host}:${collector.port}/healthz`)).status).toBe(200);
  });

  test('health, metrics and the description of the API need no key and tell nobody’s data', async () => {
    expect(await (await fetch(`${collector.url}/healthz`)).json()).toEqual({
      status: 'ok',
      version: expect.stringMatching(/^\d/),
      store: 'sqlite',
    });
    const metrics = await (await fetch(`${collector.url}/metrics`)).text();
    expect(metrics).toMatch(/openaction_events_total\{label="Demo casino",outcome="stored"\} \d+/);
    const { paths } = (await (await fetch(`${collector.url}/openapi.json`)).json()) as { paths: object };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/events', '/api/external/events/v2', '/v1/customers/{user_ext_id}']),
    );
  });

  test('what cannot even be read is answered in the same form', async () => {
    const url = await fetch(`${collector.url}/%E0%A4%A`);
    expect([url.status, ((await url.json()) as { code: string }).code]).toEqual([400, 'bad_request']);
    const socket = connect(collector.port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.write('this is no HTTP\r\n\r\n');
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1.1 400 [\s\S]*"code":"bad_request"[\s\S]*"request_id":"/);
  });

  test('an address that does not exist, and a method that it does not take, are told apart', async () => {
    const nothing = await read(collector, '/v1/nothing');
    expect([nothing.status, nothing.body.code]).toEqual([404, 'not_found']);
    const response = await fetch(`${collector.url}/v1/events`, { method: 'DELETE' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, OPTIONS, GET']);
  });
});
