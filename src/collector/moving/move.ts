/**
 * A store on one machine copied into a cluster, so that a collector there answers as the one here did. Begun again after
 * whatever stopped it, it goes on; at the end both are read as a whole and compared.
 */
import type { ClusterAddress } from '../cluster/address.ts';
import type { Cluster } from '../cluster/connection.ts';
import type { Names } from '../cluster/names.ts';
import { openCluster } from '../cluster/open.ts';
import { createPublish } from '../cluster/publishing.ts';
import { createProgress } from '../cluster/users/progress.ts';
import { createSettings } from '../cluster/users/settings.ts';
import { fromColumn } from '../store/text-column.ts';
import type { Fanout } from '../store/user-store.ts';
import { contentsOfCluster } from './cluster-contents.ts';
import { contentsOf, differences } from './contents.ts';
import { customerPieces } from './customer-pieces.ts';
import { logPieces } from './log-pieces.ts';
import { beginMove, endMove } from './mark.ts';
import { MoveRefused } from './move-refused.ts';
import { patiently } from './patience.ts';
import { type PourNeeds, pour } from './pour.ts';
import { reportPieces } from './report-pieces.ts';
import { openSource, type Source } from './source.ts';

export type Progress = (what: string, done: number, all: number) => void;

export interface MoveOrder {
  /** The directory of the store. */
  from: string;
  to: ClusterAddress;
  /** Where a collector here will have its copy of the cluster: made now, to compare, and kept. */
  dataDir: string;
  /** Called with how many of what are copied, from the first of them on. */
  progress: Progress;
  /** Called when all is there, and both are about to be read. */
  copied: () => void;
  /** What is wrong and is being tried again. */
  failed: (cause: unknown) => void;
}

interface Copying extends Pick<MoveOrder, 'progress'> {
  cluster: Cluster;
  names: Names;
  source: Source;
}

const MEGABYTE = 2 ** 20;
/** Names and headers of a message travel within its size. */
const ROOM_FOR_HEADERS = 4_096;

const count = ({ events, customers }: Source, table: 'event' | 'customer' | 'content' | 'delivery' | 'trace'): number =>
  (table === 'event' ? events : customers).prepare<[], { n: number }>(`SELECT count(*) AS n FROM ${table}`).get()!.n;

/** Small, and written as collectors write them: what is there already stays. */
const copyProgressAndSettings = async ({ cluster, names, source }: Copying): Promise<void> => {
  const publish = createPublish(cluster);
  const progress = createProgress({ cluster, names, publish });
  const settings = createSettings({ cluster, names, publish });
  const { last_seq } = (await cluster.manager.streams.info(`KV_${names.customers}`)).state;
  const fanouts = source.customers.prepare<[string], Fanout>(
    'SELECT cursor, after FROM fanout WHERE label = ? ORDER BY cursor',
  );
  const places = source.customers
    .prepare<[], { label: string; folded: number }>(
      `SELECT label, max(cursor) AS folded FROM (
       SELECT label, cursor FROM folded UNION ALL SELECT label, 0 FROM fanout) GROUP BY label`,
    )
    .all();
  for (const { label, folded } of places) {
    const told = fanouts
      .all(label)
      .map((one) => ({ ...one, after: one.after === null ? null : fromColumn(one.after) }));
    await progress.keep(fromColumn(label), { folded, fanouts: told }, last_seq);
  }
  const all = source.customers.prepare<[], { name: string; value: string }>('SELECT name, value FROM setting').all();
  for (const { name, value } of all)
    if ((await settings.keepSetting(name, value)) !== value)
      throw new MoveRefused(`the cluster has another value of the setting "${name}"; nobody else may write there`);
};

const copyAll = async (copying: Copying): Promise<void> => {
  const { cluster, names, source, progress } = copying;
  const pourInto = async (
    what: string,
    all: number,
    stream: string,
    piecesAfter: PourNeeds['piecesAfter'],
  ): Promise<void> => {
    await pour({ cluster, stream, piecesAfter, poured: (done) => progress(what, done, all) });
    progress(what, all, all);
  };
  const mostBytes = (cluster.connection.info?.max_payload ?? MEGABYTE) - ROOM_FOR_HEADERS;
  await pourInto('events', count(source, 'event'), names.events, logPieces({ source, names, mostBytes }));
  const customers = count(source, 'customer');
  await pourInto('customers', customers, `KV_${names.customers}`, customerPieces(source.customers, names));
  const rows = count(source, 'content') + count(source, 'delivery') + count(source, 'trace');
  await pourInto('words, deliveries and traces', rows, names.report, reportPieces(source.customers, names));
  await patiently(() => copyProgressAndSettings(copying));
};

/**
 * Resolves with what differs, a line each; nothing does where the copy is what it must be. Rejects with `MoveRefused`,
 * `DirectoryTaken`, a `ClusterError`, or what a disk says.
 */
export const move = async ({ from, to, dataDir, progress, copied, failed }: MoveOrder): Promise<string[]> => {
  const source = openSource(from);
  try {
    const { cluster, names } = await openCluster(to);
    try {
      await beginMove(cluster, names, source);
      await copyAll({ cluster, names, source, progress });
      copied();
      const there = await patiently(() => contentsOfCluster({ cluster, names, dataDir, failed }));
      const found = differences(await contentsOf(source), there);
      if (found.length === 0) await patiently(() => endMove(cluster, names));
      return found;
    } finally {
      await cluster.connection.close();
    }
  } finally {
    source.close();
  }
};
