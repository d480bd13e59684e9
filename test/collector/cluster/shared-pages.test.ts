/** A page that is open on one collector while its customer is changed on another: two collectors' worth of wiring, and a real server. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createChannel } from '../../../src/collector/channel.ts';
import { parseClusterAddress } from '../../../src/collector/cluster/address.ts';
import { connectTo } from '../../../src/collector/cluster/connection.ts';
import { namesOf } from '../../../src/collector/cluster/names.ts';
import { createPushes, type Pushes } from '../../../src/collector/cluster/pages/pushes.ts';
import { shareChannel } from '../../../src/collector/cluster/pages/shared-channel.ts';
import { setUp } from '../../../src/collector/cluster/setup.ts';
import { openClusterUsers } from '../../../src/collector/cluster/users/users.ts';
import type { Label } from '../../../src/collector/config/config.ts';
import { createCustomers } from '../../../src/collector/customers.ts';
import { createEngagements } from '../../../src/collector/engagement/engagements.ts';
import { userCustomer } from '../../../src/collector/engine/customer-key.ts';
import { noDefinitions } from '../../../src/collector/engine/no-definitions.ts';
import { createQuota } from '../../../src/collector/following/quota.ts';
import { tellPages } from '../../../src/collector/page-news.ts';
import { type NatsServers, startNats } from '../../support/nats.ts';
import { until } from '../../support/until.ts';

const { messages } = noDefinitions;
const label = { name: 'casino', gamificationShare: 100, linkHosts: [], assetHosts: [], messages } as unknown as Label;
const anna = userCustomer('Anna', false);

let nats: NatsServers;
beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats.stop());

const ending: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const end of ending.splice(0)) await end();
});

const openCollector = async (name: string, say: (pushes: Pushes) => Pushes['say']) => {
  const parsed = parseClusterAddress(nats.store(name));
  if (!parsed.ok) throw new Error('the address is wrong');
  const cluster = await connectTo(parsed.address);
  const names = namesOf(name);
  expect(await setUp(cluster, names, 1)).toEqual({ ok: true });
  const dataDir = await mkdtemp(join(tmpdir(), 'openaction-pages-'));
  const failed = (cause: unknown): never => {
    throw cause;
  };
  const users = await openClusterUsers({ cluster, names, dataDir, failed });
  const pushes = createPushes({ connection: cluster.connection, names, warn: failed });
  await cluster.connection.flush();
  const here = createChannel(() => {});
  const channel = shareChannel({ here, pushes: { ...pushes, say: say(pushes) }, users, now: Date.now, failed });
  const customers = createCustomers(users, tellPages(channel, Date.now), Date.now);
  const quota = createQuota(users, Date.now);
  let made = 0;
  const newUid = (): string => `made-${++made}`;
  ending.unshift(async () => {
    pushes.close();
    await users.close();
    await cluster.connection.close();
    await rm(dataDir, { recursive: true });
  });
  return {
    customers,
    engagements: createEngagements({ users, customers, channel, quota, ownOrigins: new Set(), newUid, now: Date.now }),
    open() {
      const heard: { cid: number; props?: object; engagement_uid?: string }[] = [];
      channel.join(label.name, anna.key, { write: (text) => heard.push(JSON.parse(text)) > 0, end: () => {} });
      return heard;
    },
  };
};

const ways: [string, (pushes: Pushes) => Pushes['say']][] = [
  ['came', ({ say }) => say],
  ['was lost', () => () => {}],
];
let worlds = 0;
let name: string;
beforeEach(() => {
  name = `pages-${++worlds}`;
});

test.each(ways)('a page hears of a change that another collector made, once, where news of it %s', async (_, say) => {
  const [there, here] = [await openCollector(name, say), await openCollector(name, say)];
  await there.customers.change(label, anna, (state) => state);
  await until(() => here.customers.find(label, anna));
  const heard = here.open();
  for (const gems of [1, 2, 3]) await there.customers.change(label, anna, (state) => ({ ...state, gems }));
  await here.customers.change(label, anna, (state) => ({ ...state, diamonds: 1 }));
  await until(() => heard.some(({ props }) => props && 'ach_diamonds_balance' in props));
  expect(heard).toEqual([
    ...[1, 2, 3].map((gems) => ({ cid: 108, props: { ach_gems_balance: gems } })),
    { cid: 108, props: { ach_diamonds_balance: 1 } },
  ]);
});

test.each(ways)(
  'an engagement that another collector sent is shown with its words, where news of it %s',
  async (_, say) => {
    const [there, here] = [await openCollector(name, say), await openCollector(name, say)];
    await there.customers.change(label, anna, (state) => state);
    await until(() => here.customers.find(label, anna));
    const [heard, heardThere] = [here.open(), there.open()];
    expect(await there.engagements.send(label, anna, { kind: 'popup', title: 'Hello' })).toMatchObject({
      delivered: 1,
    });
    await until(() => heard.length > 0);
    const popup = { cid: 110, engagement_uid: 'made-1', popup: { title: 'Hello' } };
    expect(heard).toMatchObject([popup]);
    await until(() => heardThere.length > 0);
    expect(heardThere).toMatchObject([popup]);
  },
);
