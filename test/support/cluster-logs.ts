/** Event logs over one cluster: each on a connection and a directory of its own, as in a process of its own. */
import { parseClusterAddress } from '../../src/collector/cluster/address.ts';
import { type ClusterLog, openClusterLog } from '../../src/collector/cluster/log/log.ts';
import { type OpenCluster, openCluster } from '../../src/collector/cluster/open.ts';

export const clusterAt = async (store: string): Promise<OpenCluster> => {
  const parsed = parseClusterAddress(store);
  if (!parsed.ok) throw new Error(`no address: ${store}`);
  return openCluster(parsed.address);
};

/** No test is about how fast its machine is. */
const HOWEVER_LONG_MS = 20_000;

/** Closes its connection with itself. @param failed fails the test unless told otherwise */
export const openLogIn = async (
  store: string,
  dataDir: string,
  failed: (cause: unknown) => void = (cause) => {
    throw cause;
  },
  worthWaitingMs = HOWEVER_LONG_MS,
): Promise<ClusterLog> => {
  const opened = await clusterAt(store);
  const log = await openClusterLog({ ...opened, dataDir, failed, worthWaitingMs });
  return {
    ...log,
    async close() {
      await log.close();
      await opened.cluster.connection.close();
    },
  };
};
