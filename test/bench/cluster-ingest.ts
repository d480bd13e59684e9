/**
 * Ingest over a cluster: what is acknowledged while clients ask as fast as they are answered, and how long both collectors'
 * copies and the engine take afterwards until they have all of it.
 */
import { parseClusterAddress } from '../../src/collector/cluster/address.ts';
import { connectTo } from '../../src/collector/cluster/connection.ts';
import { namesOf } from '../../src/collector/cluster/names.ts';
import {
  type ClusterScene,
  copyBytes,
  cpuOf,
  eidsAt,
  isReadAt,
  memoryOf,
  openScene,
  secondsUntil,
} from './cluster-scene.ts';
import { drive } from './drive.ts';
import type { Job } from './load-client.ts';
import { benchLabel } from './processes.ts';
import { copyLag, engineLag } from './settled-engine.ts';

export interface Ingest {
  rate: number;
  /** Including the time until everybody was level. */
  sustained: number;
  p50: number;
  p99: number;
  /** Seconds at the end of the load, whichever is most: the copies', and the engine's behind the log. */
  behind: number;
  /** Seconds, after the load. */
  level: number;
  /** Microseconds of CPU for one event. */
  serverMicros: number;
  collectorMicros: number;
  clientMicros: number;
  /** Of one process. */
  serverMegabytes: number;
  collectorMegabytes: number;
  /** Bytes of one event. */
  streamBytes: number;
  copyBytes: number;
  acknowledged: number;
  faults: string[];
}

export const MEASURE_MS = 5_000;

export const jobFor = (
  scene: ClusterScene,
  load: Pick<Job, 'batch' | 'pace' | 'connections' | 'measureMs' | 'warmMs'>,
): Job => ({
  ...{ host: '127.0.0.1', ports: scene.collectors.map(({ port }) => port), ...load, names: true, refusedWaitsMs: 100 },
  ...{ labelKey: benchLabel.key, brand: benchLabel.brand, salt: benchLabel.salt },
});

/** Acknowledged and missing, or there twice, at either collector. */
export const ledgerFaults = async (scene: ClusterScene, acknowledged: string[]): Promise<string[]> => {
  const faults: string[] = [];
  for (const [n, collector] of scene.collectors.entries()) {
    const all = await eidsAt(collector);
    const there = new Set(all);
    const lost = acknowledged.filter((eid) => !there.has(eid)).length;
    if (lost > 0) faults.push(`${lost} acknowledged and lost at collector ${n + 1}`);
    if (there.size < all.length) faults.push(`${all.length - there.size} twice at collector ${n + 1}`);
  }
  return faults;
};

const streamBytesOf = async ({ nats }: ClusterScene): Promise<number> => {
  const parsed = parseClusterAddress(nats.store());
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  const { address } = parsed;
  const { connection, manager } = await connectTo(address);
  try {
    return (await manager.streams.info(namesOf(address.name).events)).state.bytes;
  } finally {
    await connection.close();
  }
};

export const measureIngest = async (
  nodes: 1 | 3,
  { batch, connections }: Pick<Job, 'batch' | 'connections'>,
  warmMs: number,
): Promise<Ingest> => {
  const scene = await openScene(nodes);
  try {
    const cpu = { measuring: cpuOf(scene), measured: cpuOf(scene) };
    const job = jobFor(scene, { batch, pace: null, connections, warmMs, measureMs: MEASURE_MS });
    let lags: Promise<number[]> = Promise.resolve([]);
    const outcome = await drive(job, (at) => {
      cpu[at] = cpuOf(scene);
      if (at === 'measured') lags = Promise.all(scene.collectors.flatMap((one) => [copyLag(one), engineLag(one)]));
    });
    const last = outcome.eids.slice(-2 * connections * batch).filter((_, at) => at % batch === 0);
    const level = await secondsUntil(async () => {
      for (const one of scene.collectors) if ((await engineLag(one)) > 0 || !(await isReadAt(one, last))) return false;
      return true;
    });
    const events = outcome.eventsPerSecond * (MEASURE_MS / 1000);
    const { server, collector } = memoryOf(scene);
    return {
      rate: outcome.eventsPerSecond,
      sustained: events / (MEASURE_MS / 1000 + level),
      p50: outcome.p50,
      p99: outcome.p99,
      behind: Math.max(...(await lags)),
      level,
      serverMicros: (cpu.measured.servers - cpu.measuring.servers) / events,
      collectorMicros: (cpu.measured.collectors - cpu.measuring.collectors) / events,
      clientMicros: outcome.clientCpuMicrosPerEvent,
      serverMegabytes: server,
      collectorMegabytes: collector,
      streamBytes: (await streamBytesOf(scene)) / outcome.acknowledged,
      copyBytes: copyBytes(scene) / outcome.acknowledged,
      acknowledged: outcome.acknowledged,
      faults: [
        ...(await ledgerFaults(scene, outcome.eids)),
        ...Object.entries(outcome.failures).map(([reason, times]) => `${times} times ${reason}`),
      ],
    };
  } finally {
    await scene.stop();
  }
};
