/** What becomes of sockets that misbehave, and of everybody else meanwhile. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { ProtocolError } from '../../src/collector/protocol/answer.ts';
import { type OpenSocket, openSocket } from '../../src/collector/socket.ts';
import { createSockets } from '../../src/collector/sockets.ts';
import { batch, browserEvent, read, stored } from '../support/batches.ts';
import { type CollectorHere, startHere } from '../support/collector-here.ts';
import { closeClients, connectClient, connectCustomer } from '../support/socket-client.ts';
import { patiently, until } from '../support/until.ts';

let collector: CollectorHere;
beforeAll(async () => {
  collector = await startHere({ label: { origins: ['self', 'https://op.example'] } });
});
afterAll(() => collector.stop());
afterEach(closeClients);

const addTag = async (user: string, tag: string): Promise<void> => {
  const response = await fetch(`${collector.url}/v1/customers/${user}/tags`, {
    method: 'POST',
    headers: { authorization: 'demo-admin', 'content-type': 'application/json' },
    body: JSON.stringify({ operation: 'add', tags: [tag] }),
  });
  expect(response.status).toBeLessThan(300);
};
/** Whoever behaves is served as ever. */
const isServed = async (): Promise<void> => {
  const user = `fine-${randomUUID()}`;
  const client = await connectCustomer(collector, user);
  await addTag(user, 'FINE');
  expect(await client.next(108)).toMatchObject({ props: { core_public_tags: ['FINE'] } });
};

describe('a label', () => {
  test.each<[string, Record<string, string>, object, number, string]>([
    ['an origin that is not listed', { origin: 'https://evil.example' }, {}, 403, 'origin_not_allowed'],
    ['a key that nobody has', {}, { label_key: 'nobody' }, 401, 'unknown_label'],
    ['a brand that is not its own', {}, { brand_key: 'other-brand' }, 404, 'not_found'],
    ['no key', {}, { label_key: undefined }, 400, 'bad_message'],
    ['a device that is no text', {}, { device_id: 5 }, 400, 'bad_message'],
  ])('refuses %s, and every later message for the same reason', async (_, headers, init, errCode, code) => {
    const client = await connectClient(collector, headers);
    const refusal = { errCode, errMsg: expect.stringMatching(new RegExp(`^${code}: `)) };
    expect(await client.ask({ cid: 3, label_key: 'demo-label', ...init })).toMatchObject({ cid: 4, ...refusal });
    expect(await client.ask({ cid: 5, ext_user_id: 'anna' })).toMatchObject({ cid: 6, ...refusal });
    expect(await client.ask({ cid: 1 })).toMatchObject({ cid: 2, ...refusal });
    expect(client.socket.readyState).toBe(WebSocket.OPEN);
  });

  test('is spoken to by a device of whatever name', async () => {
    const client = await connectClient(collector);
    const eid = randomUUID();
    const device_id = 'é 1';
    expect(await client.ask({ cid: 3, label_key: 'demo-label', device_id })).toMatchObject({ errCode: 0 });
    expect(await client.ask({ cid: 9, uuid: eid, eventType: 'x', payload: {} })).toMatchObject({ errCode: 0 });
    expect((await stored(collector, eid))?.device_id).toMatch(/^[\w-]{43}$/);
  });

  test('that was refused may be right the second time', async () => {
    const client = await connectClient(collector);
    await client.ask({ cid: 3, label_key: 'nobody' });
    expect(await client.ask({ cid: 3, label_key: 'demo-label' })).toMatchObject({ errCode: 0 });
  });

  test('lists the origin of a page that may speak', async () => {
    const client = await connectClient(collector, { origin: 'https://op.example' });
    expect(await client.ask({ cid: 3, label_key: 'demo-label' })).toMatchObject({ cid: 4, errCode: 0 });
  });
});

describe('a message', () => {
  test.each<[string, string, number]>([
    ['that is not JSON', '{"cid":', 400],
    ['that is a list', '[]', 400],
    ['that is nothing', 'null', 400],
    ['without a number', '{"uuid":"x"}', 400],
    ['with a number that is a text', '{"cid":"3"}', 400],
    ['with an endless uuid', JSON.stringify({ cid: 1, uuid: 'x'.repeat(65) }), 400],
    ['that is 30,000 brackets', `{"cid":3,"label_key":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, 400],
    ['before INIT', '{"cid":5,"ext_user_id":"anna"}', 400],
  ])('%s is told so, and the socket stays open', async (_, text, errCode) => {
    const client = await connectClient(collector);
    client.say(text);
    await expect.poll(() => client.told, patiently).toHaveLength(1);
    expect(client.told[0]).toMatchObject({ errCode, errMsg: expect.stringMatching(/^bad_message: /) });
    expect(await client.ask({ cid: 3, label_key: 'demo-label' })).toMatchObject({ errCode: 0 });
  });

  test('that is bytes is told so', async () => {
    const client = await connectClient(collector);
    client.socket.send(Buffer.from('{"cid":1}'), { binary: true });
    await expect.poll(() => client.told, patiently).toMatchObject([{ errCode: 400 }]);
  });

  test('whose payload nests without end is a verdict, and nothing overflows', async () => {
    const client = await connectCustomer(collector, 'deep');
    client.say(
      `{"cid":9,"uuid":"deep-event-1","eventType":"x","payload":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
    );
    expect(await client.next(10)).toMatchObject({ errCode: 422, errMsg: expect.stringContaining('too_deep') });
    await isServed();
  });

  test('of more than 64 kB ends its socket with 1009', async () => {
    const client = await connectCustomer(collector, 'large');
    client.say(JSON.stringify({ cid: 9, eventType: 'x', payload: { text: 'x'.repeat(64 * 1024) } }));
    expect(await client.closed).toMatchObject({ code: 1009 });
    await isServed();
  });

  test('with names that JavaScript objects have is answered like any', async () => {
    const client = await connectCustomer(collector, 'constructor');
    for (const segment_id of ['__proto__', 'constructor'])
      expect(await client.ask({ cid: 161, segment_id })).toMatchObject({
        segments: [{ segment_id, is_matching: false }],
      });
  });
});

test('messages are answered in the order in which they came, however fast', async () => {
  const client = await connectClient(collector);
  client.say({ cid: 3, uuid: 'm-0', label_key: 'demo-label', device_id: 'device-of-test' });
  client.say({ cid: 5, uuid: 'm-1', ext_user_id: 'fast' });
  const uuids = Array.from({ length: 100 }, (_, n) => `message-${n}`);
  for (const uuid of uuids) client.say({ cid: 9, uuid, eventType: 'x', payload: {} });
  await expect.poll(() => client.told.length, patiently).toBe(102);
  expect(client.told.map(({ uuid }) => uuid)).toEqual(['m-0', 'm-1', ...uuids]);
  expect(client.told.every(({ errCode }) => errCode === 0)).toBe(true);
});

test('whoever asks after the answer to an event is told what it changed', async () => {
  const client = await connectCustomer(collector, 'writer');
  for (let n = 0; n < 5; n++) {
    const tag = { operation: 'add', tags: [`t${n}`] };
    await client.ask({ cid: 9, eventType: 'core_public_tags_update', payload: tag });
    const { props } = await client.ask({ cid: 527 });
    expect((props as { core_public_tags: string[] }).core_public_tags).toHaveLength(n + 1);
  }
  await client.ask({ cid: 7, payload: { language: 'de' } });
  expect(await client.ask({ cid: 527 })).toMatchObject({ props: { core_user_language: 'de' } });
});

test('a flood is told that it is one, then ended, and nobody else feels it', async () => {
  const client = await connectCustomer(collector, 'flood');
  for (let n = 0; n < 2_000; n++) client.say({ cid: 1, uuid: `flood-${n}` });
  expect(await client.closed).toEqual({ code: 1008, reason: 'too many messages' });
  expect(client.told.some(({ errCode }) => errCode === 429)).toBe(true);
  await isServed();
});

test('messages count against the rates of the address as events do', async () => {
  const slow = await startHere({ label: { rates: { address: { perSecond: 0.001, burst: 3 } } } });
  const client = await connectClient(slow);
  await client.ask({ cid: 3, label_key: 'demo-label', device_id: 'device-of-test' });
  await client.ask({ cid: 5, ext_user_id: 'anna' });
  await client.ask({ cid: 513 });
  expect(await client.ask({ cid: 513 })).toMatchObject({ cid: 514, errCode: 429 });
  const response = await fetch(`${slow.url}/v1/events`, {
    method: 'POST',
    body: JSON.stringify(batch([browserEvent()])),
  });
  expect(response.status).toBe(429);
  await closeClients();
  await slow.stop();
});

test('behind a proxy of ours the address is the client’s, and the collector’s own is the public one', async () => {
  const rates = { address: { perSecond: 0.001, burst: 2 } };
  const behind = await startHere({
    config: { trustedProxies: ['127.0.0.1'], publicUrl: 'https://events.op.example' },
    label: { rates },
  });
  const init = async (address: string) => {
    const client = await connectClient(behind, { 'x-forwarded-for': address });
    return client.ask({ cid: 3, label_key: 'demo-label' });
  };
  expect(await init('203.0.113.7')).toMatchObject({
    errCode: 0,
    settings: { CONTENT_URL: 'https://events.op.example/content/demo-label/' },
  });
  expect(await init('203.0.113.7')).toMatchObject({ errCode: 0 });
  expect(await init('203.0.113.7')).toMatchObject({ cid: 4, errCode: 429 });
  expect(await init('203.0.113.8')).toMatchObject({ errCode: 0 });
  await closeClients();
  await behind.stop();
});

test('a customer has 20 pages open; the one that was open longest goes for another', async () => {
  const pages = [];
  for (let n = 0; n < 20; n++) pages.push(await connectCustomer(collector, 'many-pages'));
  const [first] = pages;
  const last = await connectCustomer(collector, 'many-pages');
  expect(await first!.closed).toMatchObject({ code: 1008, reason: expect.stringContaining('more than 20 pages') });
  await addTag('many-pages', 'ALL');
  for (const page of [...pages.slice(1), last]) expect(await page.next(108)).toBeDefined();
});

test('a reader that does not read is let go, and the others are told as before', async () => {
  const [deaf, fine] = [await connectCustomer(collector, 'listener'), await connectCustomer(collector, 'listener')];
  deaf.socket.pause();
  const pushed = async (): Promise<number> => {
    const response = await fetch(`${collector.url}/v1/customers/listener/engagements`, {
      method: 'POST',
      headers: { authorization: 'demo-admin', 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'popup', title: 'x', body: 'y'.repeat(4_000) }),
    });
    return ((await response.json()) as { delivered: number }).delivered;
  };
  // What the network itself holds for a reader is several megabytes: this goes on until the collector gives up.
  for (let delivered = 2; delivered === 2; ) delivered = await pushed();
  expect(await fine.next(110)).toBeDefined();
  expect(fine.socket.readyState).toBe(WebSocket.OPEN);
  deaf.socket.terminate();
}, 60_000);

const raise = (cause: Error): never => {
  throw cause;
};

describe('a socket', () => {
  /** One socket on a server of the test's own, looked at whenever the test likes. */
  const openAlone = async (now = () => 0) => {
    const server = new WebSocketServer({ port: 0 });
    await once(server, 'listening');
    const opened = new Promise<OpenSocket>((resolve) =>
      server.once('connection', (ws) =>
        resolve(
          openSocket(
            ws,
            {
              protocol: { speaker: () => raise(new ProtocolError('unknown_label', 'of the test')) } as never,
              channel: {} as never,
              checkRate: () => {},
              failed: () => {},
            },
            { origin: undefined, address: '', gpc: false, base: '', page_id: 'ws-of-test', newRequestId: () => '' },
            now,
            () => {},
          ),
        ),
      ),
    );
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as { port: number }).port}`);
    await once(client, 'open');
    return { socket: await opened, client, server };
  };
  test('that goes on above its rate is ended, however slowly', async () => {
    let now = 0;
    const { client, server } = await openAlone(() => now);
    const closed = once(client, 'close');
    const say = async (): Promise<void> => {
      const answered = once(client, 'message');
      client.send('{"cid":1}');
      await answered;
    };
    for (let n = 0; n < 200; n++) await say();
    // Twice the rate from here on: every other message is one too many.
    for (let n = 0; n < 200; n++) {
      now += 10;
      await say();
    }
    client.send('{"cid":1}');
    expect((await closed).map(String)).toEqual(['1008', 'too many messages']);
    server.close();
  });

  test('before INIT ends after 10 s, with the reason', async () => {
    const { socket, client, server } = await openAlone();
    const closed = once(client, 'close');
    socket.look(10_000);
    expect(client.readyState).toBe(WebSocket.OPEN);
    socket.look(10_001);
    expect((await closed).map(String)).toEqual(['1008', 'no INIT came within 10 s']);
    server.close();
  });

  test('that is silent is asked after 25 s, and ends after 60 s', async () => {
    const { socket, client, server } = await openAlone();
    client.send('{"cid":1}');
    await once(client, 'message');
    const asked = once(client, 'ping');
    client.send('{"cid":3}');
    await once(client, 'message');
    socket.look(25_001);
    await asked;
    const closed = once(client, 'close');
    socket.look(60_001);
    expect((await closed)[0]).toBe(1006);
    server.close();
  });
});

test('an address has its share of sockets, all of them have a bound, and who goes makes room', async () => {
  const counted: number[] = [];
  const sockets = createSockets(
    { protocol: {} as never, channel: {} as never, checkRate: () => {}, failed: () => {} },
    { sockets: (change) => counted.push(change) },
    () => 0,
    { sockets: 3, ofAddress: 2 },
  );
  const addresses = ['203.0.113.7', '203.0.113.7', '203.0.113.8'];
  const server = createServer().on('upgrade', (request, connection, head) => {
    const address = addresses.shift()!;
    sockets.open(request, connection, head, {
      origin: undefined,
      address,
      gpc: false,
      base: '',
      page_id: 'ws-of-test',
      newRequestId: () => '',
    });
  });
  server.listen(0);
  await once(server, 'listening');
  const open = async (): Promise<WebSocket> => {
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as { port: number }).port}`);
    await once(client, 'open');
    return client;
  };
  const first = await open();
  await open();
  expect([sockets.hasRoom('203.0.113.7'), sockets.hasRoom('203.0.113.8')]).toEqual([false, true]);
  await open();
  expect(sockets.hasRoom('203.0.113.9')).toBe(false);
  first.close();
  await until(() => counted.length === 4);
  expect([sockets.hasRoom('203.0.113.7'), sockets.hasRoom('203.0.113.9')]).toEqual([true, true]);
  sockets.drain();
  await until(() => counted.length === 6);
  server.close();
});

describe('the handshake', () => {
  /** Everything that a server says to these bytes until it ends, or says enough. */
  const raw = async (text: string, isEnough: (answer: string) => boolean): Promise<string> => {
    const socket = connect(collector.port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      answer += chunk;
      if (isEnough(answer)) socket.destroy();
    });
    socket.write(text);
    await once(socket, 'close');
    return answer;
  };
  const handshake = (path: string, more = ''): string =>
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n`;

  test('is answered with 101 and without compression', async () => {
    const answer = await raw(handshake('/ws', 'Sec-WebSocket-Extensions: permessage-deflate\r\n'), (text) =>
      text.includes('\r\n\r\n'),
    );
    expect(answer).toMatch(/^HTTP\/1\.1 101 /);
    expect(answer).not.toContain('permessage-deflate');
  });

  test('at another address is refused in the one form of every refusal, and ends', async () => {
    const answer = await raw(handshake('/wss'), () => false);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).toContain('"code":"not_found"');
  });

  test('that is none is told what this address speaks', async () => {
    const { status, body } = await read<object>(collector, '/ws');
    expect([status, body.code]).toEqual([400, 'bad_request']);
  });

  test('for another protocol goes on as the request that it also is', async () => {
    const body = JSON.stringify(batch([browserEvent()]));
    const post = `POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const get = 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n';
    const answer = await raw(post + get, () => false);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('"rejected":[]');
    expect(answer).toContain('"status":"ok"');
  });

  test('by ::1 is the same as by 127.0.0.1', async () => {
    const client = await connectClient({ url: `http://[::1]:${collector.port}` }).catch((cause: Error) => {
      // A machine without IPv6 has no second listener.
      expect(cause.message).toMatch(/EADDRNOTAVAIL|EAFNOSUPPORT|ECONNREFUSED/);
    });
    if (client) expect(await client.ask({ cid: 3, label_key: 'demo-label' })).toMatchObject({ errCode: 0 });
  });
});

test('an end asks every client to come back', async () => {
  const ending = await startHere();
  const clients = [await connectClient(ending), await connectCustomer(ending, 'anna')];
  const ended = ending.stop();
  for (const client of clients) expect(await client.closed).toMatchObject({ code: 1012 });
  await ended;
});
