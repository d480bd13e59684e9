/** What `STORE` says, read. */
import { type ClusterAddress, parseClusterAddress } from '../../src/collector/cluster/address.ts';

export const clusterAddress = (store: string): ClusterAddress => {
  const parsed = parseClusterAddress(store);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  return parsed.address;
};
