/**
 * One message into a stream, however its servers fare: said again under the same id until it is acknowledged, so that it is
 * there once. A stream without a leader takes a few seconds; beyond that whoever asked is told, and asks again.
 *
 * Of messages that are written over the same one, exactly one is stored. Servers compare the place that each expects before
 * they agree among each other, so that of those under way together all would pass (nats-io/nats-server#4320; 2.9.10, three
 * replicas: of 240 changes that four made of one key 134 were lost). What two of them do compare at once is the id: it names what is written over.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { JetStreamApiError, type JetStreamManager, type StoredMsg } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { asClusterError, type Cluster, ClusterError } from './connection.ts';

/** `late`: it expected another message to be the last one of its subject; `winner` is, or 0 where there is none. */
export type Published = { is: 'stored'; seq: number } | { is: 'late'; winner: number };

export interface Message {
  subject: string;
  data: Uint8Array;
  /** What it is known by for two minutes; without one it is a message of its own. */
  id?: string;
  /** Place of the last message of its subject; 0: there is none. */
  expected?: number;
  /** It takes the place of all that its subject has, as what was erased. */
  erases?: true;
}

export type Publish = (message: Message) => Promise<Published>;

/** With servers that do not store: an election takes 4 to 9 s. Whoever comes later waits for no second one. */
const PATIENCE_MS = 10_000;
/** That they did not store was so long ago that it says nothing of now. */
const LONG_AGO_MS = 15_000;
const AGAIN_MS = 100;
/** What a leader owes that is dead never comes: so soon it is said again, to whoever leads now. */
const ANSWER_MS = 1_000;
const WRONG_LAST_SEQUENCE = 10_071;
/** Said by servers from 2.10 on, which know an id, and what is written over, before they agree on it. */
const UNDER_WAY: readonly number[] = [10_158, 10_164];

/** Place of the message that was faster, where a message came too late; 0 where its subject has none any more. */
export const winnerIn = (cause: unknown): number | undefined => {
  if (!(cause instanceof JetStreamApiError) || cause.code !== WRONG_LAST_SEQUENCE) return undefined;
  // "wrong last sequence: 17"
  return Number(cause.message.slice(cause.message.lastIndexOf(' ') + 1)) || 0;
};

export type PublishNeeds = Pick<Cluster, 'jetstream' | 'manager' | 'away' | 'on' | 'isConnected'>;

/** An answer does not come any more by a connection that is gone; the client would wait for it. */
const unlessLost = async <Answer>({ on }: Pick<Cluster, 'on'>, answer: Promise<Answer>): Promise<Answer> => {
  let stop = (): void => {};
  const lost = new Promise<never>((_, reject) => {
    stop = on('lost', () => reject(new ClusterError('CLUSTER_UNREACHABLE', 'the connection is gone')));
  });
  try {
    return await Promise.race([answer, lost]);
  } finally {
    stop();
  }
};

export const isUnderWay = (cause: unknown): boolean =>
  cause instanceof JetStreamApiError && UNDER_WAY.includes(cause.code);

/** Says whose a message is, where several are known by one id. */
const BY = 'By';
/** What is written over one and the same message is one message to the servers. */
export const idOver = (subject: string, place: number): string => `${subject}@${place}`;

export const createPublish = (cluster: PublishNeeds, patienceMs = PATIENCE_MS): Publish => {
  const here = randomUUID();
  let said = 0;
  /** Servers that do not store: since when, as far as anybody was told, and when last. */
  let failing: { since: number; last: number } | undefined;
  const failingSince = (): number => {
    const now = performance.now();
    const since = failing && now - failing.last < LONG_AGO_MS ? failing.since : now;
    failing = { since, last: now };
    return since;
  };

  const streamOf = (subject: string): Promise<string> =>
    cluster.manager.streams.find(subject).catch((cause: unknown) => Promise.reject(asClusterError(cause)));
  /** Whose message the servers took where they know one by its id or its place; `undefined`: that cannot be seen yet. */
  const faster = async (subject: string, by: string, over: number): Promise<Published | undefined> => {
    const last = await lastOf(cluster.manager, await streamOf(subject), subject);
    if (last?.header.get(BY) === by) return { is: 'stored', seq: last.seq };
    return (last?.seq ?? 0) === over ? undefined : { is: 'late', winner: last?.seq ?? 0 };
  };

  return async ({ subject, data, id, expected, erases }) => {
    const by = `${here}.${++said}`;
    const marked = headers();
    if (erases) {
      marked.set('KV-Operation', 'PURGE');
      marked.set('Nats-Rollup', 'sub');
    }
    if (expected !== undefined) marked.set(BY, by);
    const expect = expected === undefined ? {} : { expect: { lastSubjectSequence: expected } };
    let msgID = id ?? (expected === undefined ? by : idOver(subject, expected));
    const began = performance.now();
    for (let tries = 1; ; tries++) {
      // What is said now would wait in the client for the connection, and whoever asks asks again.
      const gone = cluster.away();
      if (gone) throw gone;
      if (!cluster.isConnected()) {
        await pause(AGAIN_MS);
        continue;
      }
      try {
        const answer = cluster.jetstream.publish(subject, data, {
          msgID,
          headers: marked,
          timeout: ANSWER_MS,
          ...expect,
        });
        const { seq, duplicate } = await unlessLost(cluster, answer);
        failing = undefined;
        // Without a place it is known, and in no quorum yet: one that dies now takes it along.
        if (!duplicate || (expected === undefined && seq > 0)) return { is: 'stored', seq };
        const known = expected === undefined ? undefined : await faster(subject, by, expected);
        if (known) return known;
        // The one that was there is gone from the subject, and only its id is still known.
        if (expected !== undefined && seq > 0) msgID = `${idOver(subject, expected)} after ${seq}`;
        throw new ClusterError('CLUSTER_UNREACHABLE', `a message with the id ${msgID} is under way`);
      } catch (cause) {
        const winner = winnerIn(cause);
        if (winner !== undefined) failing = undefined;
        // It may be ours, of a try that nobody answered.
        const known = winner === undefined || tries === 1 ? undefined : await faster(subject, by, expected!);
        if (known) return known;
        if (winner !== undefined) return { is: 'late', winner };
        const fault = isUnderWay(cause)
          ? new ClusterError('CLUSTER_UNREACHABLE', (cause as Error).message, cause)
          : asClusterError(cause);
        const isAway = fault instanceof ClusterError && fault.code === 'CLUSTER_UNREACHABLE';
        if (!isAway) throw fault;
        // Who says so compares places as they should, and may say it for two minutes of what a dead leader took along.
        if (isUnderWay(cause) && expected !== undefined) msgID = by;
        // Others that are stored meanwhile may be of a stream that has a leader.
        if (performance.now() - Math.min(began, failingSince()) > patienceMs) throw fault;
        await pause(AGAIN_MS);
      }
    }
  };
};

/** The last message of a subject, as the stream's leader knows it: a replica may not have heard of it yet. */
export const lastOf = async (
  manager: JetStreamManager,
  stream: string,
  subject: string,
): Promise<StoredMsg | undefined> => {
  try {
    return (await manager.streams.getMessage(stream, { last_by_subj: subject })) ?? undefined;
  } catch (cause) {
    throw asClusterError(cause);
  }
};
