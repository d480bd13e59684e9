/**
 * One reading of a stream from a place on: a consumer of the servers' that nobody else has, kept nowhere. What comes is in
 * order and whole, or the reading fails; whoever reads begins another from the place that was reached. Takes no more from
 * the servers than is taken from here.
 */
import { AckPolicy, type ConsumerMessages, DeliverPolicy, type JetStreamManager, type JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { asClusterError, type Cluster, ClusterError } from './connection.ts';
import { lastOf } from './publishing.ts';

export interface Reading {
  /** When the stream it reads was made: another time is another stream. */
  created: string;
  /** The newest place of the stream when the reading began. */
  end: number;
  /** Place of the last message that is there; those between it and the end were deleted. */
  last: number;
  /** What has come since, in order, `most` at the most; nothing once it is stopped. Rejects when it has failed and all was taken. */
  next(most: number): Promise<JsMsg[]>;
  /** What has come and was not taken yet. */
  waiting(): readonly JsMsg[];
  stop(): Promise<void>;
}

/** Messages that servers may send unasked: they close the connection of whoever has more than 64 MB to take, and one may have a megabyte. */
const MOST_ON_THEIR_WAY = 32;
/** What waits here: beyond either bound no more is asked for. */
const MOST_WAITING = { messages: 512, bytes: 16 * 2 ** 20 };
/** A consumer that says nothing for two or three of these is lost: its server has gone, or has forgotten it. */
const HEARTBEAT_MS = 1_000;
/** After this long without anybody reading, servers forget it. */
const FORGOTTEN_MS = 30_000;

const isLoss = new Set([
  'heartbeats_missed',
  'consumer_not_found',
  'stream_not_found',
  'consumer_deleted',
  'no_responders',
]);

type State = { is: 'open' } | { is: 'stopped' } | { is: 'failed'; cause: unknown };

/**
 * As the stream's leader knows it: a consumer on a server that has not caught up says that nothing more is there, and more
 * comes. Where the newest messages were deleted, it is searched for by halves.
 */
const lastPlace = async (manager: JetStreamManager, stream: string, after: number, end: number): Promise<number> => {
  const newest = await lastOf(manager, stream, '>');
  if (newest) return newest.seq;
  let [last, high] = [after, end];
  while (last < high) {
    const next = { seq: Math.ceil((last + high) / 2), next_by_subj: '>' };
    const found = await manager.streams.getMessage(stream, next);
    if (found) last = found.seq;
    else high = next.seq - 1;
  }
  return last;
};

export const readStream = async (cluster: Cluster, stream: string, after: number): Promise<Reading> => {
  const { jetstream, manager } = cluster;
  const { created, state: place } = await manager.streams.info(stream);
  const last = await lastPlace(manager, stream, after, place.last_seq);
  const info = await manager.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    inactive_threshold: nanos(FORGOTTEN_MS),
    mem_storage: true,
    num_replicas: 1,
    ...(after === 0
      ? { deliver_policy: DeliverPolicy.All }
      : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: after + 1 }),
  });
  const messages: ConsumerMessages = await jetstream.consumers.getConsumerFromInfo(info).consume({
    max_messages: MOST_ON_THEIR_WAY,
    threshold_messages: MOST_ON_THEIR_WAY / 2,
    idle_heartbeat: HEARTBEAT_MS,
  });

  let state: State = { is: 'open' };
  let waiting: JsMsg[] = [];
  let bytes = 0;
  let delivered = 0;
  let came = (): void => {};
  let taken = (): void => {};
  const end = (how: State): void => {
    if (state.is !== 'open') return;
    state = how;
    stopListening();
    messages.stop();
    came();
    taken();
  };
  const fail = (why: string): void =>
    end({ is: 'failed', cause: new ClusterError('CLUSTER_UNREACHABLE', `${stream}: ${why}`) });
  const stopListening = cluster.on('lost', () => fail('the connection is gone'));

  const notices = async (): Promise<void> => {
    for await (const { type } of messages.status()) if (isLoss.has(type)) fail(`the consumer is lost (${type})`);
  };
  const listening = async (): Promise<void> => {
    for await (const message of messages) {
      if (state.is !== 'open') return;
      if (message.info.deliverySequence !== ++delivered) return fail('a message is missing');
      waiting.push(message);
      bytes += message.data.length;
      came();
      if (waiting.length >= MOST_WAITING.messages || bytes >= MOST_WAITING.bytes)
        await new Promise<void>((resolve) => {
          taken = resolve;
        });
    }
    fail('the consumer has ended');
  };
  const failed = (cause: unknown): void => end({ is: 'failed', cause: asClusterError(cause) });
  notices().catch(failed);
  listening().catch(failed);

  return {
    created,
    end: place.last_seq,
    last,
    async next(most) {
      while (waiting.length === 0 && state.is === 'open')
        await new Promise<void>((resolve) => {
          came = resolve;
        });
      if (state.is === 'stopped') return [];
      if (state.is === 'failed' && waiting.length === 0) throw state.cause;
      const some = waiting.slice(0, most);
      waiting = waiting.slice(most);
      bytes -= some.reduce((sum, { data }) => sum + data.length, 0);
      taken();
      return some;
    },
    waiting: () => waiting,
    async stop() {
      end({ is: 'stopped' });
      // Servers that cannot be told forget it by themselves.
      await manager.consumers.delete(stream, info.name).catch(() => false);
    },
  };
};
