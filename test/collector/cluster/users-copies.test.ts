/** Copies of the customers: whenever they are made and whatever they missed, all say the same. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { type CustomerState, nothingYet } from '../../../src/collector/engine/customer-state.ts';
import type { Delivery, Trace } from '../../../src/collector/engine/reaction.ts';
import { registered } from '../../../src/collector/engine/registered.ts';
import { createMemoryUsers } from '../../../src/collector/store/memory-users.ts';
import type { DeliveryQuery, Progress, StateChange, UserStore } from '../../../src/collector/store/user-store.ts';
import { type OpenUsers, usersPlace } from '../../support/clustered-users.ts';
import { type Chance, chanceOf, seeds } from '../../support/seeds.ts';

const place = usersPlace();

const labels = ['casino', 'odd.\ud800 >*'];
const customers = ['u:anna', 'u:bob', 'u:é 漢.>', 'd:phone', 'd:tablet'];
const segments = ['VIP', 'odd "\ud800"'];
const campaigns = ['welcome', 'other'];
const channels = ['email', 'popup', 'run'] as const;

/** Everything that a store says of two labels. */
const told = async (store: UserStore, eids: readonly string[], uids: readonly string[]): Promise<unknown> => {
  const deliveriesOf = async (label: string, query: Omit<DeliveryQuery, 'limit'>): Promise<unknown[]> => {
    const all: unknown[] = [];
    for (let after: string | null | undefined; after !== null; ) {
      const page = await store.deliveries(label, { ...query, ...(after ? { after } : {}), limit: 3 });
      all.push(...page.deliveries);
      after = page.next;
    }
    return all;
  };
  const of = async (label: string): Promise<unknown> => ({
    all: await store.list(label, undefined, 100),
    second: await store.list(label, 'd:phone', 1),
    each: await Promise.all(customers.map((customer) => store.get(label, customer))),
    written: await store.writtenIds(label, customers),
    members: await Promise.all(segments.map((segment) => store.members(label, segment, undefined, 100))),
    counts: await store.memberCounts(label),
    due: await store.due(label, 50, 100),
    deliveries: await deliveriesOf(label, {}),
    ofCustomers: await Promise.all(customers.map((customer) => deliveriesOf(label, { customer }))),
    ofCampaigns: await Promise.all(campaigns.map((campaign) => deliveriesOf(label, { campaign, channel: 'email' }))),
    each_delivery: await Promise.all(uids.map((uid) => store.delivery(label, uid))),
    funnel: await store.funnel(label, {}),
    funnelSince: await store.funnel(label, { campaign: 'welcome', since: 1 }),
    tracesOf: await Promise.all(customers.map((customer) => store.traces(label, { customer }, 100))),
    tracesOfEvents: await Promise.all(eids.map((eid) => store.traces(label, { eid }, 100))),
    contents: await Promise.all(uids.map((uid) => store.content(label, uid))),
    folded: await store.folded(label),
    fanouts: await store.fanouts(label),
  });
  return Promise.all(labels.map(of));
};

/** What happens to customers by chance; the memory store says what must be there afterwards. */
const life = (chance: Chance, model: UserStore, clock: { now: number }) => {
  const eids: string[] = [];
  const uids: string[] = [];
  let epoch = 0;
  let folded = 0;

  const deliveryTo = (customer: string): Delivery => {
    const uid = chance.whole(1, 4) === 1 ? `shared-${epoch}` : `${customer}-${epoch}-${chance.whole(1, 3)}`;
    if (!uids.includes(uid)) uids.push(uid);
    const status = chance.pick(['pending', 'sent', 'failed'] as const);
    const [campaign, channel] = [chance.pick(campaigns), chance.pick(channels)];
    return { uid, campaign, eid: null, channel, status, at: ++clock.now, status_at: 1, why: chance.word() };
  };
  const traceOf = (): Trace => {
    eids.push(chance.word());
    return { eid: eids.at(-1)!, cursor: folded, at: ++clock.now, verdicts: [] };
  };
  const stateOf = (key: string): CustomerState => ({
    ...registered(
      { key, user: key.startsWith('u:') ? key.slice(2).toUpperCase() : null },
      { name: 'casino', gamificationShare: 100 },
      1_000,
    ),
    ...nothingYet(),
    tags: [chance.word()],
    wakes_at: chance.pick([null, chance.whole(1, 100)]),
    segments: Object.fromEntries(segments.filter(() => chance.whole(0, 1)).map((name) => [name, chance.whole(1, 9)])),
  });
  const changeOf = async (label: string, customer: string): Promise<StateChange> => {
    const version = (await model.get(label, customer))?.version ?? 0;
    const deliveries = Array.from({ length: chance.whole(0, 3) }, () => deliveryTo(customer));
    return {
      customer,
      version: chance.whole(1, 8) === 1 ? version + chance.pick([1, -1]) : version,
      state: stateOf(customer),
      deliveries,
      contents: deliveries.map(({ uid }) => ({ id: uid, content: JSON.stringify(uid) })),
      traces: Array.from({ length: chance.whole(0, 2) }, traceOf),
    };
  };
  const progress = (): Progress => {
    folded += chance.whole(1, 9);
    const after = chance.pick([null, ...customers]);
    return chance.pick<Progress>([
      {},
      { folded },
      { folded, fanouts: [{ cursor: chance.whole(1, 5), after }] },
      { fannedOut: [chance.whole(1, 5)] },
    ]);
  };
  const both = async <Said>(store: UserStore, verb: (one: UserStore) => Promise<Said>): Promise<void> => {
    expect(await verb(store)).toEqual(await verb(model));
  };

  return {
    told: (store: UserStore) => told(store, eids, uids),
    async moment(store: UserStore): Promise<void> {
      const label = chance.pick(labels);
      const customer = chance.pick(customers);
      switch (chance.whole(1, 12)) {
        case 1:
          return both(store, (one) => one.erase(label, customer));
        case 2: {
          const before = ++clock.now;
          epoch++;
          for (const one of [store, model]) while ((await one.purge(label, before, 3)) > 0);
          return;
        }
        case 3: {
          const id = `by-hand-${epoch}-${chance.whole(1, 2)}`;
          uids.push(id);
          const content = chance.word();
          return both(store, (one) => one.keepContent(label, id, content));
        }
        default: {
          const some = customers.filter(() => chance.whole(1, 3) === 1);
          const changes = await Promise.all(some.map((one) => changeOf(label, one)));
          const on = progress();
          return both(store, (one) => one.update(label, changes, on));
        }
      }
    },
  };
};

/** At a collector that is up, was away, or lost its copy. */
const back = async (name: string, one: OpenUsers, chance: Chance, now: () => number): Promise<OpenUsers> => {
  await one.close();
  if (chance.whole(0, 2) === 0) rmSync(join(one.dataDir, 'copy'), { recursive: true });
  return place.open(name, one.dataDir, now);
};

test.each(seeds)(
  'two collectors, a copy that was away and one that is made anew say the same (seed %i)',
  async (seed) => {
    const chance = chanceOf(seed);
    const name = place.newName();
    const clock = { now: 1_000 };
    const now = (): number => clock.now;
    const model = createMemoryUsers(now);
    const { moment, told } = life(chance, model, clock);
    const a = await place.open(name, place.newDirectory(), now);
    let b = await place.open(name, place.newDirectory(), now);
    for (let stretch = 0; stretch < 4; stretch++) {
      for (let n = 0; n < 10; n++) {
        const { users } = chance.pick([a, b]);
        await users.level();
        await moment(users);
      }
      await b.close();
      for (let n = 0; n < 8; n++) await moment(a.users);
      b = await back(name, b, chance, now);
      const must = await told(model);
      for (const { users } of [a, b]) expect(await told(users)).toEqual(must);
    }
    const anew = await place.open(name, place.newDirectory(), now);
    expect(await told(anew.users)).toEqual(await told(model));
    expect(place.failures).toEqual([]);
  },
);

const stored = async (one: OpenUsers): Promise<void> => {
  const state = registered({ key: 'u:anna', user: 'anna' }, { name: 'casino', gamificationShare: 100 }, 1_000);
  expect(await one.users.update('casino', [{ customer: 'u:anna', version: 0, state }])).toEqual([true]);
};

test.each([
  ['is damaged', (file: string) => writeFileSync(file, 'no database'.repeat(1_000))],
  [
    'a newer version wrote',
    (file: string) => {
      const db = new Database(file);
      db.pragma('user_version = 99');
      db.close();
    },
  ],
  [
    'has tables of another version',
    (file: string) => {
      const db = new Database(file);
      db.pragma('application_id = 7');
      db.close();
    },
  ],
])('a copy that %s is made again, that is said, and nobody who was erased since lies beside it', async (_, spoil) => {
  const name = place.newName();
  const one = await place.open(name);
  await stored(one);
  await one.close();
  const file = join(one.dataDir, 'copy', 'customers.sqlite');
  spoil(file);
  const again = await place.open(name, one.dataDir);
  expect(await again.users.get('casino', 'u:anna')).toMatchObject({ version: 1 });
  expect(existsSync(`${file}.aside`)).toBe(false);
  expect(String(place.failures)).toMatch(/the copy of customers .*; it is made anew/);
});

test('a copy of another cluster is put aside: nobody of there is known here', async () => {
  const one = await place.open(place.newName());
  await stored(one);
  await one.close();
  const other = await place.open(place.newName(), one.dataDir);
  expect(await other.users.get('casino', 'u:anna')).toBeUndefined();
  const aside = join(one.dataDir, 'copy', 'customers.sqlite.aside');
  expect(String(place.failures)).toMatch(`lies beside as ${aside}; it is made anew`);
  expect(existsSync(aside)).toBe(true);
});

test('a copy that has heard nothing for days is made again, since the cluster may have forgotten whom it erased', async () => {
  const name = place.newName();
  const one = await place.open(name);
  await stored(one);
  await one.close();
  const again = await place.open(name, one.dataDir, () => Date.now() + 5 * 86_400_000);
  expect(await again.users.get('casino', 'u:anna')).toMatchObject({ version: 1 });
  expect(String(place.failures)).toMatch('has heard nothing for days');
});
