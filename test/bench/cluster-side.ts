/**
 * Beyond one machine, on one: three NATS servers and two collectors share its cores with whoever loads them.
 */
import { type Ingest, MEASURE_MS, measureIngest } from './cluster-ingest.ts';
import { type Kill, measureKill, STEADY } from './cluster-kill.ts';
import { measureTripsAcross, type Trips } from './cluster-trips.ts';
import { type Asked, quantile, short, spread, type Table } from './figures.ts';

const sizes = [1, 50, 500];
/** What asks one by one are many: each waits for three servers, and shares its message with whoever else came. */
const CONNECTIONS = new Map([[1, 128]]);
const connectionsOf = (size: number): number => CONNECTIONS.get(size) ?? 32;
const places = { 'three servers, three replicas': 3, 'one server, one replica': 1 } as const;
type Place = keyof typeof places;

const ledgerNote = (faults: string[], acknowledged: number): string =>
  faults.length > 0
    ? `**The ledger does not hold:** ${[...new Set(faults)].join('; ')}.`
    : `Ledger: ${acknowledged.toLocaleString('en-US')} events acknowledged over all runs, each of them once in the copies of both collectors.`;

const ingestTables = (cells: Map<Place, Map<number, Ingest[]>>, rounds: number, warmSeconds: number): Table[] => {
  const of = (place: Place, size: number, part: Exclude<keyof Ingest, 'faults'>): string =>
    spread(
      cells
        .get(place)!
        .get(size)!
        .map((cell) => cell[part]),
    );
  const row = (place: Place, what: string, part: Exclude<keyof Ingest, 'faults'>): string[] => [
    what,
    ...sizes.map((size) => of(place, size, part)),
  ];
  const all = [...cells.values()].flatMap((bySize) => [...bySize.values()].flat());
  const [three, one] = Object.keys(places) as [Place, Place];
  return [
    {
      title: `A cluster, events/s, connections to two collectors in a closed loop, median of ${rounds} rounds (lowest to highest) of ${MEASURE_MS / 1000} s after ${warmSeconds} s`,
      head: ['', ...sizes.map((size) => `batches of ${size}, ${connectionsOf(size)} connections`)],
      rows: [
        row(three, `${three}: acknowledged`, 'rate'),
        row(three, 'the same, with the time until both copies and the engine were level', 'sustained'),
        row(three, 'seconds that the last of them was behind when the load ended', 'behind'),
        row(three, 'seconds until they were level after it', 'level'),
        row(three, 'p50, ms', 'p50'),
        row(three, 'p99, ms', 'p99'),
        row(three, 'CPU µs an event, the servers', 'serverMicros'),
        row(three, 'CPU µs an event, the collectors', 'collectorMicros'),
        row(three, 'CPU µs an event, the load client', 'clientMicros'),
        row(three, 'peak memory of a server, MB', 'serverMegabytes'),
        row(three, 'peak memory of a collector, MB', 'collectorMegabytes'),
        row(three, 'bytes an event, in the stream, each replica', 'streamBytes'),
        row(three, 'bytes an event, in the copy of each collector', 'copyBytes'),
        row(one, `${one}: acknowledged`, 'rate'),
        row(one, 'the same, with the time until level', 'sustained'),
      ],
      notes: [
        'All of it shares the cores: the servers, both collectors with a copy of everything each, and the client.',
        ledgerNote(
          all.flatMap(({ faults }) => faults),
          all.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
        ),
      ],
    },
  ];
};

const killTable = (kills: Kill[]): Table => ({
  title: `The server that leads the stream, killed while ${STEADY.batch * STEADY.pace} events/s come in`,
  head: ['', ''],
  rows: [
    ['longest time without an acknowledgement, s', spread(kills.map(({ gap }) => gap))],
    ['requests told to come again', spread(kills.map(({ refused }) => refused))],
  ],
  notes: [
    'Servers take 4 to 9 s, by chance, to notice that their leader is gone and to elect another.',
    ...[...new Set(kills.flatMap(({ why }) => why))].map((why) => `Told to come again: ${why}.`),
    ledgerNote(
      kills.flatMap(({ faults }) => faults),
      kills.reduce((sum, { acknowledged }) => sum + acknowledged, 0),
    ),
  ],
});

const tripTable = ({ event, sent }: Trips): Table => {
  const row = (what: string, times: number[]): string[] => [
    what,
    ...[0.5, 0.95, 0.99].map((share) => short(quantile(times, share))),
  ];
  return {
    title: 'From one collector to a page that is open on the other, ms',
    head: ['', 'p50', 'p95', 'p99'],
    rows: [
      row('an event, until the popup of a campaign that answers it is heard', event),
      row('a popup sent by the operator, until it is heard', sent),
    ],
    notes: [
      `${event.length} of each, one at a time: the event is stored in three places, folded, and its popup is too.`,
    ],
  };
};

export const clusterTables = async ({ rounds, warmSeconds, log }: Asked): Promise<Table[]> => {
  const cells = new Map(
    (Object.keys(places) as Place[]).map((place) => [
      place,
      new Map<number, Ingest[]>(sizes.map((size) => [size, []])),
    ]),
  );
  const trips: Trips = { event: [], sent: [] };
  const kills: Kill[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const size of sizes)
      for (const [place, bySize] of cells) {
        const cell = await measureIngest(
          places[place],
          { batch: size, connections: connectionsOf(size) },
          warmSeconds * 1000,
        );
        bySize.get(size)!.push(cell);
        const told = `${short(cell.rate)} events/s, ${short(cell.sustained)} with ${short(cell.level)} s until level`;
        log(`round ${round}: ${place}, batches of ${size}: ${told}${cell.faults.length ? `; ${cell.faults[0]}` : ''}`);
      }
    await measureTripsAcross(trips);
    const kill = await measureKill(warmSeconds * 1000);
    kills.push(kill);
    log(
      `round ${round}: leader killed: ${short(kill.gap)} s without an acknowledgement, ${kill.faults.join('; ') || 'all there once'}`,
    );
  }
  return [...ingestTables(cells, rounds, warmSeconds), killTable(kills), tripTable(trips)];
};
