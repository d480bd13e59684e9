/**
 * A stream read from a place on, in its order, several messages at a time: what a copy is made of. Owns how far it came and
 * who waits for that; what the messages say is the copy's. A server that goes, or a message that cannot be applied yet, is
 * tried again from the place that was reached; nothing is skipped.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Consumer, DeliverPolicy, type JetStreamClient, type JsMsg } from '@nats-io/jetstream';
import { ClusterError } from './connection.ts';

export interface Followed {
  /** The last place that was applied. */
  at(): number;
  /** Messages of the stream that are known of and not applied. */
  behind(): number;
  /** Resolves when everything up to this place is applied; rejects with `CLUSTER_BEHIND` where that takes too long. */
  reached(seq: number, patienceMs?: number): Promise<void>;
  /** What is being applied is applied; nothing more is. */
  close(): Promise<void>;
}

export interface FollowNeeds {
  jetstream: JetStreamClient;
  stream: string;
  /** Where the copy is: 0 has nothing. */
  from: number;
  /** Called with one group after the other; a rejection has it called again with what followed the place. */
  apply: (messages: JsMsg[]) => Promise<void>;
  failed: (cause: unknown) => void;
}

/** Messages of one `apply`, at most. */
const MOST_AT_ONCE = 256;
const RETRY_MS = 250;
const PATIENCE_MS = 5_000;

export const followStream = ({ jetstream, stream, from, apply, failed }: FollowNeeds): Followed => {
  let state: 'open' | 'closed' = 'open';
  let at = from;
  let known = from;
  let watchers: { seq: number; resolve: () => void }[] = [];
  let stop = (): void => {};

  const arrived = (seq: number): void => {
    at = seq;
    known = Math.max(known, seq);
    const due = watchers.filter((one) => one.seq <= at);
    watchers = watchers.filter((one) => one.seq > at);
    for (const { resolve } of due) resolve();
  };

  const consumer = (): Promise<Consumer> =>
    jetstream.consumers.get(
      stream,
      at === 0
        ? { deliver_policy: DeliverPolicy.All }
        : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: at + 1 },
    );

  /** Until it fails or is closed. */
  const read = async (): Promise<void> => {
    const messages = await (await consumer()).consume({ max_messages: 2 * MOST_AT_ONCE });
    let waiting: JsMsg[] = [];
    let wake = (): void => {};
    let end: { cause?: unknown } | undefined;
    stop = () => {
      end ??= {};
      messages.stop();
      wake();
    };
    const listening = (async () => {
      for await (const message of messages) {
        waiting.push(message);
        known = Math.max(known, message.seq + message.info.pending);
        wake();
      }
      end ??= { cause: new Error(`the stream ${stream} ended`) };
    })().catch((cause: unknown) => {
      end ??= { cause };
    });
    listening.finally(() => wake());
    try {
      while (!end) {
        if (waiting.length === 0)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        const some = waiting.slice(0, MOST_AT_ONCE);
        waiting = waiting.slice(MOST_AT_ONCE);
        if (some.length === 0) continue;
        await apply(some);
        arrived(some.at(-1)!.seq);
      }
    } finally {
      messages.stop();
    }
    if (end.cause) throw end.cause;
  };
  const running = (async () => {
    while (state === 'open')
      await read().catch(async (cause: unknown) => {
        failed(cause);
        await pause(RETRY_MS);
      });
  })();

  return {
    at: () => at,
    behind: () => known - at,
    reached(seq, patienceMs = PATIENCE_MS) {
      known = Math.max(known, seq);
      if (at >= seq) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const watcher = { seq, resolve: () => {} };
        const timer = setTimeout(() => {
          watchers = watchers.filter((one) => one !== watcher);
          reject(new ClusterError('CLUSTER_BEHIND', `the copy of ${stream} is ${known - at} messages behind`));
        }, patienceMs);
        watcher.resolve = () => {
          clearTimeout(timer);
          resolve();
        };
        watchers.push(watcher);
      });
    },
    async close() {
      state = 'closed';
      stop();
      await running;
    },
  };
};
