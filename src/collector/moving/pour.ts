/**
 * Pieces into a stream, in their order and each once, however its servers fare and however often it is begun: each says which
 * place of the store it is, and goes in only behind the one before it; so the end of the stream says how far the copy came.
 */
import { headers } from '@nats-io/transport-node';
import type { Cluster } from '../cluster/connection.ts';
import { winnerIn } from '../cluster/publishing.ts';
import { MoveRefused } from './move-refused.ts';
import { createPatience, isAway } from './patience.ts';

export interface Piece {
  subject: string;
  data: Uint8Array;
  /** Where in the store it ends: what comes after it is told by this. */
  place: string;
  /** Things that are copied once it is in. */
  done: number;
}

/** Of the stream: so many messages, and the place of the last piece; `undefined` before the first. */
export interface End {
  seq: number;
  place: string | undefined;
}

export interface PourNeeds {
  cluster: Pick<Cluster, 'jetstream' | 'manager'>;
  stream: string;
  piecesAfter: (end: End) => Iterable<Piece>;
  /** Called with what is done, as it grows. */
  poured: (done: number) => void;
}

const PLACE = 'Openaction-Moved';
/** Small ones, as documents are, wait for each other's acknowledgements more than they weigh. */
const IN_FLIGHT = 64;

const endOf = async ({ manager }: PourNeeds['cluster'], stream: string): Promise<End> => {
  const { last_seq: seq } = (await manager.streams.info(stream)).state;
  if (seq === 0) return { seq, place: undefined };
  const last = await manager.streams.getMessage(stream, { seq });
  const place = last?.header.get(PLACE);
  if (!place) throw new MoveRefused(`${stream} has messages that are not of this copy; nobody else may write there`);
  return { seq, place };
};

/** What one of them fails with, once none is under way. */
const pourAfter = async (end: End, { cluster: { jetstream }, piecesAfter, poured }: PourNeeds): Promise<void> => {
  const underWay = new Set<Promise<void>>();
  let failure: { cause: unknown } | undefined;
  let last = end.seq;
  let most = 0;
  for (const { subject, data, place, done } of piecesAfter(end)) {
    if (failure) break;
    const marked = headers();
    marked.set(PLACE, place);
    const going: Promise<void> = jetstream
      .publish(subject, data, { headers: marked, expect: { lastSequence: last++ } })
      .then(() => {
        most = Math.max(most, done);
        poured(most);
      })
      .catch((cause: unknown) => {
        failure ??= { cause };
      })
      .finally(() => underWay.delete(going));
    underWay.add(going);
    if (underWay.size >= IN_FLIGHT) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  if (failure) throw failure.cause;
};

/** Rejects with a `ClusterError` where the cluster is away for long, or with `MoveRefused`. */
export const pour = async (needs: PourNeeds): Promise<void> => {
  const patience = createPatience();
  for (let reached = -1; ; )
    try {
      const end = await endOf(needs.cluster, needs.stream);
      if (end.seq > reached) patience.renew();
      reached = Math.max(reached, end.seq);
      await pourAfter(end, needs);
      return;
    } catch (cause) {
      // Behind another that did not go in, or in already although nobody said so.
      const isOutOfStep = winnerIn(cause) !== undefined;
      if (!isOutOfStep && !isAway(cause)) throw cause;
      await patience.wait(cause);
    }
};
