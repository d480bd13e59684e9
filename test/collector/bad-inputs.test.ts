/** One test an entry of the hostile inputs that concern the collector, over real sockets. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as plain from '../support/batches.ts';
import { md5Hash, newEid, read, stored } from '../support/batches.ts';
import { type RunningCollector, startCollector } from '../support/collector.ts';
import { CANARY } from '../support/mutation.ts';

const day = 86_400_000;
const label = (name: string, more: object = {}) => ({
  name,
  keys: { public: [`${name}-label`], secret: [`${name}-secret`], admin: [`${name}-admin`] },
  brands: ['main'],
  origins: ['self', 'https://op.example'],
  hashes: { salts: [`${name}-salt`] },
  ...more,
});
const config = {
  labels: [
    label('demo'),
    label('other'),
    label('strict', { hashes: { salts: ['strict-salt'], required: true }, strictFieldCodes: true }),
    label('short', { hashes: { salts: ['short-salt'], required: true, maxValidityDays: 1 } }),
    label('framed', { origins: ['null'] }),
    label('slow', { rates: { address: { perSecond: 0.001, burst: 3 } } }),
  ],
};

let collector: RunningCollector;
beforeAll(async () => {
  collector = await startCollector({ config, env: { LOG_LEVEL: 'trace' } });
});
afterAll(() => collector.stop());

/** Every request, batch and event has the same word in it, which nobody may write down. */
const marks = { cookie: CANARY, referer: `https://op.example/${CANARY}`, 'user-agent': CANARY, 'x-request-id': CANARY };
const send: typeof plain.send = (to, body, headers) => plain.send(to, body, { ...marks, ...headers });
const sendFromServer: typeof plain.sendFromServer = (to, body, headers) =>
  plain.sendFromServer(to, body, { ...marks, ...headers });
const batch: typeof plain.batch = (events, more) =>
  plain.batch(events, { batch_id: `batch-${CANARY}`, device_id: `device-${CANARY}`, ...more });
const newPage: typeof plain.newPage = () => {
  const page = plain.newPage();
  return (more) => page({ payload: { client_action: CANARY }, session_id: `session-${CANARY}`, ...more });
};
const browserEvent = (more?: Record<string, unknown>) => newPage()(more);
const envelope: typeof plain.envelope = (more) =>
  plain.envelope({ user_ext_id: CANARY, payload: { [CANARY]: 1 }, ...more });

const served = new Set<string>();
const entry = (id: string, sentence: string, proof: () => Promise<void>): void => {
  served.add(id);
  test(`${id}: ${sentence}`, proof);
};
const isAlive = async (): Promise<void> => {
  expect((await send(collector, batch([browserEvent()]))).status).toBe(200);
};

const open = async (): Promise<Socket> => {
  const socket = connect(collector.port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
};
/** Everything that comes until the connection ends. */
const rest = async (socket: Socket): Promise<string> => {
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  await once(socket, 'close');
  return text;
};

/** Sends one user's event with a hash and says what became of it: its trust, or the code of its verdict. */
const claim = async (
  tenant: string,
  user: string,
  hash: string | undefined,
  event: Record<string, unknown> = {},
): Promise<string> => {
  const one = browserEvent({ user_ext_id: user, ...event });
  const hashes = hash === undefined ? {} : { [user]: hash };
  const { status, body } = await send(collector, batch([one], { label_key: `${tenant}-label`, hashes }));
  expect(status).toBe(200);
  return body.rejected[0]?.code ?? (await stored(collector, one.eid, `${tenant}-admin`))!.trust;
};

describe('bodies', () => {
  entry('I02', 'an empty body is refused as empty', async () => {
    const { status, body } = await send(collector, '', { 'content-type': 'application/json' });
    expect([status, body.code]).toEqual([400, 'empty_body']);
  });

  entry('I03', 'a body that is not JSON is refused, and the process goes on', async () => {
    const { status, body } = await send(collector, '[');
    expect([status, body.code]).toEqual([400, 'bad_json']);
    await isAlive();
  });

  entry('I04', 'five million brackets are refused before they are parsed, told in the header or not', async () => {
    const bomb = '['.repeat(5_000_000);
    const told = await send(collector, bomb);
    expect([told.status, told.body.code, told.body.message]).toEqual([
      413,
      'body_too_large',
      expect.stringContaining('1048576'),
    ]);
    const socket = await open();
    socket.write('POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    socket.write(
      `${(2_000_000).toString(16)}\r\n${'['.repeat(2_000_000)}\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    expect(await rest(socket)).toMatch(/^HTTP\/1.1 413 [\s\S]*body_too_large[\s\S]*HTTP\/1.1 200/);
  });

  entry('I05', 'a hundred thousand levels are refused as too deep, and the writer lives', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const { status, body } = await send(collector, deep);
    expect([status, body.code]).toEqual([400, 'too_deep']);
    const inPayload = await send(
      collector,
      JSON.stringify(batch([browserEvent()])).replace(`"client_action":"${CANARY}"`, `"client_action":${deep}`),
    );
    expect(inPayload.body.rejected.map(({ code }) => code)).toEqual(['too_deep']);
    await isAlive();
  });

  entry('I17', 'brotli is not understood', async () => {
    const { status, body } = await send(collector, brotliCompressSync(Buffer.alloc(1_000_000)), {
      'content-encoding': 'br',
    });
    expect([status, body.code]).toEqual([415, 'unsupported_encoding']);
  });

  entry('I19', 'gzip twice is not understood, in the header or in the body', async () => {
    const once = gzipSync(JSON.stringify(batch([browserEvent()])));
    const named = await send(collector, gzipSync(once), { 'content-encoding': 'gzip, gzip' });
    expect([named.status, named.body.code]).toEqual([415, 'unsupported_encoding']);
    const unnamed = await send(collector, gzipSync(once));
    expect([unnamed.status, unnamed.body.code]).toEqual([415, 'unsupported_encoding']);
    expect((await send(collector, once)).body.rejected).toEqual([]);
  });
});

describe.concurrent('clients that stall', () => {
  entry('I21', 'a body that stops coming is answered 408, and the connection ends', async () => {
    const socket = await open();
    socket.write(`POST /v1/events?${CANARY} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"batch_id":"${CANARY}`);
    expect(await rest(socket)).toMatch(/^HTTP\/1.1 408 [\s\S]*body_timeout/);
  });

  entry('I22', 'five hundred sockets that dribble headers are closed, and others are served meanwhile', async () => {
    const sockets = await Promise.all(Array.from({ length: 500 }, open));
    // A write that meets the close is an error of the socket, and an end like the other.
    const ends = Promise.all(
      sockets.map(
        (socket) =>
          new Promise<void>((resolve) => {
            socket
              .on('error', () => socket.destroy())
              .on('close', () => resolve())
              .resume();
          }),
      ),
    );
    for (const socket of sockets) socket.write(`GET /healthz?${CANARY} HTTP/1.1\r\nX-Slow: ${CANARY}`);
    let isOver = false;
    const dribble = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write('a');
    }, 1000);
    const others = (async () => {
      while (!isOver) {
        await isAlive();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    await ends;
    isOver = true;
    clearInterval(dribble);
    await others;
  });
});

describe('events', () => {
  entry('I09', 'an id that is SQL is a verdict, and the rest of its batch is stored', async () => {
    const good = browserEvent();
    const { body } = await send(collector, batch([browserEvent({ eid: "'; DROP TABLE events;--" }), good]));
    expect(body.rejected).toMatchObject([{ index: 0, eid: null, code: 'bad_eid' }]);
    expect(await stored(collector, good.eid)).toBeDefined();
  });

  entry('I10', 'an id twice in a batch is stored once and listed once', async () => {
    const one = browserEvent();
    const { body } = await send(collector, batch([one, one, one]));
    expect([body.duplicate, body.rejected]).toEqual([[one.eid], []]);
    expect((await read<{ events: unknown[] }>(collector, `/v1/events?eid=${one.eid}`)).body.events).toHaveLength(1);
  });

  entry('I12', 'an id under another label is another event', async () => {
    const one = browserEvent();
    await send(collector, batch([one]));
    expect((await send(collector, batch([one], { label_key: 'other-label' }))).body.duplicate).toEqual([]);
    expect((await stored(collector, one.eid))?.label_key).toBe('demo-label');
    expect((await stored(collector, one.eid, 'other-admin'))?.label_key).toBe('other-label');
  });

  entry('I15', 'one bad event is named by its place, and the others are stored', async () => {
    const page = newPage();
    const events = Array.from({ length: 10 }, (_, n) => (n === 7 ? page({ event_date: 'yesterday' }) : page()));
    const { status, body } = await send(collector, batch(events));
    expect(status).toBe(200);
    expect(body.rejected).toEqual([
      {
        index: 7,
        eid: events[7]!.eid,
        code: 'bad_event_date',
        message: 'events[7].event_date: must be milliseconds since the epoch, got string',
      },
    ]);
    for (const [n, { eid }] of events.entries()) expect((await stored(collector, eid)) === undefined).toBe(n === 7);
  });

  entry('I26', 'a lone surrogate comes back as it was sent', async () => {
    const user = `user-${newEid()}-\ud800`;
    const one = browserEvent({ user_ext_id: user, payload: { client_action: 'a\udfff', 'key\ud800': '\ud800' } });
    expect((await send(collector, batch([one]))).body.rejected).toEqual([]);
    expect(await stored(collector, one.eid)).toMatchObject({ user_ext_id: user, payload: one.payload });
  });

  entry('I28', 'odd names are kept whole and marked; too many, or any on a strict label, are refused', async () => {
    const payload = { client_action: 'odd_names', '': 1, ' ': 2, fine: 3 };
    const odd = browserEvent({ payload });
    const many = browserEvent({
      payload: { client_action: 'x', ...Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`k${n}`, n])) },
    });
    const { body } = await send(collector, batch([odd, many]));
    expect(body.rejected).toMatchObject([{ index: 1, code: 'too_many_keys' }]);
    expect((await stored(collector, odd.eid))?.payload).toEqual(payload);
    const registry = await read<{ actions: { name: string; fields: { name: string; referable: boolean }[] }[] }>(
      collector,
      '/v1/registry',
    );
    const { fields } = registry.body.actions.find(({ name }) => name === 'odd_names')!;
    expect(Object.fromEntries(fields.map(({ name, referable }) => [name, referable]))).toEqual({
      '': false,
      ' ': false,
      fine: true,
    });
    const strict = await send(collector, batch([odd], { label_key: 'strict-label' }));
    expect(strict.body.rejected).toMatchObject([{ code: 'bad_field_code' }]);
  });
});

describe('identity', () => {
  const soon = Date.now() + day;

  entry('I30', 'the hash of another tenant proves nothing', async () => {
    const hash = md5Hash('bob', 'other-salt', soon);
    expect(await claim('demo', 'bob', hash)).toBe('unverified');
    expect(await claim('strict', 'bob', hash)).toBe('identity_unverified');
    expect(await claim('other', 'bob', hash)).toBe('verified');
  });

  entry('I31', 'an expired hash counts for events from before its end, no longer than the grace', async () => {
    const hash = (tenant: string) => md5Hash('bob', `${tenant}-salt`, Date.now() - 2 * day);
    expect(await claim('demo', 'bob', hash('demo'))).toBe('unverified');
    expect(await claim('strict', 'bob', hash('strict'))).toBe('identity_expired');
    expect(await claim('strict', 'bob', hash('strict'), { event_date: Date.now() - 3 * day })).toBe('verified');
    const old = md5Hash('bob', 'strict-salt', Date.now() - 8 * day);
    expect(await claim('strict', 'bob', old, { event_date: Date.now() - 9 * day })).toBe('identity_expired');
  });

  entry('I33', 'a validity far ahead is accepted, unless the label says how far', async () => {
    const tenYears = Date.now() + 3650 * day;
    expect(await claim('strict', 'bob', md5Hash('bob', 'strict-salt', tenYears))).toBe('verified');
    expect(await claim('short', 'bob', md5Hash('bob', 'short-salt', tenYears))).toBe('identity_unverified');
    expect(await claim('short', 'bob', md5Hash('bob', 'short-salt', Date.now() + day + 60_000))).toBe('verified');
  });

  entry('I34', 'the older form compares ids without case', async () => {
    expect(await claim('strict', 'BOB', md5Hash('bob', 'strict-salt', soon))).toBe('verified');
  });

  entry('I35', 'the older form proves no id outside ASCII', async () => {
    const hash = md5Hash('kate', 'demo-salt', soon);
    expect(await claim('demo', '\u212Aate', hash)).toBe('unverified');
    expect(await claim('strict', '\u212Aate', md5Hash('kate', 'strict-salt', soon))).toBe('identity_unverified');
  });

  entry('I36', 'capital hex verifies; a hash of another length is none', async () => {
    const good = md5Hash('bob', 'strict-salt', soon);
    const [hex = '', validity] = good.split(':');
    expect(await claim('strict', 'bob', `${hex.toUpperCase()}:${validity}`)).toBe('verified');
    for (const bad of [`${hex.slice(1)}:${validity}`, `${hex}0:${validity}`, '', ':', `${hex}:`])
      expect(await claim('strict', 'bob', bad)).toBe('bad_hash');
    expect(await claim('demo', 'bob', hex)).toBe('unverified');
    expect(await claim('strict', 'bob', undefined)).toBe('identity_unverified');
  });
});

describe('origins and addresses', () => {
  const from = async (origin: string, label_key = 'demo-label') => {
    const one = browserEvent();
    const { status, body, headers } = await send(collector, batch([one], { label_key }), { origin });
    const admin = label_key.replace('label', 'admin');
    return {
      code: body.code ?? status,
      named: headers.get('access-control-allow-origin'),
      kept: (await stored(collector, one.eid, admin)) !== undefined,
    };
  };

  entry('I37', 'another site is refused, stores nothing, and its page can read why', async () => {
    const origin = 'https://evil.example';
    expect(await from(origin)).toEqual({ code: 'origin_not_allowed', named: origin, kept: false });
    expect(await from('https://op.example')).toEqual({ code: 200, named: 'https://op.example', kept: true });
    expect(await from(collector.url)).toMatchObject({ code: 200, kept: true });
    expect(await from(`http://localhost:${collector.port}`)).toMatchObject({ code: 200, kept: true });
  });

  entry('I38', 'the origin "null" is refused unless it is listed', async () => {
    expect(await from('null')).toEqual({ code: 'origin_not_allowed', named: 'null', kept: false });
    expect(await from('null', 'framed-label')).toMatchObject({ code: 200, kept: true });
  });

  entry('I39', 'an origin that only resembles a listed one is refused', async () => {
    for (const origin of [
      'https://op.example.evil.example',
      'https://evilop.example',
      'http://op.example',
      'https://op.example:8443',
    ])
      expect(await from(origin)).toMatchObject({ code: 'origin_not_allowed', kept: false });
  });

  entry('I42', 'a forged X-Forwarded-For does not make a new address', async () => {
    const codes: unknown[] = [];
    for (let n = 0; n < 5; n++) {
      const headers = { authorization: 'slow-secret', 'x-forwarded-for': `1.2.3.${n}` };
      const { status } = await sendFromServer(collector, envelope(), headers);
      codes.push(status);
    }
    expect(codes).toEqual([200, 200, 200, 429, 429]);
  });
});

test('every entry of the list that concerns the collector has its test', async () => {
  const badInputs = JSON.parse(await readFile('test/fixtures/bad-inputs.json', 'utf8')) as { id: string }[];
  const wanted = badInputs.map(({ id }) => id).filter((id) => id.startsWith('I') && Number(id.slice(1)) <= 42);
  expect(wanted.filter((id) => !served.has(id))).toEqual([]);
});

test('after all of them the log and the metrics have nobody’s words in them, and none of a failure', async () => {
  const lines = collector.log.split('\n').filter((line) => line !== '');
  expect(lines.map((line) => JSON.parse(line) as { level: number }).filter(({ level }) => level >= 50)).toEqual([]);
  expect(lines.length).toBeGreaterThan(50);
  const words = collector.log + (await (await fetch(`${collector.url}/metrics`)).text());
  const secrets = config.labels.flatMap(({ keys, hashes }) => [keys.secret, keys.admin, hashes.salts].flat());
  expect([CANARY, ...secrets].filter((word) => words.includes(word))).toEqual([]);
});
