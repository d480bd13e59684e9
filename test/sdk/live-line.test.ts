import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Live, LiveModule } from '../../src/sdk/live/live.ts';
import { createLiveLine } from '../../src/sdk/live-line.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

/** A line whose room comes when the network lets it. */
const line = () => {
  const told: string[] = [];
  const fetched: number[] = [];
  const calls: string[] = [];
  const began = Date.now();
  const addresses: string[] = [];
  const network = { down: false, dead: '' };
  const room = { sync: () => void calls.push('sync') } as unknown as Live;
  const module: LiveModule = { createLive: () => room };
  const consent = { given: true };
  const created = createLiveLine(
    (code, about) => void told.push(`${code}: ${about}`),
    () => consent.given,
    (run) => run,
  );
  const open = (address = 'one') =>
    created.open(
      async () => {
        fetched.push(Date.now() - began);
        addresses.push(address);
        if (network.down || network.dead === address) throw new Error('network');
        return module;
      },
      () => ({}) as never,
    );
  return { ...created, open, told, fetched, addresses, calls, network, room, consent };
};

test('the room is fetched once a label is known, and asked to look who is there', async () => {
  const { open, here, room, calls } = line();
  expect(here()).toBeUndefined();
  open();
  await pass(0);
  expect([here(), calls]).toEqual([room, ['sync']]);
});

test('what is asked before it is there is answered in the order of the calls', async () => {
  const { open, ask, calls } = line();
  const first = ask(() => calls.push('first'));
  void ask(() => calls.push('second'));
  open();
  void ask(() => calls.push('third'));
  await first;
  await pass(0);
  expect(calls).toEqual(['sync', 'first', 'second', 'third']);
});

test('a question answers what the room says, and fails as it fails', async () => {
  const { open, ask } = line();
  open();
  expect(await ask(async () => 5)).toBe(5);
  await expect(
    ask(() => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
});

test('a room that does not come is told once and tried again, each time after twice as long, up to a minute', async () => {
  const { open, network, fetched, told, ask, calls } = line();
  network.down = true;
  void ask(() => calls.push('kept'));
  open();
  await pass(125_000 + 60_000);
  expect(fetched).toEqual([0, 2_000, 6_000, 14_000, 30_000, 62_000, 122_000, 182_000]);
  expect([...new Set(told)]).toEqual(['room_unavailable: live: tried again']);
  network.down = false;
  await pass(60_000);
  expect(calls).toEqual(['sync', 'kept']);
});

test('another label while the room is on its way fetches nothing more; when it is there, it is asked to look', async () => {
  const { open, fetched, calls } = line();
  open();
  open();
  await pass(0);
  open();
  await pass(0);
  expect([fetched.length, calls]).toEqual([1, ['sync', 'sync']]);
});

test('a label with another collector, given while the first cannot be reached, is tried there', async () => {
  const { open, network, addresses, here, room } = line();
  network.dead = 'one';
  open('one');
  await pass(0);
  open('two');
  await pass(2_000);
  expect([addresses, here()]).toEqual([['one', 'two'], room]);
});

test('a visitor who refused is looked for no more, and again after a change of mind', async () => {
  const { open, sync, calls, consent } = line();
  open();
  consent.given = false;
  await pass(0);
  sync();
  expect(calls).toEqual([]);
  consent.given = true;
  sync();
  expect(calls).toEqual(['sync']);
});
