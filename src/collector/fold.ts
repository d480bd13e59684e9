/**
 * Events of many customers folded into their states, in one write. An event that is in a state already changes nothing, and
 * a state that somebody else changed meanwhile is folded again.
 */
import type { Customer } from './engine/customer-key.ts';
import type { CustomerState } from './engine/customer-state.ts';
import { type LabelOfCustomer, registered } from './engine/registered.ts';
import { type Fact, foldEvent } from './engine/user-state.ts';
import type { Changed } from './props-push.ts';
import type { Cursor } from './store/event-log.ts';
import type { StateChange, UserStore } from './store/user-store.ts';

/** Something that happened to a customer: an event to fold, or only that they were seen. */
export interface Happening {
  cursor: Cursor;
  customer: Customer;
  /** When the collector saw it. */
  at: number;
  fact: Fact | undefined;
}

interface Folding extends StateChange {
  happenings: Happening[];
  before: CustomerState;
}

const byCustomer = (happenings: Happening[]): Happening[][] => {
  const groups = new Map<string, Happening[]>();
  for (const one of happenings) {
    const group = groups.get(one.customer.key);
    if (group) group.push(one);
    else groups.set(one.customer.key, [one]);
  }
  return [...groups.values()];
};

export const createFold = (users: UserStore, label: LabelOfCustomer, changed: Changed) => {
  const foldOne = async (happenings: Happening[]): Promise<Folding> => {
    const [{ customer, at }] = happenings as [Happening];
    const stored = await users.get(label.name, customer.key);
    const before = stored?.state ?? registered(customer, label, at);
    const state = happenings.reduce((state, { fact }) => (fact ? foldEvent(state, fact) : state), before);
    return { happenings, customer: customer.key, version: stored?.version ?? 0, before, state };
  };

  /** Resolves when every happening is in its customer's state, on disk together with `folded`. */
  return async (happenings: Happening[], folded: Cursor): Promise<void> => {
    let groups = byCustomer(happenings);
    do {
      const foldings = await Promise.all(groups.map(foldOne));
      const changes = foldings.filter(({ version, before, state }) => version === 0 || state !== before);
      const stored = await users.update(
        label.name,
        changes.map(({ customer, version, state }) => ({ customer, version, state })),
        { folded },
      );
      for (const [at, { customer, before, state }] of changes.entries())
        if (stored[at]) changed(label.name, customer, before, state);
      groups = changes.filter((_, at) => !stored[at]).map(({ happenings }) => happenings);
    } while (groups.length > 0);
  };
};
