/**
 * Follows the log: every event that changes a customer is folded after its commit, in log order, and every customer that an
 * event names is registered. Ingest never waits for it. What it missed, in a failure or while the collector was down, it
 * reads from the log again, from where the states say that they are.
 */
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Payload } from '../wire/event.ts';
import type { Label } from './config.ts';
import { type Customer, userCustomer, visitorCustomer } from './engine/customer-key.ts';
import { eventName } from './engine/event-name.ts';
import { changesCustomers, type Fact } from './engine/user-state.ts';
import { createFold, type Happening } from './fold.ts';
import type { Changed } from './props-push.ts';
import { nameIn } from './shape.ts';
import type { Cursor, EventLog, LoggedEvent, NewEvent, Outcome, Submission } from './store/event-log.ts';
import type { UserStore } from './store/user-store.ts';

export interface Follower {
  /** Hears of every commit; costs next to nothing for events that change nobody. */
  committed(group: Submission[], outcomes: Outcome[][]): void;
  /** Resolves when everything committed so far of a label is in the states, or a second later: the store may have failed. */
  folded(label: string): Promise<void>;
  /** Resolves when everything committed so far is in the states, or cannot be for now. */
  settled(): Promise<void>;
  /** As `settled`, and keeps how far it came. */
  close(): Promise<void>;
}

export interface FollowerNeeds {
  log: Pick<EventLog, 'events'>;
  users: UserStore;
  changed: Changed;
  failed: (cause: unknown) => void;
}

/** Between two writes: under load each takes more, and the log's own fsyncs go first. */
const PACE_MS = 25;
const RETRY_MS = 1_000;
const MOST_AT_ONCE = 500;
/** Beyond this the log is read again instead: it has everything, and memory has a bound. */
const MOST_WAITING = { events: 20_000, characters: 16_000_000 };
/** Of whoever was answered only when their event is folded. */
const PATIENCE_MS = 1_000;
/** Events after which the place is kept although nobody changed: this many are read again after a start. */
const KEEP_EVERY = 50_000;
/** Users that are known to be registered, so that their events need no look into the store. */
const MOST_KNOWN = 100_000;

interface Waiting extends Happening {
  /** Characters of its payload, which waits with it. */
  weight: number;
}

const followLabel = (label: Label, { log, users, changed, failed }: FollowerNeeds) => {
  const fold = createFold(users, label, changed);
  const exactIds = label.hashes.form === 'v2';
  const known = new Set<string>();
  /** `lost`: something that was heard of is not waiting any more, so what the log gives now does not join up with it. */
  let at: 'behind' | 'lost' | 'live' = 'behind';
  /** Events up to here were heard of, are folded, and are folded according to the store. */
  let seen: Cursor = 0;
  let folded: Cursor = 0;
  let kept: Cursor | undefined;
  /** The last event that was heard of and changes somebody. */
  let lastChange: Cursor = 0;
  let watchers: { upTo: Cursor; resolve: () => void }[] = [];
  let waiting: Waiting[] = [];
  let weight = 0;
  /** From this event on, whatever changes somebody waits. */
  let waitingFrom: Cursor | undefined;
  let running: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let state: 'following' | 'closing' = 'following';

  const know = (user: string): void => {
    if (known.size >= MOST_KNOWN) known.delete(known.values().next().value!);
    known.add(user);
  };
  const customerOf = (user: string | null, device: string | null): Customer | undefined => {
    if (user !== null) return userCustomer(user, exactIds);
    return device === null ? undefined : visitorCustomer(device);
  };
  const isNew = (type: string, user: string | null): boolean =>
    changesCustomers(type) || (user !== null && !known.has(user));

  /** The first of those that wait; they are in the order of the log. */
  const take = (count: number): Waiting[] => {
    const taken = waiting.splice(0, count);
    for (const one of taken) weight -= one.weight;
    return taken;
  };

  const happeningOf = (
    {
      eid,
      user_ext_id,
      event_type,
      event_date,
      trust,
    }: Pick<NewEvent, 'eid' | 'user_ext_id' | 'event_type' | 'event_date' | 'trust'>,
    { cursor, device_id, received_at }: Pick<LoggedEvent, 'cursor' | 'device_id' | 'received_at'>,
    payload: () => Payload,
  ): Happening | undefined => {
    const customer = customerOf(user_ext_id, device_id);
    if (!customer) return undefined;
    const factOf = (payload: Payload): Fact => {
      const name = eventName(event_type, nameIn(event_type, payload));
      return { cursor, eid, event_type, name, payload, trust, at: Math.min(event_date, received_at) };
    };
    const fact = changesCustomers(event_type) ? factOf(payload()) : undefined;
    // A visitor of whom nothing is to be kept is no row.
    return fact || customer.user !== null ? { cursor, customer, at: received_at, fact } : undefined;
  };

  const keep = async (happenings: Happening[], upTo: Cursor): Promise<void> => {
    if (happenings.length > 0 || upTo - (kept ?? 0) >= KEEP_EVERY) {
      await fold(happenings, upTo);
      kept = upTo;
      for (const { customer } of happenings) if (customer.user !== null) know(customer.user);
    }
    folded = upTo;
    const due = watchers.filter((one) => one.upTo <= folded);
    watchers = watchers.filter((one) => one.upTo > folded);
    for (const { resolve } of due) resolve();
  };

  /** The log has been read as far as what waits: a reader that had to reach its end would never do so under load. */
  const joinsUp = (next: Cursor | null): boolean =>
    at === 'behind' && (next === null || (waitingFrom !== undefined && folded >= waitingFrom));
  const catchUp = async (): Promise<void> => {
    if (kept === undefined) {
      kept = await users.folded(label.name);
      folded = kept;
    }
    at = 'behind';
    const page = await log.events(label.name, { after: folded, limit: MOST_AT_ONCE, order: 'asc' });
    const happenings = page.events
      .filter(({ scope, event_type, user_ext_id }) => scope !== 'system' && isNew(event_type, user_ext_id))
      .flatMap((event) => happeningOf(event, event, () => event.payload) ?? []);
    await keep(happenings, page.next ?? page.events.at(-1)?.cursor ?? folded);
    if (joinsUp(page.next)) {
      at = 'live';
      seen = Math.max(seen, folded);
      take(waiting.filter(({ cursor }) => cursor <= folded).length);
    }
    await nextTurn();
  };
  const foldWaiting = async (): Promise<void> => {
    const some = take(MOST_AT_ONCE);
    await keep(some, waiting.length === 0 ? seen : some.at(-1)!.cursor);
    await pause(PACE_MS);
  };
  const lose = (): void => {
    at = 'lost';
    waiting = [];
    weight = 0;
    waitingFrom = undefined;
  };

  const isDue = (): boolean => at !== 'live' || waiting.length > 0 || seen - (kept ?? 0) >= KEEP_EVERY;
  const run = async (): Promise<void> => {
    // The answers to what was committed go first.
    await nextTurn();
    try {
      while (isDue()) await (at === 'live' ? foldWaiting() : catchUp());
    } catch (cause) {
      failed(cause);
      lose();
      if (state === 'following') retry = setTimeout(wake, RETRY_MS);
    }
    running = undefined;
  };
  const wake = (): void => {
    retry = undefined;
    running ??= run();
  };
  wake();

  return {
    committed({ events, device_id, received_at }: Submission, outcomes: Outcome[]): void {
      let last: string | null = null;
      for (let n = 0; n < events.length; n++) {
        const cursor = outcomes[n]!;
        if (typeof cursor !== 'number' || cursor <= seen) continue;
        seen = cursor;
        waitingFrom ??= cursor;
        const event = events[n]!;
        const { event_type, user_ext_id } = event;
        // Most events are of the customer before them, and change nobody.
        const isOfLast = user_ext_id === last && !changesCustomers(event_type);
        last = user_ext_id;
        if (isOfLast || event.system || !isNew(event_type, user_ext_id)) continue;
        const payload = (): Payload => JSON.parse(event.payload) as Payload;
        const happening = happeningOf(event, { cursor, device_id, received_at }, payload);
        if (!happening) continue;
        const heavy = happening.fact ? event.payload.length : 0;
        waiting.push({ ...happening, weight: heavy });
        weight += heavy;
        lastChange = cursor;
      }
      if (waiting.length > MOST_WAITING.events || weight > MOST_WAITING.characters) lose();
      // After a failure the store has its pause, however much is committed meanwhile.
      if (isDue() && retry === undefined) wake();
    },
    async folded(): Promise<void> {
      if (folded >= lastChange) return;
      const reached = new Promise<void>((resolve) => watchers.push({ upTo: lastChange, resolve }));
      await Promise.race([reached, pause(PATIENCE_MS, undefined, { ref: false })]);
    },
    async settled(): Promise<void> {
      while (running) await running;
    },
    async close(): Promise<void> {
      state = 'closing';
      clearTimeout(retry);
      while (running) await running;
      if (at !== 'live' || seen === kept) return;
      // Where this cannot be kept the log is read from further back, and nothing else.
      await users.update(label.name, [], { folded: seen }).catch(failed);
    },
  };
};

export const createFollower = (labels: readonly Label[], needs: FollowerNeeds): Follower => {
  const followed = new Map(labels.map((label) => [label.name, followLabel(label, needs)]));
  const all = [...followed.values()];
  return {
    committed(group, outcomes) {
      for (const [at, submission] of group.entries())
        followed.get(submission.label)?.committed(submission, outcomes[at]!);
    },
    async folded(label) {
      await followed.get(label)?.folded();
    },
    async settled() {
      await Promise.all(all.map((one) => one.settled()));
    },
    async close() {
      await Promise.all(all.map((one) => one.close()));
    },
  };
};
