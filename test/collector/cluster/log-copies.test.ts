/** Copies of one log: whatever is said and ordered by whichever collector, all of them and one that is made anew read alike. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ClusterLog } from '../../../src/collector/cluster/log/log.ts';
import { decode } from '../../../src/collector/cluster/log/message.ts';
import { type Followed, followStream } from '../../../src/collector/cluster/stream-follow.ts';
import { foldRegistry } from '../../../src/collector/registry-tally.ts';
import type { Erasable, EventLog, NewEvent, Submission } from '../../../src/collector/store/event-log.ts';
import { openSqliteLog } from '../../../src/collector/store/sqlite-log.ts';
import { clusterAt, openLogIn } from '../../support/cluster-logs.ts';
import { type NatsServers, startNats } from '../../support/nats.ts';
import { type Chance, chanceOf, seeds } from '../../support/seeds.ts';
import { event, submission } from '../../support/submissions.ts';

vi.setConfig({ testTimeout: 60_000 });

let nats: NatsServers;
let room: string;
beforeAll(async () => {
  nats = await startNats();
  room = await mkdtemp(join(tmpdir(), 'openaction-copies-'));
});
afterAll(async () => {
  await nats.stop();
  await rm(room, { recursive: true });
});

const labels = ['casino', 'other'];
const users = ['anna', 'Anna', 'bob'];
const devices = ['device-1', 'device-2'];
const pages = ['page-001', 'page-002', 'page-003'];

/** Every read of the port. @param withCursors a log on one machine gives others out */
const everything = async (log: EventLog, withCursors: boolean) => {
  const query = { limit: 1000, order: 'asc' } as const;
  const shown = async (label: string, more: object) =>
    (await log.events(label, { ...query, ...more })).events.map(({ cursor, ...one }) =>
      withCursors ? { ...one, cursor } : one,
    );
  return Promise.all(
    labels.map(async (label) => ({
      events: await shown(label, {}),
      newestFirst: await shown(label, { order: 'desc' }),
      ofUsers: await Promise.all(users.map((user) => shown(label, { user }))),
      ofVisitors: await Promise.all(devices.map((visitor) => shown(label, { visitor }))),
      profiles: await Promise.all(users.map((user) => log.profile(label, { user }))),
      losses: await log.losses(label),
      rejections: await log.rejections(label, 1000),
      registry: foldRegistry(await log.registry(label)),
      minutes: await log.minutes(label, 0),
    })),
  );
};

/** A log on one machine, fed with what the stream says in the stream's order. */
const modelOf = async (
  store: string,
  dataDir: string,
): Promise<{ log: EventLog; level(): Promise<void>; close(): Promise<void> }> => {
  const { cluster, names } = await clusterAt(store);
  const log = await openSqliteLog(dataDir);
  const followed: Followed = followStream({
    cluster,
    stream: names.events,
    from: 0,
    failed: (cause) => {
      throw cause;
    },
    async apply(messages) {
      for (const { data, seq } of messages) {
        const told = decode(data, seq);
        if (told.is === 'said') await log.append(told.group);
        if (told.is === 'register') await log.register(told.label, told.kind, told.name, told.fields);
        if (told.is === 'unregister') await log.unregister(told.label, told.kind, told.name);
        if (told.is === 'erase') await log.erase(told.label, told.whose);
        if (told.is === 'purge') await log.purge(told.label, told.before, told.limit);
      }
    },
  });
  return {
    log,
    async level() {
      await followed.reached((await cluster.manager.streams.info(names.events)).state.last_seq);
    },
    async close() {
      await followed.close();
      await log.close();
      await cluster.connection.close();
    },
  };
};

/** Ids are few, so that they come again: with the same content, and with another. */
const someEvent = (chance: Chance, index: number, at: number): NewEvent => {
  const isServers = chance.whole(0, 5) === 0;
  const isEntry = chance.whole(0, 5) === 0;
  const name = isEntry ? `place ${chance.whole(0, 60)}` : chance.pick(['buy', 'sell']);
  return event(`some-event-${chance.whole(0, 60)}`, {
    index,
    event_date: 500 + chance.whole(0, 1),
    event_type: isEntry ? 'core_set_last_login_entry' : 'client_action',
    user_ext_id: chance.pick([...users, null]),
    payload: JSON.stringify({ client_action: name, text: 'words '.repeat(chance.whole(0, 40)) }),
    name,
    shape: JSON.stringify([['text', 'string']]),
    system: isServers && chance.whole(0, 3) === 0,
    source: isServers ? 'server' : 'api',
    trust: isServers ? 'server' : 'unverified',
    page_id: chance.pick(pages),
    session_id: `session-${chance.whole(1, 2)}`,
    seq: 1 + (at % 50) + index,
  });
};

const someSubmission = (chance: Chance, at: number): Submission => {
  const place = { page_id: chance.pick(pages), session_id: 'session-1' };
  const some = <One>(one: One): One[] => (chance.whole(0, 4) === 0 ? [one] : []);
  return submission({
    label: chance.pick(labels),
    received_at: at * 1_000,
    device_id: chance.pick(devices),
    events: Array.from({ length: chance.whole(0, 6) }, (_, n) => someEvent(chance, n, at)),
    rejected: some({
      at: at * 1_000,
      index: 9,
      eid: null,
      code: 'bad_eid',
      message: 'm',
      event_type: null,
      user_ext_id: chance.pick([...users, null]),
      from: 'browser',
      request_id: `request ${at}`,
    }),
    losses: some<[string, number]>(['overflow', chance.whole(1, 20)]),
    pages: some({ ...place, seq: chance.whole(1, 60) }),
    lost: some({ ...place, reason: 'overflow', from: 3, to: chance.whole(3, 9) }),
    arrived: some({ ...place, seq: chance.whole(1, 30) }),
  });
};

test.each(seeds)(
  'copies read alike, as a log on one machine would, and so does one made anew (seed %i)',
  async (seed) => {
    const chance = chanceOf(seed);
    const store = nats.store(`seed-${seed}`);
    const dirs = [join(room, `${seed}-a`), join(room, `${seed}-b`)];
    const logs: ClusterLog[] = await Promise.all(dirs.map((dir) => openLogIn(store, dir)));
    const model = await modelOf(store, join(room, `${seed}-model`));
    let at = 0;
    const anyLog = (): ClusterLog => chance.pick(logs);
    const whose = (): Erasable =>
      chance.pick<Erasable>([{ user: 'anna' }, { user: 'ANNA', anyCase: true }, { visitor: 'device-1' }]);
    const orders: (() => Promise<unknown>)[] = [
      () => anyLog().register(chance.pick(labels), 'entry_point', `place ${chance.whole(0, 60)}`),
      () => anyLog().register(chance.pick(labels), 'action', 'buy', { text: { drop: true } }),
      () =>
        anyLog().unregister(
          chance.pick(labels),
          chance.pick(['action', 'entry_point']),
          chance.pick(['buy', 'place 3']),
        ),
      () => anyLog().erase(chance.pick(labels), whose()),
      () => anyLog().purge(chance.pick(labels), chance.whole(0, at) * 1_000, chance.whole(1, 30)),
      async () => {
        const one = chance.whole(0, 1);
        await logs[one]!.close();
        if (chance.whole(0, 1)) await rm(dirs[one]!, { recursive: true });
        logs[one] = await openLogIn(store, dirs[one]!);
      },
    ];
    for (let round = 0; round < 30; round++) {
      await Promise.all(
        Array.from({ length: chance.whole(1, 5) }, () => {
          const group = Array.from({ length: chance.whole(1, 4) }, () => someSubmission(chance, ++at));
          return anyLog().append(group);
        }),
      );
      // What is erased is gone from the stream; the model has read it before.
      await model.level();
      if (chance.whole(0, 1)) await chance.pick(orders)();
    }
    await model.level();
    await rm(join(room, `${seed}-c`), { recursive: true, force: true });
    const anew = await openLogIn(store, join(room, `${seed}-c`));
    // Each has said something last, and so comes to whatever the others said.
    for (const one of logs) await one.register('casino', 'action', 'level');
    for (const one of [...logs, anew]) await one.register('casino', 'action', 'level');
    await model.level();
    const [first, ...others] = await Promise.all([...logs, anew].map((log) => everything(log, true)));
    for (const other of others) expect(other).toEqual(first);
    expect(await everything(logs[0]!, false)).toEqual(await everything(model.log, false));
    await Promise.all([...logs, anew, model].map((one) => one.close()));
  },
);
