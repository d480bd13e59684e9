/** What a body weighs while it waits, over a real socket. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type Body, readBody } from '../../src/collector/body.ts';
import { createBodyClock } from '../../src/collector/body-clock.ts';

/** What becomes of one posted body. */
const bodyOf = async (posted: Uint8Array<ArrayBuffer>): Promise<Body | undefined> => {
  const clock = createBodyClock(Date.now, Math.random);
  let read: Body | undefined;
  const server = createServer((request: IncomingMessage, response) =>
    readBody(request, clock, (_, body) => {
      read = body;
      response.end();
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { method: 'POST', body: posted });
  clock.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return read;
};

test('a compressed body weighs what it holds, not what travelled', async () => {
  const text = JSON.stringify({ zeros: '0'.repeat(500_000) });
  const packed = gzipSync(text);
  expect(packed.length).toBeLessThan(1_000);
  expect((await bodyOf(new Uint8Array(packed)))?.bytes).toBe(text.length);
  expect((await bodyOf(new TextEncoder().encode(text)))?.bytes).toBe(text.length);
});
