/**
 * A visitor who logs in becomes a customer: said as an event of its own, before the login itself is folded, so that a process
 * that ends in between says it again, under the same id. Owns when it is said and over which time; what is taken over, the
 * engine knows. Events keep the identity that they were made with.
 */
import { admit } from '../admit.ts';
import type { Label } from '../config.ts';
import { userCustomer, visitorCustomer } from '../engine/customer-key.ts';
import type { CustomerState } from '../engine/customer-state.ts';
import type { EventLog, Outcome, Submission } from '../store/event-log.ts';
import type { UserStore } from '../store/user-store.ts';
import { VISITOR_LINKED } from './fact.ts';
import type { Entry } from './happening.ts';
import { LINKED_BACK_MS } from './recall.ts';
import type { UidOf } from './uids.ts';

export interface LinkingNeeds {
  users: Pick<UserStore, 'get'>;
  log: Pick<EventLog, 'profile'>;
  submit: (submission: Submission) => Promise<Outcome[]>;
  label: () => Label;
  uidOf: UidOf;
  failed: (cause: unknown) => void;
}

interface Login extends Entry {
  user_ext_id: string;
  device_id: string;
}

const isLogin = (entry: Entry): entry is Login =>
  entry.event_type === 'login' && entry.user_ext_id !== null && entry.device_id !== null;

/** Of several logins of one customer on one device the last; nothing happened between them that it does not cover. */
const onceEach = (logins: Login[]): Login[] => [
  ...new Map(logins.map((one) => [JSON.stringify([one.user_ext_id, one.device_id]), one])).values(),
];

/**
 * What a visitor brings to the customer whom they became. Of a device on which somebody else logged in before, only what was
 * done since then: tags and properties do not tell whose they are.
 */
export const broughtBy = (visitor: CustomerState, customer: CustomerState, device: string): CustomerState => {
  const since = visitor.devices[device] ?? 0;
  if (since <= (customer.devices[device] ?? 0)) return visitor;
  const history = Object.entries(visitor.history).map(([name, one]) => {
    const recent = one.recent.filter(({ at }) => at > since);
    return [name, { ...one, recent }] as const;
  });
  return {
    ...visitor,
    history: Object.fromEntries(history),
    tags: [],
    properties: {},
    push: [],
    language: null,
    entry_point: null,
  };
};

/** Says of each login among the entries whose visitor it was, where anything is known of one. */
export const createLinking =
  ({ users, log, submit, label, uidOf, failed }: LinkingNeeds) =>
  async (entries: Entry[]): Promise<void> => {
    const { name, hashes } = label();

    /** Since when the visitor is somebody new; `undefined` where nothing is known of them since. */
    const visitorSince = async ({ user_ext_id, device_id }: Login): Promise<number | undefined> => {
      const [visitor, user, profile] = await Promise.all([
        users.get(name, visitorCustomer(device_id).key),
        users.get(name, userCustomer(user_ext_id, hashes.form === 'v2').key),
        log.profile(name, { visitor: device_id }),
      ]);
      const linked = [visitor, user].map((one) => one?.state.devices[device_id] ?? 0);
      const since = Math.max(...linked);
      const isKnown = visitor !== undefined && since === 0;
      return isKnown || (profile && profile.last_seen > since) ? since : undefined;
    };

    const say = async (login: Login, since: number): Promise<void> => {
      const { user_ext_id, device_id, brand, fact, at } = login;
      const event = {
        eid: uidOf(name, VISITOR_LINKED, user_ext_id, device_id, fact?.eid ?? null),
        event_date: at,
        ext_brand_id: brand,
        user_ext_id,
        event_type: VISITOR_LINKED,
        payload: { device_id, from: Math.max(since, at - LINKED_BACK_MS), to: at },
      };
      const admission = admit(event, 0, label(), { by: 'secret key' }, at);
      if (!admission.ok) {
        failed(new Error(`a visitor could not be linked: ${admission.code}, ${admission.message}`));
        return;
      }
      await submit({
        label: name,
        request_id: event.eid,
        received_at: at,
        device_id: null,
        events: [admission.event],
        rejected: [],
        losses: [],
        pages: [],
        arrived: [],
        weight: admission.event.payload.length,
      });
    };

    for (const login of onceEach(entries.filter(isLogin))) {
      const since = await visitorSince(login);
      if (since !== undefined) await say(login, since);
    }
  };
