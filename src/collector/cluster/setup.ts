/**
 * What must be in the cluster before anything is kept there: its streams and buckets, made where they are missing. One that
 * is there with other settings is left as it is and told, name by name, since to run on it would be to lose something.
 */
import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { Mistake } from '../config/place.ts';
import { asClusterError, type Cluster, ClusterError } from './connection.ts';
import type { Names } from './names.ts';

export type SetUp = { ok: true } | { ok: false; mistakes: Mistake[] };

/** Our own retries of a publish come within seconds; what a client resends later is known by its id. */
const DUPLICATE_WINDOW_MS = 120_000;
/** A holder that says nothing for so long is gone. */
export const HOLDERS_TTL_MS = 6_000;

type Wanted = Partial<StreamConfig> & { name: string; subjects: string[] };

/** File storage, a quorum's acknowledgement, and nothing that goes by itself. */
const kept = (replicas: number) =>
  ({
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    num_replicas: replicas,
    discard: DiscardPolicy.New,
    max_age: 0,
    max_msgs: -1,
    max_bytes: -1,
    max_msg_size: -1,
    max_msgs_per_subject: -1,
    max_consumers: -1,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    no_ack: false,
    sealed: false,
    deny_delete: false,
    deny_purge: false,
    allow_direct: true,
  }) satisfies Partial<StreamConfig>;

const wantedStreams = (names: Names, replicas: number): Wanted[] => {
  const stream = (name: string, subjects: string): Wanted => ({
    ...kept(replicas),
    name,
    subjects: [subjects],
  });
  /** What the client library calls a bucket is a stream with one message a key. */
  const bucket = (name: string, more: Partial<StreamConfig> = {}): Wanted => ({
    ...kept(replicas),
    name: `KV_${name}`,
    subjects: [`$KV.${name}.>`],
    max_msgs_per_subject: 1,
    allow_rollup_hdrs: true,
    ...more,
  });
  return [
    stream(names.events, names.allEvents),
    stream(names.report, names.allReport),
    bucket(names.rewritten),
    bucket(names.customers),
    bucket(names.progress),
    bucket(names.settings),
    bucket(names.holders, { max_age: nanos(HOLDERS_TTL_MS), duplicate_window: nanos(HOLDERS_TTL_MS) }),
  ];
};

const differences = (wanted: Wanted, there: StreamConfig): Mistake[] =>
  Object.entries(wanted).flatMap(([field, must]) => {
    const is = JSON.stringify(there[field as keyof StreamConfig] ?? false);
    const path = `${wanted.name}.${field}`;
    return is === JSON.stringify(must) ? [] : [{ path, reason: `is ${is} and must be ${JSON.stringify(must)}` }];
  });

/** Codes of the servers' API. */
const NOT_FOUND = 10_059;
const IN_USE = 10_058;
const NO_PEERS = 10_005;
const OVERLAP = 10_065;
const NOT_CLUSTERED = 10_074;

const configOf = async (manager: JetStreamManager, name: string): Promise<StreamConfig | undefined> => {
  try {
    return (await manager.streams.info(name)).config;
  } catch (cause) {
    if (cause instanceof JetStreamApiError && cause.code === NOT_FOUND) return undefined;
    throw cause;
  }
};

const cannotBeMade = async (manager: JetStreamManager, wanted: Wanted, cause: JetStreamApiError): Promise<string> => {
  const [subject] = wanted.subjects;
  if (cause.code === OVERLAP)
    return `cannot be made, since ${subject} belongs to the stream ${await manager.streams.find(subject!)}; choose another name in STORE (?name=)`;
  if (cause.code === NOT_CLUSTERED)
    return `cannot be kept ${wanted.num_replicas} times by a server that stands alone; start the others as its cluster, or say ?replicas=1 in STORE`;
  return `cannot be made: ${cause.message}`;
};

const make = async (manager: JetStreamManager, wanted: Wanted): Promise<Mistake[]> => {
  try {
    // The library writes into what it is given.
    await manager.streams.add({ ...wanted });
    return [];
  } catch (cause) {
    if (!(cause instanceof JetStreamApiError)) throw cause;
    // Another collector was faster; the next look says whether it made the same.
    if (cause.code === IN_USE) return [];
    // Or just as fast, and the servers compared its subjects first.
    if (cause.code === OVERLAP && (await manager.streams.find(wanted.subjects[0]!)) === wanted.name) return [];
    if (cause.code === NO_PEERS)
      throw new ClusterError(
        'CLUSTER_UNREACHABLE',
        `fewer than ${wanted.num_replicas} servers are up with JetStream and room on their disks`,
        cause,
      );
    if (asClusterError(cause) !== cause) throw cause;
    return [{ path: wanted.name, reason: await cannotBeMade(manager, wanted, cause) }];
  }
};

/** Each round but the first follows one in which something was made, here or by another. */
const MOST_ROUNDS = 5;

/** Changes nothing that is there; makes nothing while anything that is there is wrong. Rejects with a `ClusterError`. */
export const setUp = async ({ manager, connection }: Cluster, names: Names, replicas: number): Promise<SetUp> => {
  const all = wantedStreams(names, replicas);
  try {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const there = await Promise.all(all.map(({ name }) => configOf(manager, name)));
      const wrong = all.flatMap((wanted, at) => (there[at] ? differences(wanted, there[at]) : []));
      if (wrong.length > 0) return { ok: false, mistakes: wrong };
      const missing = all.filter((_, at) => !there[at]);
      if (missing.length === 0) return { ok: true };
      const refused: Mistake[] = [];
      for (const wanted of missing) refused.push(...(await make(manager, wanted)));
      if (refused.length > 0) return { ok: false, mistakes: refused };
    }
  } catch (cause) {
    if ((cause as Error).name === 'JetStreamNotEnabled' && !connection.info?.jetstream)
      return { ok: false, mistakes: [{ path: 'jetstream', reason: 'is off at the servers and must be on' }] };
    throw asClusterError(cause);
  }
  throw new ClusterError('CLUSTER_UNREACHABLE', 'its streams are not there although they were made');
};
