/** Connections that are used as no client of ours would, over real sockets to a real process: what each costs is its own. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { batch, browserEvent, send, stored } from '../support/batches.ts';
import { type RunningCollector, startCollector } from '../support/collector.ts';
import { sayAll } from '../support/raw-line.ts';
import { residentMegabytes } from '../support/resident.ts';

let collector: RunningCollector;
beforeAll(async () => {
  // What is kept ends it; what is only not yet thrown away does not look like growth.
  collector = await startCollector({ env: { NODE_OPTIONS: '--max-old-space-size=128 --max-semi-space-size=8' } });
});
afterAll(() => collector.stop());

let held: Socket[] = [];
afterEach(() => {
  for (const socket of held) socket.destroy();
  held = [];
});
/** A connection that is kept and says this; what it is told, nobody reads. */
const holds = async (said: string): Promise<void> => {
  const socket = connect(collector.port, '127.0.0.1').on('error', () => socket.destroy());
  held.push(socket);
  await once(socket, 'connect');
  socket.write(said);
};
const holdMany = async (many: number, said: string): Promise<void> => {
  await Promise.all(Array.from({ length: many }, () => holds(said)));
};
const isServing = async (): Promise<void> => {
  const one = browserEvent();
  expect((await send(collector, batch([one]))).body.rejected).toEqual([]);
  expect(await stored(collector, one.eid)).toBeDefined();
};

const handshake =
  'GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
const posted = (body: unknown): string => {
  const text = JSON.stringify(body);
  return `POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
};

test('a handshake behind requests that wait for their answers ends its connection, and nothing else', async () => {
  const one = browserEvent();
  const said = [posted(batch([one])), posted(batch([browserEvent()])), handshake].join('');
  await sayAll(collector.port, [Buffer.from(said)], true);
  expect((await send(collector, batch([one]))).status).toBe(200);
  expect(await stored(collector, one.eid)).toBeDefined();
});

describe('bombs', () => {
  const zeros = (megabytes: number, level: number): Buffer =>
    gzipSync(Buffer.alloc(megabytes * 1024 * 1024), { level });
  const good = gzipSync(JSON.stringify(batch([browserEvent()])));

  test.each<[string, Buffer, string]>([
    ['64 MB of zeros in 64 kB', zeros(64, 9), 'body_too_large'],
    ['2 MB packed badly', zeros(2, 1), 'body_too_large'],
    [
      'a hundred members that are small, and large together',
      Buffer.concat(Array(100).fill(zeros(1, 9))),
      'body_too_large',
    ],
    ['a good member, and a bomb behind it', Buffer.concat([good, zeros(64, 9)]), 'body_too_large'],
    ['half a bomb', zeros(64, 9).subarray(0, 30_000), 'body_too_large'],
    ['half a good one', good.subarray(0, good.length - 9), 'bad_gzip'],
    ['nothing but a head', gzipSync('').subarray(0, 10), 'bad_gzip'],
    ['an empty one', gzipSync(''), 'empty_body'],
  ])('%s', async (_, body, code) => {
    for (const headers of [{}, { 'content-encoding': 'gzip' }] as Record<string, string>[])
      expect((await send(collector, body, headers)).body.code).toBe(code);
  });

  test('many of them at once leave the memory as it was', async () => {
    const bomb = zeros(64, 9);
    const wave = (): Promise<unknown> => Promise.all(Array.from({ length: 40 }, () => send(collector, bomb)));
    await wave();
    const before = await residentMegabytes(collector);
    for (let n = 0; n < 3; n++) await wave();
    expect((await residentMegabytes(collector)) - before).toBeLessThan(64);
  });
});

describe('others are served while an address holds', () => {
  test('2,000 of them: that say nothing, half a head, half a body, and sockets that never say INIT', async () => {
    await holdMany(500, '');
    await holdMany(500, 'POST /v1/events HTTP/1.1\r\nHost: x\r\nX-Half: ');
    await holdMany(500, 'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{"batch_id":');
    await holdMany(500, handshake);
    expect(held.filter(({ destroyed }) => !destroyed).length).toBeGreaterThan(1_000);
    for (let n = 0; n < 5; n++) await isServing();
  });

  test('answers that nobody reads', async () => {
    const before = await residentMegabytes(collector);
    await holdMany(60, 'GET /smartico_ui.js HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(32));
    for (let n = 0; n < 5; n++) await isServing();
    expect((await residentMegabytes(collector)) - before).toBeLessThan(64);
  });

  test('whoever asks a thousand times and reads nothing is cut off, with all that was asked', async () => {
    const asked = 'GET /smartico_ui.js HTTP/1.1\r\nHost: x\r\n\r\n';
    await holdMany(100, asked.repeat(1_000));
    const before = await residentMegabytes(collector);
    await holdMany(200, asked.repeat(1_000));
    expect((await sayAll(collector.port, Array(1_000).fill(Buffer.from(asked)))).length).toBeLessThan(1_000);
    await isServing();
    expect((await residentMegabytes(collector)) - before).toBeLessThan(64);
  });

  test('live streams that nobody reads', async () => {
    await holdMany(30, 'GET /v1/live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer demo-admin\r\n\r\n');
    for (let n = 0; n < 5; n++) await isServing();
  });
});
