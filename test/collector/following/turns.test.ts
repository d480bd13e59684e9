/** Several processes over the same stores follow a label by turns, and whatever follows from an event follows once. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventLog, NewEvent } from '../../../src/collector/store/event-log.ts';
import { createMemoryLog } from '../../../src/collector/store/memory-log.ts';
import { createMemoryUsers } from '../../../src/collector/store/memory-users.ts';
import type { UserStore } from '../../../src/collector/store/user-store.ts';
import { action, ofType, openWorld, settingsFor, system, type World } from '../../support/following-world.ts';
import { holdingTable, type Seat } from '../../support/holding-table.ts';
import { chanceOf, seeds } from '../../support/seeds.ts';
import { submission } from '../../support/submissions.ts';

const settings = settingsFor({
  campaigns: {
    thanks: {
      on: { event: 'deposit' },
      steps: [
        { points: 10 },
        { badge: 'payer' },
        { webhook: { url: 'https://crm.example/hook', body: { deposit: '{{ event.n }}' } } },
      ],
    },
    draw: { on: { system: 'draw' }, steps: [{ points: 1 }] },
  },
});

type Process = World & { seat: Seat };

let log: EventLog;
let users: UserStore;
let table: ReturnType<typeof holdingTable>;
/** All of them, and those that have not been killed. */
let processes: Process[];
let alive: Process[];
const startProcess = async (): Promise<Process> => {
  const seat = table.seat();
  const world = await openWorld({ log, users }, settings, 10_000, async () => {}, seat.holding);
  const one = Object.assign(world, { seat });
  processes.push(one);
  alive.push(one);
  return one;
};
const kill = (one: Process): void => {
  one.kill();
  one.seat.overtake();
  alive = alive.filter((other) => other !== one);
};
const give = (to: Process): Promise<void> => table.give('casino', to.seat);
beforeEach(() => {
  log = createMemoryLog();
  users = createMemoryUsers();
  table = holdingTable();
  processes = [];
  alive = [];
});
afterEach(async () => {
  await Promise.all(alive.map(({ following }) => following.close()));
});

const state = async (customer: string) => (await users.get('casino', customer))?.state;
const commit = async (...events: NewEvent[]): Promise<void> => {
  await log.append([submission({ received_at: 10_000, events })]);
};
const sent = (): string[] => processes.flatMap(({ left }) => left.map(({ item }) => item.uid));

test('whoever does not hold a label does nothing over its events', async () => {
  const [one, two] = [await startProcess(), await startProcess()];
  await give(one);
  await commit(action('anna', 'deposit', { n: 1 }));
  await Promise.all([one.following.idle(), two.following.idle()]);
  expect([one.left.length, two.left.length, one.heard.length, two.heard.length]).toEqual([1, 0, 2, 0]);
  expect([one.following.followed(), two.following.followed()]).toEqual([['casino'], []]);
  expect((await state('u:anna'))?.points.balance).toBe(10);
});

test('the next one goes on where the last one left it', async () => {
  const [one, two] = [await startProcess(), await startProcess()];
  await give(one);
  await commit(action('anna', 'deposit', { n: 1 }));
  await give(two);
  await commit(action('anna', 'deposit', { n: 2 }));
  await two.following.idle();
  expect((await state('u:anna'))?.points.balance).toBe(20);
  expect(sent()).toHaveLength(2);
});

test('what comes while nobody holds the label follows when somebody does', async () => {
  const [one, two] = [await startProcess(), await startProcess()];
  await give(one);
  kill(one);
  await commit(action('anna', 'deposit', { n: 1 }), system('draw'));
  await give(two);
  await two.following.idle();
  expect((await state('u:anna'))?.points.balance).toBe(11);
});

describe('one that was frozen and does not know that another holds the label', () => {
  test('stores nothing and sends nothing, and it is no fault', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await give(one);
    await commit(action('anna', 'hello'));
    await one.following.idle();
    one.seat.overtake();
    await commit(action('anna', 'deposit', { n: 1 }));
    await one.following.settled();
    expect((await state('u:anna'))?.points.balance).toBe(0);
    await give(two);
    await two.following.idle();
    await one.seat.tell();
    expect([one.left.length, two.left.length, one.failures]).toEqual([0, 1, []]);
    expect((await state('u:anna'))?.points.balance).toBe(10);
  });

  test('sends no message of which it was just about to', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await give(one);
    const { content } = users;
    users.content = async (...asked) => {
      users.content = content;
      one.seat.overtake();
      return content(...asked);
    };
    await commit(action('anna', 'deposit', { n: 1 }));
    await one.following.idle();
    await give(two);
    await two.following.idle();
    expect([one.left.length, two.left.length]).toEqual([0, 1]);
  });

  test('stores what became of a message that it has sent, so that nobody sends it again', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await give(one);
    one.answer = async () => {
      one.seat.overtake();
      return { is: 'sent', why: '' };
    };
    await commit(action('anna', 'deposit', { n: 1 }));
    await one.following.idle();
    await give(two);
    await two.following.idle();
    expect(sent()).toHaveLength(1);
  });
});

describe('an answer that waits for what follows', () => {
  test('has it, whichever process folds it', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await give(one);
    for (const { following } of [one, two]) {
      await commit(ofType('anna', 'update_profile', { nickname: `by ${processes.length}` }));
      const version = (await users.get('casino', 'u:anna'))?.version ?? 0;
      await following.folded('casino');
      expect((await users.get('casino', 'u:anna'))?.version).toBe(version + 1);
    }
  });

  test('waits for the log to tell of an event that is only known to be kept', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await give(one);
    await one.following.idle();
    const late: (() => Promise<void>)[] = [];
    log.settled = async () => {
      for (const tell of late.splice(0)) await tell();
    };
    for (const { following } of [one, two]) {
      late.push(() => commit(action('anna', 'deposit', { n: 1 })));
      const balance = (await state('u:anna'))?.points.balance ?? 0;
      await following.folded('casino');
      expect((await state('u:anna'))?.points.balance).toBe(balance + 10);
    }
  });

  test('has it in the process that the label was taken from, too', async () => {
    const [one, two] = [await startProcess(), await startProcess()];
    await give(one);
    await one.following.idle();
    one.seat.overtake();
    await commit(action('anna', 'deposit', { n: 1 }));
    await one.seat.tell();
    const folded = one.following.folded('casino');
    await give(two);
    await folded;
    expect((await state('u:anna'))?.points.balance).toBe(10);
  });
});

test('somebody who was erased is registered again when they come, whichever process took them away', async () => {
  const [one] = [await startProcess(), await startProcess()];
  await give(one);
  await commit(action('anna', 'hello'));
  await one.following.settled();
  await log.erase('casino', { user: 'anna', anyCase: true });
  // On its way while their document is still there.
  await commit(action('Anna', 'hello'));
  await one.following.settled();
  await users.erase('casino', 'u:anna');
  await commit(action('Anna', 'hello'));
  await one.following.settled();
  expect((await state('u:anna'))?.user).toBe('Anna');
});

const CUSTOMERS = 20;
const EVENTS = 2_000;

test.each(seeds)(
  'two thousand events follow once each, in each customer’s order, however the label goes about (seed %i)',
  async (seed) => {
    const chance = chanceOf(seed);
    const someTurns = async (): Promise<void> => {
      for (let turns = chance.whole(0, 3); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
    };
    const { update } = users;
    users.update = async (...write) => {
      await someTurns();
      const stored = await update(...write);
      await someTurns();
      return stored;
    };
    await startProcess();
    await startProcess();
    const paid = new Map<string, number>();
    let [n, draws] = [0, 0];
    const told = async (): Promise<void> => {
      for (const { seat } of alive) await seat.tell();
    };
    const mishaps: (() => Promise<void>)[] = [
      () => give(chance.pick(alive)),
      async () => {
        for (const { seat } of alive) seat.overtake();
        await give(chance.pick(alive));
      },
      told,
      async () => {
        kill(chance.pick(alive));
        await startProcess();
        await give(alive[0]!);
      },
      async () => {
        if (paid.size < CUSTOMERS) return;
        draws++;
        await commit(system('draw'));
      },
    ];
    await give(alive[0]!);
    while (n < EVENTS) {
      const some = Array.from({ length: chance.whole(1, 9) }, () => {
        const customer = `c${++n % CUSTOMERS}`;
        paid.set(customer, (paid.get(customer) ?? 0) + 1);
        return [action(customer, 'deposit', { n }), ofType(customer, 'update_profile', { order: n })];
      });
      await commit(...some.flat());
      await someTurns();
      if (chance.share() < 0.15) await chance.pick(mishaps)();
    }
    await told();
    await give(alive[0]!);
    await alive[0]!.following.idle();

    for (const [customer, times] of paid) {
      const known = await state(`u:${customer}`);
      const { deliveries } = await users.deliveries('casino', { customer: `u:${customer}`, limit: 10_000 });
      const runs = deliveries.filter(({ campaign, channel }) => campaign === 'thanks' && channel === 'run');
      expect([customer, known?.points.balance, runs.length]).toEqual([customer, 10 * times + draws, times]);
      expect(known?.properties.order).toMatchObject({ value: n - ((n - Number(customer.slice(1))) % CUSTOMERS) });
      expect(known?.outbox).toEqual([]);
    }
    // What went out twice was under way when its process lost the label.
    expect(new Set(sent()).size).toBe(n);
    expect(processes.flatMap(({ failures }) => failures.map(String))).toEqual([]);
  },
  60_000,
);
