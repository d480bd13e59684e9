/** Connections that are used as no client of ours would, over real sockets to a real process: what each costs is its own. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batch, browserEvent, send, stored } from '../support/batches.ts';
import { type RunningCollector, startCollector } from '../support/collector.ts';
import { sayAll } from '../support/raw-line.ts';

let collector: RunningCollector;
beforeAll(async () => {
  collector = await startCollector();
});
afterAll(() => collector.stop());

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
