/**
 * Requests of somebody who holds every key of one label and means no good: hostile JSON at every door, gzip and headers
 * that are not what they say, and addresses that lead elsewhere. As bytes, so that nothing is put right on the way.
 */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { doors, EID } from './hostile-doors.ts';
import { CANARY, hostileJson, mutated, names } from './mutation.ts';
import type { Chance } from './seeds.ts';
import { mine, theirs } from './two-labels.ts';

/** A request, and whether the connection can be read on after it. */
export interface Hostile {
  bytes: Buffer;
  last: boolean;
}

/** The doors through which most comes, and on which most hangs, more often. */
const often = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 7, 8, 9, 10, 11, 11, 12, 13];

const pages = [
  '/',
  '/healthz',
  '/metrics',
  '/openapi.json',
  '/config.schema.json',
  '/live',
  '/smartico.js',
  '/immutable/smartico.0.js',
  '/widget',
  '/ws',
  '/v1/events',
  '/v1/losses',
  '/v1/rejections',
  '/v1/stats',
  '/v1/registry',
  '/v1/label',
  '/types.d.ts',
  '/v1/customers/',
  '/v1/visitors/',
  '/v1/receipts/',
  '/v1/campaigns',
  '/v1/campaigns/',
  '/v1/segments',
  '/v1/segments/',
  '/v1/deliveries',
  '/v1/deliveries/',
  '/v1/traces',
  '/v1/config',
  '/unsubscribe/',
  `/content/${mine.publicKey}/`,
  `/inbox/${mine.publicKey}/`,
  '/demo/',
  '/platform/',
];
const tails = [
  '',
  '/',
  '//',
  '/..',
  '/../../etc/passwd',
  '/%2e%2e/%2e%2e/data/events.sqlite',
  '%00',
  '%',
  '%zz',
  '\\..\\',
  '.json',
  '/export',
  '/why',
  `/${CANARY}`,
  encodeURIComponent(theirs.user),
  `/${theirs.popup}`,
  '/__proto__',
  '/constructor',
  `/${'a'.repeat(3000)}`,
];
const queryNames = [
  'user_ext_id',
  'eid',
  'event_type',
  'after',
  'limit',
  'text',
  'label_key',
  'brand_key',
  'user_hash',
  'device_id',
  'from',
  'to',
  'campaign',
  'channel',
  'order',
  '__proto__',
  CANARY,
];
const methods = ['GET', 'GET', 'GET', 'GET', 'POST', 'DELETE', 'OPTIONS', 'PUT', 'PATCH', 'TRACE'];
const keys = [
  '',
  mine.publicKey,
  mine.secretKey,
  mine.adminKey,
  `Bearer ${mine.adminKey}`,
  `Bearer ${mine.adminKey}`,
  `Bearer ${CANARY}`,
  'Basic Og==',
  `Bearer  ${mine.adminKey} `,
];
const origins = [
  '',
  '',
  '',
  'null',
  'https://evil.example',
  `https://${CANARY}.example`,
  'http://localhost:1',
  '\u00e9',
];

/** Heads that end a connection, or should: lengths that lie, two of them, names with spaces, bytes that are no HTTP. */
const broken = (chance: Chance): string =>
  chance.pick([
    'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef',
    'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n',
    'POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
    `POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"${CANARY}`,
    `GET /v1/events?user_ext_id=${CANARY} HTTP/1.1\r\nX : y\r\n\r\n`,
    `GET /${CANARY} HTTP/1.1\nHost: x\n\n`,
    `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${CANARY.repeat(2_000)}\r\n\r\n`,
    'GET / HTTP/1.1\r\nHost: x\r\nX-Bad: a\u0000b\r\n\r\n',
    'GET / HTTP/9.9\r\nHost: x\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '\u0016\u0003\u0001\u0002\u0000\u0001\u0000',
    `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AA\r\n\r\n`,
    `GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 7\r\nSec-WebSocket-Key: ${CANARY}\r\n\r\n`,
    'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n',
    'CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n',
    `GET http://evil.example/${CANARY} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
  ]);

type Head = { [name: string]: string };
const written = (method: string, path: string, head: Head, body: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${Object.entries(head)
        .filter(([, value]) => value !== '')
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('')}\r\n`,
      'latin1',
    ),
    body,
  ]);

/** A body as it travels: whole or in chunks, packed well or badly, called what it is or not. */
const travelling = (chance: Chance, text: string): { head: Head; body: Buffer } => {
  const plain = Buffer.from(text);
  const head: Head = {};
  let body = plain;
  const way = chance.whole(1, 20);
  if (way <= 5) body = gzipSync(plain, { level: 1 });
  if (way === 1) body = gzipSync(body, { level: 1 });
  if (way === 2) body = body.subarray(0, chance.whole(1, body.length));
  if (way === 3) body = Buffer.concat([body, chance.pick([Buffer.from('x'), Buffer.alloc(9), body])]);
  if (way === 4) body[chance.whole(0, body.length - 1)]! ^= 255;
  if (way >= 5 && way <= 7)
    head['Content-Encoding'] = chance.pick(['gzip', 'gzip', 'x-gzip', 'br', 'gzip, gzip', 'identity', CANARY]);
  if (way === 8) body = Buffer.concat([plain, Buffer.from([0xff, 0xfe])]);
  head['Content-Type'] = chance.pick([
    'text/plain',
    'application/json',
    'application/json',
    'application/json; charset=utf-8',
    `text/${CANARY}`,
    '',
  ]);
  if (way === 9) {
    head['Transfer-Encoding'] = 'chunked';
    const half = body.length >> 1;
    const chunk = (part: Buffer): Buffer[] =>
      part.length === 0 ? [] : [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')];
    return {
      head,
      body: Buffer.concat([...chunk(body.subarray(0, half)), ...chunk(body.subarray(half)), Buffer.from('0\r\n\r\n')]),
    };
  }
  return { head: { ...head, 'Content-Length': String(body.length) }, body };
};

/** @param pool how many different bodies are made; they come again under other names, headers and wrappings */
export const hostileRequests = (chance: Chance, seed: number, pool: number) => {
  const bodies = doors.map(({ good }) =>
    fc
      .sample(fc.oneof({ weight: 12, arbitrary: mutated(fc.constantFrom(...good)) }, hostileJson), {
        seed,
        numRuns: Math.ceil(pool / doors.length),
      })
      .map((value) => JSON.stringify(value)),
  );
  const values = fc.sample(
    fc.oneof(
      fc.constantFrom<string>(...names, ...Object.values(theirs)),
      fc.string({ maxLength: 30 }),
      fc.integer().map(String),
    ),
    { seed, numRuns: 500 },
  );
  let made = 0;

  const toDoor = (): Hostile => {
    const at = chance.pick(often);
    const { path, key } = doors[at]!;
    const text = chance.pick(bodies[at]!).replaceAll(EID, () => `eid-${++made}-of-fuzz`);
    const { head, body } = travelling(chance, chance.whole(1, 30) === 1 ? text.slice(0, -1) : text);
    const authorization = chance.whole(1, 15) === 1 ? chance.pick(keys) : key;
    const who = chance.whole(1, 9) === 1 ? { 'X-Forwarded-For': CANARY, 'X-Request-Id': CANARY, Cookie: CANARY } : {};
    return {
      bytes: written(
        'POST',
        path,
        { ...head, ...who, Authorization: authorization, Origin: key ? '' : chance.pick(origins) },
        body,
      ),
      last: false,
    };
  };
  const toPage = (): Hostile => {
    const query =
      chance.whole(1, 2) === 1
        ? ''
        : `?${chance.pick(queryNames)}=${encodeURIComponent(String(Buffer.from(chance.pick(values))))}`;
    const address = `${chance.pick(pages)}${chance.pick(tails)}${query}`;
    const method = chance.pick(methods);
    const body = Buffer.from(method === 'GET' ? '' : JSON.stringify(CANARY));
    const head = {
      Authorization: chance.pick(keys),
      Origin: chance.pick(origins),
      'Content-Length': method === 'GET' ? '' : String(body.length),
    };
    return { bytes: written(method, address, head, body), last: false };
  };
  return (): Hostile => {
    const kind = chance.whole(1, 200);
    if (kind <= 150) return toDoor();
    if (kind <= 199) return toPage();
    return { bytes: Buffer.from(broken(chance), 'latin1'), last: true };
  };
};
