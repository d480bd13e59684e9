/**
 * Two collectors behind one address that looks like one: whoever connects is led to one that takes connections. `kill` kills
 * one of them, each in turn, and `restart` brings it back; pages hardly notice, and that is what is asked.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type CollectorStart, type RunningCollector, startCollector } from '../support/collector.ts';

const connectedTo = async (port: number): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
};

const startBalancer = async (collectors: RunningCollector[]) => {
  const sockets = new Set<Socket>();
  let nr = 0;
  const toSomebody = (): Promise<Socket> => {
    const { length } = collectors;
    const ports = collectors.map((_, at) => collectors[(nr + at) % length]!.port);
    nr++;
    return ports.slice(1).reduce((led, port) => led.catch(() => connectedTo(port)), connectedTo(ports[0]!));
  };
  // What comes before it is known to whom waits in the socket.
  const server = createServer({ pauseOnConnect: true }, (near) => {
    near.on('error', () => near.destroy());
    toSomebody().then(
      (far) => {
        for (const [one, other] of [
          [near, far],
          [far, near],
        ] as const) {
          sockets.add(one);
          one
            .on('error', () => other.destroy())
            .on('close', () => {
              sockets.delete(one);
              other.destroy();
            });
        }
        near.pipe(far);
        far.pipe(near);
      },
      // All are down.
      () => near.destroy(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async close() {
      const closed = once(server.close(), 'close');
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

export const startPair = async (start: CollectorStart = {}): Promise<RunningCollector> => {
  // One after the other: the first one makes the streams.
  const collectors = [await startCollector(start), await startCollector(start)];
  const balancer = await startBalancer(collectors);
  let turn = 0;
  const now = (): RunningCollector => collectors[turn]!;
  return {
    url: `http://127.0.0.1:${balancer.port}`,
    port: balancer.port,
    get dataDir() {
      return now().dataDir;
    },
    get log() {
      return collectors.map(({ log }) => log).join('');
    },
    kill(signal) {
      turn = (turn + 1) % collectors.length;
      return now().kill(signal);
    },
    restart: () => now().restart(),
    hangUp: () => now().hangUp(),
    freeze: () => now().freeze(),
    thaw: () => now().thaw(),
    async stop() {
      await balancer.close();
      await Promise.all(collectors.map((one) => one.stop()));
    },
  };
};
