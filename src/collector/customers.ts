/**
 * One customer's state, read and changed. A change is made from the newest state or made again, is on disk when its promise
 * resolves, and has then been told to the customer's open pages.
 */
import type { Customer } from './engine/customer-key.ts';
import type { CustomerState } from './engine/customer-state.ts';
import { reportedRows } from './engine/engagement-report.ts';
import type { Delivery } from './engine/reaction.ts';
import { type LabelOfCustomer, registered } from './engine/registered.ts';
import type { Changed } from './page-news.ts';
import type { CustomerKey, StateChange, UserStore } from './store/user-store.ts';

export interface Customers {
  /** `undefined` for a customer of whom nothing is known. */
  find(label: LabelOfCustomer, customer: Customer): Promise<CustomerState | undefined>;
  /** As `find`, or as the customer would be registered now; stores nothing. */
  read(label: LabelOfCustomer, customer: Customer): Promise<CustomerState>;
  /**
   * Stores what `change` makes of the newest state, and resolves with it; a customer never seen is registered, whatever it makes.
   * @param change pure, since it is called again where another was faster; the same state back stores nothing
   * @param rows of the report, stored with it beside those of the engagements that it makes; pure as well
   * @param contents words of what it makes
   */
  change(
    label: LabelOfCustomer,
    customer: Customer,
    change: (state: CustomerState) => CustomerState,
    rows?: (state: CustomerState) => Delivery[],
    contents?: NonNullable<StateChange['contents']>,
  ): Promise<CustomerState>;
}

/** Times that another change may be faster: each time one of them was stored, so this many at once is a fault elsewhere. */
const MOST_TRIES = 1_000;

/** A customer as they are registered: with the level and the segments that they begin in. */
export type FirstLook = (label: string, customer: CustomerKey, state: CustomerState) => CustomerState;

export const createCustomers = (
  users: UserStore,
  changed: Changed,
  now: () => number,
  firstLook: FirstLook = (_, __, state) => state,
): Customers => {
  const newcomer = (label: LabelOfCustomer, customer: Customer): CustomerState =>
    firstLook(label.name, customer.key, registered(customer, label, now()));
  const find = async (label: LabelOfCustomer, customer: Customer): Promise<CustomerState | undefined> =>
    (await users.get(label.name, customer.key))?.state;

  return {
    find,
    read: async (label, customer) => (await find(label, customer)) ?? newcomer(label, customer),
    async change(label, customer, change, rows = () => [], contents = []) {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const stored = await users.get(label.name, customer.key);
        const before = stored?.state ?? newcomer(label, customer);
        const state = change(before);
        const deliveries = [...reportedRows(before, state), ...rows(before)];
        if (stored && state === before && deliveries.length === 0) return before;
        const version = stored?.version ?? 0;
        const [isStored] = await users.update(label.name, [
          { customer: customer.key, version, state, deliveries, contents },
        ]);
        if (!isStored) continue;
        changed(label.name, customer.key, { version: version + 1, before, after: state, contents });
        return state;
      }
      throw new Error(`a customer was changed by others ${MOST_TRIES} times over`);
    },
  };
};
