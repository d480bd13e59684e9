/**
 * How long a copy waits for a cluster that is away: elections take 4 to 9 s, and a node that is started again some more.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { asClusterError, ClusterError } from '../cluster/connection.ts';

const PATIENCE_MS = 60_000;
const AGAIN_MS = 500;

export const isAway = (cause: unknown): boolean => {
  const fault = asClusterError(cause);
  return fault instanceof ClusterError && fault.code === 'CLUSTER_UNREACHABLE';
};

export interface Patience {
  /** Something was done, so that the time begins anew. */
  renew(): void;
  /** Resolves when it may be tried again; rejects with what is wrong once that has lasted too long. */
  wait(cause: unknown): Promise<void>;
}

export const createPatience = (): Patience => {
  let since = performance.now();
  return {
    renew() {
      since = performance.now();
    },
    async wait(cause) {
      if (performance.now() - since > PATIENCE_MS) throw asClusterError(cause);
      await pause(AGAIN_MS);
    },
  };
};

/** What may be begun again from its beginning. */
export const patiently = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  const patience = createPatience();
  for (;;)
    try {
      return await work();
    } catch (cause) {
      if (!isAway(cause)) throw cause;
      await patience.wait(cause);
    }
};
