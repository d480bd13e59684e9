/**
 * What is older than a label keeps it goes: events, reports, traces and words, and visitors who never came back. Looked at
 * when a label is held here and every hour from then on, a little at a time, behind whatever else there is to do.
 */
import type { Label } from '../config/config.ts';
import { createChore } from '../following/chore.ts';
import type { Pace } from '../following/pace.ts';
import type { EventLog } from '../store/event-log.ts';
import type { UserStore } from '../store/user-store.ts';

export interface Retention {
  /** A label is held here from now on. */
  wake(): void;
  /** What is under way comes to its next stop. */
  close(): Promise<void>;
}

/** What was taken from a label. */
export interface Purged {
  events: number;
  /** Of reports, traces, words and visitors. */
  rows: number;
}

export interface RetentionNeeds {
  labels: () => readonly Label[];
  isHeld: (label: string) => boolean;
  log: Pick<EventLog, 'purge' | 'purgesAtOnce'>;
  users: Pick<UserStore, 'purge'>;
  pace: Pace;
  purged: (label: string, taken: Purged) => void;
  failed: (cause: unknown) => void;
  now: () => number;
}

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** A commit of so many rows stops nobody for long. */
const ROWS_AT_ONCE = 200;

export const startRetention = (needs: RetentionNeeds): Retention => {
  const { labels, isHeld, log, users, pace, purged, failed, now } = needs;
  const takeAll = async (take: () => Promise<number>, goesOn: () => boolean): Promise<number> => {
    let taken = 0;
    for (let some = Infinity; some > 0 && goesOn(); taken += some) {
      some = await take();
      await pace.rest();
    }
    return taken;
  };
  const chore = createChore(async (goesOn) => {
    for (const { name, retentionDays } of labels()) {
      if (retentionDays === null) continue;
      const before = now() - retentionDays * DAY;
      const isMine = (): boolean => goesOn() && isHeld(name);
      const events = await takeAll(() => log.purge(name, before, log.purgesAtOnce), isMine);
      const rows = await takeAll(() => users.purge(name, before, ROWS_AT_ONCE), isMine);
      if (events + rows > 0) purged(name, { events, rows });
    }
  }, failed);
  const clock = setInterval(chore.wake, HOUR).unref();
  return {
    wake: chore.wake,
    async close() {
      clearInterval(clock);
      await chore.close();
    },
  };
};
