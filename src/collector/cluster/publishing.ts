/**
 * One message into a stream, however its servers fare: said again under the same id until it is acknowledged, so that it is
 * there once. A stream without a leader takes a few seconds; beyond that whoever asked is told, and asks again.
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

/** An election takes 4 to 6 s. */
const PATIENCE_MS = 8_000;
const AGAIN_MS = 100;
const WRONG_LAST_SEQUENCE = 10_071;

/** Place of the message that was faster, where a message came too late; 0 where its subject has none any more. */
export const winnerIn = (cause: unknown): number | undefined => {
  if (!(cause instanceof JetStreamApiError) || cause.code !== WRONG_LAST_SEQUENCE) return undefined;
  return Number(/\d+$/.exec(cause.message)?.[0] ?? 0);
};

export type PublishNeeds = Pick<Cluster, 'jetstream' | 'away' | 'on' | 'isConnected'>;

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

export const createPublish = (cluster: PublishNeeds): Publish => {
  const here = randomUUID();
  let said = 0;

  return async ({ subject, data, id = `${here}.${++said}`, expected, erases }) => {
    const marked = headers();
    if (erases) {
      marked.set('KV-Operation', 'PURGE');
      marked.set('Nats-Rollup', 'sub');
    }
    const expect = expected === undefined ? {} : { expect: { lastSubjectSequence: expected } };
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      // What is said now would wait in the client for the connection, and whoever asks asks again.
      const gone = cluster.away();
      if (gone) throw gone;
      if (!cluster.isConnected()) {
        await pause(AGAIN_MS);
        continue;
      }
      try {
        const answer = cluster.jetstream.publish(subject, data, { msgID: id, headers: marked, ...expect });
        const { seq } = await unlessLost(cluster, answer);
        return { is: 'stored', seq };
      } catch (cause) {
        const winner = winnerIn(cause);
        if (winner !== undefined) return { is: 'late', winner };
        const fault = asClusterError(cause);
        const isAway = fault instanceof ClusterError && fault.code === 'CLUSTER_UNREACHABLE';
        if (!isAway || performance.now() > end) throw fault;
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
