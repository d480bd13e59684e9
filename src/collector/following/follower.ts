/**
 * Follows the log of one label: everything that is committed is asked what follows from it, in log order, and that is
 * stored together with how far the log was read. Ingest never waits for it. What it missed, in a failure or while the
 * collector was down, it reads from the log again, from where the states say that they are.
 */
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Payload } from '../../wire/event.ts';
import type { Label } from '../config/config.ts';
import { userCustomer } from '../engine/customer-key.ts';
import type { PlanView } from '../engine/reaction.ts';
import { nameIn } from '../shape.ts';
import type { Cursor, EventLog, LoggedEvent, Outcome, Submission } from '../store/event-log.ts';
import type { CustomerKey, Fanout, UserStore } from '../store/user-store.ts';
import { createChore } from './chore.ts';
import { doneOnce } from './done-once.ts';
import type { FoldWait } from './fold-wait.ts';
import { type Entry, entryOf, type Happening, isForAll, isForOne } from './happening.ts';
import { createKnownUsers } from './known-users.ts';
import { happeningsIn, pastOf } from './past.ts';
import type { Step } from './step.ts';

export interface Follower {
  /** Hears of every commit of the label; costs next to nothing for events from which nothing follows. */
  committed(submission: Submission, outcomes: Outcome[]): void;
  /** What was made of the definitions is made anew before anything else is asked. */
  redefine(): void;
  /** They were erased: nobody is known to be registered any more, and nothing follows from what waits of theirs. */
  forget(customer: CustomerKey): void;
  /** Resolves with the place up to which everything is in the states. */
  at(): Promise<Cursor>;
  /** Seconds from the newest committed event back to the newest one that is in the states. */
  lag(): number;
  /** Resolves when everything committed so far is in the states, or cannot be for now. */
  settled(): Promise<void>;
  /** As `settled`, and keeps how far it came. */
  close(): Promise<void>;
}

export interface FollowerNeeds {
  label: () => Label;
  plan: () => PlanView;
  log: Pick<EventLog, 'events'>;
  users: Pick<UserStore, 'folded' | 'keepSetting'>;
  step: Step;
  /** Who waits for what follows is told how far it came. */
  wait: FoldWait;
  /** Before they are folded. */
  link: (entries: Entry[]) => Promise<void>;
  /** The definitions changed, and nothing is being folded by the old ones. */
  redefined: () => void;
  /** Called once it is stored that everybody is to be told. */
  begun: (fanouts: Fanout[]) => void;
  failed: (cause: unknown) => void;
}

/** Between two writes: under load each takes more, and the log's own fsyncs go first. */
const PACE_MS = 25;
const MOST_AT_ONCE = 500;
/** Beyond this the log is read again instead: it has everything, and memory has a bound. */
const MOST_WAITING = { events: 20_000, characters: 16_000_000 };
/** Events after which the place is kept although nobody changed: this many are read again after a start. */
const KEEP_EVERY = 50_000;

interface Waiting extends Entry {
  /** Characters of its payload, which waits with it. */
  weight: number;
}

export const createFollower = (needs: FollowerNeeds): Follower => {
  const { label, plan, log, users, step, wait, link, redefined, begun, failed } = needs;
  const registered = createKnownUsers((user) => userCustomer(user, label().hashes.form === 'v2').key);
  /** `lost`: something that was heard of is not waiting any more, so what the log gives now does not join up with it. */
  let at: 'behind' | 'lost' | 'live' = 'behind';
  let definitions: 'new' | 'in force' = 'in force';
  /** Events up to here were heard of, are folded, and are folded according to the store. */
  let seen: Cursor = 0;
  let folded: Cursor = 0;
  let kept: Cursor | undefined;
  /** Events that were heard of or read since the place was kept. */
  let unkept = 0;
  /** Up to here they begin nothing. */
  let past: Cursor = 0;
  /** When the newest that was heard of came, and the newest that is folded; 0 while nothing is known of it. */
  let newest = 0;
  let foldedTo = 0;
  let waiting: Waiting[] = [];
  let weight = 0;
  /** From this event on, whatever has consequences waits. */
  let waitingFrom: Cursor | undefined;

  const isLevel = (): boolean => at === 'live' && waiting.length === 0;
  /** What is folded waits no longer; the others are in the order of the log. */
  const letGo = (): void => {
    const gone = waiting.splice(0, waiting.filter(({ cursor }) => cursor <= folded).length);
    for (const one of gone) weight -= one.weight;
  };
  const lose = (): void => {
    at = 'lost';
    waiting = [];
    weight = 0;
    waitingFrom = undefined;
    registered.expectNobody();
  };

  const keep = async (entries: Entry[], upTo: Cursor, came: number): Promise<void> => {
    if (entries.length > 0 || unkept >= KEEP_EVERY) {
      // The log has the links of what is past, and everybody was told of what concerned them.
      const fresh = entries.filter(({ cursor }) => cursor > past);
      await link(fresh);
      const fanouts = fresh.filter(({ isForAll }) => isForAll).map(({ cursor }) => ({ cursor, after: null }));
      await step(happeningsIn(entries, past), { folded: upTo, ...(fanouts.length > 0 ? { fanouts } : {}) });
      kept = upTo;
      unkept = 0;
      for (const { user_ext_id } of entries) if (user_ext_id !== null) registered.know(user_ext_id);
      if (fanouts.length > 0) begun(fanouts);
    }
    folded = upTo;
    foldedTo = Math.max(foldedTo, came);
    wait.cameTo(folded);
  };

  const entryOfLogged = (event: LoggedEvent): Entry | undefined => {
    const isSystem = event.scope === 'system';
    const action = nameIn(event.event_type, event.payload);
    if (!isSystem && !isForOne(plan(), event.event_type, action) && !registered.isNew(event.user_ext_id))
      return undefined;
    return entryOf(label(), plan(), { ...event, isSystem, action }, event, () => event.payload);
  };
  /** The log has been read as far as what waits: a reader that had to reach its end would never do so under load. */
  const joinsUp = (next: Cursor | null): boolean =>
    at === 'behind' && (next === null || (waitingFrom !== undefined && folded >= waitingFrom));
  const placed = doneOnce(async () => {
    past = await pastOf(log, users, label().name);
    kept = await users.folded(label().name);
    folded = kept;
  });
  const catchUp = async (): Promise<void> => {
    await placed();
    at = 'behind';
    const page = await log.events(label().name, { after: folded, limit: MOST_AT_ONCE, order: 'asc' });
    const last = page.events.at(-1);
    // A page without events of the label has been walked all the same.
    unkept += MOST_AT_ONCE;
    await keep(
      page.events.flatMap((event) => entryOfLogged(event) ?? []),
      page.next ?? last?.cursor ?? folded,
      last?.received_at ?? 0,
    );
    if (joinsUp(page.next)) {
      at = 'live';
      seen = Math.max(seen, folded);
      letGo();
    }
    await nextTurn();
  };
  const foldWaiting = async (): Promise<void> => {
    const some = waiting.slice(0, MOST_AT_ONCE);
    const isAll = some.length === waiting.length;
    await keep(some, isAll ? seen : some.at(-1)!.cursor, isAll ? newest : some.at(-1)!.at);
    letGo();
    await pause(PACE_MS);
  };
  /** Events are asked by one set of definitions or by the other: those that were heard of and not folded are read again. */
  const takeDefinitions = (): void => {
    definitions = 'in force';
    redefined();
    lose();
  };

  const isDue = (): boolean => definitions === 'new' || at !== 'live' || waiting.length > 0 || unkept >= KEEP_EVERY;
  const chore = createChore(async () => {
    // The answers to what was committed go first.
    await nextTurn();
    try {
      while (isDue()) {
        if (definitions === 'new') takeDefinitions();
        await (at === 'live' ? foldWaiting() : catchUp());
      }
    } catch (cause) {
      lose();
      throw cause;
    }
  }, failed);
  // Of a label that is new to the config, too, what is sent from now on is not past.
  placed().catch(failed);
  chore.wake();

  return {
    committed({ events, device_id, received_at }, outcomes) {
      const [now, asked] = [plan(), label()];
      let last: string | null = null;
      newest = Math.max(newest, received_at);
      // However long nobody did anything, nothing was behind until now.
      if (isLevel()) foldedTo = newest;
      for (let n = 0; n < events.length; n++) {
        const cursor = outcomes[n]!;
        if (typeof cursor !== 'number' || cursor <= seen) continue;
        seen = cursor;
        unkept++;
        waitingFrom ??= cursor;
        const event = events[n]!;
        const { event_type, user_ext_id, name: action, system: isSystem } = event;
        if (isSystem && !isForAll(now, event_type, action)) continue;
        // Most events are of the customer before them, and nothing follows from them.
        const isFirst = user_ext_id !== null && user_ext_id !== last && registered.isFirst(user_ext_id);
        last = user_ext_id;
        if (!isSystem && !isFirst && !isForOne(now, event_type, action)) continue;
        const payload = (): Payload => JSON.parse(event.payload) as Payload;
        const entry = entryOf(asked, now, { ...event, isSystem, action }, { cursor, device_id, received_at }, payload);
        if (!entry) continue;
        const heavy = entry.fact ? event.payload.length : 0;
        waiting.push({ ...entry, weight: heavy });
        weight += heavy;
        if (isFirst) registered.expect(user_ext_id);
        wait.heard(cursor);
      }
      if (waiting.length > MOST_WAITING.events || weight > MOST_WAITING.characters) lose();
      if (isDue()) chore.wake();
    },
    redefine() {
      definitions = 'new';
      chore.wake();
    },
    forget(erased) {
      registered.forget(erased);
      // Their events are gone from the log; what of them waits still has its place in it.
      const isTheirs = ({ customer }: Happening): boolean => customer.key === erased;
      for (const one of waiting)
        if (one.happenings.some(isTheirs)) Object.assign(one, { user_ext_id: null, happenings: [] });
    },
    async at() {
      await placed();
      return folded;
    },
    lag: () => (isLevel() || foldedTo === 0 ? 0 : Math.max(0, newest - foldedTo) / 1000),
    settled: chore.settled,
    async close() {
      await chore.close();
      if (at !== 'live' || seen === kept) return;
      // Where this cannot be kept the log is read from further back, and nothing else.
      await step([], { folded: seen }).catch(failed);
    },
  };
};
