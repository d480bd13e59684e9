/**
 * The network between a page and the collector, and what goes wrong with it. Passes everything on but what a test tells
 * it to spoil: of requests only those that carry events, and sockets apart from them. Writes down when each arrived.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';

export type Fault =
  | 'none'
  /** The connection is cut before the collector hears of the request. */
  | 'cut'
  /** The collector answers, and the connection is cut before the page hears of it. */
  | 'answer lost'
  /** The collector answers, and the answer is kept until another fault (or none) is set. */
  | 'answer held'
  /** Answered on the way, by a proxy or a balancer. */
  | { status: number; headers: OutgoingHttpHeaders };

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
  /** From now on. */
  set(fault: Fault): void;
  /** The next requests meet these, one each; those after them what was set. */
  next(...faults: Fault[]): void;
  /** Back to a network that works, with nothing written down. */
  heal(): void;
  close(): Promise<void>;
}

const bytesOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

export const startFaultProxy = async (collector: string): Promise<FaultProxy> => {
  let lasting: Fault = 'none';
  let coming: Fault[] = [];
  const arrivals: number[] = [];
  const held = new Set<() => void>();
  const release = (): void => {
    for (const answer of held) answer();
    held.clear();
  };

  const passOn = async (incoming: IncomingMessage, response: ServerResponse, fault: Fault): Promise<void> => {
    const body = await bytesOf(incoming);
    const { method, headers, url } = incoming;
    const onward = request(`${collector}${url}`, { ...(method && { method }), headers });
    onward.once('error', () => response.destroy()); // the collector is down, and so is the page's connection to it
    onward.once('response', async (answer) => {
      const said = await bytesOf(answer);
      if (fault === 'answer lost') return response.destroy();
      if (fault === 'answer held') await new Promise<void>((resolve) => held.add(resolve));
      response.writeHead(answer.statusCode ?? 502, answer.headers).end(said);
    });
    onward.end(body);
  };
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
    else far.once('data', (bytes: Buffer) => near.write(bytes));
  };
  const server = createServer((incoming, response) => {
    if (incoming.method !== 'POST' || incoming.url !== '/v1/events') return void passOn(incoming, response, 'none');
    arrivals.push(performance.now());
    const fault = coming.shift() ?? lasting;
    if (fault === 'cut') incoming.socket.destroy();
    else if (typeof fault === 'object') {
      const headers = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after' };
      incoming.resume();
      response.writeHead(fault.status, { ...headers, ...fault.headers }).end('{}');
    } else void passOn(incoming, response, fault);
  });
  server.on('upgrade', (incoming, near) => {
    sockets.push(performance.now());
    if (socketFault === 'refused') near.destroy();
    else bridge(incoming, near, socketFault);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    sockets,
    setSockets(fault) {
      socketFault = fault;
      if (fault === 'refused') cutSockets();
    },
    cutSockets,
    set(fault) {
      lasting = fault;
      release();
    },
    next: (...faults) => void coming.push(...faults),
    heal() {
      lasting = 'none';
      coming = [];
      arrivals.length = 0;
      socketFault = 'none';
      sockets.length = 0;
      release();
    },
    async close() {
      server.close();
      cutSockets();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
};
