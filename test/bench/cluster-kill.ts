/**
 * A server killed while events come in: the one that leads the stream, at 40 % of the time. How long nothing is acknowledged,
 * and whether all that was is there once.
 */
import { jobFor, ledgerFaults } from './cluster-ingest.ts';
import { isReadAt, openScene, secondsUntil } from './cluster-scene.ts';
import { drive } from './drive.ts';

export interface Kill {
  acknowledged: number;
  /** Seconds without an acknowledgement, the longest. */
  gap: number;
  /** Requests that were told to come again. */
  refused: number;
  why: string[];
  faults: string[];
}

const SECONDS = 20;
const KILLED_AT = 0.4;
/** A load that is no limit: what is measured is the pause. */
export const STEADY = { batch: 50, pace: 100, connections: 32 };

export const measureKill = async (warmMs: number): Promise<Kill> => {
  const scene = await openScene(3);
  try {
    const leader = await scene.nats.leader('openaction_events');
    let killed = Promise.resolve();
    const outcome = await drive(jobFor(scene, { ...STEADY, warmMs, measureMs: SECONDS * 1000 }), (at) => {
      if (at !== 'measuring') return;
      killed = new Promise((resolve, reject) => {
        setTimeout(() => leader.kill().then(resolve, reject), KILLED_AT * SECONDS * 1000);
      });
    });
    await killed;
    for (const one of scene.collectors) await secondsUntil(() => isReadAt(one, outcome.eids.slice(-1)));
    return {
      acknowledged: outcome.acknowledged,
      gap: outcome.longestGapMs / 1000,
      refused: Object.values(outcome.failures).reduce((sum, times) => sum + times, 0),
      why: Object.keys(outcome.failures),
      faults: await ledgerFaults(scene, outcome.eids),
    };
  } finally {
    await scene.stop();
  }
};
