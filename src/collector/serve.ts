/**
 * A collector on its sockets: listens, knows by which origins it is reached, and drains. Owns the order of an end:
 * no new connections, answers to what was accepted, the log on disk.
 */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, Server as Listener } from 'node:net';
import type { Collector } from './collector.ts';

export interface Serving {
  /** `http://127.0.0.1:8080` */
  url: string;
  /** Resolves when every accepted request has its answer and the log is closed. */
  stop(): Promise<void>;
}

/** A client that keeps its connection may have a request on the way; after this long without one it has none. */
const IDLE_GRACE = 500;
/** What has not ended by then is cut off: the orchestrator would kill us soon after. */
const DRAIN_LIMIT = 10_000;

const loopback = new Set(['127.0.0.1', 'localhost', '::1']);
export const isLoopback = (host: string): boolean => loopback.has(host) || /^127\.\d+\.\d+\.\d+$/.test(host);

const hostInUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** Browsers resolve `localhost` to ::1 first; a machine without IPv6 has nothing to listen on there. */
const listenOnV6Loopback = (collector: Collector, port: number): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer(collector.app.server.listeners('request')[0] as never);
    server.on('upgrade', (...upgrade) => collector.app.server.emit('upgrade', ...upgrade));
    server.headersTimeout = collector.app.server.headersTimeout;
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'EAFNOSUPPORT') resolve(undefined);
      // Somebody else's page would answer at localhost.
      else reject(cause);
    });
    server.listen(port, '::1', () => resolve(server));
  });

/** Takes no more connections. `http.Server`'s own close would at once cut the idle ones, whose next request may be on its way. */
const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => Listener.prototype.close.call(server, () => resolve()));

export const serve = async (
  collector: Collector,
  { host, port, publicUrl }: { host: string; port: number; publicUrl: string | null },
  ownOrigins: Set<string>,
): Promise<Serving> => {
  await collector.app.listen({ host, port });
  const { server } = collector.app;
  const bound = (server.address() as AddressInfo).port;
  const second = host === '127.0.0.1' || host === 'localhost' ? await listenOnV6Loopback(collector, bound) : undefined;
  const servers = second ? [server, second] : [server];
  for (const name of ['localhost', '127.0.0.1', '[::1]']) ownOrigins.add(`http://${name}:${bound}`);
  if (publicUrl !== null) ownOrigins.add(publicUrl);
  collector.begin();

  const drain = async (): Promise<void> => {
    collector.drain();
    const ended = Promise.all(servers.map(closed));
    const letIdleGo = setTimeout(() => {
      for (const one of servers) one.closeIdleConnections();
    }, IDLE_GRACE);
    const cut = setTimeout(() => {
      for (const one of servers) one.closeAllConnections();
    }, DRAIN_LIMIT);
    await ended;
    clearTimeout(letIdleGo);
    clearTimeout(cut);
    await collector.close();
  };
  let ending: Promise<void> | undefined;
  return {
    url: `http://${hostInUrl(host)}:${bound}`,
    stop() {
      ending ??= drain();
      return ending;
    },
  };
};
