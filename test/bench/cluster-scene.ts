/**
 * What a cluster is here: three servers that keep everything three times, or one that keeps it once, and two collectors
 * over them, all of them on this machine.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type NatsServers, startNats } from '../support/nats.ts';
import { childrenNamed, cpuMicros, peakMegabytes } from './machine.ts';
import { benchLabel, endedOnce, type Running, startCollector } from './processes.ts';

type Collector = Running & { folder: string };

export interface ClusterScene {
  nats: NatsServers;
  /** The first is where things happen, the second is the other one. */
  collectors: [Collector, Collector];
  stop(): Promise<void>;
}

export const openScene = async (nodes: 1 | 3, definitions: object = {}): Promise<ClusterScene> => {
  const nats = await startNats({ nodes });
  const collectors: Collector[] = [];
  const stop = endedOnce(async () => {
    await Promise.all(collectors.map((one) => one.stop()));
    await nats.stop();
  });
  try {
    // One after the other: the first makes the streams.
    for (let n = 0; n < 2; n++) collectors.push(await startCollector(['self'], [], definitions, nats.store()));
    const [one, other] = collectors as [Collector, Collector];
    return { nats, collectors: [one, other], stop };
  } catch (cause) {
    await stop();
    throw cause;
  }
};

/** Microseconds of CPU so far, by who took them. */
export const cpuOf = ({ collectors }: ClusterScene): { servers: number; collectors: number } => ({
  servers: cpuMicros(childrenNamed('nats-server')),
  collectors: cpuMicros(collectors.map(({ pid }) => pid)),
});

/** The most memory that one of each ever held. */
export const memoryOf = ({ collectors }: ClusterScene): { server: number; collector: number } => ({
  server: Math.max(...childrenNamed('nats-server').map(peakMegabytes)),
  collector: Math.max(...collectors.map(({ pid }) => peakMegabytes(pid))),
});

const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);

/** Of one collector's folder. */
export const copyBytes = ({ collectors: [one] }: ClusterScene): number => bytesIn(join(one.folder, 'data', 'copy'));

const headers = { authorization: `Bearer ${benchLabel.admin}` };

/** Ids of everything that a collector's own copy has, as any reader would walk it. */
export const eidsAt = async ({ url }: Running): Promise<string[]> => {
  const eids: string[] = [];
  let after = '';
  for (;;) {
    const answer = await fetch(`${url}/v1/events?limit=1000${after}`, { headers });
    if (!answer.ok) throw new Error(`the ledger could not be read: ${answer.status} ${await answer.text()}`);
    const { events, next } = (await answer.json()) as { events: { eid: string }[]; next: string | null };
    for (const { eid } of events) eids.push(eid);
    if (next === null) return eids;
    after = `&after=${encodeURIComponent(next)}`;
  }
};

/** Whether a collector's copy has come to all of these. */
export const isReadAt = async ({ url }: Running, eids: string[]): Promise<boolean> => {
  for (const eid of eids.toReversed()) {
    const answer = await fetch(`${url}/v1/events?eid=${eid}`, { headers });
    if (!answer.ok || ((await answer.json()) as { events: unknown[] }).events.length === 0) return false;
  }
  return true;
};

/** Resolves with the seconds until `is` holds. */
export const secondsUntil = async (is: () => Promise<boolean>): Promise<number> => {
  const from = performance.now();
  while (!(await is())) await pause(20);
  return (performance.now() - from) / 1000;
};
