/**
 * What a purge leaves in the stream: nothing that no event is left of. Messages go from the oldest on, a label's only; one that
 * was said since the time that the purge names stays, whatever is in it.
 */
import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { asClusterError, type Cluster } from '../connection.ts';
import type { Names } from '../names.ts';
import type { Rewritten } from './rewritten.ts';

const SOON_MS = 2_000;

export const createLettingGo = ({ manager, jetstream }: Cluster, names: Names, rewritten: Rewritten) => {
  /** Place of a label's first message of a time or later. */
  const firstSince = async (label: string, time: number): Promise<number> => {
    const info = await manager.consumers.add(names.events, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartTime,
      opt_start_time: new Date(time).toISOString(),
      filter_subject: names.said(label),
      inactive_threshold: nanos(SOON_MS),
      mem_storage: true,
      num_replicas: 1,
    });
    if (info.num_pending === 0) return Number.POSITIVE_INFINITY;
    const first = await jetstream.consumers.getConsumerFromInfo(info).next({ expires: SOON_MS });
    return first?.seq ?? 0;
  };

  /** @param upTo place before which nothing is left of the label */
  return async (label: string, before: number, upTo: number): Promise<void> => {
    try {
      const seq = Math.min(upTo, await firstSince(label, before));
      if (seq > 1) await manager.streams.purge(names.events, { filter: names.said(label), seq });
      await rewritten.purge(label, upTo, before);
    } catch (cause) {
      throw asClusterError(cause);
    }
  };
};
