import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Platform, textStore } from '../../../src/sdk/platform.ts';
import { createTurn } from '../../../src/sdk/transport/turn.ts';
import { fakeLocks } from '../../support/locks.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Tabs of one origin, each with its own turn; `frozen` ones renew no lease. */
const origin = (locks: LockManager | undefined = fakeLocks()) => {
  const local = textStore(() => undefined);
  const tab = (store = local) => createTurn({ locks, local: store, now: Date.now } as Platform, 'turn');
  return { tab, local };
};
/** Work that ends when told. */
const work = () => {
  let end = () => {};
  const run = vi.fn(() => new Promise<void>((resolve) => (end = resolve)));
  return { run, end: () => end() };
};
const soon = () => vi.advanceTimersByTimeAsync(0);

test('of two tabs one works; the other is told, and has its turn when the first is done', async () => {
  const { tab } = origin();
  const [one, two] = [tab(), tab()];
  const [first, second] = [work(), work()];
  const taken = one.take(first.run);
  await soon();
  expect(await two.take(second.run)).toBe(false);
  first.end();
  expect(await taken).toBe(true);
  const after = two.take(second.run);
  await soon();
  second.end();
  expect([await after, second.run.mock.calls.length]).toEqual([true, 1]);
});

test('a tab that works for long renews its lease, and nobody takes its turn', async () => {
  const { tab } = origin();
  const [one, two] = [tab(), tab()];
  void one.take(work().run);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await two.take(work().run)).toBe(false);
});

test('a lease from before the clock was put back by a day holds nobody up', async () => {
  const { tab, local } = origin();
  let frozen = false;
  const one = tab({ ...local, set: (key, value) => frozen || local.set(key, value) });
  void one.take(work().run);
  await soon();
  frozen = true;
  vi.setSystemTime(Date.now() - 86_400_000);
  const second = work();
  const stolen = tab().take(second.run);
  await soon();
  expect(second.run).toHaveBeenCalledOnce();
  second.end();
  expect(await stolen).toBe(true);
});

test('a frozen tab, whose lease ran out, loses its turn to the next; what it was doing still counts for it', async () => {
  const { tab, local } = origin();
  let frozen = false;
  const one = tab({ ...local, set: (key, value) => frozen || local.set(key, value) });
  const two = tab();
  const [first, second] = [work(), work()];
  const taken = one.take(first.run);
  await soon();
  frozen = true;
  await vi.advanceTimersByTimeAsync(7_900);
  expect(await two.take(second.run)).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  const stolen = two.take(second.run);
  await soon();
  expect(second.run).toHaveBeenCalledOnce();
  first.end();
  second.end();
  expect([await taken, await stolen]).toEqual([true, true]);
});

test('a page that leaves holds no lock, though its work goes on', async () => {
  const { tab } = origin();
  const [one, two] = [tab(), tab()];
  const taken = one.take(work().run);
  await soon();
  one.giveBack();
  expect(await taken).toBe(true);
  const second = work();
  void two.take(second.run);
  await soon();
  expect(second.run).toHaveBeenCalledOnce();
});

test('without locks every tab works: two at once cost a duplicate request', async () => {
  const turn = createTurn({ locks: undefined, local: textStore(() => undefined), now: Date.now } as Platform, 'turn');
  const run = vi.fn(async () => {});
  expect([await turn.take(run), await turn.take(run), run.mock.calls.length]).toEqual([true, true, 2]);
});

test('an opaque origin, where locks are forbidden, works all the same', async () => {
  const forbidden = { request: () => Promise.reject(new DOMException('opaque', 'SecurityError')) };
  const { tab } = origin(forbidden as unknown as LockManager);
  const run = vi.fn(async () => {});
  expect([await tab().take(run), run.mock.calls.length]).toEqual([true, 1]);
});

test('work that fails says so, and the turn is free again', async () => {
  const { tab } = origin();
  await expect(tab().take(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await tab().take(async () => {})).toBe(true);
});
