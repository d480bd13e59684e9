/**
 * A collector's part of a cluster, opened: the connection, and what must be there.
 */
import type { ClusterAddress } from './address.ts';
import { type Cluster, ClusterError, connectTo } from './connection.ts';
import { type Names, namesOf } from './names.ts';
import { setUp } from './setup.ts';

export interface OpenCluster {
  cluster: Cluster;
  names: Names;
}

/** Rejects with a `ClusterError`; what is wrong with streams that are there is in its message, a line each. */
export const openCluster = async (address: ClusterAddress): Promise<OpenCluster> => {
  const cluster = await connectTo(address);
  try {
    const names = namesOf(address.name);
    const found = await setUp(cluster, names, address.replicas);
    if (found.ok) return { cluster, names };
    throw new ClusterError(
      'CLUSTER_DIFFERS',
      found.mistakes.map(({ path, reason }) => `${path} ${reason}`).join('\n  '),
    );
  } catch (cause) {
    await cluster.connection.close();
    throw cause;
  }
};
