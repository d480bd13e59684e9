/** What follows from events, with a real engine over any stores: a clock that is set by hand, and ways out that remember. */
import { type Label, parseConfig } from '../../src/collector/config/config.ts';
import { type ChangingSettings, settingsOf } from '../../src/collector/config/settings.ts';
import type { Outbound } from '../../src/collector/effects/outbound.ts';
import type { Sending } from '../../src/collector/effects/sending.ts';
import type { CustomerState, OutboxItem } from '../../src/collector/engine/customer-state.ts';
import { createFollowing, type Following } from '../../src/collector/following/following.ts';
import { type Holding, holdingAlone } from '../../src/collector/following/holding.ts';
import { createQuota } from '../../src/collector/following/quota.ts';
import { keptUids } from '../../src/collector/following/uids.ts';
import type { Changed } from '../../src/collector/page-news.ts';
import type { EventLog, NewEvent, Receipt, Submission } from '../../src/collector/store/event-log.ts';
import type { UserStore } from '../../src/collector/store/user-store.ts';
import { event, submission } from './submissions.ts';

const plain = {
  name: 'casino',
  keys: { public: ['p'] },
  brands: ['main'],
  origins: [],
  messages: { webhooks: { key: 'key-that-signs-webhooks' } },
};

/** The config of labels, the first of which is `casino` with what a test wants in it. */
export const settingsFor = (casino: object = {}, ...others: object[]): ChangingSettings => {
  const parsed = parseConfig({
    labels: [{ ...plain, ...casino }, ...others],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  return settingsOf(parsed, 0);
};

export interface Left {
  customer: string;
  item: OutboxItem;
  words: unknown;
}

export interface World {
  log: EventLog;
  users: UserStore;
  settings: ChangingSettings;
  now: number;
  following: Following;
  failures: unknown[];
  /** Changes that open pages were told of. */
  heard: string[];
  /** Engagements that open pages were told of, by what they are about. */
  made: string[];
  /** Messages that were tried. */
  left: Left[];
  /** What the other side answers. */
  answer: (left: Left) => Promise<Sending>;
  label(): Label;
  /** As group commit does it: into the log, then the word. */
  submit(one: Submission): Promise<Receipt[]>;
  commit(events: NewEvent[], more?: Partial<Submission>): Promise<void>;
  state(customer: string, label?: string): Promise<CustomerState | undefined>;
  /** As a process that ends: nothing is awaited, and what it still has under way comes to nothing. */
  kill(): void;
}

/** A store that a process had open when it ended: what it wanted to do later is not done. */
const mortal = <Store extends object>(store: Store, isAlive: () => boolean): Store =>
  new Proxy(store, {
    get(target, verb) {
      const value: unknown = Reflect.get(target, verb);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => (isAlive() ? Reflect.apply(value, target, given) : new Promise(() => {}));
    },
  });

export const openWorld = async (
  stores: Pick<World, 'log' | 'users'>,
  settings = settingsFor(),
  now = 10_000,
  /** While it listens, and nothing follows yet. */
  atFirst: (world: World) => Promise<unknown> = async () => {},
  holding: Holding = holdingAlone(),
): Promise<World> => {
  let life: 'alive' | 'killed' = 'alive';
  const isAlive = (): boolean => life === 'alive';
  const log = mortal(stores.log, isAlive);
  const users = mortal(stores.users, isAlive);
  const clock = (): number => world.now;
  const outbound: Pick<Outbound, 'send'> = {
    async send(_, { key: customer }, item, words) {
      const left = { customer, item, words: JSON.parse(words) as unknown };
      world.left.push(left);
      return world.answer(left);
    },
  };
  const changed: Changed = (_, customer, { before, after }) => {
    world.heard.push(`${customer} ${before.tags} > ${after.tags}`);
    const known = new Set(before.engagements.map(({ uid }) => uid));
    for (const { uid, about } of after.engagements) if (!known.has(uid)) world.made.push(`${customer} ${about}`);
  };
  const world: World = {
    ...stores,
    settings,
    now,
    failures: [],
    heard: [],
    made: [],
    left: [],
    answer: async () => ({ is: 'sent', why: '' }),
    label: () => settings.labels()[0]!,
    async submit(one) {
      const [receipts = []] = await log.append([one]);
      return receipts;
    },
    async commit(events, more = {}) {
      await world.submit(submission({ received_at: world.now, events, ...more }));
    },
    state: async (customer, label = 'casino') => (await stores.users.get(label, customer))?.state,
    kill() {
      life = 'killed';
    },
    following: await createFollowing({
      settings,
      holding,
      log,
      users,
      submit: (one) => world.submit(one),
      outbound,
      quota: createQuota(users, clock),
      uidOf: await keptUids(stores.users),
      placesOf: () => ({ own: new Set(), linkHosts: [], assetOrigins: [] }),
      changed,
      now: clock,
      random: () => 0,
      failed: (cause) => world.failures.push(cause),
    }),
  };
  stores.log.listen({
    stored: (...commit) => isAlive() && world.following.committed(...commit),
    erased: (...whom) => isAlive() && world.following.erased(...whom),
  });
  await atFirst(world);
  world.following.begin();
  return world;
};

let eids = 0;
export const newEid = (): string => `event-${String(++eids).padStart(4, '0')}`;

/** A client action of a customer; `null` for a visitor. */
export const action = (user: string | null, name: string, payload: object = {}, more: Partial<NewEvent> = {}) =>
  event(newEid(), {
    user_ext_id: user,
    name,
    payload: JSON.stringify({ client_action: name, ...payload }),
    event_date: 1e15,
    ...more,
  });
export const ofType = (user: string | null, event_type: string, payload: object = {}, more: Partial<NewEvent> = {}) =>
  event(newEid(), {
    user_ext_id: user,
    event_type,
    name: '',
    payload: JSON.stringify(payload),
    event_date: 1e15,
    ...more,
  });
export const system = (name: string, payload: object = {}) =>
  ofType(null, name, payload, { system: true, trust: 'server' });
