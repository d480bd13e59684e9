/** Work behind the answers: once at a time, again when woken, again after a failure. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createChore } from '../../../src/collector/following/chore.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const noFailure = (cause: unknown): void => {
  throw cause;
};
const turn = (): Promise<void> => new Promise(setImmediate);

test('whoever wakes it while it works has it look once more, and never twice at once', async () => {
  let runs = 0;
  let underWay = 0;
  const chore = createChore(async () => {
    runs++;
    expect(++underWay).toBe(1);
    await turn();
    underWay--;
  }, noFailure);
  chore.wake();
  chore.wake();
  chore.wake();
  await chore.settled();
  expect(runs).toBe(2);
  chore.wake();
  await chore.settled();
  expect(runs).toBe(3);
});

test('a failure is told, and has its pause however often it is woken', async () => {
  const failures: unknown[] = [];
  let runs = 0;
  const chore = createChore(
    async () => {
      if (++runs === 1) throw new Error('the disk is full');
    },
    (cause) => failures.push(cause),
  );
  chore.wake();
  await chore.settled();
  chore.wake();
  await chore.settled();
  expect([runs, failures]).toEqual([1, [new Error('the disk is full')]]);
  await vi.advanceTimersByTimeAsync(1_000);
  await chore.settled();
  expect(runs).toBe(2);
});

test('its end lets what is under way come to its next stop, and nothing begins any more', async () => {
  let slices = 0;
  const chore = createChore(async (goesOn) => {
    while (goesOn()) {
      slices++;
      await turn();
    }
  }, noFailure);
  chore.wake();
  await turn();
  await chore.close();
  const before = slices;
  chore.wake();
  await turn();
  expect(slices).toBe(before);
});

test('a failure that waits for its second try ends with it', async () => {
  let runs = 0;
  const chore = createChore(
    async () => {
      runs++;
      throw new Error('the disk is full');
    },
    () => undefined,
  );
  chore.wake();
  await chore.settled();
  await chore.close();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(runs).toBe(1);
});
