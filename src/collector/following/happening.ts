/**
 * What an event of the log means to the label's customers: whose it is, whom it concerns, and whether anything follows
 * from it at all. Pure. Asked of every event that is committed, so that the answer "nothing" must cost next to nothing.
 */
import type { Payload } from '../../wire/event.ts';
import type { Label } from '../config/config.ts';
import { type Customer, userCustomer, visitorCustomer } from '../engine/customer-key.ts';
import type { CustomerState } from '../engine/customer-state.ts';
import { eventName } from '../engine/event-name.ts';
import { linkedOn } from '../engine/linked.ts';
import type { Delivery, PlanView } from '../engine/reaction.ts';
import { changesCustomers, type Fact } from '../engine/user-state.ts';
import type { LoggedEvent } from '../store/event-log.ts';
import type { StoredState } from '../store/user-store.ts';
import { happenedAt, VISITOR_LINKED, worthOf } from './fact.ts';

/** Something that happened to a customer, or that was done for them. */
export interface Happening {
  customer: Customer;
  /** When the collector saw it. */
  at: number;
  what:
    | { is: 'event'; fact: Fact }
    | { is: 'system'; fact: Fact }
    /** The visitor of a device became this customer. */
    | { is: 'linked'; fact: Fact; device: string }
    /** They were seen; whoever is not known is registered. */
    | { is: 'seen' }
    /** Their segments are to be answered by the definitions of now. */
    | { is: 'review' }
    | { is: 'time' }
    /** What the collector did for them; pure, since it is done again where another was faster. */
    | { is: 'done'; change: (state: CustomerState) => Done };
  /** What was just read of them, where it was. */
  stored?: StoredState;
  /** It makes the customer what they are, and was told to whom it concerned long ago. */
  begins?: 'nothing';
}

export interface Done {
  /** The same one if nothing is to be changed. */
  state: CustomerState;
  deliveries: Delivery[];
}

/** One event of the log from which something follows. */
export interface Entry extends Pick<LoggedEvent, 'cursor' | 'event_type' | 'user_ext_id' | 'device_id'> {
  fact: Fact | undefined;
  /** When it came. */
  at: number;
  brand: string | null;
  happenings: Happening[];
  /** It is the system's, and campaigns wait for it. */
  isForAll: boolean;
}

type Said = Pick<LoggedEvent, 'eid' | 'user_ext_id' | 'ext_brand_id' | 'event_type' | 'event_date' | 'trust'>;
type Came = Pick<LoggedEvent, 'cursor' | 'device_id' | 'received_at'>;

/** @param action that the payload names; empty if it names none */
export const isForAll = (plan: PlanView, event_type: string, action: string): boolean =>
  plan.concernsAll(eventName(event_type, action));

/** Whether it can do anything to the customer whose it is. */
export const isForOne = (plan: PlanView, event_type: string, action: string): boolean =>
  changesCustomers(event_type) || event_type === VISITOR_LINKED || plan.mentions(eventName(event_type, action));

/** Whether anything follows from it for anybody, but that who is not known is registered. */
export const concerns = (
  plan: PlanView,
  said: Pick<LoggedEvent, 'event_type' | 'user_ext_id' | 'device_id'> & { action: string; isSystem: boolean },
): boolean => {
  const { event_type, user_ext_id, device_id, action, isSystem } = said;
  if (isSystem) return isForAll(plan, event_type, action);
  return (user_ext_id !== null || device_id !== null) && isForOne(plan, event_type, action);
};

const customerOf = (label: Label, user: string | null, device: string | null): Customer | undefined => {
  if (user !== null) return userCustomer(user, label.hashes.form === 'v2');
  return device === null ? undefined : visitorCustomer(device);
};

const linkedAt =
  (device: string, at: number) =>
  (state: CustomerState): Done => ({
    state: { ...state, devices: { ...state.devices, [device]: Math.max(at, linkedOn(state, device)) } },
    deliveries: [],
  });

const happeningsOf = (customer: Customer, fact: Fact, { event_type, trust }: Said, at: number): Happening[] => {
  const { device_id: device } = fact.payload;
  // Anybody can say that they were somebody's visitor.
  if (event_type !== VISITOR_LINKED || trust !== 'server' || typeof device !== 'string')
    return [{ customer, at, what: { is: 'event', fact } }];
  const visitor = visitorCustomer(device);
  return [
    { customer, at, what: { is: 'linked', fact, device } },
    // So that whoever logs in there next is not told what was told here.
    { customer: visitor, at, what: { is: 'done', change: linkedAt(device, at) } },
  ];
};

/**
 * @param action as in `isForOne`
 * @param payload read only where it is needed
 */
export const entryOf = (
  label: Label,
  plan: PlanView,
  said: Said & { isSystem: boolean; action: string },
  came: Came,
  payload: () => Payload,
): Entry | undefined => {
  const { eid, event_type, user_ext_id, ext_brand_id: brand, isSystem, action } = said;
  const { cursor, device_id, received_at: at } = came;
  const base = { cursor, event_type, user_ext_id, device_id, at, brand };
  if (isSystem)
    return isForAll(plan, event_type, action)
      ? { ...base, fact: undefined, happenings: [], isForAll: true }
      : undefined;
  const customer = customerOf(label, user_ext_id, device_id);
  if (!customer) return undefined;
  if (!isForOne(plan, event_type, action)) {
    // A visitor of whom nothing is to be kept is no row.
    if (customer.user === null) return undefined;
    return { ...base, fact: undefined, happenings: [{ customer, at, what: { is: 'seen' } }], isForAll: false };
  }
  const name = eventName(event_type, action);
  const fact: Fact = {
    cursor,
    eid,
    event_type,
    name,
    payload: payload(),
    trust: worthOf(said),
    at: happenedAt({ event_date: said.event_date, received_at: at }),
  };
  return { ...base, fact, happenings: happeningsOf(customer, fact, said, at), isForAll: false };
};
