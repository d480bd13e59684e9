/**
 * What a reaction needs of the log: the events of a customer that definitions ask about since today, and those that
 * waiting campaigns began with. Read newest first and within bounds: a rule counts to a hundred.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CustomerState, type Happened, stateBounds } from '../engine/customer-state.ts';
import { happened, withHistory } from '../engine/history.ts';
import type { PlanView } from '../engine/reaction.ts';
import type { Fact } from '../engine/user-state.ts';
import type { Cursor, EventLog, EventQuery, LoggedEvent } from '../store/event-log.ts';
import type { CustomerKey } from '../store/user-store.ts';
import { eidOfKey, eventKey } from '../whose-id.ts';
import { factOf } from './fact.ts';

/** Events of one customer. */
const MOST_WALKED = 100_000;
const AT_ONCE = 500;
/** A visitor's events are a customer's from this long before they logged in. */
export const LINKED_BACK_MS = 60 * 86_400_000;

export interface Recall {
  /** The state with the history that it lacks, as it was before an event. */
  history(customer: CustomerKey, state: CustomerState, missing: Missing, before: Cursor): Promise<CustomerState>;
  /** Events that waiting runs began with and that come up now, by key (`eventKey`). */
  begunBy(state: CustomerState, now: number): Promise<Map<string, Fact>>;
}
type Missing = ReturnType<PlanView['missing']>;

/** One timeline to read: the customer's own, or that of a device until they logged in there. */
interface Source {
  whose: Pick<EventQuery, 'user' | 'visitor'>;
  from: number;
  to: number;
}

const sourcesOf = (customer: CustomerKey, { user, devices }: CustomerState): Source[] => {
  if (user === null) return [{ whose: { visitor: customer.slice(2) }, from: 0, to: Infinity }];
  const ofDevices = Object.entries(devices).map(([visitor, linked]) => ({
    whose: { visitor },
    from: linked - LINKED_BACK_MS,
    to: linked,
  }));
  return [{ whose: { user }, from: 0, to: Infinity }, ...ofDevices];
};

export const createRecall = (log: Pick<EventLog, 'events'>, label: string): Recall => {
  /** Newest first. */
  async function* timeline({ whose, from, to }: Source, before: Cursor): AsyncGenerator<LoggedEvent> {
    let after: Cursor | null = before;
    for (let walked = 0; after !== null && walked < MOST_WALKED; walked += AT_ONCE) {
      const page = await log.events(label, { ...whose, after, limit: AT_ONCE, order: 'desc' });
      for (const event of page.events) {
        if (event.received_at < from) return;
        if (event.received_at <= to) yield event;
      }
      after = page.next;
      // A log answers in the same turn.
      if (after !== null) await nextTurn();
    }
  }

  return {
    async history(customer, state, missing, before) {
      const found = new Map(missing.map(({ name, fields }) => [name, { fields, events: [] as Happened[] }]));
      for (const source of sourcesOf(customer, state)) {
        // One above the bound tells "a hundred" from "more".
        const open = new Map(missing.map(({ name }) => [name, stateBounds.history + 1]));
        for await (const event of timeline(source, before)) {
          const fact = factOf(event);
          const left = open.get(fact.name);
          if (left === undefined) continue;
          const { events, fields } = found.get(fact.name)!;
          events.push(happened(fact, fields));
          if (left > 1) open.set(fact.name, left - 1);
          else open.delete(fact.name);
          if (open.size === 0) break;
        }
      }
      // A name without events needs no row: a state that was reviewed and lacks it says that it never happened.
      const told = [...found].filter(([name, { events }]) => events.length > 0 || Object.hasOwn(state.history, name));
      return told.reduce((state, [name, { fields, events }]) => {
        events.sort((one, other) => one.cursor - other.cursor);
        return withHistory(state, name, fields, events.slice(-stateBounds.history), events.length);
      }, state);
    },
    async begunBy({ waiting }, now) {
      const due = waiting.flatMap(({ eid, due_at }) => (eid !== null && due_at <= now ? [eid] : []));
      const facts = new Map<string, Fact>();
      for (const key of new Set(due)) {
        const { events } = await log.events(label, { eid: eidOfKey(key), limit: 2, order: 'asc' });
        const found = events.map(factOf);
        // A run that was put down by an earlier version names the id alone.
        const fact = found.find((one) => eventKey(one) === key) ?? found[0];
        if (fact) facts.set(key, fact);
      }
      return facts;
    },
  };
};
