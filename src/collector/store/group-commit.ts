/**
 * One commit for everything that waits: concurrent requests share a transaction and its fsync, above any driver.
 * No timer: a group waits for another turn of the event loop as long as the last turn brought more, and not for long.
 * Idle, that is one empty turn; under load, groups grow by themselves. Bounded, so that a slow disk answers `overloaded`
 * instead of eating the memory. Labels take turns: whoever floods one waits behind that flood, and nobody else does.
 */
import type { EventLog, Receipt, Submission } from './event-log.ts';

/** Above this a group's own time shows in the latency of the next one. */
const MOST_ROWS = 4_000;
/** The same in bytes, of events as large as they may be: to write, or to pack for a cluster, 30 MB at once takes seconds. */
const MOST_GROUP_BYTES = 4 * 1024 * 1024;
/** Longest that a group waits for more while more keeps coming: about one fsync. */
const MOST_PATIENCE_MS = 1;
const MOST_WAITING_BYTES = 64 * 1024 * 1024;
/** Of that, what may wait of one label: the rest is room for the others. */
const SHARE_OF_LABEL = 0.5;

export class LogOverloaded extends Error {
  constructor() {
    super('more waits to be stored than the collector holds');
    this.name = 'LogOverloaded';
  }
}

interface Waiting {
  submission: Submission;
  done: (outcomes: Receipt[]) => void;
  failed: (cause: unknown) => void;
  /** What came after it, of the same label. */
  next?: Waiting;
}
/** What waits of one label, as a chain: it may be a hundred thousand long, and is taken from the front. */
interface Line {
  first: Waiting;
  last: Waiting;
}

export interface GroupCommit extends EventLog {
  /** Resolves when this submission is on disk; rejects with `LogOverloaded` at once where too much waits. */
  submit(submission: Submission): Promise<Receipt[]>;
  waitingBytes(): number;
}

export interface GroupCommitOptions {
  mostWaitingBytes?: number;
  /** Called after each commit with what it took, for metrics and listeners. */
  committed?: (group: Submission[], outcomes: Receipt[][], milliseconds: number) => void;
}

/** What a refused event, a page's count and a loss cost is what a stored event costs. */
const rowsOf = ({ events, rejected, pages, lost }: Submission): number =>
  events.length + rejected.length + pages.length + lost.length;

export const groupCommit = (
  log: EventLog,
  { mostWaitingBytes = MOST_WAITING_BYTES, committed = () => {} }: GroupCommitOptions = {},
): GroupCommit => {
  /** By label, in the order of their turns. */
  const lines = new Map<string, Line>();
  let waiting = 0;
  let waitingBytes = 0;
  const bytesOf = new Map<string, number>();
  let inFlight = 0;
  let flush: { at: 'none' } | { at: 'due'; since: number; seen: number } = { at: 'none' };
  let closing: Promise<void> | undefined;
  let drained: (() => void) | undefined;

  const weigh = (label: string, bytes: number): void => {
    waitingBytes += bytes;
    const weight = (bytesOf.get(label) ?? 0) + bytes;
    if (weight > 0) bytesOf.set(label, weight);
    else bytesOf.delete(label);
  };

  /** One of each label in turn, in the order in which they came to it. */
  const nextGroup = (): Waiting[] => {
    const group: Waiting[] = [];
    let [rows, bytes] = [0, 0];
    for (const [label, line] of lines) {
      rows += rowsOf(line.first.submission);
      bytes += line.first.submission.weight;
      if (group.length > 0 && (rows > MOST_ROWS || bytes > MOST_GROUP_BYTES)) break;
      group.push(line.first);
      // Behind the others, where this very loop comes to it again.
      lines.delete(label);
      if (line.first.next) lines.set(label, { first: line.first.next, last: line.last });
    }
    waiting -= group.length;
    return group;
  };

  /** Whether the last turn of the loop brought more, and there is time for another. */
  const isGrowing = (): boolean => {
    if (flush.at === 'none' || waiting === flush.seen) return false;
    flush.seen = waiting;
    return performance.now() - flush.since < MOST_PATIENCE_MS;
  };

  const look = (): void => {
    if (isGrowing()) setImmediate(look);
    else void commitNext();
  };

  const commitNext = async (): Promise<void> => {
    flush = { at: 'none' };
    if (waiting === 0 || inFlight === log.appendsAtOnce) return;
    const taken = nextGroup();
    const group = taken.map(({ submission }) => submission);
    inFlight++;
    if (waiting > 0) flushSoon();
    const began = performance.now();
    const outcomes = await log.append(group).catch((cause: unknown) => {
      for (const { failed } of taken) failed(cause);
    });
    inFlight--;
    for (const { label, weight } of group) weigh(label, -weight);
    if (waiting > 0) flushSoon();
    else if (inFlight === 0) drained?.();
    if (!outcomes) return;
    for (const [at, { done }] of taken.entries()) done(outcomes[at]!);
    committed(group, outcomes, performance.now() - began);
  };

  const flushSoon = (): void => {
    if (flush.at === 'due') return;
    flush = { at: 'due', since: performance.now(), seen: 0 };
    setImmediate(look);
  };

  const submit = (submission: Submission): Promise<Receipt[]> => {
    if (closing) return Promise.reject(new Error('the log is closed'));
    // One submission is taken whatever it weighs: a bound below the largest request would refuse it for ever.
    const { label, weight } = submission;
    const ofLabel = bytesOf.get(label) ?? 0;
    if (
      (waitingBytes > 0 && waitingBytes + weight > mostWaitingBytes) ||
      (ofLabel > 0 && ofLabel + weight > mostWaitingBytes * SHARE_OF_LABEL)
    )
      return Promise.reject(new LogOverloaded());
    weigh(label, weight);
    return new Promise((done, failed) => {
      const one: Waiting = { submission, done, failed };
      const line = lines.get(label);
      if (line) {
        line.last.next = one;
        line.last = one;
      } else lines.set(label, { first: one, last: one });
      waiting++;
      flushSoon();
    });
  };

  return {
    ...log,
    submit,
    waitingBytes: () => waitingBytes,
    append: (group) => Promise.all(group.map(submit)),
    close() {
      closing ??= (async () => {
        if (waiting > 0 || inFlight > 0)
          await new Promise<void>((resolve) => {
            drained = resolve;
          });
        await log.close();
      })();
      return closing;
    },
  };
};
