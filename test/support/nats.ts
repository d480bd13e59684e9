/**
 * Real NATS servers as processes of their own, with JetStream on temporary directories: one, or a cluster of three.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface NatsServer {
  readonly name: string;
  readonly port: number;
  readonly log: () => Promise<string>;
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Its connections stay, and nobody answers; a kill ends it all the same. */
  freeze(): void;
  /** On the same port and directory; resolves when it lets clients in. */
  start(config?: string): Promise<void>;
}

/** Where servers are, for whoever did not start them. */
export interface NatsPlace {
  /** What stands between `nats://` and the question mark. */
  servers: string;
  replicas: number;
}

/** `STORE` for a collector; each name is a world of its own. */
export const storeAt = ({ servers, replicas }: NatsPlace, name: string): string =>
  `nats://${servers}?name=${name}&replicas=${replicas}`;

export interface NatsServers {
  servers: NatsServer[];
  place: NatsPlace;
  store(name?: string): string;
  /** Resolves when the servers have a leader, and all of them and what they keep are up to date. */
  ready(): Promise<void>;
  /** Who leads a stream just now, or all of them where none is named; waits while nobody does. */
  leader(stream?: string): Promise<NatsServer>;
  stop(): Promise<void>;
}

export interface NatsStart {
  nodes?: 1 | 3;
  /** Lines of each server's configuration file. */
  config?: string;
  /** Before the `@` of the address. */
  login?: string;
}

/** Benches ask too, outside of any test. */
const until = async (condition: () => Promise<boolean>): Promise<void> => {
  for (const end = performance.now() + 60_000; !(await condition()); await pause(20))
    if (performance.now() > end) throw new Error('the NATS servers are not up after 60 s');
};

/** Below those that the system gives away by itself: a server that is killed finds its own free when it comes back. */
const PORTS = [10_000, 32_000] as const;

const isFree = async (port: number): Promise<boolean> => {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    // Somebody has it.
    return false;
  }
  await once(server.close(), 'close');
  return true;
};
/** It tells how it is before it lets clients in. */
const lets = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(...PORTS);
    if (await isFree(port)) return port;
  }
};

interface Monitored {
  meta_cluster?: { leader?: string; cluster_size?: number; replicas?: { current?: boolean; offline?: boolean }[] };
  account_details?: { stream_detail?: MonitoredStream[] }[];
}
interface MonitoredStream {
  name: string;
  cluster?: { leader?: string; replicas?: { current?: boolean }[] };
}
const streamsOf = (said: Monitored | undefined): MonitoredStream[] =>
  (said?.account_details ?? []).flatMap(({ stream_detail }) => stream_detail ?? []);
const monitored = async (port: number, asked = ''): Promise<Monitored | undefined> => {
  try {
    return (await (await fetch(`http://127.0.0.1:${port}/jsz${asked}`)).json()) as Monitored;
  } catch {
    // Not up yet, or down: whoever asks asks again.
    return undefined;
  }
};

export const startNats = async ({ nodes = 1, config = '', login }: NatsStart = {}): Promise<NatsServers> => {
  const room = await mkdtemp(join(tmpdir(), 'openaction-nats-'));
  const ports = await Promise.all(
    Array.from({ length: nodes }, async () => ({
      client: await freePort(),
      route: await freePort(),
      http: await freePort(),
    })),
  );
  const routes = ports.map(({ route }) => `nats://127.0.0.1:${route}`).join(', ');

  const server = async ({ client, route, http }: (typeof ports)[number], n: number): Promise<NatsServer> => {
    const file = join(room, `node-${n}.conf`);
    const logFile = join(room, `node-${n}.log`);
    const cluster = `cluster { name: openaction, listen: "127.0.0.1:${route}", routes: [${routes}] }`;
    const configured = (lines: string): string =>
      `server_name: node-${n}\nlisten: "127.0.0.1:${client}"\nhttp: "127.0.0.1:${http}"\nlog_file: "${logFile}"
jetstream { store_dir: "${join(room, `node-${n}`)}" }\n${nodes > 1 ? cluster : ''}\n${lines}\n`;
    let child: ChildProcess | undefined;
    return {
      name: `node-${n}`,
      port: client,
      log: () => readFile(logFile, 'utf8'),
      async kill(signal = 'SIGKILL') {
        if (!child || child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        child.kill(signal);
        await ended;
      },
      freeze: () => void child?.kill('SIGSTOP'),
      async start(lines = config) {
        await writeFile(file, configured(lines));
        child = spawn(process.env.NATS_SERVER ?? 'nats-server', ['-c', file], { stdio: 'ignore' });
        const failed = new Promise<never>((_, reject) => {
          child!.once('error', reject).once('exit', (code) => reject(new Error(`nats-server ended with ${code}`)));
        });
        await Promise.race([failed, until(async () => (await monitored(http)) !== undefined && (await lets(client)))]);
      },
    };
  };
  const servers = await Promise.all(ports.map(server));
  const everybody = () => Promise.all(ports.map(({ http }) => monitored(http, '?accounts=true&streams=true')));
  const isReady = async (): Promise<boolean> => {
    if (nodes === 1) return true;
    const all = await everybody();
    const leader = all.map((one) => one?.meta_cluster).find((one) => one?.replicas);
    // What a follower knows of the others it may have from the time when it led.
    const streams = all.flatMap((one, n) =>
      streamsOf(one).flatMap(({ cluster }) => (cluster?.leader === servers[n]!.name ? (cluster.replicas ?? []) : [])),
    );
    return Boolean(
      leader?.leader &&
        leader.cluster_size === nodes &&
        [...leader.replicas!, ...streams].every(({ current }) => current),
    );
  };
  const ready = (): Promise<void> => until(isReady);
  /** Whoever follows may not have heard yet, so it is who says so itself that counts. */
  const leads = (stream: string | undefined, server: string, said: Monitored | undefined): boolean =>
    stream === undefined
      ? said?.meta_cluster?.leader === server
      : streamsOf(said).some(({ name, cluster }) => name === stream && cluster?.leader === server);
  const leader = async (stream?: string): Promise<NatsServer> => {
    let found: NatsServer | undefined;
    await until(async () => {
      const all = await everybody();
      found = servers.find(({ name }, n) => leads(stream, name, all[n]));
      return found !== undefined;
    });
    return found!;
  };
  await Promise.all(servers.map((one) => one.start()));
  await ready();
  const place = {
    servers: `${login === undefined ? '' : `${login}@`}${ports.map(({ client }) => `127.0.0.1:${client}`).join(',')}`,
    replicas: nodes,
  };
  return {
    servers,
    place,
    store: (name = 'openaction') => storeAt(place, name),
    ready,
    leader,
    async stop() {
      await Promise.all(servers.map((one) => one.kill()));
      await rm(room, { recursive: true, force: true });
    },
  };
};
