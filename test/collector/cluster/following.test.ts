/**
 * What follows from events follows once over a cluster: several processes, each with its own copies and its own turn at the
 * label, over real servers.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nanos } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createHolding, type Times } from '../../../src/collector/cluster/holding/holders.ts';
import { openClusterLog } from '../../../src/collector/cluster/log/log.ts';
import { type OpenCluster, openCluster } from '../../../src/collector/cluster/open.ts';
import { openClusterUsers } from '../../../src/collector/cluster/users/users.ts';
import type { NewEvent } from '../../../src/collector/store/event-log.ts';
import { clusterAddress } from '../../support/cluster-address.ts';
import { action, ofType, openWorld, settingsFor, type World } from '../../support/following-world.ts';
import { type NatsServers, startNats } from '../../support/nats.ts';
import { submission } from '../../support/submissions.ts';
import { patiently, until } from '../../support/until.ts';

/** A fifth of what a collector takes. */
const times: Times = { beatMs: 200, giveUpMs: 800, lastsMs: 1_200 };
const settings = settingsFor({
  campaigns: {
    thanks: { on: { event: 'deposit' }, steps: [{ points: 10 }] },
    note: {
      on: { event: 'withdrawal' },
      steps: [{ webhook: { url: 'https://crm.example/hook', body: { n: '{{ event.n }}' } } }],
    },
  },
});

let nats: NatsServers;
let room: string;
let made = 0;
beforeAll(async () => {
  nats = await startNats();
  room = await mkdtemp(join(tmpdir(), 'openaction-following-'));
});
afterAll(async () => {
  await nats.stop();
  await rm(room, { recursive: true });
});

interface Process extends World {
  holds(): boolean;
  /** Its words about what it holds no longer reach the servers, or do again. */
  cut(is: 'off' | 'in'): void;
  end(): Promise<void>;
}
let processes: Process[] = [];
let ending: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ending) await end();
  processes = [];
  ending = [];
});

/** A bucket of holders whose keys end sooner. */
const quickHolders = async ({ cluster, names }: OpenCluster): Promise<string> => {
  const holders = `${names.holders}_quick`;
  const { config } = await cluster.manager.streams.info(`KV_${names.holders}`);
  await cluster.manager.streams.add({
    ...config,
    name: `KV_${holders}`,
    subjects: [`$KV.${holders}.>`],
    max_age: nanos(times.lastsMs),
    duplicate_window: nanos(times.lastsMs),
  });
  return holders;
};
const startProcess = async (name: string): Promise<Process> => {
  const opened = await openCluster(clusterAddress(nats.store(name)));
  const { cluster, names } = opened;
  const holders = await quickHolders(opened);
  const dataDir = join(room, `${++made}`);
  const failures: unknown[] = [];
  const failed = (cause: unknown): void => void failures.push(cause);
  const log = await openClusterLog({ cluster, names, dataDir, failed });
  const users = await openClusterUsers({ cluster, names, dataDir, failed });
  let line: 'off' | 'in' = 'in';
  const holding = createHolding({
    names: { holders },
    cluster: {
      ...cluster,
      jetstream: new Proxy(cluster.jetstream, {
        get: (target, verb) =>
          verb === 'publish' && line === 'off'
            ? () => Promise.reject(new Error('timeout'))
            : Reflect.get(target, verb, target),
      }),
    },
    level: async () => {
      await Promise.all([log.level(), users.level()]);
    },
    logger: { info: () => {}, warn: () => {} },
    times,
  });
  const world = await openWorld({ log, users }, settings, Date.now(), async () => {}, holding);
  // What the one before wrote late is looked for some seconds after a label was taken over.
  const clock = setInterval(() => {
    world.now = Date.now();
  }, 100);
  const close = async (): Promise<void> => {
    clearInterval(clock);
    await users.close();
    await log.close();
    await cluster.connection.close();
  };
  const one: Process = Object.assign(world, {
    holds: () => holding.isHeld('casino'),
    cut(is: 'off' | 'in') {
      line = is;
    },
    async end() {
      ending = ending.filter((other) => other !== one.end);
      await world.following.close();
      await close();
    },
  });
  processes.push(one);
  ending.push(one.end);
  return one;
};

const ANSWERED = 5;
/** One in so many is a withdrawal, too, of which somebody else is told. */
const TOLD = 20;
const CUSTOMERS = 19;
const paid = new Map<string, number>();
let n = 0;
/** So many deposits, through any of them, in groups as they come. */
const deposits = async (events: number, through: Process[]): Promise<void> => {
  for (let left = events; left > 0; left -= ANSWERED) {
    const some = Array.from({ length: ANSWERED }, (): NewEvent[] => {
      const customer = `c${++n % CUSTOMERS}`;
      paid.set(customer, (paid.get(customer) ?? 0) + 1);
      const withdrawals = n % TOLD === 0 ? [action(customer, 'withdrawal', { n })] : [];
      return [action(customer, 'deposit', { n }), ...withdrawals, ofType(customer, 'update_profile', { order: n })];
    });
    const { log } = through[n % through.length]!;
    await log.append([submission({ received_at: Date.now(), events: some.flat() })]);
  }
};
const theirs = async ({ users }: Process) => {
  const { customers } = await users.list('casino', undefined, 100);
  return Object.fromEntries(
    customers.map(({ state }) => [state.user, [state.points.balance, state.properties.order?.value]]),
  );
};
const asPaid = () =>
  Object.fromEntries(
    [...paid].map(([customer, deposits]) => [
      customer,
      [10 * deposits, n - ((n - Number(customer.slice(1)) + CUSTOMERS) % CUSTOMERS)],
    ]),
  );

test('two thousand events follow once, in each customer’s order, while the holder leaves, is cut off and comes back', async () => {
  const [one, two] = [await startProcess('once'), await startProcess('once')];
  const both = [one, two];
  await until(() => both.some((each) => each.holds()));
  await deposits(500, both);

  const [holder, other] = one.holds() ? [one, two] : [two, one];
  holder.cut('off');
  await deposits(500, both);
  await until(() => other.holds());
  expect(holder.holds()).toBe(false);
  await deposits(500, both);
  holder.cut('in');
  await deposits(250, both);
  await holder.end();
  await until(() => other.holds());
  const third = await startProcess('once');
  await deposits(250, [other, third]);
  await until(() => other.holds() || third.holds());

  for (const each of [other, third]) await expect.poll(() => theirs(each), patiently).toEqual(asPaid());
  await expect
    .poll(
      async () =>
        (await other.users.funnel('casino', { channel: 'webhook' })).map(({ status, count }) => [status, count]),
      patiently,
    )
    .toEqual([['sent', n / TOLD]]);
  const uids = processes.flatMap(({ left }) => left.map(({ item }) => item.uid));
  expect(new Set(uids).size).toBe(n / TOLD);
  expect(processes.flatMap(({ failures }) => failures.map(String))).toEqual([]);
}, 120_000);

test('an answer has what follows from its event, in whichever process', async () => {
  const [one, two] = [await startProcess('answers'), await startProcess('answers')];
  await until(() => one.holds() || two.holds());
  for (const [at, { log, users, following }] of [one, two, one, two].entries()) {
    await log.append([submission({ events: [ofType('anna', 'update_profile', { order: at })] })]);
    await following.folded('casino');
    expect((await users.get('casino', 'u:anna'))?.state.properties.order).toMatchObject({ value: at });
  }
});
