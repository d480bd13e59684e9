// @vitest-environment node
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';
import { type Ears, openHttp, openSocket } from '../../../src/sdk/live/mouth.ts';
import { until } from '../../support/until.ts';

/** A browser tells of a failure by `close` alone; this library also throws it at whoever has not listened. */
class PageSocket extends WebSocket {
  static last: PageSocket | undefined;
  constructor(url: URL) {
    super(url);
    PageSocket.last = this;
    this.on('error', () => {});
  }
}

/** What a mouth told, in order. */
const ears = () => {
  const told: unknown[] = [];
  const heard: Ears = {
    open: () => void told.push('open'),
    hear: (value) => void told.push(value),
    gone: () => void told.push('gone'),
  };
  return { told, heard };
};

describe('a socket', () => {
  let server: WebSocketServer;
  const said: string[] = [];
  beforeEach(async () => {
    said.length = 0;
    server = new WebSocketServer({ port: 0 });
    server.on('connection', (socket) => socket.on('message', (text) => void said.push(`${text}`)));
    await new Promise((resolve) => server.once('listening', resolve));
  });
  afterEach(
    () =>
      new Promise<void>((resolve) => {
        for (const client of server.clients) client.terminate();
        server.close(() => resolve());
      }),
  );
  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const page = (href = 'https://op.example/lobby') =>
    ({ WebSocket: PageSocket, location: { href } }) as unknown as Window & typeof globalThis;
  const open = async (root = page(), at = address()) => {
    const { told, heard } = ears();
    const mouth = openSocket(root, at, heard);
    await until(() => told.length);
    return { told, mouth, theirs: [...server.clients][0] as WebSocket };
  };

  test('says that it opened, says messages as JSON, and hears what the collector says', async () => {
    const { told, mouth, theirs } = await open();
    mouth.say({ cid: 3, uuid: 'u', ts: 5, label_key: 'label' });
    theirs.send(JSON.stringify({ cid: 4, uuid: 'u', errCode: 0 }));
    await until(() => told.length === 2 && said.length);
    expect(told).toEqual(['open', { cid: 4, uuid: 'u', errCode: 0 }]);
    expect(said.map((text) => JSON.parse(text))).toEqual([{ cid: 3, uuid: 'u', ts: 5, label_key: 'label' }]);
  });

  test('opens at /ws of the collector, or of the page’s own origin for a path', async () => {
    const paths: (string | undefined)[] = [];
    server.on('connection', (_, request) => void paths.push(request.url));
    await open();
    await open(page(`${address()}/lobby`), '/collect');
    expect(paths).toEqual(['/ws', '/collect/ws']);
  });

  test('hears what is no JSON as nothing, and goes on', async () => {
    const { told, theirs } = await open();
    theirs.send('{"cut off');
    theirs.send(Buffer.from([1, 2, 3]));
    theirs.send('{"cid":1}');
    await until(() => told.length === 4);
    expect(told).toEqual(['open', null, null, { cid: 1 }]);
  });

  test('says that it is gone, once, when the collector ends it', async () => {
    const { told, theirs } = await open();
    theirs.terminate();
    await until(() => told.length > 1);
    expect(told).toEqual(['open', 'gone']);
  });

  test('where nobody listens is gone without having opened', async () => {
    expect((await open(page(), 'http://127.0.0.1:1')).told).toEqual(['gone']);
  });

  test('that the browser forbids is gone without having opened, and can be closed', async () => {
    const forbids = class {
      constructor() {
        throw new DOMException('insecure', 'SecurityError');
      }
    };
    const { told, heard } = ears();
    const mouth = openSocket({ ...page(), WebSocket: forbids } as never, address(), heard);
    expect(told).toEqual([]);
    await until(() => told.length);
    mouth.say({ cid: 1 });
    mouth.close();
    expect(told).toEqual(['gone']);
  });

  test('that we closed says nothing more, not even that it is gone', async () => {
    const { told, mouth } = await open();
    const closed = new Promise((resolve) => PageSocket.last?.once('close', resolve));
    mouth.close();
    await closed;
    await new Promise((resolve) => setTimeout(resolve));
    expect(told).toEqual(['open']);
  });
});

describe('over HTTP', () => {
  const credentials = { api_key: 'label', brand_key: 'brand', ext_user_id: 'u1', hash: 'h1', device_id: 'd1' };
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const tick = () => vi.advanceTimersByTimeAsync(0);

  const page = async (answer: () => Response | Promise<Response>) => {
    const requests: [string, RequestInit][] = [];
    const document = { visibilityState: 'visible' };
    const root = {
      document,
      fetch: async (url: string, init: RequestInit) => {
        requests.push([url, init]);
        return answer();
      },
    } as unknown as Window & typeof globalThis;
    const { told, heard } = ears();
    const mouth = openHttp(root, 'https://events.op.example', heard, () => credentials);
    await tick();
    return { requests, document, told, mouth };
  };
  const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status });

  test('a message is one request to /s2s-api, with who asks, and without a preflight or cookies', async () => {
    const { mouth, requests, told } = await page(() => json({ cid: 528, uuid: 'u', errCode: 0, points_balance: 5 }));
    mouth.say({ cid: 527, uuid: 'u', ts: 5 });
    await tick();
    const [url, init] = requests[0] ?? [];
    expect([url, init?.method, init?.headers, init?.credentials]).toEqual([
      'https://events.op.example/s2s-api',
      'POST',
      undefined,
      'omit',
    ]);
    expect(JSON.parse(`${init?.body}`)).toEqual({ ...credentials, cid: 527, uuid: 'u', ts: 5 });
    expect(told).toContainEqual({ cid: 528, uuid: 'u', errCode: 0, points_balance: 5 });
  });

  test('what the socket would have pushed comes with the answer, and is heard after it', async () => {
    const push = { cid: 108, props: { a: 1 } };
    const { mouth, told } = await page(() => json({ cid: 6, errCode: 0, props: {}, pending: [push] }));
    mouth.say({ cid: 5, uuid: 'u' });
    await tick();
    expect(told.slice(1)).toEqual([{ cid: 6, errCode: 0, props: {}, uuid: 'u' }, push]);
  });

  test.each([
    [401, 'unknown_label'],
    [403, 'origin_not_allowed'],
    [429, 'rate_limited'],
    [503, 'overloaded'],
  ])('a request that is refused as a whole (%i) is an answer with its number', async (status, code) => {
    const { mouth, told } = await page(() => json({ code, message: 'no', request_id: 'r' }, status));
    mouth.say({ cid: 5, uuid: 'u' });
    await tick();
    expect(told.slice(1)).toEqual([{ cid: 0, uuid: 'u', errCode: status, errMsg: `${code}: no` }]);
  });

  test.each<[string, () => Response | Promise<Response>]>([
    ['a proxy’s page', () => new Response('<h1>Sorry</h1>', { status: 502 })],
    ['a captive portal that says 200', () => new Response('<h1>Log in</h1>')],
    ['an empty answer', () => new Response('')],
    ['JSON of somebody else', () => json({ hello: 'world' })],
    ['no network', () => Promise.reject(new TypeError('Failed to fetch'))],
  ])('%s is no answer: the line is gone', async (_name, answer) => {
    const { mouth, told } = await page(answer);
    mouth.say({ cid: 5, uuid: 'u' });
    await tick();
    expect(told).toEqual(['open', 'gone']);
  });

  test('it opens at once and then every 15 s, while the page is seen', async () => {
    const { told, document, mouth } = await page(() => json({}));
    await vi.advanceTimersByTimeAsync(15_000);
    expect(told).toEqual(['open', 'open']);
    document.visibilityState = 'hidden';
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told.length).toBe(2);
    document.visibilityState = 'visible';
    mouth.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told.length).toBe(2);
  });
});
