/**
 * The engine on a desk: a label's definitions, one customer, and what happens to them one thing after the other. Keeps what a
 * store would keep.
 */
import type { CustomerState } from '../../src/collector/engine/customer-state.ts';
import type { Campaign, Definitions, Mission, Step } from '../../src/collector/engine/definitions.ts';
import { noDefinitions } from '../../src/collector/engine/no-definitions.ts';
import { type Plan, planOf } from '../../src/collector/engine/plan.ts';
import { react } from '../../src/collector/engine/react.ts';
import type { Delivery, Occasion, Reaction, World } from '../../src/collector/engine/reaction.ts';
import { registered } from '../../src/collector/engine/registered.ts';
import type { Fact } from '../../src/collector/engine/user-state.ts';
import type { Payload } from '../../src/wire/event.ts';

export const START = Date.UTC(2026, 0, 5, 12);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const defined = (some: Partial<Definitions>): Definitions => ({ ...noDefinitions, ...some });

/** On the event of its name, and for everybody, unless more is said. */
export const campaign = (name: string, steps: Step[], more: Partial<Campaign> = {}): Campaign => ({
  name,
  enabled: true,
  trigger: { event: name },
  where: null,
  customer: null,
  cap: null,
  trust: 'unverified',
  steps,
  ...more,
});

export const mission = (name: string, more: Partial<Mission>): Mission => ({
  name,
  title: name,
  tasks: [],
  trust: 'unverified',
  repeats: false,
  reward: [],
  ...more,
});

export const tagged = (...tags: string[]): Step => ({ kind: 'tag', operation: 'add', tags });
export const untagged = (...tags: string[]): Step => ({ kind: 'tag', operation: 'remove', tags });
export const wait = (duration: number): Step => ({ kind: 'wait', for: duration });
export const popup = (more: Payload = {}): Step => ({
  kind: 'engagement',
  request: { kind: 'popup', title: 'Hello', ...more },
  expiresIn: null,
});

export interface EngineDesk {
  state: CustomerState;
  now: number;
  /** Of the last reaction. */
  last: Reaction;
  /** By uid, the newest row of each. */
  readonly deliveries: Map<string, Delivery>;
  readonly contents: Map<string, string>;
  /** Of events that happened here, by eid. */
  readonly events: Map<string, Fact>;
  inboxLeft: number;
  plan: Plan;
  redefine(some: Partial<Definitions>): void;
  /** The next event of the log. */
  fact(name: string, payload?: Payload, more?: Partial<Fact>): Fact;
  meets(occasion: Occasion): Reaction;
  happens(name: string, payload?: Payload, more?: Partial<Fact>): Reaction;
  passes(milliseconds: number): Reaction;
  /** What each campaign said to the last occasion: `true`, or the reason why not. */
  said(): [name: string, said: true | string][];
}

export const engineDesk = (some: Partial<Definitions>, user: string | null = 'Anna'): EngineDesk => {
  const customer = user === null ? 'd:device-1' : `u:${user.toLowerCase()}`;
  let cursor = 0;
  const world = (): World => ({
    now: desk.now,
    customer,
    uidOf: (...parts) => parts.join('|'),
    places: { own: new Set(), linkHosts: [], assetOrigins: [] },
    events: desk.events,
    inboxLeft: desk.inboxLeft,
  });
  const state = registered({ key: customer, user }, { name: 'casino', gamificationShare: 100 }, START);
  const desk: EngineDesk = {
    state,
    now: START,
    last: { state, contents: [], deliveries: [], trace: undefined },
    deliveries: new Map(),
    contents: new Map(),
    events: new Map(),
    inboxLeft: 1_000,
    plan: planOf(defined(some)),
    redefine(other) {
      desk.plan = planOf(defined(other));
    },
    fact(name, payload = {}, more = {}) {
      cursor += 1;
      const eid = `e${cursor}`;
      return { cursor, eid, event_type: name, name, payload, trust: 'unverified', at: desk.now, ...more };
    },
    meets(occasion) {
      if ('fact' in occasion) desk.events.set(occasion.fact.eid, occasion.fact);
      desk.last = react(desk.plan, desk.state, occasion, world());
      desk.state = desk.last.state;
      for (const row of desk.last.deliveries) desk.deliveries.set(row.uid, row);
      for (const { id, content } of desk.last.contents) desk.contents.set(id, content);
      return desk.last;
    },
    happens: (name, payload, more) => desk.meets({ is: 'event', fact: desk.fact(name, payload, more) }),
    passes(milliseconds) {
      desk.now += milliseconds;
      return desk.meets({ is: 'time' });
    },
    said: () => (desk.last.trace?.verdicts ?? []).map(({ campaign, fired, why }) => [campaign, fired || why]),
  };
  return desk;
};
