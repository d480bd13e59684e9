/**
 * System events told to every customer of a label, one event after the other, in slices of customers by their keys. How far
 * it came is stored with each slice, so that a restart goes on behind it; whoever is told twice of a slice that was stored in
 * part has campaigns that know the event. Between slices the loop is given back, and ingest goes first.
 */
import type { Cursor, EventLog } from '../store/event-log.ts';
import type { Fanout, UserStore } from '../store/user-store.ts';
import { type Chore, createChore } from './chore.ts';
import { factOf } from './fact.ts';
import type { Pace } from './pace.ts';
import type { Step } from './step.ts';

export interface FanoutsNeeds {
  label: string;
  users: Pick<UserStore, 'fanouts' | 'list'>;
  log: Pick<EventLog, 'events'>;
  step: Step;
  pace: Pace;
  now: () => number;
  failed: (cause: unknown) => void;
}

export interface Fanouts extends Chore {
  /** Events that not everybody was told yet. */
  underWay(): number;
}

const SLICE = 200;

export const createFanouts = ({ label, users, log, step, pace, now, failed }: FanoutsNeeds): Fanouts => {
  let underWay = 0;

  /** `undefined`: erased, or no longer kept. */
  const factAt = async (cursor: Cursor) => {
    const { events } = await log.events(label, { after: cursor - 1, limit: 1, order: 'asc' });
    return events.filter((event) => event.cursor === cursor).map(factOf)[0];
  };

  const tellEverybody = async ({ cursor, after }: Fanout, goesOn: () => boolean): Promise<void> => {
    const fact = await factAt(cursor);
    if (!fact) return step([], { fannedOut: [cursor] });
    for (let next = after; goesOn(); ) {
      const page = await users.list(label, next ?? undefined, SLICE);
      const happenings = page.customers.map(({ customer, version, state }) => ({
        customer: { key: customer, user: state.user },
        at: now(),
        what: { is: 'system' as const, fact },
        stored: { version, state },
      }));
      next = page.next;
      await step(happenings, next === null ? { fannedOut: [cursor] } : { fanouts: [{ cursor, after: next }] });
      if (next === null) return;
      await pace.rest();
    }
  };

  const chore = createChore(async (goesOn) => {
    for (let begun = await users.fanouts(label); begun.length > 0 && goesOn(); begun = await users.fanouts(label)) {
      underWay = begun.length;
      await tellEverybody(begun[0]!, goesOn);
    }
    underWay = 0;
  }, failed);
  return { ...chore, underWay: () => underWay };
};
