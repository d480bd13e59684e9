/**
 * One commit for everything that waits: concurrent requests share a transaction and its fsync, above any driver.
 * No timer: a group waits for another turn of the event loop as long as the last turn brought more, and not for long.
 * Idle, that is one empty turn; under load, groups grow by themselves. Bounded, so that a slow disk answers `overloaded`
 * instead of eating the memory.
 */
import type { EventLog, Outcome, Submission } from './event-log.ts';

/** Above this a group's own time shows in the latency of the next one. */
const MOST_ROWS = 4_000;
/** Longest that a group waits for more while more keeps coming: about one fsync. */
const MOST_PATIENCE_MS = 1;
const MOST_WAITING_BYTES = 64 * 1024 * 1024;
/** One group is on its way to disk while the next is handed over; a driver on this thread never has more than one. */
const MOST_IN_FLIGHT = 2;

export class LogOverloaded extends Error {
  constructor() {
    super('more waits to be stored than the collector holds');
    this.name = 'LogOverloaded';
  }
}

interface Waiting {
  submission: Submission;
  done: (outcomes: Outcome[]) => void;
  failed: (cause: unknown) => void;
}

export interface GroupCommit extends EventLog {
  /** Resolves when this submission is on disk; rejects with `LogOverloaded` at once where too much waits. */
  submit(submission: Submission): Promise<Outcome[]>;
  waitingBytes(): number;
}

export interface GroupCommitOptions {
  mostWaitingBytes?: number;
  /** Called after each commit with what it took, for metrics and listeners. */
  committed?: (group: Submission[], outcomes: Outcome[][], milliseconds: number) => void;
}

/** What a refused event, a page's count and a loss cost is what a stored event costs. */
const rowsOf = ({ events, rejected, pages, lost }: Submission): number =>
  events.length + rejected.length + pages.length + lost.length;

export const groupCommit = (
  log: EventLog,
  { mostWaitingBytes = MOST_WAITING_BYTES, committed = () => {} }: GroupCommitOptions = {},
): GroupCommit => {
  const queue: Waiting[] = [];
  let waitingBytes = 0;
  let inFlight = 0;
  let flush: { at: 'none' } | { at: 'due'; since: number; seen: number } = { at: 'none' };
  let closing: Promise<void> | undefined;
  let drained: (() => void) | undefined;

  const nextGroup = (): Waiting[] => {
    let rows = 0;
    let size = 0;
    while (size < queue.length && (size === 0 || rows + rowsOf(queue[size]!.submission) <= MOST_ROWS))
      rows += rowsOf(queue[size++]!.submission);
    return queue.splice(0, size);
  };

  /** Whether the last turn of the loop brought more, and there is time for another. */
  const isGrowing = (): boolean => {
    if (flush.at === 'none' || queue.length === flush.seen) return false;
    flush.seen = queue.length;
    return performance.now() - flush.since < MOST_PATIENCE_MS;
  };

  const look = (): void => {
    if (isGrowing()) setImmediate(look);
    else void commitNext();
  };

  const commitNext = async (): Promise<void> => {
    flush = { at: 'none' };
    if (queue.length === 0 || inFlight === MOST_IN_FLIGHT) return;
    const waiting = nextGroup();
    const group = waiting.map(({ submission }) => submission);
    inFlight++;
    if (queue.length > 0) flushSoon();
    const began = performance.now();
    const outcomes = await log.append(group).catch((cause: unknown) => {
      for (const { failed } of waiting) failed(cause);
    });
    inFlight--;
    for (const { weight } of group) waitingBytes -= weight;
    if (queue.length > 0) flushSoon();
    else if (inFlight === 0) drained?.();
    if (!outcomes) return;
    for (const [at, { done }] of waiting.entries()) done(outcomes[at]!);
    committed(group, outcomes, performance.now() - began);
  };

  const flushSoon = (): void => {
    if (flush.at === 'due') return;
    flush = { at: 'due', since: performance.now(), seen: 0 };
    setImmediate(look);
  };

  const submit = (submission: Submission): Promise<Outcome[]> => {
    if (closing) return Promise.reject(new Error('the log is closed'));
    // One submission is taken whatever it weighs: a bound below the largest request would refuse it for ever.
    if (waitingBytes > 0 && waitingBytes + submission.weight > mostWaitingBytes)
      return Promise.reject(new LogOverloaded());
    waitingBytes += submission.weight;
    return new Promise((done, failed) => {
      queue.push({ submission, done, failed });
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
        if (queue.length > 0 || inFlight > 0)
          await new Promise<void>((resolve) => {
            drained = resolve;
          });
        await log.close();
      })();
      return closing;
    },
  };
};
