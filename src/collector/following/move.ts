/**
 * One customer moved on: what happened to them is put to the engine, one thing after the other, and everything that follows
 * is gathered. Reads, and stores nothing.
 */
import type { Label } from '../config/config.ts';
import { type Customer, visitorCustomer } from '../engine/customer-key.ts';
import type { CustomerState } from '../engine/customer-state.ts';
import type { Plan } from '../engine/plan.ts';
import { react } from '../engine/react.ts';
import type { Occasion, Reaction, Trace, World } from '../engine/reaction.ts';
import { registered } from '../engine/registered.ts';
import type { Cursor } from '../store/event-log.ts';
import type { CustomerKey, StateChange, StoredState, UserStore } from '../store/user-store.ts';
import type { Happening } from './happening.ts';
import { broughtBy } from './linking.ts';
import type { Quota } from './quota.ts';
import type { Recall } from './recall.ts';
import type { UidOf } from './uids.ts';

/** What happened to one customer, in its order. */
export interface Group {
  customer: Customer;
  happenings: Happening[];
  /** What was just read of them, where it was. */
  stored: StoredState | undefined;
}

export interface Moved extends Required<StateChange> {
  group: Group;
  before: CustomerState;
  /** Inbox messages that were made, and taken from the quota. */
  messages: number;
  /** What happened after that, for another write: so much follows. */
  left: Happening[];
}

/** Those who were moved in the same step already. */
export type Others = ReadonlyMap<CustomerKey, Moved>;
/** `undefined`: nobody knows them, and nothing happened that would make them known. */
export type Move = (group: Group, others: Others) => Promise<Moved | undefined>;

export interface MoveNeeds {
  users: Pick<UserStore, 'get'>;
  label: () => Label;
  plan: () => Plan;
  /** For what begins nothing. */
  quietPlan: () => Plan;
  recall: Recall;
  /** Resolves with the place up to which every event was asked whether anything follows from it. */
  folded: () => Promise<Cursor>;
  quota: Quota;
  uidOf: UidOf;
  places: () => World['places'];
  now: () => number;
  failed: (cause: unknown) => void;
}

/** Of one write of a customer: in a cluster it is one message, and every collector takes it whole. */
const MOST_ROWS = 4_000;
/** What a campaign says in a trace weighs as much as a row. */
const rowsOf = ({ contents, deliveries, trace }: Reaction): number =>
  contents.length + deliveries.length + (trace?.verdicts.length ?? 0);

const registers = ({ what }: Happening): boolean => what.is === 'event' || what.is === 'seen' || what.is === 'linked';

const inboxMessages = ({ deliveries }: Reaction): number =>
  deliveries.filter(({ channel, status }) => channel === 'inbox' && status === 'pending').length;

/** Of an event of everybody, what it began is kept: of all the others nothing is written. */
const keptTraces = ({ trace }: Reaction, { is }: Occasion): Trace[] =>
  trace && (is !== 'system' || trace.verdicts.some(({ fired }) => fired)) ? [trace] : [];

export const createMove = (needs: MoveNeeds): Move => {
  const { users, label, plan, quietPlan, recall, folded, quota, uidOf, places, now, failed } = needs;

  /** As they are before it happens: registered if they are not, with the history that definitions ask about. */
  const known = async (customer: Customer, { at, what }: Happening, stored: StoredState | undefined) => {
    const state = stored?.state ?? registered(customer, label(), at);
    const missing = plan().missing(state);
    // A user is known from the first event on; a visitor only since there is something to know.
    if (missing.length === 0 || (!stored && customer.user !== null)) return state;
    const before = what.is === 'event' || what.is === 'linked' ? what.fact.cursor : (await folded()) + 1;
    return recall.history(customer.key, state, missing, before);
  };

  const visitorOf = async (device: string, happening: Happening, others: Others): Promise<CustomerState> => {
    const visitor = visitorCustomer(device);
    const moved = others.get(visitor.key);
    return moved?.state ?? known(visitor, happening, await users.get(label().name, visitor.key));
  };

  const occasionOf = async (
    happening: Happening,
    state: CustomerState,
    others: Others,
  ): Promise<Occasion | undefined> => {
    const { what } = happening;
    switch (what.is) {
      case 'event':
      case 'system':
      case 'time':
        return what;
      case 'linked':
        return { ...what, visitor: broughtBy(await visitorOf(what.device, happening, others), what.fact) };
      case 'done':
        return { is: 'time' };
      case 'seen':
      case 'review':
        return state.reviewed === plan().digest ? undefined : { is: 'review' };
    }
  };

  return async (group, others) => {
    const { customer, happenings } = group;
    const stored = group.stored ?? (await users.get(label().name, customer.key));
    const first = stored ? happenings[0] : happenings.find(registers);
    if (!first) return undefined;
    const before = stored?.state ?? registered(customer, label(), first.at);
    const moved: Moved = {
      group,
      customer: customer.key,
      version: stored?.version ?? 0,
      before,
      state: await known(customer, first, stored),
      contents: [],
      deliveries: [],
      traces: [],
      messages: 0,
      left: [],
    };
    let rows = 0;
    const reactTo = (by: Plan, occasion: Occasion, events: World['events'] = new Map()): void => {
      const reaction = react(by, moved.state, occasion, {
        now: now(),
        customer: customer.key,
        uidOf: (...parts) => uidOf(label().name, ...parts),
        places: places(),
        events,
        inboxLeft: quota.left(label()),
      });
      rows += rowsOf(reaction);
      const messages = inboxMessages(reaction);
      quota.take(label(), messages);
      moved.messages += messages;
      moved.state = reaction.state;
      moved.contents.push(...reaction.contents);
      moved.deliveries.push(...reaction.deliveries);
      moved.traces.push(...keptTraces(reaction, occasion));
    };
    if (before.reviewed === '') {
      // Nobody enters a segment by being looked at for the first time: pages were told that they are in it.
      reactTo(plan(), { is: 'review' });
      moved.before = { ...before, segments: moved.state.segments };
    }
    for (const [n, happening] of happenings.entries()) {
      if (rows > MOST_ROWS) {
        moved.left = happenings.slice(n);
        break;
      }
      const { what, begins } = happening;
      const occasion = await occasionOf(happening, moved.state, others);
      const events = occasion?.is === 'time' ? await recall.begunBy(moved.state, now()) : undefined;
      try {
        if (what.is === 'done') {
          const done = what.change(moved.state);
          moved.state = done.state;
          moved.deliveries.push(...done.deliveries);
        }
        if (occasion) reactTo(begins === 'nothing' ? quietPlan() : plan(), occasion, events);
      } catch (cause) {
        // One that the engine cannot take must not keep all later ones from everybody.
        failed(new Error(`"${what.is}" could not be put to the engine`, { cause }));
      }
    }
    return moved;
  };
};
