/**
 * What is killed: three nodes and two collectors over them, processes all; or one collector over a file, to try the run
 * itself out. Knows where each stands and how to reach it, judges nothing.
 */
import { namesOf } from '../../src/collector/cluster/names.ts';
import { awaited } from '../support/awaited.ts';
import { type RunningCollector, startCollector } from '../support/collector.ts';
import { type LabelDesk, labelDesk } from '../support/label-desk.ts';
import { type NatsServers, startNats } from '../support/nats.ts';

export const label = { name: 'Casino', key: 'casino', secret: 'casino-secret', admin: 'casino-admin', brand: 'main' };
/** Of its payments, which a server says, each gives its customer a point. */
export const PAYMENT = 'paid';

const plenty = { perSecond: 1_000_000, burst: 1_000_000 };
const config = {
  labels: [
    {
      name: label.name,
      keys: { public: [label.key], secret: [label.secret], admin: [label.admin] },
      brands: [label.brand],
      origins: ['self'],
      rates: { label: plenty, address: plenty },
      campaigns: { points: { on: { event: PAYMENT }, trust: 'server', steps: [{ points: 1 }] } },
    },
  ],
};

const NAME = 'kills';
/** The stream of events. */
export const STREAM = namesOf(NAME).events;

export interface Ground {
  /** None over a file. */
  readonly nats: NatsServers | undefined;
  readonly collectors: RunningCollector[];
  /** What a collector answers to whoever has the label's keys. */
  desk(collector: RunningCollector): LabelDesk;
  close(): Promise<void>;
}

export const startGround = async (store: 'cluster' | 'sqlite'): Promise<Ground> => {
  const nats = store === 'cluster' ? await startNats({ nodes: 3 }) : undefined;
  const env = { LOG_LEVEL: 'info', STORE: nats?.store(NAME) ?? 'sqlite' };
  // One after the other: the first one makes the streams.
  const collectors = [await startCollector({ config, env })];
  if (nats) collectors.push(await startCollector({ config, env }));
  return {
    nats,
    collectors,
    desk: (collector) => labelDesk(() => collector.url, label),
    async close() {
      await Promise.all(collectors.map((one) => one.stop()));
      await nats?.stop();
    },
  };
};

/** When it said last that it follows the label, on the machine's clock; 0 if it never did. */
const followedSince = ({ log }: RunningCollector): number => {
  const said = log.split('\n').findLast((line) => line.includes('the label is followed here'));
  return said === undefined ? 0 : (JSON.parse(said) as { time: number }).time;
};

/** The collector that follows the label's events: the one that said so last. */
export const follower = async ({ nats, collectors }: Ground): Promise<RunningCollector> => {
  if (nats) await awaited('a collector that follows the label', () => collectors.some((one) => followedSince(one) > 0));
  return collectors.reduce((last, one) => (followedSince(one) > followedSince(last) ? one : last));
};
