/**
 * What the cluster knows of a store that is copied into it: which one, and whether all of it is there. A collector that
 * began to work with half of it would take that for all, so none does before the copy is done.
 */
import { createHash } from 'node:crypto';
import { type Cluster, ClusterError } from '../cluster/connection.ts';
import type { Names } from '../cluster/names.ts';
import { createPublish, lastOf, type PublishNeeds } from '../cluster/publishing.ts';
import type { Sqlite } from '../store/sqlite-file.ts';
import { MoveRefused } from './move-refused.ts';
import type { Source } from './source.ts';

interface Mark {
  is: 'under way' | 'done';
  /** Digest of what tells the store, and that it was not changed since. */
  store: string;
}
interface Kept extends Mark {
  /** Its place in the bucket. */
  seq: number;
}

type Needs = Pick<Cluster, 'manager'> & PublishNeeds;

/** No setting has this name. */
const subjectOf = (names: Names): string => `$KV.${names.settings}.=moved`;

const markIn = async ({ manager }: Pick<Needs, 'manager'>, names: Names): Promise<Kept | undefined> => {
  const found = await lastOf(manager, `KV_${names.settings}`, subjectOf(names));
  return found ? { ...found.json<Mark>(), seq: found.seq } : undefined;
};

const facts = {
  events: [
    'SELECT count(*), max(seq), min(seq), total(received_at) FROM event',
    'SELECT count(*), total(n) FROM rejection',
  ],
  customers: [
    'SELECT count(*), total(version), total(changed_at) FROM customer',
    'SELECT count(*), max(n), total(status_at) FROM delivery',
    'SELECT count(*), max(n) FROM trace',
    'SELECT count(*), total(at) FROM content',
    'SELECT label, cursor FROM folded ORDER BY label',
    'SELECT name, value FROM setting ORDER BY name',
  ],
};
/** Some of it is random, and drawn when the store was first used: no two stores have the same. */
const storeIn = ({ events, customers }: Pick<Source, 'events' | 'customers'>): string => {
  const ask = (db: Sqlite) => (sql: string) => db.prepare(sql).raw().all();
  const said = [...facts.events.map(ask(events)), ...facts.customers.map(ask(customers))];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
};

/** Streams that are empty where nobody has begun; presence of collectors goes by itself. */
const checkEmpty = async ({ manager }: Needs, names: Names): Promise<void> => {
  const buckets = [names.customers, names.progress, names.settings, names.rewritten].map((bucket) => `KV_${bucket}`);
  for (const stream of [names.events, names.report, ...buckets]) {
    const { last_seq } = (await manager.streams.info(stream)).state;
    if (last_seq > 0)
      throw new MoveRefused(
        `the cluster holds something already (${stream}); name another world for this store (?name=), or take that one away`,
      );
  }
};

/** Rejects with `MoveRefused` where anything but an earlier try with this very store is there. */
export const beginMove = async (cluster: Needs, names: Names, source: Source): Promise<void> => {
  const store = storeIn(source);
  const there = await markIn(cluster, names);
  if (!there) {
    await checkEmpty(cluster, names);
    const data = Buffer.from(JSON.stringify({ is: 'under way', store } satisfies Mark));
    const kept = await createPublish(cluster)({ subject: subjectOf(names), data, expected: 0 });
    if (kept.is === 'late') throw new MoveRefused('another copy into this cluster has just begun');
    return;
  }
  if (there.store !== store)
    throw new MoveRefused(
      there.is === 'done'
        ? 'a store was copied into this cluster already, and it is not as this one is'
        : 'the cluster has a part of another store, or of this one before it was changed; name another world (?name=)',
    );
  if (there.is === 'done') throw new MoveRefused('this store was copied into this cluster already, all of it');
};

export const endMove = async (cluster: Needs, names: Names): Promise<void> => {
  const { seq, store } = (await markIn(cluster, names))!;
  const data = Buffer.from(JSON.stringify({ is: 'done', store } satisfies Mark));
  await createPublish(cluster)({ subject: subjectOf(names), data, expected: seq });
};

/** Rejects while a part of a store is there and the rest is not. */
export const checkWhole = async (cluster: Pick<Needs, 'manager'>, names: Names): Promise<void> => {
  if ((await markIn(cluster, names))?.is === 'under way')
    throw new ClusterError(
      'CLUSTER_DIFFERS',
      'a store is being copied into it, or was in part: finish that with the command that began it ("copy")',
    );
};
