/** Every event reaches its customer's state once, whatever fails in between and wherever it was read. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createCustomers } from '../../../src/collector/customers.ts';
import { userCustomer } from '../../../src/collector/engine/customer-key.ts';
import { createErasing } from '../../../src/collector/operator/erasing.ts';
import type { EventLog, NewEvent, Submission } from '../../../src/collector/store/event-log.ts';
import { createMemoryLog } from '../../../src/collector/store/memory-log.ts';
import { createMemoryUsers } from '../../../src/collector/store/memory-users.ts';
import { openSqliteLog } from '../../../src/collector/store/sqlite-log.ts';
import { openSqliteUsers } from '../../../src/collector/store/sqlite-users.ts';
import type { UserStore } from '../../../src/collector/store/user-store.ts';
import { openWorld, settingsFor, type World } from '../../support/following-world.ts';
import { event, submission } from '../../support/submissions.ts';

const exact = {
  name: 'exact',
  keys: { public: ['q'] },
  brands: ['main'],
  origins: [],
  hashes: { salts: ['s'], form: 'v2' },
};

let log: EventLog;
let users: UserStore;
let world: World;
const follow = async (): Promise<void> => {
  world = await openWorld({ log, users }, settingsFor({}, exact));
};
const settled = (): Promise<void> => world.following.settled();
beforeEach(async () => {
  log = createMemoryLog();
  users = createMemoryUsers();
  await follow();
});
afterEach(() => world.following.close());

let eids = 0;
const tag = (user: string | null, tag: string, more: Partial<NewEvent> = {}): NewEvent =>
  event(`event-${++eids}`, {
    user_ext_id: user,
    event_type: 'core_public_tags_update',
    payload: JSON.stringify({ operation: 'add', tags: [tag] }),
    ...more,
  });
const click = (user: string | null): NewEvent => event(`event-${++eids}`, { user_ext_id: user });
/** As group commit does it: into the log, then the word. */
const commit = async (events: NewEvent[], more: Partial<Submission> = {}): Promise<void> => {
  await world.submit(submission({ events, ...more }));
};
const tagsOf = async (customer: string, label = 'casino'): Promise<string[] | undefined> =>
  (await users.get(label, customer))?.state.tags;

describe('what is committed', () => {
  test('is in the states of its customers, in order, and told once for each write', async () => {
    await settled();
    await commit([tag('anna', 'a'), tag('bob', 'x'), tag('anna', 'b')]);
    await settled();
    expect([await tagsOf('u:anna'), await tagsOf('u:bob')]).toEqual([['A', 'B'], ['X']]);
    expect(world.heard.sort()).toEqual(['u:anna  > A,B', 'u:bob  > X']);
  });

  test('registers every user that it names, once, and no visitor of whom nothing is to be kept', async () => {
    await settled();
    await commit([click('anna'), click('bob'), click(null), click('anna')], { received_at: 7_000 });
    await commit([click('anna')], { received_at: 9_000 });
    await settled();
    const { customers } = await users.list('casino', undefined, 10);
    expect(customers.map(({ customer, state }) => [customer, state.user, state.registered_at])).toEqual([
      ['u:anna', 'anna', 7_000],
      ['u:bob', 'bob', 7_000],
    ]);
    expect((await users.get('casino', 'u:anna'))?.version).toBe(1);
  });

  test('is a visitor’s by their device, and nobody’s if it is the system’s', async () => {
    await settled();
    await commit([tag(null, 'v'), tag(null, 's', { system: true })]);
    await settled();
    expect(await tagsOf('d:device-1')).toEqual(['V']);
    expect((await users.list('casino', undefined, 10)).customers).toHaveLength(1);
  });

  test('is one customer’s in any case of an ASCII id, and exact where the label says so', async () => {
    await settled();
    await commit([tag('BOB', 'a'), tag('bob', 'b'), tag('É', 'c'), tag('é', 'd')]);
    await commit([tag('BOB', 'a'), tag('bob', 'b')], { label: 'exact' });
    await settled();
    expect(await tagsOf('u:bob')).toEqual(['A', 'B']);
    expect([await tagsOf('u:É'), await tagsOf('u:é')]).toEqual([['C'], ['D']]);
    expect([await tagsOf('u:BOB', 'exact'), await tagsOf('u:bob', 'exact')]).toEqual([['A'], ['B']]);
  });

  test('of a label that the config no longer has is left alone', async () => {
    await settled();
    await commit([tag('anna', 'a')], { label: 'gone' });
    await settled();
    expect(world.failures).toEqual([]);
  });

  test('while the log is being read is read too', async () => {
    // Nobody has waited for the first read to be over.
    await Promise.all(Array.from({ length: 30 }, (_, n) => commit([tag('anna', `t${n}`)])));
    await settled();
    expect(await tagsOf('u:anna')).toHaveLength(30);
  });
});

describe('a failure', () => {
  test('of the store is told, and everything is folded once it works again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await settled();
    const update = vi.spyOn(users, 'update').mockRejectedValue(new Error('the disk is full'));
    await commit([tag('anna', 'a')]);
    await settled();
    await commit([tag('anna', 'b')]);
    expect(world.failures).toEqual([new Error('the disk is full')]);
    expect(await tagsOf('u:anna')).toBeUndefined();
    update.mockRestore();
    await vi.advanceTimersByTimeAsync(1_000);
    vi.useRealTimers();
    await settled();
    expect(await tagsOf('u:anna')).toEqual(['A', 'B']);
  });

  /** Returns the end of it. */
  const holdTheStore = (): (() => void) => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const update = users.update;
    users.update = async (...change) => {
      await held;
      return update(...change);
    };
    return release;
  };

  test('of a store that falls far behind loses nothing: the log is read again', async () => {
    await settled();
    const release = holdTheStore();
    for (let group = 0; group < 21; group++)
      await commit(Array.from({ length: 1_000 }, (_, n) => click(`user-${group}-${n}`)));
    await commit([tag('anna', 'a')]);
    release();
    await settled();
    expect((await users.list('casino', undefined, 100_000)).customers).toHaveLength(21_001);
    expect(await tagsOf('u:anna')).toEqual(['A']);
  });

  test('of a store that falls behind few events, all of them long, is as far behind', async () => {
    await settled();
    const reads = vi.spyOn(log, 'events');
    const release = holdTheStore();
    const long = (n: number): NewEvent =>
      event(`long-${n}`, {
        user_ext_id: 'anna',
        event_type: 'update_profile',
        payload: JSON.stringify({ n, text: 'x'.repeat(30_000) }),
      });
    for (let n = 0; n < 600; n++) await commit([long(n)]);
    expect(reads).not.toHaveBeenCalled();
    release();
    await settled();
    expect(reads).toHaveBeenCalled();
    expect((await users.get('casino', 'u:anna'))?.state.properties.n?.value).toBe(599);
  });

  test('of a slow store is told in seconds, from the newest event back; a quiet hour before it is none', async () => {
    await settled();
    await commit([tag('anna', 'a')], { received_at: 1_000 });
    await settled();
    const release = holdTheStore();
    const write = vi.spyOn(users, 'update');
    await commit([tag('anna', 'b')], { received_at: 3_601_000 });
    await vi.waitFor(() => expect(write).toHaveBeenCalled());
    await commit([tag('bob', 'b')], { received_at: 3_603_000 });
    expect(world.following.measures().lagSeconds).toBe(2);
    release();
    await settled();
    expect(world.following.measures().lagSeconds).toBe(0);
  });

  test('to be the first is no failure: what somebody else changed meanwhile is folded into', async () => {
    await settled();
    await commit([tag('anna', 'a'), tag('bob', 'b')]);
    await settled();
    const update = users.update;
    users.update = async (label, changes, folded) => {
      users.update = update;
      const { version, state } = (await users.get('casino', 'u:anna'))!;
      await update('casino', [{ customer: 'u:anna', version, state: { ...state, nickname: 'Faster' } }]);
      return update(label, changes, folded);
    };
    await commit([tag('anna', 'c'), tag('bob', 'd')]);
    await settled();
    expect((await users.get('casino', 'u:anna'))?.state).toMatchObject({ nickname: 'Faster', tags: ['A', 'C'] });
    expect(await tagsOf('u:bob')).toEqual(['B', 'D']);
  });

  test('leaves a reader’s own change in place: both are there afterwards', async () => {
    await settled();
    await commit([tag('anna', 'a')]);
    await settled();
    const customers = createCustomers(
      users,
      () => {},
      () => 0,
    );
    const direct = Array.from({ length: 20 }, (_, n) =>
      customers.change(world.label(), { key: 'u:anna', user: 'anna' }, (state) => ({
        ...state,
        gems: state.gems + 1,
        nickname: `n${n}`,
      })),
    );
    const events = Array.from({ length: 20 }, (_, n) => commit([tag('anna', `t${n}`)]));
    await Promise.all([...direct, ...events]);
    await settled();
    const { state } = (await users.get('casino', 'u:anna'))!;
    expect([state.gems, state.tags.length]).toEqual([20, 21]);
  });
});

describe('after a restart', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'openaction-follower-'));
  });
  afterEach(async () => {
    await world.following.close();
    await Promise.all([log.close(), users.close()]);
    await rm(directory, { recursive: true });
  });
  const open = async (): Promise<void> => {
    log = await openSqliteLog(directory);
    users = await openSqliteUsers(directory);
    await follow();
  };

  test('what was stored and never folded is folded, a visitor’s too, and what was folded is not folded again', async () => {
    await world.following.close();
    await open();
    await settled();
    await commit([tag('anna', 'a'), tag('anna', 'b')]);
    await settled();
    // The process ends before the follower hears of these.
    await log.append([submission({ events: [tag('anna', 'c'), tag(null, 'v'), click('carl')] })]);
    await Promise.all([log.close(), users.close()]);
    await open();
    await settled();
    expect(world.heard.sort()).toEqual(['d:device-1  > V', 'u:anna A,B > A,B,C', 'u:carl  > ']);
    await world.following.close();
    await Promise.all([log.close(), users.close()]);
    await open();
    await settled();
    expect(world.heard).toEqual([]);
    expect(await tagsOf('u:anna')).toEqual(['A', 'B', 'C']);
  });

  test('a log of thousands is folded whole', async () => {
    await world.following.close();
    await open();
    await world.following.close();
    for (let group = 0; group < 10; group++)
      await log.append([
        submission({ events: Array.from({ length: 300 }, (_, n) => tag(`user-${n % 7}`, `t${group}`, { seq: null })) }),
      ]);
    await follow();
    await settled();
    const { customers } = await users.list('casino', undefined, 100);
    expect(customers.map(({ state }) => state.tags.length)).toEqual(Array(7).fill(10));
    expect(await users.folded('casino')).toBe(3_000);
  });
});

test('who is erased while their events wait for a slow store stays erased', async () => {
  await commit([tag('anna', 'a'), tag('bob', 'x')]);
  await settled();
  const { update } = users;
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  users.update = async (...change) => {
    await released;
    return update(...change);
  };
  await commit([tag('bob', 'y')]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await commit([tag('anna', 'b'), tag('bob', 'z')]);
  // Whoever erases waits a second for what is on its way, and no longer.
  const folded = async (): Promise<void> => {};
  const needs = { log, users, folded, changed: () => {}, newId: () => 'receipt', now: () => world.now };
  const anna = userCustomer('anna', false);
  expect(await createErasing(needs).erase(world.label(), anna, { user: 'anna' })).toMatchObject({ events: 2 });
  release();
  await settled();
  expect([await tagsOf('u:anna'), await tagsOf('u:bob')]).toEqual([undefined, ['X', 'Y', 'Z']]);
  await world.following.folded('casino');

  await commit([tag('anna', 'c')]);
  await settled();
  expect(await tagsOf('u:anna')).toEqual(['C']);
});
