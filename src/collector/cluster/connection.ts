/**
 * The one connection to the cluster, and what its failures mean: `store-fault.ts` knows their codes.
 */
import { readFile } from 'node:fs/promises';
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import type { ClusterAddress } from './address.ts';

export interface Cluster {
  connection: NatsConnection;
  jetstream: JetStreamClient;
  manager: JetStreamManager;
  /** Called whenever the connection is gone; it comes back by itself. Returns the end of listening. */
  onLost(told: () => void): () => void;
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
  const isAway =
    /Timeout|NoResponders|JetStreamNotEnabled|ClosedConnection|DrainingConnection|Connection|RequestError/.test(name) ||
    /timeout|no responders|unavailable|no suitable peers|insufficient resources|closed|disconnect|ECONN/i.test(message);
  return isAway ? new ClusterError('CLUSTER_UNREACHABLE', message, cause) : cause;
};

/** Of one request to the servers. */
export const PATIENCE_MS = 2_000;

/** Rejects with a `ClusterError` where no server lets it in; from then on it connects again by itself, for ever. */
export const connectTo = async (address: ClusterAddress): Promise<Cluster> => {
  const { servers, isTls, user, password, token, credentials } = address;
  try {
    const connection = await connect({
      servers,
      name: 'openaction',
      timeout: PATIENCE_MS,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      ignoreAuthErrorAbort: true,
      ...(isTls ? { tls: {} } : {}),
      ...(user === undefined ? {} : { user, pass: password! }),
      ...(token === undefined ? {} : { token }),
      ...(credentials === undefined ? {} : { authenticator: credsAuthenticator(await readFile(credentials)) }),
    });
    const options = { timeout: PATIENCE_MS };
    const listeners = new Set<() => void>();
    void (async () => {
      for await (const { type } of connection.status()) if (type === 'disconnect') for (const told of listeners) told();
    })();
    return {
      connection,
      jetstream: jetstream(connection, options),
      manager: await jetstreamManager(connection, { ...options, checkAPI: false }),
      onLost(told) {
        listeners.add(told);
        return () => void listeners.delete(told);
      },
    };
  } catch (cause) {
    throw asClusterError(cause);
  }
};
