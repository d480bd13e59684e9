/**
 * Everything that follows the events of one label where it is held, put together: wiring only.
 */
import type { Label } from '../config/config.ts';
import type { Outbound } from '../effects/outbound.ts';
import type { CustomerState } from '../engine/customer-state.ts';
import { type Plan, planOf } from '../engine/plan.ts';
import { quietPlan } from '../engine/quiet-plan.ts';
import type { World } from '../engine/reaction.ts';
import type { Changed } from '../page-news.ts';
import type { Cursor, EventLog, Receipt, Submission } from '../store/event-log.ts';
import type { CustomerKey, UserStore } from '../store/user-store.ts';
import { createAlarms } from './alarms.ts';
import { createFanouts } from './fanout.ts';
import { firstLookBy } from './first-look.ts';
import { createFoldWait } from './fold-wait.ts';
import { createFollower, type Follower } from './follower.ts';
import { HeldElsewhere } from './holding.ts';
import { createLinking } from './linking.ts';
import { createMove } from './move.ts';
import { createOutbox } from './outbox.ts';
import { createPace, type Pace } from './pace.ts';
import type { Quota } from './quota.ts';
import { createRecall } from './recall.ts';
import { createReview } from './review.ts';
import { createStep, type Step } from './step.ts';
import type { UidOf } from './uids.ts';

export interface LabelNeeds {
  log: Pick<EventLog, 'events' | 'profile' | 'settled'>;
  users: UserStore;
  /** Whether the label is followed here, and by nobody else. */
  isHeld: (label: string) => boolean;
  /** How long after it was taken over its last follower's writes may still come; 0 where nobody else follows. */
  lateMs: number;
  submit: (submission: Submission) => Promise<Receipt[]>;
  outbound: Pick<Outbound, 'send'>;
  quota: Quota;
  uidOf: UidOf;
  /** Where links and pictures of a label's messages may lead. */
  placesOf: (label: Label) => World['places'];
  /** Open pages are told of a change, and of what was made. */
  changed: Changed;
  now: () => number;
  random: () => number;
  failed: (cause: unknown) => void;
}

export interface Measures {
  lagSeconds: number;
  /** Messages that wait to leave. */
  outbox: number;
  /** System events that not everybody was told yet. */
  fanouts: number;
}

/** What the rest of the collector asks of a label, wherever it is followed (`label-elsewhere.ts`). */
export interface FollowedLabel extends Pick<Follower, 'committed' | 'settled' | 'forget'> {
  /** Resolves when everything committed so far is in the states, or a second later: the store may have failed. */
  folded(): Promise<void>;
  /** The last event that was heard of here and from which something follows. */
  lastHeard(): Cursor;
  /** The label as the config has it now. */
  replace(label: Label): void;
  measures(): Measures;
  /** Somebody who is being registered, by the definitions in force; what they did before is yet to be looked at. */
  firstLook(customer: CustomerKey, state: CustomerState): CustomerState;
  /** Messages that are due are tried, everybody was told of system events and held against the definitions. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Ingest that has been quiet for this long is not held up by anybody. */
const BUSY_MS = 50;

export const definitionsOf = ({ segments, campaigns, missions, levels, ads, messages }: Label): string =>
  JSON.stringify([segments, campaigns, missions, levels, ads, messages]);

export const followLabel = (first: Label, needs: LabelNeeds, lastHeard = 0): FollowedLabel => {
  const { log, users, submit, outbound, quota, uidOf, placesOf, changed, now, random, lateMs } = needs;
  const { name } = first;
  const isHeld = (): boolean => needs.isHeld(name);
  const failed = (cause: unknown): void => {
    // No fault: whoever holds it now goes on from what is stored.
    if (!(cause instanceof HeldElsewhere)) needs.failed(cause);
  };
  const wait = createFoldWait({ log, lastHeard, failed });
  let current = first;
  let plan: Plan = planOf(first);
  let quiet = quietPlan(plan);
  let lastCommit = -Infinity;
  const label = (): Label => current;
  const newPace = (): Pace => createPace(() => performance.now() - lastCommit < BUSY_MS);

  const move = createMove({
    users,
    label,
    plan: () => plan,
    quietPlan: () => quiet,
    recall: createRecall(log, name),
    folded: () => follower.at(),
    quota,
    uidOf,
    places: () => placesOf(current),
    now,
    failed,
  });
  const steps = (stored: Pick<UserStore, 'update'>): Step => {
    const step = createStep({
      users: stored,
      label: name,
      move,
      pace: newPace(),
      giveBack: (messages) => quota.take(current, -messages),
      told: (customer, change) => changed(name, customer, change),
      seen(customer, state) {
        outbox.offer(customer, state);
        alarms.known(state.wakes_at);
      },
    });
    return async (happenings, progress) => {
      await quota.counted(current);
      await step(happenings, progress);
    };
  };
  const step = steps({
    async update(...write) {
      // A process that was frozen wakes up in the middle of a thought, and its label has gone on without it.
      if (!isHeld()) throw new HeldElsewhere(name);
      return users.update(...write);
    },
  });
  /** What became of a message that went out is stored by whoever sent it. */
  const stepSent = steps(users);

  const outbox = createOutbox({ label, users, outbound, step: stepSent, isHeld, now, random, failed });
  const alarms = createAlarms({ label: name, users, step, pace: newPace(), now, failed, lateMs });
  const fanouts = createFanouts({ label: name, users, log, step, pace: newPace(), now, failed });
  const digest = (): string => plan.digest;
  const review = createReview({ label: name, users, digest, step, pace: newPace(), now, failed });
  const follower = createFollower({
    label,
    plan: () => plan,
    log,
    users,
    step,
    wait,
    link: createLinking({ users, log, submit, label, uidOf, failed }),
    redefined() {
      const { digest } = plan;
      plan = planOf(current);
      quiet = quietPlan(plan);
      if (plan.digest !== digest) review.wake();
    },
    begun: fanouts.wake,
    failed,
  });
  fanouts.wake();
  review.wake();
  // What a run has waited for may be among the events that came while the collector was down.
  void follower.settled().then(alarms.start);

  return {
    committed(submission, outcomes) {
      lastCommit = performance.now();
      follower.committed(submission, outcomes);
    },
    folded: wait.folded,
    lastHeard: wait.lastHeard,
    settled: follower.settled,
    forget: follower.forget,
    replace(next) {
      const isRedefined = definitionsOf(next) !== definitionsOf(current);
      current = next;
      if (isRedefined) follower.redefine();
    },
    firstLook: (customer, state) => firstLookBy(plan, current, customer, state, needs),
    measures: () => ({ lagSeconds: follower.lag(), outbox: outbox.size(), fanouts: fanouts.underWay() }),
    async idle() {
      await Promise.all([fanouts.settled(), review.settled(), alarms.settled()]);
      await outbox.settled();
    },
    async close() {
      await Promise.all([alarms.close(), fanouts.close(), review.close()]);
      await outbox.close();
      await follower.close();
    },
  };
};
