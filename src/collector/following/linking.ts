/**
 * A visitor who logs in becomes a customer: said as an event of its own, before the login itself is folded, so that a process
 * that ends in between says it again, under the same id. Owns when it is said and over which time; what is taken over, the
 * engine knows. Events keep the identity that they were made with.
 */
import { admit } from '../admit.ts';
import type { Label } from '../config/config.ts';
import { userCustomer, visitorCustomer } from '../engine/customer-key.ts';
import type { CustomerState } from '../engine/customer-state.ts';
import { linkedOn } from '../engine/linked.ts';
import type { Fact } from '../engine/user-state.ts';
import { ownEvent } from '../own-event.ts';
import type { EventLog, Receipt, Submission } from '../store/event-log.ts';
import type { UserStore } from '../store/user-store.ts';
import { VISITOR_LINKED } from './fact.ts';
import type { Entry } from './happening.ts';
import { LINKED_BACK_MS } from './recall.ts';
import type { UidOf } from './uids.ts';

export interface LinkingNeeds {
  users: Pick<UserStore, 'get'>;
  log: Pick<EventLog, 'profile'>;
  submit: (submission: Submission) => Promise<Receipt[]>;
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

interface Since {
  since: number;
  /** Somebody else was linked there last. */
  shared: boolean;
}

/** Without those that another of the same customer follows there: nothing happened between them that it does not cover. */
const lastOfEach = (logins: Login[]): Login[] =>
  logins.filter((one, n) => {
    const next = logins.slice(n + 1).find(({ device_id }) => device_id === one.device_id);
    return next?.user_ext_id !== one.user_ext_id;
  });

/**
 * What a visitor brings to the customer whom they became. Of a device on which somebody else logged in before, only what was
 * done and sent since then: tags, properties and caps do not tell whose they are. The link itself says so, since the visitor's document may
 * have it already.
 */
export const broughtBy = (visitor: CustomerState, { payload: { from, shared } }: Fact): CustomerState => {
  if (shared !== true || typeof from !== 'number') return visitor;
  const history = Object.entries(visitor.history).map(([name, one]) => {
    const recent = one.recent.filter(({ at }) => at > from);
    return [name, { ...one, recent }] as const;
  });
  return {
    ...visitor,
    history: Object.fromEntries(history),
    engagements: visitor.engagements.filter(({ at }) => at > from),
    inbox: visitor.inbox.filter(({ at }) => at > from),
    campaigns: {},
    tags: [],
    properties: {},
    push: [],
    language: null,
    entry_point: null,
  };
};

/** Devices of which it is remembered who was linked there last, until their documents tell. */
const MOST_REMEMBERED = 1_000;

/** Says of each login among the entries whose visitor it was, where anything is known of one. */
export const createLinking = ({ users, log, submit, label, uidOf, failed }: LinkingNeeds) => {
  const lastThere = new Map<string, { user: string; at: number }>();
  const remember = (device: string, user: string, at: number): void => {
    lastThere.delete(device);
    if (lastThere.size >= MOST_REMEMBERED) lastThere.delete(lastThere.keys().next().value!);
    lastThere.set(device, { user, at });
  };

  /** Since when the visitor is somebody new; `undefined` where nothing is known of them since. */
  const visitorSince = async ({ user_ext_id, device_id }: Login): Promise<Since | undefined> => {
    const { name, hashes } = label();
    const { key } = userCustomer(user_ext_id, hashes.form === 'v2');
    const [visitor, user, profile] = await Promise.all([
      users.get(name, visitorCustomer(device_id).key),
      users.get(name, key),
      log.profile(name, { visitor: device_id }),
    ]);
    const own = user ? linkedOn(user.state, device_id) : 0;
    const visitors = visitor ? linkedOn(visitor.state, device_id) : 0;
    const last = lastThere.get(device_id);
    const others = last && last.user !== key ? last.at : visitors;
    const since = Math.max(own, others, last?.at ?? 0);
    const isKnown = visitor !== undefined && since === 0;
    return isKnown || (profile && profile.last_seen > since) ? { since, shared: others > own } : undefined;
  };

  const say = async (login: Login, { since, shared }: Since): Promise<void> => {
    const { user_ext_id, device_id, brand, fact, at } = login;
    const { name, hashes, brands } = label();
    const event = {
      eid: uidOf(name, VISITOR_LINKED, user_ext_id, device_id, fact?.eid ?? null),
      event_date: at,
      // One that left the config is nobody's: the first one's, as of an event that names none.
      ext_brand_id: brand !== null && brands.includes(brand) ? brand : null,
      user_ext_id,
      event_type: VISITOR_LINKED,
      payload: { device_id, from: Math.max(since, at - LINKED_BACK_MS), to: at, ...(shared ? { shared } : {}) },
    };
    const admission = admit(event, 0, label(), { by: 'secret key' }, at);
    if (!admission.ok) {
      failed(new Error(`a visitor could not be linked: ${admission.code}, ${admission.message}`));
      return;
    }
    await submit(ownEvent(name, event.eid, at, admission.event));
    remember(device_id, userCustomer(user_ext_id, hashes.form === 'v2').key, at);
  };

  return async (entries: Entry[]): Promise<void> => {
    for (const login of lastOfEach(entries.filter(isLogin))) {
      const since = await visitorSince(login);
      if (since) await say(login, since);
    }
  };
};
