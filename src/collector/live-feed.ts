/**
 * What was just stored or rejected, told to whoever listens to that label. Fed after each commit; costs nothing while
 * nobody listens. A listener that does not read is let go: the log has everything, and `Last-Event-ID` resumes.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventLog, LoggedEvent, MinuteCount, Outcome, RejectionRecord, Submission } from './store/event-log.ts';
import { loggedEvent, rejectionByLog } from './store/event-log.ts';

/** One listener's connection: `server-sent-events.ts` in production. */
export interface Listener {
  send(event: 'stored' | 'rejected' | 'tally' | 'skipped', data: unknown, id?: number): void;
  /** A comment that keeps proxies from closing a quiet connection. */
  heartbeat(): void;
  end(): void;
}

export interface LiveFeed {
  /** Replays what came after `resumeAfter`, then goes on live. Returns its end. */
  listen(label: string, listener: Listener, resumeAfter: number | undefined): () => void;
  committed(group: Submission[], outcomes: Outcome[][]): void;
  /** Ends every listener, and whoever comes afterwards at once. */
  close(): void;
}

const MOST_A_SECOND = 200;
const MOST_REPLAYED = 1_000;
const REPLAYED_AT_ONCE = 100;
const HEARTBEAT_SECONDS = 15;
const MINUTE = 60_000;

interface Listening {
  label: string;
  listener: Listener;
  /** While it replays it reads the log; `stale` if something was stored since its last read began. */
  at: 'replaying' | 'stale' | 'live';
  cursor: number;
  sentThisSecond: number;
  skipped: number;
}

export const createLiveFeed = (
  log: Pick<EventLog, 'events' | 'minutes'>,
  now: () => number,
  /** Makes of a logged event what the API shows. */
  shown: (label: string, event: LoggedEvent) => unknown,
  failed: (cause: unknown) => void,
): LiveFeed => {
  const listeners = new Set<Listening>();
  const changed = new Set<string>();
  const told = new Map<string, string>();
  let seconds = 0;
  let state: 'open' | 'closed' = 'open';

  const sendStored = (to: Listening, event: LoggedEvent): void => {
    if (event.cursor <= to.cursor) return;
    to.cursor = event.cursor;
    if (to.sentThisSecond >= MOST_A_SECOND) to.skipped++;
    else {
      to.sentThisSecond++;
      to.listener.send('stored', shown(to.label, event), event.cursor);
    }
  };
  const sendRejected = (to: Listening, record: RejectionRecord): void => {
    if (to.sentThisSecond >= MOST_A_SECOND) to.skipped++;
    else {
      to.sentThisSecond++;
      to.listener.send('rejected', record);
    }
  };

  const replay = async (to: Listening): Promise<void> => {
    for (let left = MOST_REPLAYED; listeners.has(to) && to.at !== 'live'; ) {
      to.at = 'replaying';
      const { events, next } = await log.events(to.label, {
        after: to.cursor,
        limit: left > 0 ? REPLAYED_AT_ONCE : MOST_REPLAYED,
        order: 'asc',
      });
      // Whoever went while the log was read has a connection that takes no more: writing to it is an error of the process.
      if (!listeners.has(to)) return;
      for (const event of events) {
        if (left-- > 0) to.listener.send('stored', shown(to.label, event), event.cursor);
        else to.skipped++;
        to.cursor = event.cursor;
      }
      if (next !== null) to.cursor = Math.max(to.cursor, next);
      else if (isCurrent(to)) to.at = 'live';
      // A log answers in the same turn: a night's worth of events would stop everybody else, and fill this connection unread.
      await nextTurn();
    }
  };
  /** Asked anew each time: a commit may have made it stale while the read was under way. */
  const isCurrent = (to: Listening): boolean => to.at === 'replaying';

  const tellMinutes = async (label: string, to: Listening[]): Promise<void> => {
    const minute = now() - (now() % MINUTE);
    for (const count of await log.minutes(label, minute - MINUTE)) {
      const text = JSON.stringify(count satisfies MinuteCount);
      const key = `${label} ${count.minute}`;
      if (told.get(key) === text) continue;
      told.set(key, text);
      for (const { listener } of to) listener.send('tally', count);
    }
    for (const key of told.keys()) if (told.size > 1000) told.delete(key);
  };

  const everySecond = async (): Promise<void> => {
    seconds++;
    for (const one of listeners) {
      if (one.skipped > 0) one.listener.send('skipped', { count: one.skipped });
      one.sentThisSecond = 0;
      one.skipped = 0;
      if (seconds % HEARTBEAT_SECONDS === 0) one.listener.heartbeat();
    }
    const labels = [...changed];
    changed.clear();
    for (const label of labels) {
      const to = [...listeners].filter((one) => one.label === label);
      if (to.length > 0) await tellMinutes(label, to);
    }
  };
  const timer = setInterval(() => void everySecond().catch(failed), 1000);
  timer.unref();

  return {
    listen(label, listener, resumeAfter) {
      if (state === 'closed') {
        listener.end();
        return () => {};
      }
      const one: Listening = { label, listener, at: 'live', cursor: resumeAfter ?? 0, sentThisSecond: 0, skipped: 0 };
      listeners.add(one);
      if (resumeAfter !== undefined) {
        one.at = 'replaying';
        replay(one).catch((cause) => {
          listeners.delete(one);
          listener.end();
          failed(cause);
        });
      }
      return () => listeners.delete(one);
    },
    committed(group, outcomes) {
      if (listeners.size === 0) return;
      for (const [at, submission] of group.entries()) {
        changed.add(submission.label);
        const to = [...listeners].filter((one) => one.label === submission.label);
        if (to.length === 0) continue;
        const live = to.filter((one) => one.at === 'live');
        for (const [n, outcome] of outcomes[at]!.entries()) {
          const event = submission.events[n]!;
          if (typeof outcome === 'number') {
            for (const one of to) if (one.at === 'replaying') one.at = 'stale';
            if (live.every((one) => one.sentThisSecond >= MOST_A_SECOND)) for (const one of live) one.skipped++;
            else {
              const logged = loggedEvent(submission, event, outcome);
              for (const one of live) sendStored(one, logged);
            }
          } else if (outcome !== 'duplicate')
            for (const one of to) sendRejected(one, rejectionByLog(submission, event, outcome));
        }
        for (const record of submission.rejected) for (const one of to) sendRejected(one, record);
      }
    },
    close() {
      state = 'closed';
      clearInterval(timer);
      for (const { listener } of listeners) listener.end();
      listeners.clear();
    },
  };
};
