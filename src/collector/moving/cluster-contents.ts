/**
 * What a cluster holds, read in the copy that a collector makes of it.
 */

import { copyDirectory } from '../cluster/log/copy-file.ts';
import { type ClusterLogNeeds, openClusterLog } from '../cluster/log/log.ts';
import { openClusterUsers } from '../cluster/users/users.ts';
import { customersFile, eventsFile, openForReading } from '../store/sqlite-file.ts';
import { type Contents, contentsOf } from './contents.ts';

/** Resolves once the copy has what the cluster has. */
export const contentsOfCluster = async (
  needs: Pick<ClusterLogNeeds, 'cluster' | 'names' | 'dataDir' | 'failed'>,
): Promise<Contents> => {
  const log = await openClusterLog(needs);
  await log.close();
  const users = await openClusterUsers(needs);
  await users.close();
  const directory = copyDirectory(needs.dataDir);
  const events = openForReading(eventsFile(directory));
  const customers = openForReading(customersFile(directory));
  try {
    return await contentsOf({ events, customers });
  } finally {
    events.close();
    customers.close();
  }
};
