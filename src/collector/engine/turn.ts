/**
 * One reaction while it is made: the state as it is by now, and everything that follows from it so far. Lives for one call of
 * `react`; the only thing in the engine that changes in place.
 */
import type { CustomerState } from './customer-state.ts';
import type { Plan } from './plan.ts';
import type { Delivery, Reaction, Verdict, World } from './reaction.ts';
import type { Fact } from './user-state.ts';

/** What a campaign may begin because of. */
export interface Cause {
  trigger: 'entered' | 'left';
  segment: string;
  /** `null`: nothing but time. */
  fact: Fact | null;
  depth: number;
}

export interface Turn {
  readonly plan: Plan;
  readonly world: World;
  state: CustomerState;
  /** The state that `state.segments` was last answered by. */
  settled: CustomerState;
  /** When the answer of a segment that was asked may change although nothing happens. */
  readonly untils: Map<string, number | null>;
  /** Of campaigns that have yet to be asked, the oldest first. */
  readonly causes: Cause[];
  readonly contents: Reaction['contents'];
  /** By uid: what became of one since is its last row. */
  readonly deliveries: Map<string, Delivery>;
  readonly verdicts: Verdict[];
  inboxLeft: number;
}

export const openTurn = (plan: Plan, state: CustomerState, world: World): Turn => ({
  plan,
  world,
  state,
  settled: state,
  untils: new Map(),
  causes: [],
  contents: [],
  deliveries: new Map(),
  verdicts: [],
  inboxLeft: world.inboxLeft,
});
