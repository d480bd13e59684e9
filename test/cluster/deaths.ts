/**
 * The ways in which parts of a cluster die, and how each is mended. Which node leads what is found out at the moment of the
 * death.
 */
import { rm } from 'node:fs/promises';
import type { RunningCollector } from '../support/collector.ts';
import type { NatsServer, NatsServers } from '../support/nats.ts';
import { follower, type Ground, STREAM } from './ground.ts';

export interface Death {
  name: string;
  /** Whether clients can be served in between; milliseconds of the state where they cannot. */
  lasts: 'until events flow again' | number;
  /** Does it, and says how to mend it. */
  strike(ground: Ground): Promise<() => Promise<void>>;
}

/** Milliseconds for which a process stands still: longer than anybody holds a label without a word. */
const STILL = 8_000;
/** Milliseconds without a quorum: several elections. */
const WITHOUT_QUORUM = 8_000;

type Nodes = (nats: NatsServers) => Promise<NatsServer[]>;
const one =
  (which: (nats: NatsServers) => Promise<NatsServer>): Nodes =>
  async (nats) => [await which(nats)];
const streamLeader = (nats: NatsServers) => nats.leader(STREAM);
/** Leads neither the stream nor the servers, if there is one. */
const follows = async (nats: NatsServers): Promise<NatsServer> => {
  const leaders = await Promise.all([nats.leader(STREAM), nats.leader()]);
  return nats.servers.find((server) => !leaders.includes(server))!;
};

const nodesDie =
  (which: Nodes): Death['strike'] =>
  async ({ nats }) => {
    const doomed = await which(nats!);
    await Promise.all(doomed.map((node) => node.kill()));
    return async () => {
      await Promise.all(doomed.map((node) => node.start()));
      await nats!.ready();
    };
  };

type Which = (ground: Ground) => Promise<RunningCollector>;
const holder: Which = (ground) => follower(ground);
const other: Which = async (ground) => {
  const holds = await follower(ground);
  return ground.collectors.find((collector) => collector !== holds)!;
};

const collectorDies =
  (which: Which, also: (collector: RunningCollector) => Promise<void> = async () => {}): Death['strike'] =>
  async (ground) => {
    const doomed = await which(ground);
    await doomed.kill('SIGKILL');
    return async () => {
      await also(doomed);
      await doomed.restart();
    };
  };
const standsStill =
  (which: Which): Death['strike'] =>
  async (ground) => {
    const still = await which(ground);
    still.freeze();
    return async () => still.thaw();
  };
const together =
  (...strikes: Death['strike'][]): Death['strike'] =>
  async (ground) => {
    const mends = await Promise.all(strikes.map((strike) => strike(ground)));
    return async () => {
      for (const mend of mends) await mend();
    };
  };

/** Each part in turn, with its leave taken; the next when the one before is back. */
const everyPartInTurn: Death['strike'] = async ({ nats, collectors }) => {
  for (const node of nats?.servers ?? []) {
    await node.kill('SIGTERM');
    await node.start();
    await nats!.ready();
  }
  for (const collector of collectors) await collector.restart();
  return async () => {};
};

const flowing = 'until events flow again';
export const collectorKilled: Death = { name: 'the only collector', lasts: 0, strike: collectorDies(holder) };
export const leaderKilled: Death = {
  name: "the node that leads the events' stream",
  lasts: flowing,
  strike: nodesDie(one(streamLeader)),
};
export const holderKilled: Death = {
  name: "the collector that follows the label's events",
  lasts: flowing,
  strike: collectorDies(holder),
};

export const deaths: Death[] = [
  leaderKilled,
  { name: 'a node that leads nothing', lasts: flowing, strike: nodesDie(one(follows)) },
  { name: 'the node that leads the cluster', lasts: flowing, strike: nodesDie(one((nats) => nats.leader())) },
  holderKilled,
  { name: 'the other collector', lasts: flowing, strike: collectorDies(other) },
  {
    name: "the stream's leader and the collector that follows, at once",
    lasts: flowing,
    strike: together(nodesDie(one(streamLeader)), collectorDies(holder)),
  },
  { name: 'the collector that follows stands still for 8 s', lasts: STILL, strike: standsStill(holder) },
  { name: 'the other collector stands still for 8 s', lasts: STILL, strike: standsStill(other) },
  {
    name: 'a collector and its copy',
    lasts: flowing,
    strike: collectorDies(holder, ({ dataDir }) => rm(dataDir, { recursive: true })),
  },
  {
    name: 'two of three nodes for 8 s',
    lasts: WITHOUT_QUORUM,
    strike: nodesDie(async (nats) => [await streamLeader(nats), await follows(nats)]),
  },
  { name: 'all three nodes at once', lasts: 0, strike: nodesDie(async ({ servers }) => servers) },
  { name: 'every part in turn, asked to end', lasts: 0, strike: everyPartInTurn },
];
