import { beforeEach, expect, test } from 'vitest';
import { createLoginWindow } from '../../../src/sdk/live/login-window.ts';
import { type TextStore, textStore } from '../../../src/sdk/platform.ts';

const MINUTE = 60_000;
const clock = { now: 0 };
let disk: TextStore;
beforeEach(() => {
  clock.now = 1_700_000_000_000;
  disk = textStore(() => undefined);
});
/** A tab of this browser. */
const tab = (label = 'label') =>
  createLoginWindow(
    disk,
    () => `_smartico:${label}:login`,
    () => clock.now,
  );

test('A3 login window: the first login counts, and none of the same user within 30 minutes', () => {
  const { enter } = tab();
  expect(enter('u1')).toBe(true);
  clock.now += 29 * MINUTE;
  expect(enter('u1')).toBe(false);
});

test('A3 login window: it ends 30 minutes after the last sign of life', () => {
  const { enter } = tab();
  enter('u1');
  clock.now += 20 * MINUTE;
  expect(enter('u1')).toBe(false);
  clock.now += 20 * MINUTE;
  expect(enter('u1')).toBe(false);
  clock.now += 30 * MINUTE;
  expect(enter('u1')).toBe(true);
});

test('A3 login window: a reload and another tab share it', () => {
  tab().enter('u1');
  expect(tab().enter('u1')).toBe(false);
});

test('A3 login window: another user, and another label, have one of their own', () => {
  const { enter } = tab();
  enter('u1');
  expect([enter('u2'), enter('u1'), tab('other').enter('u1')]).toEqual([true, true, true]);
});

test('A3 login window: a logout ends it at once', () => {
  const { enter, close } = tab();
  enter('u1');
  close();
  expect(enter('u1')).toBe(true);
});

test('a clock that was put back since does not keep the window open for ever', () => {
  const { enter } = tab();
  enter('u1');
  clock.now -= 60 * MINUTE;
  expect(enter('u1')).toBe(true);
});

test('an id with spaces is told from a shorter one', () => {
  const { enter } = tab();
  enter('u 1');
  expect([enter('u 1'), enter('u')]).toEqual([false, true]);
});

test.each(['', 'nonsense', 'u1', '1700000000000', 'NaN u1', 'Infinity u1', '-5 u1'])(
  'what anybody else wrote there (%j) opens no window',
  (text) => {
    disk.set('_smartico:label:login', text);
    expect(tab().enter('u1')).toBe(true);
  },
);
