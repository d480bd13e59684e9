/** Who is not read for a while, and who is. */
import { expect, test } from 'vitest';
import { createImpatience } from '../../src/collector/impatience.ts';

const told = (times: number) => {
  let clock = 0;
  const impatience = createImpatience(() => clock);
  const who = { address: '192.0.2.1', door: '/v1/events', authorization: undefined, origin: 'https://op.example' };
  for (let n = 0; n < times; n++) impatience.refused(who);
  return { ...impatience, who, passes: (milliseconds: number) => (clock += milliseconds) };
};

test('a client that waits is read, and one that was told a hundred times is not until it is forgiven', () => {
  const { unread, refused, who, passes } = told(99);
  expect(unread(who)).toBe(0);
  passes(4_000);
  refused(who);
  expect(unread(who)).toBe(6);
  passes(6_000);
  expect(unread(who)).toBe(0);
  refused(who);
  expect(unread(who)).toBe(0);
});

test('who says nothing is read, and told late after a hundred times, there alone and until that is forgiven', () => {
  let clock = 0;
  const { refused, unread } = createImpatience(() => clock);
  const who = { address: '192.0.2.1', door: '/v1/events', authorization: undefined, origin: undefined };
  const late = Array.from({ length: 101 }, () => refused(who));
  expect([late.slice(0, 100).every((by) => by === 0), late[100]]).toEqual([true, 100]);
  expect(unread(who)).toBe(0);
  expect(refused({ ...who, address: '192.0.2.2' })).toBe(0);
  expect(refused({ ...who, door: '/s2s-api' })).toBe(0);
  clock += 10_000;
  expect(refused(who)).toBe(0);
});

test('nobody waits for another’s impatience: another address, another door, another site, another key, and who does not say', () => {
  const { unread, who } = told(500);
  expect(unread({ ...who, address: '192.0.2.2' })).toBe(0);
  expect(unread({ ...who, door: '/s2s-api' })).toBe(0);
  expect(unread({ ...who, origin: 'https://other.example' })).toBe(0);
  expect(unread({ ...who, authorization: 'key' })).toBe(0);
  expect(unread({ ...who, origin: undefined })).toBe(0);
});
