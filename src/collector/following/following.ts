/**
 * What follows from events, for every label of the config in force: labels come and go with it.
 */
import type { Label } from '../config/config.ts';
import type { Settings } from '../config/settings.ts';
import type { FirstLook } from '../customers.ts';
import type { Outcome, Submission } from '../store/event-log.ts';
import type { CustomerKey } from '../store/user-store.ts';
import { type FollowedLabel, followLabel, type LabelNeeds, type Measures } from './label.ts';
import { pastOf } from './past.ts';

export interface Following {
  /** Not before the collector listens: what is sent names its address. What was committed until then is read from the log. */
  begin(): void;
  /** Hears of every commit; costs next to nothing for events from which nothing follows. */
  committed(group: Submission[], outcomes: Outcome[][]): void;
  /** Resolves when everything committed so far of a label is in the states, or a second later: the store may have failed. */
  folded(label: string): Promise<void>;
  /** Resolves when everything committed so far is in the states, or cannot be for now. */
  settled(): Promise<void>;
  /** As `settled`, and what follows from that is done as far as it can be now. */
  idle(): Promise<void>;
  /** Customers of the label were erased: nothing follows from what waits of theirs, and they are registered again if they come. */
  forget(label: string, customers: readonly CustomerKey[]): void;
  measures(): Measures;
  firstLook: FirstLook;
  /** What was begun is stored, or is found again after a start. */
  close(): Promise<void>;
}

export interface FollowingNeeds extends LabelNeeds {
  settings: Pick<Settings, 'labels' | 'changed'>;
}

/** Resolves when it is known of every label what is past: nobody can have sent anything until then. */
export const createFollowing = async ({ settings, ...needs }: FollowingNeeds): Promise<Following> => {
  for (const { name } of settings.labels()) await pastOf(needs.log, needs.users, name);
  const followed = new Map<string, FollowedLabel>();
  const going = new Set<Promise<void>>();

  const letGo = (name: string, label: FollowedLabel): void => {
    followed.delete(name);
    const gone = label.close().finally(() => going.delete(gone));
    going.add(gone);
  };
  const follow = (labels: readonly Label[]): void => {
    const names = new Set(labels.map(({ name }) => name));
    for (const [name, label] of followed) if (!names.has(name)) letGo(name, label);
    for (const label of labels) {
      const known = followed.get(label.name);
      if (known) known.replace(label);
      else followed.set(label.name, followLabel(label, needs));
    }
  };
  let stopListening = (): void => {};

  const every = async (wait: (label: FollowedLabel) => Promise<void>): Promise<void> => {
    await Promise.all([...followed.values()].map(wait));
  };
  return {
    begin() {
      follow(settings.labels());
      stopListening = settings.changed(({ labels }) => follow(labels));
    },
    committed(group, outcomes) {
      for (const [at, submission] of group.entries())
        followed.get(submission.label)?.committed(submission, outcomes[at]!);
    },
    async folded(label) {
      await followed.get(label)?.folded();
    },
    settled: () => every((label) => label.settled()),
    async idle() {
      await every((label) => label.settled());
      await every((label) => label.idle());
    },
    forget: (label, customers) => followed.get(label)?.forget(customers),
    measures() {
      const all = [...followed.values()].map((label) => label.measures());
      const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);
      return {
        lagSeconds: Math.max(0, ...all.map(({ lagSeconds }) => lagSeconds)),
        outbox: sum(all.map(({ outbox }) => outbox)),
        fanouts: sum(all.map(({ fanouts }) => fanouts)),
      };
    },
    firstLook: (label, customer, state) => followed.get(label)?.firstLook(customer, state) ?? state,
    async close() {
      stopListening();
      await every((label) => label.close());
      await Promise.all(going);
    },
  };
};
