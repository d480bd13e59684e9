/**
 * Customers as they were, made again from the log: each is folded from their own events, with time passing between them. The
 * engine is the real one; messages are passed by, and nothing is stored. What other campaigns gave them is not in the log,
 * and so not in here.
 */
import type { Label } from '../config/config.ts';
import type { Places } from '../engagement/safe-link.ts';
import type { Customer } from '../engine/customer-key.ts';
import type { CustomerState } from '../engine/customer-state.ts';
import type { Campaign, Definitions, Step } from '../engine/definitions.ts';
import { type Plan, planOf } from '../engine/plan.ts';
import { react } from '../engine/react.ts';
import type { Occasion, Reaction } from '../engine/reaction.ts';
import { registered } from '../engine/registered.ts';
import type { Fact } from '../engine/user-state.ts';
import { type Entry, entryOf, type Happening } from '../following/happening.ts';
import type { Pace } from '../following/pace.ts';
import { nameIn } from '../shape.ts';
import type { Cursor, EventLog, LoggedEvent } from '../store/event-log.ts';
import type { CustomerKey } from '../store/user-store.ts';
import { eventKey } from '../whose-id.ts';

/** Hears of every reaction, also of those to time that passed. */
export type Told = (customer: Customer, reaction: Reaction, at: number) => void;

export interface Replay {
  plan: Plan;
  /** What follows from an event for those whose it is; one that concerns everybody is only told to be that. */
  take(event: LoggedEvent): Promise<'done' | 'for all'>;
  /** A system event, for somebody as they are. */
  tell(customer: Customer, state: CustomerState, fact: Fact, at: number): void;
  /** Time passes for everybody, up to a moment. */
  end(at: number): Promise<void>;
  /** Customers that are remembered. */
  size(): number;
}

export interface ReplayNeeds {
  log: Pick<EventLog, 'events'>;
  label: Label;
  campaign: Campaign;
  places: Places;
  /** The place in the log after which the stretch begins, and the moment: what was before only makes customers what they were. */
  after: Cursor;
  from: number;
  told: Told;
  giveWay: Pace['giveWay'];
}

/** Events of a customer before the stretch that are folded: the newest. */
const MOST_EARLIER = 1_000;
/** Alarms of one customer between two of their events: a state that never comes to rest must not hold up the others. */
const MOST_ALARMS = 100;

const messages: readonly Step['kind'][] = ['engagement', 'email', 'sms', 'push', 'webhook'];
const withoutMessages = (steps: readonly Step[]): Step[] =>
  steps.map((step, at) => (messages.includes(step.kind) ? { kind: 'jump', to: at + 1 } : step));

const quietly = (label: Definitions, campaign: Campaign, enabled: boolean): Definitions => ({
  ...label,
  campaigns: [{ ...campaign, enabled, steps: withoutMessages(campaign.steps) }],
  missions: label.missions.map((mission) => ({ ...mission, reward: withoutMessages(mission.reward) })),
});

export const createReplay = ({ log, label, campaign, places, after, from, told, giveWay }: ReplayNeeds): Replay => {
  const plan = planOf(quietly(label, campaign, true));
  const planBefore = planOf(quietly(label, campaign, false));
  const states = new Map<CustomerKey, { customer: Customer; state: CustomerState }>();
  /** Events that runs began with which wait. */
  const begun = new Map<string, Fact>();

  const answer = (customer: Customer, state: CustomerState, occasion: Occasion, at: number): CustomerState => {
    const reaction = react(at < from ? planBefore : plan, state, occasion, {
      now: at,
      customer: customer.key,
      uidOf: (...parts) => JSON.stringify(parts),
      places,
      events: begun,
      inboxLeft: Infinity,
    });
    if (at >= from) told(customer, reaction, at);
    return reaction.state;
  };
  const entryIn = (event: LoggedEvent): Entry | undefined => {
    const { event_type, ext_brand_id, payload, scope } = event;
    const action = nameIn(event_type, payload);
    const said = { ...event, ext_brand_id: ext_brand_id ?? '', isSystem: scope === 'system', action };
    return entryOf(label, plan, said, event, () => payload);
  };

  /** After the alarms that ring until a moment. */
  const later = (customer: Customer, before: CustomerState, until: number): CustomerState => {
    let state = before;
    for (let alarms = 0; alarms < MOST_ALARMS; alarms++) {
      const at = state.wakes_at;
      if (at === null || at > until) break;
      state = answer(customer, state, { is: 'time' }, at);
      if (state.wakes_at === at) break;
    }
    return state;
  };
  const before = async ({ key, user }: Customer): Promise<Entry[]> => {
    if (after === 0) return [];
    const whose = user === null ? { visitor: key.slice(2) } : { user };
    const page = await log.events(label.name, { ...whose, order: 'desc', after: after + 1, limit: MOST_EARLIER });
    return page.events.reverse().flatMap((event) => entryIn(event) ?? []);
  };
  const asOf = async (customer: Customer, at: number): Promise<CustomerState> => {
    const known = states.get(customer.key);
    if (known) return later(customer, known.state, at);
    const earlier = await before(customer);
    const blank = registered(customer, label, earlier[0]?.at ?? at);
    let state = answer(customer, blank, { is: 'review' }, blank.registered_at);
    for (const { happenings, at } of earlier)
      for (const { customer: whom, what } of happenings) {
        const occasion = whom.key === customer.key ? await occasionOf(what, at) : undefined;
        if (occasion) state = answer(customer, later(customer, state, at), occasion, at);
        await giveWay();
      }
    return later(customer, state, at);
  };
  const occasionOf = async (what: Happening['what'], at: number): Promise<Occasion | undefined> => {
    if (what.is === 'event') return what;
    if (what.is !== 'linked') return undefined;
    const visitor = { key: `d:${what.device}`, user: null };
    return { ...what, visitor: await asOf(visitor, at) };
  };

  return {
    plan,
    async take(event) {
      const entry = entryIn(event);
      if (!entry) return 'done';
      if (entry.isForAll) return 'for all';
      const { at } = entry;
      for (const { customer, what } of entry.happenings) {
        const occasion = await occasionOf(what, at);
        if (!occasion) continue;
        const state = answer(customer, await asOf(customer, at), occasion, at);
        states.set(customer.key, { customer, state });
        const key = entry.fact && eventKey(entry.fact);
        if (entry.fact && key !== undefined && state.waiting.some(({ eid }) => eid === key)) begun.set(key, entry.fact);
      }
      return 'done';
    },
    tell(customer, state, fact, at) {
      answer(customer, state, { is: 'system', fact }, at);
    },
    async end(at) {
      for (const { customer, state } of states.values()) {
        later(customer, state, at);
        await giveWay();
      }
    },
    size: () => states.size,
  };
};
