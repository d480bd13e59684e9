/**
 * The network between a page and the collector, and what goes wrong with it: the line (`faulty-line.ts`) for all that
 * passes, and then for requests that carry events their own faults (`request-faults.ts`), and sockets apart from them.
 * Writes down when each arrived, and how much was sent.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Line, startFaultyLine } from './faulty-line.ts';
import { type Answer, type Fault, readable, spoilt } from './request-faults.ts';
import { chanceOf } from './seeds.ts';

export type SocketFault =
  | 'none'
  /** Nobody gets one, and those that are open are cut. */
  | 'refused'
  /** They open, and say nothing. */
  | 'silent';

export interface FaultProxy {
  readonly url: string;
  /** Sockets so far: when each was asked for. */
  readonly sockets: number[];
  /** From now on; a socket that is open keeps what it began with, unless it is cut. */
  setSockets(fault: SocketFault): void;
  /** Those that are open, at once and without a word. */
  cutSockets(): void;
  /** Requests with events so far: when each arrived, in milliseconds of this process's clock. */
  readonly arrivals: number[];
  /** Bytes of their bodies so far, whole ones or not. */
  readonly bytes: number;
  /** From now on. */
  set(fault: Fault): void;
  /** From now on, for everything. */
  setLine(line: Line): void;
  /** The next requests meet these, one each; those after them what was set. */
  next(...faults: Fault[]): void;
  /** Back to a network that works, with nothing written down. */
  heal(): void;
  close(): Promise<void>;
}

const bytesOf = async (message: IncomingMessage, heard: (bytes: number) => void = () => {}): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) {
    chunks.push(chunk as Buffer);
    heard((chunk as Buffer).length);
  }
  return Buffer.concat(chunks);
};

export const startFaultProxy = async (collector: string): Promise<FaultProxy> => {
  const chance = chanceOf(1);
  let lasting: Fault = 'none';
  let coming: Fault[] = [];
  let bytes = 0;
  let before: Buffer = Buffer.from('{}');
  const arrivals: number[] = [];
  /** Settles with the next change of faults: for every request that arrived before it, wherever that one is by then. */
  let changed: Promise<void>;
  let release = (): void => {};
  const change = (): void => {
    release();
    changed = new Promise((resolve) => {
      release = resolve;
    });
  };
  change();

  const ask = async ({ method, headers, url }: IncomingMessage, body: Buffer): Promise<Answer> => {
    const onward = request(`${collector}${url}`, { ...(method && { method }), headers });
    onward.end(body);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 502, headers: answer.headers, body: await bytesOf(answer) };
  };
  const tell = (response: ServerResponse, { status, headers, body }: Answer): void =>
    void response.writeHead(status, { ...headers, 'content-length': body.length }).end(body);

  const carry = async (incoming: IncomingMessage, response: ServerResponse, fault: Fault): Promise<void> => {
    if (fault === 'cut') return void incoming.socket.destroy();
    const released = changed;
    const body = await bytesOf(incoming, (more) => {
      bytes += more;
    });
    if (typeof fault === 'object' && body.length > (fault.above ?? -1))
      return void response.writeHead(fault.status, { ...readable, ...fault.headers }).end(fault.body ?? '{}');
    if (fault === 'replayed') await ask(incoming, body);
    const answer = await ask(incoming, body);
    const last = before;
    before = answer.body;
    switch (fault) {
      case 'answer lost':
        return void response.destroy();
      case 'half an answer': {
        response.writeHead(answer.status, answer.headers);
        response.write(answer.body.subarray(0, answer.body.length >> 1));
        await released;
        return void response.destroy();
      }
      case 'answer held':
        await released;
        return tell(response, answer);
      case 'truncated':
      case 'bits flipped':
      case 'other batch_id':
      case 'answer of another batch':
        return tell(response, spoilt(fault, answer, last, chance.share));
      default:
        return tell(response, answer);
    }
  };
  /** What carries no events meets no fault of a request. */
  const passOn = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> =>
    tell(response, await ask(incoming, await bytesOf(incoming)));

  let socketFault: SocketFault = 'none';
  const sockets: number[] = [];
  const open = new Set<Duplex>();
  const cutSockets = (): void => {
    for (const end of open) end.destroy();
    open.clear();
  };
  const bridge = ({ method, url, rawHeaders }: IncomingMessage, near: Duplex, fault: SocketFault): void => {
    const far = connect(Number(new URL(collector).port), '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
    const headers = rawHeaders.map((text, place) => text + (place % 2 ? '\r\n' : ': ')).join('');
    far.write(`${method} ${url} HTTP/1.1\r\n${headers}\r\n`);
    near.pipe(far);
    if (fault === 'none') far.pipe(near);
    // The handshake, and nothing after it.
    else far.once('data', (handshake: Buffer) => near.write(handshake));
  };
  const server = createServer((incoming, response) => {
    const events = incoming.method === 'POST' && incoming.url === '/v1/events';
    if (events) arrivals.push(performance.now());
    const carried = events ? carry(incoming, response, coming.shift() ?? lasting) : passOn(incoming, response);
    // The collector is down, or the page is gone: the connection between them is, too.
    carried.catch(() => response.destroy());
  });
  server.on('upgrade', (incoming, near) => {
    sockets.push(performance.now());
    if (socketFault === 'refused') near.destroy();
    else bridge(incoming, near, socketFault);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const line = await startFaultyLine((server.address() as AddressInfo).port);
  return {
    url: line.url,
    arrivals,
    sockets,
    get bytes() {
      return bytes;
    },
    setSockets(fault) {
      socketFault = fault;
      if (fault === 'refused') cutSockets();
    },
    setLine: line.set,
    cutSockets,
    set(fault) {
      lasting = fault;
      change();
    },
    next: (...faults) => void coming.push(...faults),
    heal() {
      lasting = 'none';
      coming = [];
      arrivals.length = 0;
      bytes = 0;
      socketFault = 'none';
      sockets.length = 0;
      line.set('healthy');
      change();
    },
    async close() {
      const closed = once(server.close(), 'close');
      cutSockets();
      await line.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
