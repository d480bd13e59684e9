/**
 * A label whose key somebody floods the collector with, and another one that behaves: what the flood costs the second.
 */
import { drive } from '../bench/drive.ts';
import { short, spread, type Table } from '../bench/figures.ts';
import type { Job, Outcome } from '../bench/load-client.ts';
import { type RunningWorld, startWorld } from '../support/delivery-world.ts';
import type { Asked } from './lanes.ts';

const ROUNDS = 3;
const SECONDS = 8;

/** A page with a batch every 50 ms. */
const behaved = { connections: 4, batch: 10, pace: 20 };
/** As fast as the collector answers. */
const flooding = { connections: 16, batch: 100, pace: null };

const jobOf = (
  { collector }: RunningWorld,
  index: number,
  load: Pick<Job, 'connections' | 'batch' | 'pace'>,
  measureMs: number,
): Job => ({
  ...{ host: `127.0.0.1:${collector.port}`, ports: [collector.port], warmMs: 1_000, measureMs },
  ...{ labelKey: `label-${index}`, brand: `brand-${index}`, salt: `salt-${index}` },
  ...load,
});

const quietly = () => {};

export const flood = async ({ share, log }: Asked): Promise<Table> => {
  const world = await startWorld();
  const measureMs = Math.max(2_000, SECONDS * 1_000 * share);
  const rounds: { alone: Outcome; beside: Outcome; flood: Outcome }[] = [];
  for (let round = 1; round <= Math.max(1, Math.round(ROUNDS * share)); round++) {
    const alone = await drive(jobOf(world, 0, behaved, measureMs), quietly);
    // The flood begins before and ends after.
    const flooded = drive(jobOf(world, 1, flooding, measureMs + 2_000), quietly);
    const beside = await drive(jobOf(world, 0, behaved, measureMs), quietly);
    rounds.push({ alone, beside, flood: await flooded });
    log(`flood, round ${round}: p99 ${short(alone.p99)} ms alone, ${short(beside.p99)} ms beside it`);
  }
  await world.close();
  const row = (what: string, of: (outcome: Outcome) => number) => [
    what,
    spread(rounds.map(({ alone }) => of(alone))),
    spread(rounds.map(({ beside }) => of(beside))),
    spread(rounds.map(({ alone, beside }) => of(beside) / of(alone))),
    '2',
  ];
  const refused = rounds.reduce(
    (sum, { flood }) => sum + Object.values(flood.failures).reduce((all, some) => all + some, 0),
    0,
  );
  const events = rounds.reduce((sum, { flood }) => sum + flood.acknowledged, 0);
  return {
    title:
      'Flood: latency of a label that behaves, 20 batches of 10 a second, while another is flooded with a valid key',
    head: ['ms', 'alone', 'beside the flood', 'times', 'goal'],
    rows: [row('p50', ({ p50 }) => p50), row('p99', ({ p99 }) => p99)],
    notes: [
      `The flood: ${flooding.connections} connections with batches of ${flooding.batch}, as fast as they are answered; ${events.toLocaleString('en-US')} of its events were stored, ${refused.toLocaleString('en-US')} of its requests refused. It shares the cores with the collector.`,
    ],
  };
};
