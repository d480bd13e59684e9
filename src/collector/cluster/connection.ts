/**
 * The one connection to the cluster, and what its failures mean: `store-fault.ts` knows their codes.
 */
import { readFile } from 'node:fs/promises';
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import {
  type Authenticator,
  connect,
  credsAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
  type Status,
} from '@nats-io/transport-node';
import type { ClusterAddress } from './address.ts';

export interface Cluster {
  connection: NatsConnection;
  jetstream: JetStreamClient;
  manager: JetStreamManager;
  /** Called whenever the connection is gone, or there again: it comes back by itself. Returns the end of listening. */
  on(what: 'lost' | 'back', told: () => void): () => void;
  isConnected(): boolean;
  /** Why nobody needs to try just now: it is refused, or the connection has been gone for long. */
  away(): ClusterError | undefined;
}

/** Codes that `store-fault.ts` puts into words. */
export type ClusterCode = 'CLUSTER_UNREACHABLE' | 'CLUSTER_REFUSES' | 'CLUSTER_DIFFERS' | 'CLUSTER_BEHIND';

export class ClusterError extends Error {
  readonly code: ClusterCode;
  constructor(code: ClusterCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ClusterError';
    this.code = code;
  }
}

const isRefusal = (cause: unknown): boolean =>
  /authorization|authentication|permissions/i.test((cause as Error).message);

/** What the client or a server said, as a fault of the store. Those that are none pass. */
export const asClusterError = (cause: unknown): unknown => {
  if (cause instanceof ClusterError) return cause;
  const { name, message } = cause as Error;
  if (isRefusal(cause)) return new ClusterError('CLUSTER_REFUSES', message, cause);
  // The client's word for a subject on which nobody answers: its stream has no leader just now.
  if (name === 'JetStreamNotEnabled') return new ClusterError('CLUSTER_UNREACHABLE', 'nobody leads the stream', cause);
  const isAway =
    /Timeout|NoResponders|ClosedConnection|DrainingConnection|Connection|RequestError/.test(name) ||
    /timeout|no responders|unavailable|no suitable peers|insufficient resources|closed|disconnect|ECONN/i.test(message);
  return isAway ? new ClusterError('CLUSTER_UNREACHABLE', message, cause) : cause;
};

/** Of one request to the servers. */
export const PATIENCE_MS = 2_000;
/** A machine that is gone closes no connection: after three of these without an answer another server is asked. */
const PING_MS = 2_000;
/** Longer than an election, and than a server takes to start again. */
const LONG_GONE_MS = 8_000;

const optionsOf = async (address: ClusterAddress): Promise<NodeConnectionOptions> => {
  const { servers, isTls, user, password, token, credentials } = address;
  return {
    servers,
    name: 'openaction',
    timeout: PATIENCE_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    pingInterval: PING_MS,
    maxPingOut: 2,
    // Who was let in once is let in again when the servers know it again.
    ignoreAuthErrorAbort: true,
    // The client asks for ever, and without a pause, where each server that refuses it names it another.
    ignoreClusterUpdates: true,
    ...(isTls ? { tls: {} } : {}),
    ...(user === undefined ? {} : { user, pass: password! }),
    ...(token === undefined ? {} : { token }),
    ...(credentials === undefined ? {} : { authenticator: await readCredentials(credentials) }),
  };
};

const readCredentials = async (file: string): Promise<Authenticator> => {
  try {
    const authenticator = credsAuthenticator(await readFile(file));
    // Asked once, since a file that is none is found out only then.
    authenticator('nonce');
    return authenticator;
  } catch (cause) {
    throw new ClusterError('CLUSTER_REFUSES', `the credentials in ${file}: ${(cause as Error).message}`, cause);
  }
};

/** Of several servers the client tells what the last one said, and that may be one that is down. */
const refusedByOne = async (options: NodeConnectionOptions, servers: string[]): Promise<unknown> => {
  for (const server of servers)
    try {
      await (await connect({ ...options, servers: [server], reconnect: false })).close();
    } catch (cause) {
      if (isRefusal(cause)) return cause;
    }
  return undefined;
};

const letIn = async (address: ClusterAddress): Promise<NatsConnection> => {
  const options = await optionsOf(address);
  try {
    return await connect(options);
  } catch (cause) {
    const refusal = isRefusal(cause) ? cause : await refusedByOne(options, address.servers);
    if (refusal) throw new ClusterError('CLUSTER_REFUSES', (refusal as Error).message, refusal);
    throw new ClusterError('CLUSTER_UNREACHABLE', (cause as Error).message, cause);
  }
};

/** Rejects with a `ClusterError` where no server lets it in; from then on it connects again by itself, for ever. */
export const connectTo = async (address: ClusterAddress): Promise<Cluster> => {
  const connection = await letIn(address);
  const listeners = { lost: new Set<() => void>(), back: new Set<() => void>() };
  let state: { is: 'there' } | { is: 'gone'; since: number; refusal?: Error } = { is: 'there' };
  const hear = (status: Status): void => {
    if (status.type === 'reconnect' && state.is === 'gone') {
      state = { is: 'there' };
      for (const told of listeners.back) told();
    }
    if (status.type === 'error' && state.is === 'gone' && isRefusal(status.error)) state.refusal = status.error;
    // The client says so again with each try that fails.
    if (status.type !== 'disconnect' || state.is === 'gone') return;
    state = { is: 'gone', since: performance.now() };
    for (const told of listeners.lost) told();
  };
  void (async () => {
    for await (const status of connection.status()) hear(status);
  })();
  const options = { timeout: PATIENCE_MS };
  return {
    connection,
    jetstream: jetstream(connection, options),
    manager: await jetstreamManager(connection, { ...options, checkAPI: false }),
    on(what, told) {
      listeners[what].add(told);
      return () => void listeners[what].delete(told);
    },
    isConnected: () => state.is === 'there',
    away() {
      if (state.is === 'there') return undefined;
      if (state.refusal) return new ClusterError('CLUSTER_REFUSES', state.refusal.message, state.refusal);
      const seconds = Math.round((performance.now() - state.since) / 1000);
      if (seconds * 1000 < LONG_GONE_MS) return undefined;
      return new ClusterError('CLUSTER_UNREACHABLE', `no server has answered for ${seconds} s`);
    },
  };
};
