/**
 * Answers that wait until what was committed is in the states: for as long as an answer may, and no longer. Owns who waits
 * for which place in the log; who folds, here or in another process, says how far it came.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Cursor, EventLog } from '../store/event-log.ts';

export interface FoldWait {
  /** An event was committed from which something follows. */
  heard(cursor: Cursor): void;
  lastHeard(): Cursor;
  /** Everything up to here is in the states. */
  cameTo(folded: Cursor): void;
  /** Resolves when everything committed so far is in the states, or a second later: the store may have failed. */
  folded(): Promise<void>;
}

export interface FoldWaitNeeds {
  log: Pick<EventLog, 'settled'>;
  /** The last event that was heard of before anybody waits here. */
  lastHeard: Cursor;
  failed: (cause: unknown) => void;
}

const PATIENCE_MS = 1_000;

export const createFoldWait = ({ log, lastHeard: first, failed }: FoldWaitNeeds): FoldWait => {
  let lastHeard = first;
  let folded: Cursor = 0;
  let watchers: { upTo: Cursor; resolve: () => void }[] = [];

  const reached = async (): Promise<void> => {
    // What was appended here and whose place is known later is heard of by then.
    await log.settled();
    const upTo = lastHeard;
    if (folded < upTo) await new Promise<void>((resolve) => watchers.push({ upTo, resolve }));
  };
  return {
    heard(cursor) {
      lastHeard = Math.max(lastHeard, cursor);
    },
    lastHeard: () => lastHeard,
    cameTo(place) {
      folded = Math.max(folded, place);
      const due = watchers.filter(({ upTo }) => upTo <= folded);
      watchers = watchers.filter(({ upTo }) => upTo > folded);
      for (const { resolve } of due) resolve();
    },
    async folded() {
      await Promise.race([reached().catch(failed), pause(PATIENCE_MS, undefined, { ref: false })]);
    },
  };
};
