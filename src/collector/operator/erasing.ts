/**
 * Takes a customer away: their events, what is known of them, what was sent, and the visitors who became them. What is left
 * is a receipt that names nobody.
 */
import type { Label } from '../config/config.ts';
import { type Customer, visitorCustomer } from '../engine/customer-key.ts';
import { registered } from '../engine/registered.ts';
import type { Changed } from '../page-news.ts';
import type { EventLog } from '../store/event-log.ts';
import type { CustomerKey, Erased, UserStore } from '../store/user-store.ts';
import { spellingsOf } from './spellings.ts';
import { linkedTimes, type Whose } from './timeline.ts';

export interface Receipt extends Omit<Erased, 'states'> {
  receipt: string;
  at: number;
  events: number;
  /** The customer, and visitors who became them. */
  customers: number;
}

export interface Erasing {
  /** `undefined`: nothing of them is stored. On disk when it resolves. */
  erase(label: Label, customer: Customer, whose: Whose): Promise<Receipt | undefined>;
  receipt(label: Label, id: string): Promise<Receipt | undefined>;
}

export interface ErasingNeeds {
  log: Pick<EventLog, 'events' | 'profile' | 'erase'>;
  users: Pick<UserStore, 'get' | 'erase' | 'keepSetting' | 'setting'>;
  /** Resolves when what was committed is in the states. */
  folded: (label: string) => Promise<void>;
  changed: Changed;
  newId: () => string;
  now: () => number;
}

/** Events that were on their way to a state when they were taken from the log: each round takes what came meanwhile. */
const MOST_ROUNDS = 3;
/** A receipt is no customer's: it outlives what retention takes. */
const settingOf = (label: string, receipt: string): string => `receipt ${JSON.stringify([label, receipt])}`;

export const createErasing = ({ log, users, folded, changed, newId, now }: ErasingNeeds): Erasing => {
  const eraseEvents = async (label: string, all: readonly Whose[]): Promise<number> => {
    let events = 0;
    for (const whose of all) events += await log.erase(label, whose);
    return events;
  };
  const eraseKnown = async (label: string, keys: readonly CustomerKey[]): Promise<Erased> => {
    const sum: Erased = { states: 0, contents: 0, deliveries: 0, traces: 0 };
    for (const key of keys) {
      const erased = await users.erase(label, key);
      for (const name of Object.keys(sum) as (keyof Erased)[]) sum[name] += erased[name];
    }
    return sum;
  };
  const isThere = async (label: string, keys: readonly CustomerKey[]): Promise<boolean> =>
    (await Promise.all(keys.map((key) => users.get(label, key)))).some((one) => one !== undefined);

  return {
    async erase(label, customer, whose) {
      const { name } = label;
      await folded(name);
      const state = (await users.get(name, customer.key))?.state;
      const spellings = await spellingsOf(log, label, customer, whose);
      const profiles = await Promise.all(spellings.map((one) => log.profile(name, one)));
      if (!state && profiles.every((one) => one === undefined)) return undefined;
      // The document remembers the newest of them, the log all.
      const linked = await linkedTimes(log, name, spellings);
      const devices = [...new Set([...Object.keys(state?.devices ?? {}), ...linked.map(({ device }) => device)])];
      const all = [...spellings, ...devices.map((visitor) => ({ visitor }))];
      // A visitor's document has its own device too, since when they are somebody new.
      const keys = [...new Set([customer.key, ...devices.map((device) => visitorCustomer(device).key)])];

      const events = await eraseEvents(name, all);
      await folded(name);
      const { states, ...rows } = await eraseKnown(name, keys);
      for (let round = 1; round < MOST_ROUNDS && (await isThere(name, keys)); round++) {
        await folded(name);
        await eraseKnown(name, keys);
      }
      const receipt: Receipt = { receipt: newId(), at: now(), events, customers: states, ...rows };
      await users.keepSetting(settingOf(name, receipt.receipt), JSON.stringify(receipt));
      // Pages that are still open show nobody's points and messages.
      if (state) {
        const after = registered(customer, label, receipt.at);
        changed(name, customer.key, { version: 0, before: state, after, contents: [] });
      }
      return receipt;
    },
    async receipt(label, id) {
      const text = await users.setting(settingOf(label.name, id));
      return text === undefined ? undefined : (JSON.parse(text) as Receipt);
    },
  };
};
