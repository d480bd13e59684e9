/** Notifications: to whom they go, what is forgotten, and where the collector never calls. */
import { createECDH, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createOutward } from '../../../src/collector/effects/outward.ts';
import { registered } from '../../../src/collector/engine/registered.ts';
import { createPushService, type PushService } from '../../../src/collector/push/push-service.ts';
import { keptVapidKeys } from '../../../src/collector/push/vapid.ts';
import { createMemoryUsers } from '../../../src/collector/store/memory-users.ts';
import { type CollectorHere, startHere } from '../../support/collector-here.ts';

/** A push service of the browser's maker: answers as it is told, and remembers what came. */
let service: Server;
let endpoint: string;
let answers: Map<string, number>;
let came: { path: string; headers: IncomingHttpHeaders; bytes: number }[];
let push: PushService;
let collector: CollectorHere;

beforeAll(async () => {
  service = createServer(async (request, response) => {
    let bytes = 0;
    for await (const chunk of request) bytes += (chunk as Buffer).length;
    came.push({ path: request.url!, headers: request.headers, bytes });
    response.writeHead(answers.get(request.url!) ?? 201, { location: `${endpoint}/elsewhere` }).end();
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  endpoint = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  push = createPushService(
    await keptVapidKeys(createMemoryUsers()),
    createOutward({ allowed: new Set(['127.0.0.1']) }),
  );
  collector = await startHere({
    label: {
      origins: ['https://op.example'],
      linkHosts: ['shop.op.example'],
      assetHosts: ['https://cdn.op.example'],
      push: { subject: 'mailto:it@op.example' },
    },
    pushService: push,
  });
});
afterAll(async () => {
  await collector.stop();
  service.close();
  await once(service, 'close');
});
beforeEach(() => {
  answers = new Map();
  came = [];
});

const browserKeys = () => {
  const ecdh = createECDH('prime256v1');
  ecdh.generateKeys();
  return { p256dh: ecdh.getPublicKey('base64url'), auth: randomBytes(16).toString('base64url') };
};
const target = (url: string, keys = browserKeys()) => ({
  id: url,
  platform: 0,
  subscription: { endpoint: url, keys },
  at: 1,
});
const native = { id: 'token-of-a-phone', platform: 7, subscription: null, at: 1 };

let customers = 0;
/** A customer who asked for pushes in these places. */
const customerWith = async (...targets: (ReturnType<typeof target> | typeof native)[]) => {
  const user = `push-${++customers}`;
  const { label, users } = collector;
  const state = { ...registered({ key: `u:${user}`, user }, label, 1), push: targets };
  await users.update(label.name, [{ customer: `u:${user}`, version: 0, state }]);
  return { user, kept: async () => (await users.get(label.name, `u:${user}`))!.state.push.map(({ id }) => id) };
};
const sendPush = async (user: string, notice: unknown) => {
  const response = await fetch(`${collector.url}/v1/customers/${user}/push`, {
    method: 'POST',
    headers: { authorization: 'demo-admin' },
    body: JSON.stringify(notice),
  });
  return { status: response.status, body: (await response.json()) as object };
};
const notice = { title: 'Hello', body: 'Come back', action: '/promo', icon: 'https://cdn.op.example/i.png' };

test('a notification goes encrypted to every browser of the customer, signed with the collector’s own keys', async () => {
  const { user, kept } = await customerWith(target(`${endpoint}/one`), target(`${endpoint}/two`), native);
  expect(await sendPush(user, notice)).toEqual({ status: 200, body: { sent: 2, gone: 0, failed: [], native: 1 } });
  expect(came.map(({ path }) => path).sort()).toEqual(['/one', '/two']);
  const [, token = ''] = /^vapid t=([^,]+)/.exec(came[0]!.headers.authorization ?? '') ?? [];
  const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as object;
  expect(claims).toMatchObject({ aud: endpoint, sub: 'mailto:it@op.example' });
  expect(came[0]!.headers['content-encoding']).toBe('aes128gcm');
  expect(await kept()).toHaveLength(3);
});

test('what is gone for good is forgotten; what fails is told and kept', async () => {
  answers = new Map([
    ['/gone', 410],
    ['/lost', 404],
    ['/busy', 429],
    ['/moved', 307],
  ]);
  const ends = ['gone', 'lost', 'busy', 'moved', 'good'].map((end) => target(`${endpoint}/${end}`));
  const { user, kept } = await customerWith(...ends, target('http://127.0.0.1:1/'), native);
  const { body } = await sendPush(user, notice);
  expect(body).toMatchObject({ sent: 1, gone: 2, native: 1 });
  expect((body as { failed: { why: string }[] }).failed.map(({ why }) => why)).toEqual([
    'the push service answered 429',
    'the push service answered 307',
    expect.stringContaining('ECONNREFUSED'),
  ]);
  expect(came.map(({ path }) => path)).not.toContain('/elsewhere');
  expect(await kept()).toEqual([
    `${endpoint}/busy`,
    `${endpoint}/moved`,
    `${endpoint}/good`,
    'http://127.0.0.1:1/',
    native.id,
  ]);
});

test.each([
  ['answers letter by letter', 'HTTP/1.1 201 Created\r\n', { is: 'failed', why: 'no answer within 0.2 s' }],
  ['has an answer without an end', 'HTTP/1.1 201 Created\r\nContent-Type: text/plain\r\n\r\n', { is: 'sent' }],
])('a service that %s holds no connection for ever', async (_, begin, delivery) => {
  const hung = createTcpServer((connection) => {
    connection.on('error', () => undefined).write(begin);
    const trickling = setInterval(() => connection.write('x: y\r\n'), 20);
    connection.once('close', () => clearInterval(trickling));
  });
  hung.listen(0, '127.0.0.1');
  await once(hung, 'listening');
  const connected = once(hung, 'connection');
  const impatient = createPushService(
    await keptVapidKeys(createMemoryUsers()),
    createOutward({ allowed: new Set(['127.0.0.1']), timeout: 200 }),
  );
  const { subscription } = target(`http://127.0.0.1:${(hung.address() as AddressInfo).port}/`);
  const sent = impatient.send(subscription, 'Hello', 'mailto:it@op.example');
  const [connection] = (await connected) as [Socket];
  const closed = new Promise((resolve) => connection.once('close', resolve));
  expect(await sent).toEqual(delivery);
  await closed;
  hung.close();
});

test('a subscription that no browser made is forgotten, and nobody is called', async () => {
  const { user, kept } = await customerWith(
    target(`${endpoint}/keys`, { p256dh: 'AA', auth: 'AA' }),
    target('http://push.example/plain'),
    target('https://10.0.0.1/inside'),
    target('not a url'),
  );
  expect((await sendPush(user, notice)).body).toMatchObject({ sent: 0, gone: 4, failed: [] });
  expect([came, await kept()]).toEqual([[], []]);
});

test.each(['https://op.example/promo', 'https://shop.op.example/', 'dp:inbox'])(
  'a click may lead to %s',
  async (action) => {
    expect((await sendPush('nobody-yet', { ...notice, action })).status).toBe(200);
  },
);

test('a customer without any is told so', async () => {
  expect((await sendPush('nobody-yet', notice)).body).toEqual({ sent: 0, gone: 0, failed: [], native: 0 });
});

test.each([
  [null, 'must be an object'],
  [{ title: 'x' }, 'body'],
  [{ ...notice, action: 'javascript:alert(1)' }, 'action'],
  [{ ...notice, icon: 'dp:inbox' }, 'icon'],
  [{ ...notice, action: 'https://evil.example/' }, 'action'],
  [{ ...notice, icon: 'https://evil.example/i.png' }, 'icon'],
  [{ ...notice, colour: 1 }, 'colour'],
  [{ ...notice, title: 'x'.repeat(201) }, 'title'],
])('%j is refused', async (wrong, path) => {
  const { status, body } = await sendPush('ann', wrong);
  expect([status, body]).toMatchObject([400, { code: 'bad_engagement' }]);
  expect(JSON.stringify(body)).toContain(path);
});

test('the keys are made once and stay', async () => {
  const users = createMemoryUsers();
  const first = await keptVapidKeys(users);
  expect(await keptVapidKeys(users)).toEqual(first);
  expect(Buffer.from(first.publicKey, 'base64url')).toHaveLength(65);
});
