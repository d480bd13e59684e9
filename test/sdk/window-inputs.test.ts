import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchInputs } from '../../src/sdk/window-inputs.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const watch = (root: { [name: string]: unknown }) => {
  const heard: unknown[] = [];
  const look = watchInputs(root, ['id', 'hash'], (name, value) => void heard.push([name, value]));
  return { heard, look };
};
/** A page whose `id` is a global `var`: it cannot be redefined. */
const withVar = (value: unknown) =>
  Object.defineProperty({} as { [name: string]: unknown }, 'id', { value, writable: true, configurable: false });

test('what the page set before is heard at the start; what it did not set is not', () => {
  expect(watch({ id: 'u1' }).heard).toEqual([['id', 'u1']]);
});

test('what stands on a prototype the page has not said', () => {
  expect(watch(Object.create({ id: 'u1' })).heard).toEqual([]);
});

test('whatever is written is heard in the same tick, and the page reads back what it wrote', () => {
  const root: { [name: string]: unknown } = {};
  const { heard } = watch(root);
  root.id = 'u1';
  root.id = 'u1';
  root.id = Number.NaN;
  root.id = Number.NaN;
  root.hash = 'h';
  expect(heard).toEqual([
    ['id', 'u1'],
    ['id', 'u1'],
    ['id', Number.NaN],
    ['id', Number.NaN],
    ['hash', 'h'],
  ]);
  expect([root.id, Object.keys(root)]).toEqual([Number.NaN, ['id', 'hash']]);
});

test('a `var` of the page is looked at once a second', () => {
  const root = withVar('u1');
  const { heard } = watch(root);
  root.id = 'u2';
  expect(heard).toEqual([['id', 'u1']]);
  vi.advanceTimersByTime(1_000);
  vi.advanceTimersByTime(5_000);
  expect(heard).toEqual([
    ['id', 'u1'],
    ['id', 'u2'],
  ]);
});

test('and whenever something depends on it', () => {
  const root = withVar(undefined);
  const { heard, look } = watch(root);
  root.id = 'u1';
  look();
  look();
  expect(heard).toEqual([['id', 'u1']]);
});

test('a page without such a `var` costs no timer', () => {
  watch({ id: 'u1' });
  expect(vi.getTimerCount()).toBe(0);
});
