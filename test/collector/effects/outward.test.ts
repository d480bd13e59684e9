/** The one HTTP by which the collector calls others, over real sockets: where it goes, and what it never waits for. */
import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOutward, type Outward, type OutwardOptions } from '../../../src/collector/effects/outward.ts';
import type { Resolve } from '../../../src/collector/effects/public-address.ts';
import { type CalledServer, certificate, startCalled } from '../../support/called-server.ts';

const here = new Set(['127.0.0.1']);
let called: CalledServer;
let open: Outward[];
beforeEach(async () => {
  called = await startCalled('https');
  open = [];
});
afterEach(async () => {
  for (const one of open) one.close();
  await called.stop();
});
const outwardWith = (options: OutwardOptions): Outward => {
  const outward = createOutward({ ca: certificate, ...options });
  open.push(outward);
  return outward;
};
const posted = (url: string) => ({ url, headers: { 'x-said': 'hello' }, body: '{"a":1}' });
/** A name server that gives these, one after the other. */
const answering = (...addresses: string[]) => {
  const asked: string[] = [];
  const resolve: Resolve = (name, _, done) => {
    asked.push(name);
    done(null, [{ address: addresses[Math.min(asked.length, addresses.length) - 1]!, family: 4 }]);
  };
  return { resolve, asked };
};

test('a POST goes over https to the address that its name has, under that name', async () => {
  const names = answering('127.0.0.1');
  const outward = outwardWith({ allowed: here, resolve: names.resolve });
  expect(await outward.post(posted(`https://hooks.test:${called.port}/in?x=1`))).toMatchObject({ status: 204 });
  expect(called.came).toMatchObject([
    { path: '/in?x=1', body: '{"a":1}', headers: { host: `hooks.test:${called.port}`, 'x-said': 'hello' } },
  ]);
});

test('a server that is not who its name says gets nothing', async () => {
  const outward = outwardWith({ allowed: here, resolve: answering('127.0.0.1').resolve });
  await expect(outward.post(posted(`https://other.test:${called.port}/`))).rejects.toThrow(/altnames/);
  expect(called.came).toEqual([]);
});

test('a name that has a private address when it is called is not called', async () => {
  const outward = outwardWith({ resolve: answering('127.0.0.1').resolve });
  expect(outward.problem(`https://hooks.test:${called.port}/`)).toBeUndefined();
  await expect(outward.post(posted(`https://hooks.test:${called.port}/`))).rejects.toThrow('private network');
  expect(called.came).toEqual([]);
});

test('I49: a name that turns to a private address is judged anew for each connection, and a connection stays where it was judged', async () => {
  const names = answering('127.0.0.1', '127.0.0.2');
  const outward = outwardWith({ allowed: here, resolve: names.resolve });
  const url = `https://rebinding.test:${called.port}/`;
  await outward.post(posted(url));
  await outward.post(posted(url));
  expect([called.came.length, names.asked.length]).toEqual([2, 1]);
  called.answer = (response) => response.writeHead(204, { connection: 'close' }).end();
  await outward.post(posted(url));
  await expect(outward.post(posted(url))).rejects.toThrow('private network');
  expect([called.came.length, names.asked.length]).toEqual([3, 2]);
});

test.each(['https://127.0.0.1', 'https://2130706433', 'https://[::ffff:127.0.0.1]', 'http://127.0.0.1'])(
  '%s is refused before anything is opened',
  async (origin) => {
    await expect(outwardWith({}).post(posted(`${origin}:${called.port}/`))).rejects.toThrow('the address');
    expect(called.came).toEqual([]);
  },
);

test('I48: a redirect is told and not followed', async () => {
  called.answer = (response) => response.writeHead(302, { location: 'http://127.0.0.1:6379/' }).end();
  const outward = outwardWith({ allowed: here, resolve: answering('127.0.0.1').resolve });
  expect(await outward.post(posted(`https://hooks.test:${called.port}/`))).toMatchObject({
    status: 302,
    location: 'http://127.0.0.1:6379/',
  });
  expect(called.came).toHaveLength(1);
});

test.each([
  ['30', 30_000],
  ['Sat, 21 Nov 2026 12:01:00 GMT', 60_000],
  ['Sat, 21 Nov 2026 11:00:00 GMT', undefined],
  ['soon', undefined],
  ['-1', undefined],
])('Retry-After: %s is %s ms', async (text, retryAfter) => {
  called.answer = (response) => response.writeHead(503, { 'retry-after': text }).end();
  const now = () => Date.parse('2026-11-21T12:00:00Z');
  const outward = outwardWith({ allowed: here, resolve: answering('127.0.0.1').resolve, now });
  expect((await outward.post(posted(`https://hooks.test:${called.port}/`))).retryAfter).toBe(retryAfter);
});

/** A server of bytes, as no library would write it. */
const hostile = async (connected: (socket: Socket) => void): Promise<{ url: string; closed: Promise<unknown> }> => {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    connected(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const closed = once(server, 'connection').then(
    ([socket]: Socket[]) => new Promise((resolve) => socket!.once('close', () => server.close(resolve))),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, closed };
};
const trickling = (begin: string) => (socket: Socket) => {
  socket.write(begin);
  const more = setInterval(() => socket.write('x: y\r\n'), 20);
  socket.once('close', () => clearInterval(more));
};

test('an answer that comes letter by letter is waited for no longer than the limit', async () => {
  const { url, closed } = await hostile(trickling('HTTP/1.1 200 OK\r\n'));
  await expect(outwardWith({ allowed: here, timeout: 200 }).post(posted(url))).rejects.toThrow(
    'no answer within 0.2 s',
  );
  await closed;
});

test('an answer without an end is taken at its first line, and its connection is let go', async () => {
  const { url, closed } = await hostile(trickling('HTTP/1.1 200 OK\r\n\r\n'));
  expect(await outwardWith({ allowed: here, timeout: 200 }).post(posted(url))).toMatchObject({ status: 200 });
  await closed;
});

test('of a huge answer no more is read than is polite', async () => {
  const { url, closed } = await hostile((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const more = () => {
      while (!socket.destroyed && socket.write(Buffer.alloc(16_384)));
    };
    socket.on('drain', more);
    more();
  });
  expect(await outwardWith({ allowed: here, timeout: 60_000 }).post(posted(url))).toMatchObject({ status: 200 });
  await closed;
});

test.each([
  ['hangs up', (socket: Socket) => void socket.destroy()],
  ['speaks something else', (socket: Socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n')],
  [
    'changes the protocol',
    (socket: Socket) =>
      void socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
  ],
])('a server that %s is a failure that says so', async (_, connected) => {
  const { url } = await hostile(connected);
  await expect(outwardWith({ allowed: here }).post(posted(url))).rejects.toThrow(/./);
});

test('where nobody listens is a failure that says so', async () => {
  await expect(outwardWith({ allowed: here }).post(posted('http://127.0.0.1:1/'))).rejects.toThrow('ECONNREFUSED');
});
