/**
 * What the collector takes, beside two controls in the same run: the same HTTP library that stores nothing, and Node with
 * PostgreSQL. Rounds are interleaved so that a busy neighbour meets all of them; every cell starts on an empty store and
 * ends with the ledger: what was acknowledged is counted in the store.
 */
import { fileURLToPath } from 'node:url';
import { drive } from './drive.ts';
import { type Asked, median, short, spread, type Table } from './figures.ts';
import type { Job, Outcome } from './load-client.ts';
import { cpuMicros, peakMegabytes } from './machine.ts';
import { benchLabel, type Postgres, type Running, startCollector, startPostgres, startServer } from './processes.ts';

interface Target {
  name: string;
  start(): Promise<Running>;
  /** Events in the store; null where nothing is stored. */
  count(server: Running): Promise<number | null>;
  /** Processes whose CPU time is the price. */
  pids(server: Running): number[];
}
interface Load {
  name: string;
  batch: number;
  connections: number;
  pace: number | null;
}
interface Cell extends Outcome {
  stored: number | null;
  serverCpuMicrosPerEvent: number;
  peakMegabytes: number;
}

const closed: Load[] = [1, 50, 500].map((batch) => ({
  name: `batches of ${batch}`,
  batch,
  connections: 32,
  pace: null,
}));
const paced: Load[] = [
  { name: '40,000 events/s, batches of 50', batch: 50, connections: 64, pace: 800 },
  { name: '7,000 requests/s of 1', batch: 1, connections: 64, pace: 7_000 },
];
const measureMs = 3_000;

const readPage = async (server: Running, after: string | null): Promise<{ events: unknown[]; next: string | null }> => {
  const query = after === null ? '' : `&after=${encodeURIComponent(after)}`;
  const headers = { authorization: `Bearer ${benchLabel.admin}` };
  const answer = await fetch(`${server.url}/v1/events?limit=1000${query}`, { headers });
  if (!answer.ok) throw new Error(`the ledger could not be read: ${answer.status} ${await answer.text()}`);
  return answer.json();
};

/** Every page of the log, as any reader would walk it: nothing that the collector says about itself. */
const storedEvents = async (server: Running): Promise<number> => {
  let stored = 0;
  let after: string | null = null;
  do {
    const page: { events: unknown[]; next: string | null } = await readPage(server, after);
    stored += page.events.length;
    after = page.next;
  } while (after !== null);
  return stored;
};

const control = fileURLToPath(new URL('./control-server.mjs', import.meta.url));
const ours: Target = {
  name: 'openaction',
  start: () => startCollector(),
  count: storedEvents,
  pids: ({ pid }) => [pid],
};
const parseOnly: Target = {
  name: 'parse only, no store',
  start: () => startServer([control, 'parse']),
  count: async () => null,
  pids: ({ pid }) => [pid],
};
const nodePostgres = (postgres: Postgres): Target => ({
  name: `Node + PostgreSQL ${postgres.version}`,
  start: () => startServer([control, 'postgres', postgres.socketFolder, '5432']),
  count: async ({ url }) => ((await (await fetch(`${url}/count`)).json()) as { stored: number }).stored,
  pids: ({ pid }) => [pid, postgres.pid],
});

const measure = async (target: Target, load: Load, warmMs: number): Promise<Cell> => {
  const server = await target.start();
  try {
    const cpu = { measuring: 0, measured: 0 };
    const job: Job = {
      ...{ host: `127.0.0.1:${server.port}`, ports: [server.port], ...load, warmMs, measureMs },
      ...{ labelKey: benchLabel.key, brand: benchLabel.brand, salt: benchLabel.salt },
    };
    const outcome = await drive(job, (at) => {
      cpu[at] = cpuMicros(target.pids(server));
    });
    const events = outcome.eventsPerSecond * (measureMs / 1000);
    return {
      ...outcome,
      peakMegabytes: peakMegabytes(server.pid),
      serverCpuMicrosPerEvent: (cpu.measured - cpu.measuring) / events,
      stored: await target.count(server),
    };
  } finally {
    await server.stop();
  }
};

const ledgerFaults = (title: string, { stored, acknowledged, duplicate, rejected, failures }: Cell): string[] => [
  ...(stored !== null && stored !== acknowledged ? [`${title}: ${acknowledged} acknowledged, ${stored} stored`] : []),
  ...(duplicate + rejected > 0 ? [`${title}: ${duplicate} duplicate, ${rejected} rejected`] : []),
  ...Object.entries(failures).map(([reason, times]) => `${title}: ${times} times ${reason}`),
];

/** Whoever comes first in one round comes last in another. */
const rotated = <T>(list: T[], by: number): T[] => [
  ...list.slice(by % list.length),
  ...list.slice(0, by % list.length),
];

export const collectorTables = async ({ rounds, warmSeconds, log }: Asked): Promise<Table[]> => {
  const postgres = await startPostgres();
  const targets = [ours, parseOnly, ...(typeof postgres === 'string' ? [] : [nodePostgres(postgres)])];
  const cells = new Map<string, Cell[]>();
  const of = (target: Target, load: Load): Cell[] => cells.get(`${target.name}, ${load.name}`) ?? [];
  const faults: string[] = [];
  try {
    for (let round = 1; round <= rounds; round++)
      for (const load of [...closed, ...paced])
        for (const target of rotated(targets, round - 1)) {
          const cell = await measure(target, load, warmSeconds * 1000);
          const title = `${target.name}, ${load.name}`;
          cells.set(title, [...of(target, load), cell]);
          faults.push(...ledgerFaults(title, cell));
          const verdict = cell.stored === null ? '' : `, ledger ${cell.acknowledged} = ${cell.stored}`;
          const latency = `p50 ${short(cell.p50)} p99 ${short(cell.p99)} ms`;
          log(`round ${round}: ${title}: ${short(cell.eventsPerSecond)} events/s, ${latency}${verdict}`);
        }
  } finally {
    if (typeof postgres !== 'string') await postgres.stop();
  }

  const rates = (target: Target, load: Load) => of(target, load).map(({ eventsPerSecond }) => eventsPerSecond);
  // Within a round first: a busy minute slows both, and their ratio hardly.
  const ratio = (target: Target, load: Load) => {
    const theirs = rates(target, load);
    return spread(rates(ours, load).map((rate, round) => rate / (theirs[round] ?? Number.NaN)));
  };
  const price = (target: Target, load: Load) =>
    short(median(of(target, load).map(({ serverCpuMicrosPerEvent }) => serverCpuMicrosPerEvent)));
  const all = targets.flatMap((target) => [...closed, ...paced].flatMap((load) => of(target, load)));
  const counted = all.filter(({ stored }) => stored !== null);
  const total = counted.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  const bytes = median(closed.slice(1).flatMap((load) => of(ours, load).map(({ bytesPerEvent }) => bytesPerEvent)));
  const clientCost = closed.map((load) =>
    short(median(of(ours, load).map(({ clientCpuMicrosPerEvent }) => clientCpuMicrosPerEvent))),
  );
  const ledger = faults.length
    ? `**The ledger does not hold:** ${[...new Set(faults)].join('; ')}.`
    : `Ledger: ${total.toLocaleString('en-US')} events acknowledged over all runs, the same number counted in the stores.`;

  return [
    {
      title: `Collector, events/s, 32 connections in a closed loop, median of ${rounds} rounds (lowest to highest) of 3 s after ${warmSeconds} s`,
      head: ['', ...closed.map(({ name }) => name), 'CPU µs an event, 1 / 50 / 500', 'peak memory'],
      rows: [
        ...targets.map((target) => [
          target.name,
          ...closed.map((load) => spread(rates(target, load))),
          closed.map((load) => price(target, load)).join(' / '),
          `${short(Math.max(...closed.flatMap((load) => of(target, load).map((cell) => cell.peakMegabytes))))} MB`,
        ]),
        ...targets
          .slice(1)
          .map((target) => [
            `openaction in times of ${target.name}`,
            ...closed.map((load) => ratio(target, load)),
            '',
            '',
          ]),
      ],
      notes: [
        'openaction: the real process; parse, identity, limits, registry, unique id, on disk before the answer.',
        'Node + PostgreSQL: fastify and pg; unique id, fsync and synchronous_commit on; the same columns, an index by customer, no identity, limits or registry. Its memory is without PostgreSQL, its CPU with it.',
        `${short(bytes)} bytes an event. The load client shares the cores: ${clientCost.join(' / ')} µs of its CPU an event.`,
        ...(typeof postgres === 'string' ? [`The PostgreSQL control was left out: ${postgres}.`] : []),
        ledger,
      ],
    },
    {
      title: 'Collector, latency at a given rate (open loop, 64 connections, counted from the time a request was due)',
      head: ['rate', 'server', 'p50, ms', 'p99, ms', 'events/s reached'],
      rows: paced.flatMap((load) =>
        targets.map((target) => [
          load.name,
          target.name,
          spread(of(target, load).map(({ p50 }) => p50)),
          spread(of(target, load).map(({ p99 }) => p99)),
          spread(rates(target, load)),
        ]),
      ),
      notes: [
        'A server that cannot keep the rate shows it twice: in the events reached and in a latency that only grows.',
      ],
    },
  ];
};
