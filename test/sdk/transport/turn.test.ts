import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Platform, textStore } from '../../../src/sdk/platform.ts';
import { createTurn } from '../../../src/sdk/transport/turn.ts';
import { fakeLocks } from '../../support/locks.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Tabs of one origin, each with its own turn; `frozen` ones renew no lease. */
const origin = (locks: LockManager | undefined = fakeLocks()) => {
  const local = textStore(() => undefined);
  const tab = (store = local, look = () => {}) =>
    createTurn({ root: window, locks, local: store, now: Date.now } as unknown as Platform, 'turn', look);
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
  const nowhere = { root: window, locks: undefined, local: textStore(() => undefined), now: Date.now };
  const turn = createTurn(nowhere as unknown as Platform, 'turn', () => {});
  const run = vi.fn(async () => {});
  expect([await turn.take(run), await turn.take(run), run.mock.calls.length]).toEqual([true, true, 2]);
});

test.each([
  ['forbidden, as in an opaque origin', () => Promise.reject(new DOMException('opaque', 'SecurityError'))],
  ['broken by a script of the page', undefined],
])('where locks are %s, a tab works all the same', async (_, request) => {
  const { tab } = origin({ request } as unknown as LockManager);
  const run = vi.fn(async () => {});
  expect([await tab().take(run), run.mock.calls.length]).toEqual([true, 1]);
});

describe('another tab that works', () => {
  /** The other tab writes the lease (or ends it), as browsers tell every tab but itself. */
  const hear = (newValue: string | null, key = 'turn') =>
    void window.dispatchEvent(new StorageEvent('storage', { key, newValue }));

  test('and falls silent in the middle of it is noticed within two seconds, once', async () => {
    const look = vi.fn();
    origin().tab(undefined, look);
    hear('1');
    await vi.advanceTimersByTimeAsync(1_000);
    hear('2');
    await vi.advanceTimersByTimeAsync(1_400);
    expect(look).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(600);
    expect(look).toHaveBeenCalledOnce();
  });

  test.each([
    ['gives the turn back', null, 'turn'],
    ['works for another label', '1', 'turn of another'],
  ])('and %s leaves nothing to do', async (_, newValue, key) => {
    const look = vi.fn();
    origin().tab(undefined, look);
    if (key === 'turn') hear('1');
    hear(newValue, key);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(look).not.toHaveBeenCalled();
  });
});

test('work that fails says so, and the turn is free again', async () => {
  const { tab } = origin();
  await expect(tab().take(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await tab().take(async () => {})).toBe(true);
});
