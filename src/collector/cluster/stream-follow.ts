/**
 * A stream followed for as long as the process runs, in its order, several messages at a time: what a copy is made of. Owns
 * how far it came and who waits for that; what the messages say is the copy's. Servers that go, and a message that cannot be
 * applied yet, are tried again from the place that was reached; nothing is skipped.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { JsMsg } from '@nats-io/jetstream';
import { asClusterError, type Cluster, ClusterError } from './connection.ts';
import { type Reading, readStream } from './stream-reading.ts';

export interface Lag {
  messages: number;
  /** Age of the oldest message that is not applied; without contact to the servers, since when. */
  seconds: number;
}

export interface Followed {
  /** The last place that was applied. */
  at(): number;
  /** Messages of the stream that are known of and not applied. */
  behind(): number;
  lag(): Lag;
  /** Resolves when everything up to this place is applied; rejects with `CLUSTER_BEHIND` where that takes too long. */
  reached(seq: number, patienceMs?: number): Promise<void>;
  /** What is being applied is applied; nothing more is. */
  close(): Promise<void>;
}

export interface FollowNeeds {
  cluster: Cluster;
  stream: string;
  /** Where the copy is: 0 has nothing. */
  from: number;
  /** Called with one group after the other; one that is rejected comes again until it is not. */
  apply: (messages: JsMsg[]) => Promise<void>;
  /** Each kind of trouble is told once, until something was applied again. */
  failed: (cause: unknown) => void;
}

/** Messages of one `apply`, at most. */
const MOST_AT_ONCE = 256;
const RETRY_MS = 250;
const PATIENCE_MS = 5_000;

/** Who waits for a place. */
interface Watcher {
  seq: number;
  resolve(): void;
}

type Contact = { is: 'reading'; reading: Reading } | { is: 'none'; since: number };

export const followStream = ({ cluster, stream, from, apply, failed }: FollowNeeds): Followed => {
  const closing = new AbortController();
  let at = from;
  /** The newest place that is known of. */
  let known = from;
  let underWay: JsMsg[] = [];
  let watchers: Watcher[] = [];
  let contact: Contact = { is: 'none', since: performance.now() };
  let created: string | undefined;
  /** What was told last, while it lasts. */
  let trouble: string | undefined;

  const tell = (cause: unknown): void => {
    const told = asClusterError(cause);
    const { code, message } = told as Error & { code?: string };
    const kind = code ?? message;
    if (kind !== trouble && !closing.signal.aborted) failed(told);
    trouble = kind;
  };
  const arrived = (seq: number): void => {
    at = Math.max(at, seq);
    known = Math.max(known, at);
    trouble = undefined;
    const due = watchers.filter((one) => one.seq <= at);
    watchers = watchers.filter((one) => one.seq > at);
    for (const { resolve } of due) resolve();
  };
  const withoutContact = (): void => {
    if (contact.is === 'reading') contact = { is: 'none', since: performance.now() };
  };
  const rest = (): Promise<unknown> => pause(RETRY_MS, undefined, { signal: closing.signal }).catch(() => undefined);

  /** Resolves `false` only where it is closed before it could. */
  const applied = async (messages: JsMsg[]): Promise<boolean> => {
    while (!closing.signal.aborted)
      try {
        await apply(messages);
        return true;
      } catch (cause) {
        tell(cause);
        await rest();
      }
    return false;
  };

  /** The stream that the copy is of, as far as can be seen from here. */
  const sameStream = (reading: Reading): void => {
    created ??= reading.created;
    if (reading.created !== created || reading.end < at)
      throw new ClusterError(
        'CLUSTER_DIFFERS',
        `${stream} is not what it was: made ${reading.created}, it ends at ${reading.end}, and the copy is at ${at}`,
      );
  };

  const read = async (reading: Reading): Promise<void> => {
    sameStream(reading);
    contact = { is: 'reading', reading };
    known = Math.max(known, reading.end);
    // Whatever was before its end and does not come was deleted.
    if (at >= reading.last) arrived(reading.end);
    for (;;) {
      underWay = await reading.next(MOST_AT_ONCE);
      const last = underWay.at(-1);
      if (!last) return;
      known = Math.max(known, last.seq + last.info.pending);
      if (!(await applied(underWay))) return;
      underWay = [];
      arrived(last.seq >= reading.last ? Math.max(last.seq, reading.end) : last.seq);
    }
  };

  const running = (async () => {
    while (!closing.signal.aborted)
      try {
        const reading = await readStream(cluster, stream, at);
        const stop = (): void => void reading.stop();
        closing.signal.addEventListener('abort', stop);
        if (closing.signal.aborted) stop();
        try {
          await read(reading);
        } finally {
          closing.signal.removeEventListener('abort', stop);
          await reading.stop();
        }
      } catch (cause) {
        tell(cause);
        await rest();
      } finally {
        underWay = [];
        withoutContact();
      }
  })();

  return {
    at: () => at,
    behind: () => known - at,
    lag() {
      if (contact.is === 'none') return { messages: known - at, seconds: (performance.now() - contact.since) / 1000 };
      const oldest = underWay[0] ?? contact.reading.waiting()[0];
      return { messages: known - at, seconds: oldest ? Math.max(0, Date.now() - oldest.time.getTime()) / 1000 : 0 };
    },
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
      closing.abort();
      await running;
    },
  };
};
