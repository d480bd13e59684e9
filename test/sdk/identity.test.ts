import { expect, test, vi } from 'vitest';
import { createIdentity, requiredUserId, userId } from '../../src/sdk/identity.ts';

test.each([
  ['u1', 'u1'],
  ['  u1 ', 'u1'],
  [42, '42'],
  ['漢字', '漢字'],
  ['x'.repeat(256), 'x'.repeat(256)],
])('%j is the user %j', (given, user) => {
  expect(userId(given)).toBe(user);
  expect(requiredUserId(given)).toBe(user);
});

test.each([
  ...['', '  ', 'undefined', 'null', 'NaN', null, undefined, Number.NaN, true, {}, ['u1'], 'x'.repeat(257)].map(
    (id) => [id],
  ),
])('%j is nobody, and a mistake where somebody is meant', (given) => {
  expect(userId(given)).toBeNull();
  expect(() => requiredUserId(given)).toThrow(expect.objectContaining({ code: 'empty_user_id' }));
});

test('a hash belongs to the user it was given with', () => {
  const identity = createIdentity(() => {});
  identity.set('u1', 'h1');
  expect([identity.user(), identity.hash()]).toEqual(['u1', 'h1']);
  identity.set('u1');
  expect(identity.hash()).toBe('h1');
  identity.set('u1', 'h2');
  expect(identity.hash()).toBe('h2');
  identity.set('u2');
  expect([identity.user(), identity.hash()]).toEqual(['u2', undefined]);
  identity.set('u2', 'h3');
  identity.set(null);
  expect([identity.user(), identity.hash()]).toEqual([null, undefined]);
});

test('a change of user is heard, with the new user in force; the same user again is not', () => {
  const heard: (string | null)[] = [];
  const changed = vi.fn(() => void heard.push(identity.user()));
  const identity = createIdentity(changed);
  for (const user of [null, 'u1', 'u1', 'u2', null]) identity.set(user, 'h');
  expect(heard).toEqual(['u1', 'u2', null]);
});
