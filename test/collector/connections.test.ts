/** How many connections an address may hold, over real sockets. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createConnections } from '../../src/collector/connections.ts';
import { until } from '../support/until.ts';

let server: Server;
let sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.close();
  await once(server, 'close');
});

const listening = async (trustedProxies: string[]): Promise<string[]> => {
  const told: string[] = [];
  const { take } = createConnections({ trustedProxies, most: 3, full: (address) => void told.push(address) });
  sockets = [];
  server = createServer(take).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return told;
};
/** Whether a new connection is kept: what is too many ends as soon as it is taken. */
const isKept = async (from = '127.0.0.1'): Promise<boolean> => {
  const before = await countOf();
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', localAddress: from });
  sockets.push(socket);
  let isOver = false;
  socket
    .on('error', () => socket.destroy())
    .on('close', () => {
      isOver = true;
    });
  await until(async () => isOver || (await countOf()) > before);
  return !isOver;
};
const countOf = (): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((cause, count) => (cause ? reject(cause) : resolve(count))));

test('an address holds as many as it may, and is told of once; others are not concerned', async () => {
  const told = await listening([]);
  const kept = [];
  for (let n = 0; n < 5; n++) kept.push(await isKept());
  expect([kept, told]).toEqual([[true, true, true, false, false], ['127.0.0.1']]);
  expect(await isKept('127.0.0.2')).toBe(true);
});

test('one that ends makes room for another', async () => {
  await listening([]);
  for (let n = 0; n < 3; n++) await isKept();
  sockets[0]!.destroy();
  await until(async () => (await countOf()) === 2);
  expect([await isKept(), await isKept()]).toEqual([true, false]);
});

test('one that is handed to the server again, since its request wished for another protocol, is still one', async () => {
  const told = await listening([]);
  server.prependOnceListener('connection', (socket) => {
    for (let n = 0; n < 5; n++) server.emit('connection', socket);
  });
  expect([await isKept(), await isKept(), await isKept(), told]).toEqual([true, true, true, []]);
});

test.each([['127.0.0.1'], ['127.0.0.0/8'], ['::ffff:127.0.0.1', '127.0.0.1/32']])(
  'a proxy that is trusted (%s) holds those of its clients',
  async (...trusted) => {
    const told = await listening(trusted);
    for (let n = 0; n < 5; n++) expect(await isKept()).toBe(true);
    expect(told).toEqual([]);
  },
);
