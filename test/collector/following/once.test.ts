/** Whatever follows from an event follows once, wherever the process ends and however often the event comes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteLog } from '../../../src/collector/store/sqlite-log.ts';
import { openSqliteUsers } from '../../../src/collector/store/sqlite-users.ts';
import { action, openWorld, settingsFor, type World } from '../../support/following-world.ts';
import { submission } from '../../support/submissions.ts';

const thanks = {
  campaigns: {
    thanks: {
      on: { event: 'deposit' },
      steps: [
        { points: 10 },
        { popup: { title: 'Thanks for {{ event.amount }}' } },
        { inbox: { title: 'Thanks', body: 'You paid {{ event.amount }}' } },
        { webhook: { url: 'https://crm.example/hook', body: { amount: '{{ event.amount }}' } } },
      ],
    },
  },
};

let directory: string;
let world: World;
const start = async (): Promise<void> => {
  const log = await openSqliteLog(directory);
  const users = await openSqliteUsers(directory);
  world = await openWorld({ log, users }, settingsFor(thanks));
};
const end = async (): Promise<void> => {
  world.kill();
  await world.users.close();
  await world.log.close();
};
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'openaction-once-'));
  await start();
  await world.following.idle();
});
afterEach(async () => {
  await world.following.close();
  await end();
  await rm(directory, { recursive: true });
});

const deposit = () => action('anna', 'deposit', { amount: 5 });
const followed = async () => {
  await world.following.idle();
  const state = await world.state('u:anna');
  const { deliveries } = await world.users.deliveries('casino', { limit: 100 });
  return {
    points: state?.points.balance,
    shown: state?.engagements.map(({ about }) => about),
    rows: deliveries.map(({ channel, status }) => `${channel} ${status}`).sort(),
    traces: (await world.users.traces('casino', { customer: 'u:anna' }, 10)).length,
    waiting: state?.outbox.length,
  };
};
const once = {
  points: 10,
  shown: ['Thanks', 'Thanks for 5'],
  rows: ['inbox pending', 'popup pending', 'run ended', 'webhook sent'],
  traces: 1,
  waiting: 0,
};

test('an event is a state, words, rows, a trace and a message, and pages are told after they are stored', async () => {
  await world.commit([deposit()]);
  expect(await followed()).toEqual(once);
  expect(world.made).toEqual(['u:anna Thanks', 'u:anna Thanks for 5']);
  const [{ item, words }] = world.left as [World['left'][0]];
  expect([item.channel, words]).toMatchObject(['webhook', { url: 'https://crm.example/hook', body: { amount: '5' } }]);
});

test('an event that is sent again, or heard of again, changes nothing', async () => {
  const event = deposit();
  await world.commit([event]);
  await world.following.idle();
  await world.commit([event, event]);
  world.following.committed([submission({ events: [event] })], [[1]]);
  expect(await followed()).toEqual(once);
  expect(world.left).toHaveLength(1);
});

describe('a process that ends', () => {
  /** From now on the store does `last` of each write, and the process is gone. */
  const endAtWrite = (last: 'nothing' | 'everything'): Promise<void> =>
    new Promise((resolve) => {
      const { update } = world.users;
      world.users.update = async (...write) => {
        world.kill();
        if (last === 'everything') await update(...write);
        resolve();
        return new Promise(() => {});
      };
    });
  const again = async (): Promise<void> => {
    await end();
    await start();
  };

  test('before it heard of the event does it after the start', async () => {
    await world.log.append([submission({ events: [deposit()] })]);
    await again();
    expect(await followed()).toEqual(once);
  });

  test('before the write does it after the start', async () => {
    const ended = endAtWrite('nothing');
    await world.commit([deposit()]);
    await ended;
    await again();
    expect(await followed()).toEqual(once);
    expect(world.left).toHaveLength(1);
  });

  test('after the write and before anybody was told sends what waits, and no page is told twice', async () => {
    const ended = endAtWrite('everything');
    await world.commit([deposit()]);
    await ended;
    await again();
    expect(await followed()).toEqual(once);
    expect([world.left.length, world.made]).toEqual([1, []]);
  });

  test('while a message is on its way sends it again, under the id that it had', async () => {
    const tried = new Promise<string>((resolve) => {
      world.answer = ({ item }) => {
        resolve(item.uid);
        return new Promise(() => {});
      };
    });
    await world.commit([deposit()]);
    const uid = await tried;
    await again();
    expect(await followed()).toEqual(once);
    expect(world.left.map(({ item }) => item.uid)).toEqual([uid]);
  });

  test('between the answer and the write sends it again, under the id that it had', async () => {
    const uids: string[] = [];
    const ended = new Promise<void>((resolve) => {
      world.answer = async ({ item }) => {
        uids.push(item.uid);
        void endAtWrite('nothing').then(resolve);
        return { is: 'sent', why: '' };
      };
    });
    await world.commit([deposit()]);
    await ended;
    await again();
    expect(await followed()).toEqual(once);
    expect(world.left.map(({ item }) => item.uid)).toEqual(uids);
  });
});

test('events of one customer in one write have a trace each', async () => {
  await world.commit([deposit(), deposit(), deposit()]);
  expect(await followed()).toMatchObject({ points: 30, traces: 3 });
  expect(world.left).toHaveLength(3);
});

test('somebody else’s change between reading and writing is kept, and nothing follows twice', async () => {
  await world.commit([action('anna', 'hello')]);
  await world.following.idle();
  const { update } = world.users;
  world.users.update = async (label, changes, progress) => {
    world.users.update = update;
    const { version, state } = (await world.users.get('casino', 'u:anna'))!;
    await update('casino', [{ customer: 'u:anna', version, state: { ...state, nickname: 'Faster' } }]);
    return update(label, changes, progress);
  };
  await world.commit([deposit()]);
  expect(await followed()).toEqual(once);
  expect((await world.state('u:anna'))?.nickname).toBe('Faster');
});

test('an event that the engine cannot take is told, and keeps no later one from anybody', async () => {
  await world.commit([deposit()]);
  await world.following.idle();
  const stored = (await world.users.get('casino', 'u:anna'))!;
  const broken = { ...stored.state, campaigns: { thanks: null } } as unknown as typeof stored.state;
  await world.users.update('casino', [{ customer: 'u:anna', version: stored.version, state: broken }]);
  await world.commit([deposit(), action('bob', 'deposit', { amount: 5 })]);
  await world.following.idle();
  expect(world.failures).toHaveLength(1);
  expect((await world.state('u:bob'))?.points.balance).toBe(10);
});
