/**
 * A store on one machine that has lived: labels that take turns in its log, pages with gaps and losses, refusals, conflicts,
 * names registered and taken out, somebody erased, what is old gone; customers with all that can be kept of them. The same
 * seed makes the same one.
 */
import { registered } from '../../src/collector/engine/registered.ts';
import type { EventLog, NewEvent, Submission } from '../../src/collector/store/event-log.ts';
import { openSqliteLog } from '../../src/collector/store/sqlite-log.ts';
import { openSqliteUsers } from '../../src/collector/store/sqlite-users.ts';
import type { StateChange, UserStore } from '../../src/collector/store/user-store.ts';
import { type Chance, chanceOf } from './seeds.ts';
import { event, submission } from './submissions.ts';

export const livedLabels = ['casino', 'other-label', 'Wörter\ud800'] as const;

const users = ['BOB', 'bob', 'anna', 'ünal', 'u\ud800', null] as const;
const statuses = ['pending', 'shown', 'clicked'] as const;

const someEvent = (chance: Chance, index: number, at: number): NewEvent => {
  const isServer = chance.share() < 0.2;
  const name = chance.pick(['click', 'deposit', 'näme']);
  return event(`event-${chance.whole(1, 100_000)}`, {
    index,
    event_date: at,
    user_ext_id: chance.pick(users),
    event_type: chance.pick(['client_action', 'login', 'core_entry_point']),
    payload: JSON.stringify({ client_action: name, words: chance.word() }),
    system: chance.share() < 0.05,
    name,
    shape: JSON.stringify([[name, 'string']]),
    trust: isServer ? 'server' : 'unverified',
    ...(isServer
      ? { source: 'server', session_id: null, page_id: null, seq: null }
      : {
          source: chance.pick(['api', 'bridge', 'auto']),
          frame: chance.share() < 0.1 ? 'https://framed.example' : null,
          session_id: `session-${chance.whole(1, 3)}`,
          page_id: `page-${chance.whole(1, 5)}`,
          seq: chance.whole(1, 500),
        }),
  });
};

const someSubmission = (chance: Chance, at: number): Submission => {
  const events = Array.from({ length: chance.whole(0, 12) }, (_, index) => someEvent(chance, index, at));
  const isServer = events.every(({ source }) => source === 'server');
  const place = { page_id: `page-${chance.whole(1, 5)}`, session_id: `session-${chance.whole(1, 3)}` };
  return submission({
    label: chance.pick(livedLabels),
    received_at: at,
    device_id: isServer ? null : `device-${chance.whole(1, 9)}`,
    events,
    rejected:
      chance.share() < 0.1
        ? [
            {
              at,
              index: 0,
              eid: null,
              code: 'too_old',
              message: 'too old',
              event_type: null,
              user_ext_id: chance.pick(users),
              from: 'browser',
              request_id: chance.word(),
            },
          ]
        : [],
    losses: chance.share() < 0.1 ? [['overflow', chance.whole(1, 50)]] : [],
    lost: chance.share() < 0.1 ? [{ ...place, from: 600, to: 600 + chance.whole(0, 9), reason: 'overflow' }] : [],
    arrived: chance.share() < 0.1 ? [{ ...place, seq: chance.whole(1, 500) }] : [],
  });
};

const liveLog = async (log: EventLog, chance: Chance, submissions: number): Promise<void> => {
  for (let n = 0; n < submissions; n++) {
    const at = 1_000_000 + n * 30_000;
    await log.append([someSubmission(chance, at), someSubmission(chance, at)]);
    const label = chance.pick(livedLabels);
    if (n % 20 === 5)
      await log.register(label, 'action', chance.pick(['click', 'bonus']), { amount: { type: 'number' } });
    if (n % 40 === 25) await log.unregister(label, 'action', chance.pick(['click', 'deposit']));
  }
  await log.erase('casino', { user: 'bob', anyCase: true });
  await log.erase('other-label', { visitor: 'device-3' });
  await log.purge('casino', 1_000_000 + submissions * 3_000, 10_000);
};

const someChange = (chance: Chance, user: string, version: number, cursor: number): StateChange => {
  const customer = `u:${user.toLowerCase()}`;
  const uid = chance.word();
  return {
    customer,
    version,
    state: {
      ...registered({ key: customer, user }, { name: 'casino', gamificationShare: 100 }, 1_000),
      folded: cursor,
      tags: [chance.word()],
      segments: chance.share() < 0.5 ? { [chance.pick(['vip', 'näher'])]: chance.whole(1, 1_000) } : {},
      wakes_at: chance.share() < 0.2 ? chance.whole(1, 10_000) : null,
    },
    contents: [{ id: uid, content: JSON.stringify({ html: chance.word() }) }],
    deliveries: [
      {
        uid,
        campaign: chance.pick(['welcome', 'rätsel']),
        eid: chance.share() < 0.3 ? null : chance.word(),
        channel: chance.pick(['email', 'popup']),
        status: chance.pick(statuses),
        at: chance.whole(1, 5_000),
        status_at: 5_000,
        why: '',
      },
    ],
    traces: [{ eid: chance.word(), cursor, at: cursor, verdicts: [{ campaign: 'welcome', fired: false, why: 'no' }] }],
  };
};

const liveUsers = async (store: UserStore, log: EventLog, chance: Chance, customers: number): Promise<void> => {
  for (const label of livedLabels) {
    const { events } = await log.events(label, { limit: 1, order: 'desc' });
    const folded = events[0]?.cursor ?? 0;
    const versions = new Map<string, number>();
    for (let n = 0; n < customers; n++) {
      const user = `user ${chance.whole(1, customers)}`;
      const version = versions.get(user) ?? 0;
      await store.update(label, [someChange(chance, user, version, Math.max(1, folded - n))], { folded });
      versions.set(user, version + 1);
    }
    await store.update(label, [], { fanouts: [{ cursor: folded, after: null }] });
    await store.keepContent(label, `${label} by hand`, '"words"');
    await store.keepSetting(`past ${JSON.stringify([label])}`, String(folded));
    await store.erase(label, 'u:user 1');
  }
  await store.keepSetting('uids', chance.word());
};

export interface Lived {
  seed: number;
  /** Requests that it took. */
  submissions: number;
  /** Changes of customers of each label. */
  changes: number;
}

export const makeLivedStore = async (dataDir: string, { seed, submissions, changes }: Lived): Promise<void> => {
  const chance = chanceOf(seed);
  let clock = 1_000_000;
  const log = await openSqliteLog(dataDir);
  const store = await openSqliteUsers(dataDir, () => ++clock);
  await liveLog(log, chance, submissions);
  await liveUsers(store, log, chance, changes);
  await store.close();
  await log.close();
};
