/**
 * What follows from events, for every label of the config in force: labels come and go with it, and each is followed where
 * it is held.
 */
import type { Label } from '../config/config.ts';
import type { Settings } from '../config/settings.ts';
import type { FirstLook } from '../customers.ts';
import { userCustomer, visitorCustomer } from '../engine/customer-key.ts';
import type { Erasable, Outcome, Submission } from '../store/event-log.ts';
import type { CustomerKey } from '../store/user-store.ts';
import { createErasedElsewhere } from './erased-elsewhere.ts';
import type { Holding } from './holding.ts';
import { type FollowedLabel, followLabel, type LabelNeeds, type Measures } from './label.ts';
import { awaitLabel } from './label-elsewhere.ts';
import { pastOf } from './past.ts';

export interface Following {
  /** Not before the collector listens: what is sent names its address. What was committed until then is read from the log. */
  begin(): void;
  /** Hears of every commit; costs next to nothing for events from which nothing follows. */
  committed(group: Submission[], outcomes: Outcome[][]): void;
  /** Resolves when everything committed so far of a label is in the states, or a second later: the store may have failed. */
  folded(label: string): Promise<void>;
  /** Resolves when everything committed so far of what is followed here is in the states, or cannot be for now. */
  settled(): Promise<void>;
  /** As `settled`, and what follows from that is done as far as it can be now. */
  idle(): Promise<void>;
  /** Somebody's events were taken from the log: nothing follows from what waits of theirs, and they are registered again if they come. */
  erased(label: string, whose: Erasable): void;
  measures(): Measures;
  /** Labels that are followed here. */
  followed(): string[];
  firstLook: FirstLook;
  /** What was begun is stored, or is found again after a start. */
  close(): Promise<void>;
}

export interface FollowingNeeds extends Omit<LabelNeeds, 'isHeld' | 'lateMs'> {
  settings: Pick<Settings, 'labels' | 'changed'>;
  holding: Holding;
  /** A label is followed here from now on. */
  taken?: (label: string) => void;
}

/** A write that is under way is given up after 10 s. */
const LATE_MS = 12_000;

const keyOfErased = (whose: Erasable): CustomerKey =>
  'user' in whose ? userCustomer(whose.user, !whose.anyCase).key : visitorCustomer(whose.visitor).key;

/** Resolves when it is known of every label what is past: nobody can have sent anything until then. */
export const createFollowing = async (needs: FollowingNeeds): Promise<Following> => {
  const { settings, holding, taken = () => {}, log, users } = needs;
  for (const { name } of settings.labels()) await pastOf(log, users, name);
  const lateMs = holding.among === 'others' ? LATE_MS : 0;
  const ofLabel: LabelNeeds = { ...needs, isHeld: holding.isHeld, lateMs };
  const erasedElsewhere = createErasedElsewhere({ ...needs, isHeld: holding.isHeld });
  let state: 'open' | 'closed' = 'open';
  const labels = new Map<string, FollowedLabel>();

  const inForce = (name: string): Label | undefined =>
    state === 'open' ? settings.labels().find((label) => label.name === name) : undefined;
  const take = (name: string): void => {
    const label = inForce(name);
    if (!label) return;
    const elsewhere = labels.get(name);
    labels.set(name, followLabel(label, ofLabel, elsewhere?.lastHeard()));
    void elsewhere?.close();
    taken(name);
  };
  const leave = async (name: string): Promise<void> => {
    const [label, here] = [inForce(name), labels.get(name)];
    if (label) labels.set(name, awaitLabel(label, ofLabel, here?.lastHeard()));
    else labels.delete(name);
    await here?.close();
  };
  const attend = (inForce: readonly Label[]): void => {
    const names = inForce.map(({ name }) => name);
    holding.want(names);
    // Those that are held here are left in their own time.
    for (const name of labels.keys()) if (!names.includes(name) && !holding.isHeld(name)) void leave(name);
    for (const label of inForce) {
      const known = labels.get(label.name);
      if (known) known.replace(label);
      else labels.set(label.name, awaitLabel(label, ofLabel));
    }
  };
  let stopListening = (): void => {};

  const every = async (wait: (label: FollowedLabel) => Promise<void>): Promise<void> => {
    await Promise.all([...labels.values()].map(wait));
  };
  return {
    begin() {
      holding.begin({ take, leave });
      attend(settings.labels());
      stopListening = settings.changed(({ labels }) => attend(labels));
    },
    committed(group, outcomes) {
      for (const [at, submission] of group.entries())
        labels.get(submission.label)?.committed(submission, outcomes[at]!);
    },
    async folded(label) {
      await labels.get(label)?.folded();
    },
    settled: () => every((label) => label.settled()),
    async idle() {
      await every((label) => label.settled());
      await every((label) => label.idle());
    },
    erased(label, whose) {
      const customer = keyOfErased(whose);
      labels.get(label)?.forget(customer);
      if (holding.among === 'others') erasedElsewhere.heard(label, customer);
    },
    measures() {
      const all = [...labels.values()].map((label) => label.measures());
      const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);
      return {
        lagSeconds: Math.max(0, ...all.map(({ lagSeconds }) => lagSeconds)),
        outbox: sum(all.map(({ outbox }) => outbox)),
        fanouts: sum(all.map(({ fanouts }) => fanouts)),
      };
    },
    followed: () => [...labels.keys()].filter(holding.isHeld),
    firstLook: (label, customer, state) => labels.get(label)?.firstLook(customer, state) ?? state,
    async close() {
      stopListening();
      erasedElsewhere.close();
      state = 'closed';
      await holding.close();
      await every((label) => label.close());
    },
  };
};
