/**
 * `copy`, as it is asked for and answered: what it did, or why it did not and what to do.
 */
import type { ClusterAddress } from '../cluster/address.ts';
import { asClusterError, ClusterError } from '../cluster/connection.ts';
import { DirectoryTaken } from '../store/sqlite-file.ts';
import { storeFaultText } from '../store/store-fault.ts';
import { move } from './move.ts';
import { MoveRefused } from './move-refused.ts';
import { type Mouth, progressTeller } from './progress-teller.ts';

export interface CopyCommand {
  from: string;
  to: ClusterAddress;
  /** Where a collector here has its copy of the cluster. */
  dataDir: string;
}

export const goesOn = 'the same command goes on where it stopped';
/** Of what differs; a store that was changed may differ in everything. */
const MOST_TOLD = 50;

export type Ended = { ok: true; said: string } | { ok: false; why: string[] };

const whyNot = (cause: unknown): string => {
  if (cause instanceof MoveRefused || cause instanceof DirectoryTaken) return cause.message;
  const fault = asClusterError(cause);
  if (fault instanceof ClusterError && fault.code === 'CLUSTER_UNREACHABLE')
    return `not copied, or not all: no quorum of the NATS servers answers (${fault.message}); when one does, ${goesOn}`;
  return `not copied, or not all: ${storeFaultText(fault)}${fault instanceof ClusterError ? `; ${goesOn}` : ''}`;
};

export const copyAsAsked = async ({ from, to, dataDir }: CopyCommand, mouth: Mouth): Promise<Ended> => {
  try {
    const progress = progressTeller(mouth);
    const copied = (): void => mouth.write('all of it is in the cluster; now both are read as a whole and compared\n');
    const failed = (cause: unknown): void => {
      // A copy that is made just now is behind until it is made.
      if (cause instanceof ClusterError && cause.code === 'CLUSTER_BEHIND') return;
      mouth.write(`${storeFaultText(cause)}\n`);
    };
    const found = await move({ from, to, dataDir, progress, copied, failed });
    if (found.length === 0)
      return { ok: true, said: `everything in ${from} is in the cluster: counted and compared\n` };
    const more = found.length > MOST_TOLD ? [`  and ${found.length - MOST_TOLD} more`] : [];
    return {
      ok: false,
      why: ['what was copied is not what is here:', ...found.slice(0, MOST_TOLD).map((one) => `  ${one}`), ...more],
    };
  } catch (cause) {
    return { ok: false, why: [whyNot(cause)] };
  }
};
