/**
 * What campaigns cost: ingest with two hundred of them, how far the engine is behind meanwhile, one event that all of them
 * mention, and who is in a segment.
 */
import { parseConfig } from '../../src/collector/config/config.ts';
import { planOf } from '../../src/collector/engine/plan.ts';
import { react } from '../../src/collector/engine/react.ts';
import { registered } from '../../src/collector/engine/registered.ts';
import { allOnOne, busyLabel, touchingActions } from './campaign-config.ts';
import { type Listing, measureListing } from './campaign-listing.ts';
import { drive } from './drive.ts';
import { type Asked, median, quantile, short, spread, type Table } from './figures.ts';
import type { Job } from './load-client.ts';
import { cpuMicros } from './machine.ts';
import { benchLabel, startCollector } from './processes.ts';
import { engineLag, settled } from './settled-engine.ts';

const sizes = [1, 50, 500];
const MEASURE_MS = 5_000;

interface Cell {
  rate: number;
  /** Microseconds of the server's CPU for one event, whatever else the machine did meanwhile. */
  micros: number;
  /** Seconds behind the log, the most that was seen while the load ran, and until it was level after it. */
  lag: number;
  level: number;
}

const measure = async (definitions: object, batch: number, warmMs: number): Promise<Cell> => {
  const server = await startCollector(['self'], [], definitions);
  try {
    const job: Job = {
      ...{ host: `127.0.0.1:${server.port}`, ports: [server.port], connections: 32, pace: null, batch },
      ...{ warmMs, measureMs: MEASURE_MS, touching: { every: 50, actions: touchingActions } },
      ...{ labelKey: benchLabel.key, brand: benchLabel.brand, salt: benchLabel.salt },
    };
    const cpu = { measuring: 0, measured: 0 };
    let lag = 0;
    const look = setInterval(() => {
      engineLag(server).then(
        (seen) => {
          lag = Math.max(lag, seen);
        },
        () => {}, // the server is busy; the next look comes soon
      );
    }, 250);
    const { eventsPerSecond } = await drive(job, (at) => {
      cpu[at] = cpuMicros([server.pid]);
    });
    clearInterval(look);
    const micros = (cpu.measured - cpu.measuring) / (eventsPerSecond * (MEASURE_MS / 1000));
    return { rate: eventsPerSecond, micros, lag, level: await settled(server) };
  } finally {
    await server.stop();
  }
};

/** Microseconds of one event that two hundred campaigns mention, the engine alone. */
const reactionMicros = (): number[] => {
  const label = { name: 'Bench', keys: { public: ['k'] }, brands: ['main'], origins: ['self'], ...allOnOne };
  const parsed = parseConfig({ labels: [label] });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  const [known] = parsed.config.labels;
  const plan = planOf(known!);
  let state = registered({ key: 'u:anna', user: 'anna' }, { name: 'Bench', gamificationShare: 100 }, 0);
  const world = {
    now: 1_000,
    customer: 'u:anna',
    uidOf: (...parts: unknown[]) => parts.join('.'),
    places: { own: new Set<string>(), linkHosts: [], assetOrigins: [] },
    events: new Map(),
    inboxLeft: 1_000,
  };
  return Array.from({ length: 5_000 }, (_, at) => {
    const cursor = at + 1;
    const payload = { client_action: 'touch_0', amount: 25, item: 'none' };
    const times = { cursor, at: cursor, eid: `event-${cursor}` };
    const fact = { ...times, event_type: 'client_action', name: 'touch_0', payload, trust: 'verified' as const };
    const from = performance.now();
    state = react(plan, state, { is: 'event', fact }, world).state;
    return (performance.now() - from) * 1000;
  }).slice(1_000);
};

const listingTable = (listings: Listing[]): Table => {
  const of = (part: keyof Listing): string => spread(listings.map((one) => one[part]));
  const times = (part: 'rateListing' | 'rateAsking'): string =>
    spread(listings.map((one) => one[part] / one.rateAlone));
  return {
    title: 'Who is in a segment: 1,000,000 events of 50,000 customers',
    head: ['', 'seconds', 'customers'],
    rows: [
      ['a segment of the config, every page of it', of('keptSeconds'), of('members')],
      ['a rule never asked before, over all customers', of('newSeconds'), of('checked')],
    ],
    notes: [
      `Ingest in batches of 50 while the whole segment is listed every two seconds: ${of('rateListing')} events/s, ${times('rateListing')} times the ${of('rateAlone')} without; while a new rule is asked as often: ${of('rateAsking')}, ${times('rateAsking')} times.`,
    ],
  };
};

export const campaignTables = async ({ rounds, warmSeconds, log }: Asked): Promise<Table[]> => {
  const without = new Map<number, Cell[]>(sizes.map((size) => [size, []]));
  const beside = new Map<number, Cell[]>(sizes.map((size) => [size, []]));
  const listings: Listing[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const size of sizes) {
      without.get(size)!.push(await measure({}, size, warmSeconds * 1000));
      const cell = await measure(busyLabel, size, warmSeconds * 1000);
      beside.get(size)!.push(cell);
      const { rate, micros, lag } = cell;
      const told = `${short(rate)} events/s, ${short(micros)} µs of CPU an event, ${short(lag)} s behind`;
      log(`round ${round}: batches of ${size}: ${told}`);
    }
    listings.push(await measureListing(log));
  }
  const micros = reactionMicros();
  const cells = (of: Map<number, Cell[]>, part: keyof Cell): string[] =>
    sizes.map((size) => spread(of.get(size)!.map((cell) => cell[part])));
  const ratios = sizes.map((size) =>
    spread(beside.get(size)!.map(({ rate }, round) => rate / without.get(size)![round]!.rate)),
  );
  return [
    {
      title: `Campaigns, events/s, 32 connections in a closed loop, median of ${rounds} rounds (lowest to highest) of ${MEASURE_MS / 1000} s after ${warmSeconds} s`,
      head: ['', ...sizes.map((size) => `batches of ${size}`)],
      rows: [
        ['no campaigns', ...cells(without, 'rate')],
        ['200 campaigns, 100 segments, one event in 50 touches three of them', ...cells(beside, 'rate')],
        ['in times of none', ...ratios],
        ['CPU µs an event, no campaigns', ...cells(without, 'micros')],
        ['CPU µs an event, with them', ...cells(beside, 'micros')],
        ['seconds that the engine was behind, at most', ...cells(beside, 'lag')],
        ['seconds until it was level after the load', ...cells(beside, 'level')],
      ],
      notes: [
        `One event that all 200 mention, the engine alone: ${short(median(micros))} µs, p99 ${short(quantile(micros, 0.99))} µs.`,
      ],
    },
    listingTable(listings),
  ];
};
