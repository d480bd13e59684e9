/**
 * What the log of a label had when its customers were first kept: they are made again from it, and it begins nothing, since
 * whoever was to be told of it was told when it came. So a store of customers that is lost costs no second e-mail.
 */
import type { Cursor, EventLog } from '../store/event-log.ts';
import type { UserStore } from '../store/user-store.ts';
import type { Entry, Happening } from './happening.ts';

/** The last event of it. Found once; asked before anybody can send, or the first who does would be taken for old. */
export const pastOf = async (
  log: Pick<EventLog, 'events'>,
  users: Pick<UserStore, 'folded' | 'keepSetting'>,
  label: string,
): Promise<Cursor> => {
  const [{ events, next }, folded] = await Promise.all([
    log.events(label, { limit: 1, order: 'desc' }),
    users.folded(label),
  ]);
  // Where other labels fill the log its page is empty, and says how far back there is none.
  const newest = events[0]?.cursor ?? next ?? 0;
  const past = folded > 0 ? folded : newest;
  return Number(await users.keepSetting(`past ${JSON.stringify([label])}`, String(past)));
};

/** What happens by entries of the log, with those of the past marked. */
export const happeningsIn = (entries: readonly Entry[], past: Cursor): Happening[] =>
  entries.flatMap(({ cursor, happenings }) =>
    cursor > past ? happenings : happenings.map((one) => ({ ...one, begins: 'nothing' as const })),
  );
