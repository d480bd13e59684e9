/**
 * A collector on its sockets: listens, knows by which origins it is reached, and drains. Owns the order of an end:
 * no new connections, answers to what was accepted, the log on disk.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, Server as Listener } from 'node:net';
import type { FastifyInstance } from 'fastify';
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

/** What is asked at a door from now on is answered by that server, also on connections that are open. */
const answerBy = (door: Server, server: Server): void => {
  for (const asked of ['request', 'upgrade'] as const) {
    door.removeAllListeners(asked);
    door.on(asked, (...given: unknown[]) => server.emit(asked, ...given));
  }
};

/** Browsers resolve `localhost` to ::1 first; a machine without IPv6 has nothing to listen on there. */
const listenOnV6Loopback = (app: FastifyInstance, port: number): Promise<Server | undefined> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    answerBy(server, app.server);
    server.headersTimeout = app.server.headersTimeout;
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'EAFNOSUPPORT') resolve(undefined);
      // Somebody else's page would answer at localhost.
      else reject(cause);
    });
    server.listen(port, '::1', () => resolve(server));
  });

/** Sockets that listen; the first is the address that was asked for. */
export type Doors = [Server, ...Server[]];

export const openDoors = async (
  app: FastifyInstance,
  { host, port }: { host: string; port: number },
): Promise<Doors> => {
  await app.listen({ host, port });
  if (host !== '127.0.0.1' && host !== 'localhost') return [app.server];
  const second = await listenOnV6Loopback(app, portOf([app.server]));
  return second ? [app.server, second] : [app.server];
};

/** The same sockets, answered by another from now on: nobody who connects meanwhile is refused. */
const takeOver = async (app: FastifyInstance, doors: Doors): Promise<Doors> => {
  await app.ready();
  app.server.listen(doors[0]);
  await once(app.server, 'listening');
  for (const door of doors) answerBy(door, app.server);
  return [app.server, ...doors];
};

export const portOf = ([first]: Doors): number => (first.address() as AddressInfo).port;

/** Takes no more connections. `http.Server`'s own close would at once cut the idle ones, whose next request may be on its way. */
const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => Listener.prototype.close.call(server, () => resolve()));

/** @param held doors at which somebody else has answered so far */
export const serve = async (
  collector: Collector,
  { host, port, publicUrl }: { host: string; port: number; publicUrl: string | null },
  ownOrigins: Set<string>,
  held?: Doors,
): Promise<Serving> => {
  const doors = held ? await takeOver(collector.app, held) : await openDoors(collector.app, { host, port });
  const bound = portOf(doors);
  for (const name of ['localhost', '127.0.0.1', '[::1]']) ownOrigins.add(`http://${name}:${bound}`);
  if (publicUrl !== null) ownOrigins.add(publicUrl);
  collector.begin();

  const drain = async (): Promise<void> => {
    collector.drain();
    const ended = Promise.all(doors.map(closed));
    const letIdleGo = setTimeout(() => {
      for (const one of doors) one.closeIdleConnections();
    }, IDLE_GRACE);
    const cut = setTimeout(() => {
      for (const one of doors) one.closeAllConnections();
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
