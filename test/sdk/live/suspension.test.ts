import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createSuspension, readHolds, underRule } from '../../../src/sdk/live/suspension.ts';
import { textStore } from '../../../src/sdk/platform.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A page of a tab; the tab's store outlives it. */
const open = ({ session = textStore(() => undefined), path = '/', rules = [] as string[] } = {}) => {
  const location = { pathname: path, hash: '' };
  const released: string[] = [];
  const suspension = createSuspension({
    session,
    key: 'holds',
    location,
    now: Date.now,
    rules: () => rules,
    released: (surface) => void released.push(surface),
  });
  const go = (address: string) => {
    const [pathname = '', hash] = address.split('#');
    Object.assign(location, { pathname, hash: hash === undefined ? '' : `#${hash}` });
    suspension.navigated();
  };
  return { ...suspension, released, session, go, reload: () => open({ session, path: location.pathname, rules }) };
};

describe('reasons', () => {
  test('the boolean form holds one surface until it is said again', () => {
    const { set, held, released } = open();
    set('popups', true);
    set('popups', true);
    expect([held('popups'), held('inbox'), held('games')]).toEqual([true, false, false]);
    set('popups', false);
    expect([held('popups'), released]).toEqual([false, ['popups']]);
    set('popups', false);
    expect(released).toEqual(['popups']);
  });

  test('a surface is free when the last of its reasons has ended, whoever gave them', () => {
    const { set, held, released } = open();
    set('inbox', true, { reason: 'cashier' });
    set('inbox', true, { reason: 'game' });
    set('inbox', true);
    set('inbox', false, { reason: 'cashier' });
    set('inbox', false);
    expect([held('inbox'), released]).toEqual([true, []]);
    set('inbox', false, { reason: 'game' });
    expect([held('inbox'), released]).toEqual([false, ['inbox']]);
  });

  test('a reason with a time ends by itself, and another one holds on', async () => {
    const { set, held, released } = open();
    set('popups', true, { reason: 'video', ttl: 60_000 });
    set('games', true, { reason: 'video', ttl: 20_000 });
    set('games', true);
    await vi.advanceTimersByTimeAsync(59_999);
    expect([held('popups'), held('games'), released]).toEqual([true, true, []]);
    await vi.advanceTimersByTimeAsync(1);
    expect([held('popups'), held('games'), released]).toEqual([false, true, ['popups']]);
  });

  test('a time that is given again replaces the one before', async () => {
    const { set, held } = open();
    set('popups', true, { ttl: 10 });
    set('popups', true, { ttl: 1_000 });
    await vi.advanceTimersByTimeAsync(500);
    expect(held('popups')).toBe(true);
    set('popups', true);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(held('popups')).toBe(true);
  });

  test('a time that is longer than a timer can count is not over at once', async () => {
    const started = vi.spyOn(globalThis, 'setTimeout');
    const { set, held, released } = open();
    set('popups', true, { ttl: 30 * 24 * 3_600_000 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect([held('popups'), released]).toEqual([true, []]);
    expect(started.mock.calls.map(([, delay]) => delay)).toEqual([2 ** 31 - 1]);
    started.mockRestore();
  });

  test('however many reasons expire, one timer waits', () => {
    const { set } = open();
    for (const reason of ['a', 'b', 'c']) set('popups', true, { reason, ttl: 1_000 });
    expect(vi.getTimerCount()).toBe(1);
    for (const reason of ['a', 'b', 'c']) set('popups', false, { reason });
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([Number.NaN, Infinity, '60', {}, null])('a time that is none (%s) holds without end', async (ttl) => {
    const { set, held } = open();
    set('popups', true, { ttl: ttl as never });
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(held('popups')).toBe(true);
  });

  test('options that are none are no obstacle', () => {
    const { set, held } = open();
    set('popups', 1, null as never);
    set('inbox', 'yes', 'cashier' as never);
    expect([held('popups'), held('inbox')]).toEqual([true, true]);
  });
});

describe('a reload', () => {
  test('keeps what holds, with the rest of its time', async () => {
    const page = open();
    page.set('popups', true, { reason: 'cashier' });
    page.set('inbox', true, { ttl: 1_000 });
    const { held, released, set } = page.reload();
    expect([held('popups'), held('inbox'), held('games')]).toEqual([true, true, false]);
    await vi.advanceTimersByTimeAsync(1_000);
    set('popups', false, { reason: 'cashier' });
    expect(released).toEqual(['inbox', 'popups']);
  });

  test('does not bring back what has ended', async () => {
    const page = open();
    page.set('inbox', true, { ttl: 1_000 });
    page.set('popups', true);
    page.set('popups', false);
    await vi.advanceTimersByTimeAsync(1_000);
    const { held, released } = page.reload();
    expect([held('popups'), held('inbox'), released]).toEqual([false, false, []]);
  });

  test.each([
    null,
    'no JSON',
    '5',
    '{"popups":1}',
    '[1,null,{}]',
    '[["popups"]]',
    '[["popups","",null]]',
    '[["everything","",0]]',
    '[["popups",{},0]]',
  ])('what storage holds is no hold unless it is one: %s', (text) => {
    expect(readHolds(text)).toEqual([]);
  });

  test('reads its own writing', () => {
    expect(readHolds('[["popups","a",0],5,["games","",7]]')).toEqual([
      ['popups', 'a', 0],
      ['games', '', 7],
    ]);
  });
});

describe('rules', () => {
  test.each([
    ['/deposit', '/deposit', '', true],
    ['/deposit', '/deposit/card', '', false],
    ['/deposit*', '/deposit/card', '', true],
    ['/deposit*', '/en/deposit', '', false],
    ['*/deposit*', '/en/deposit', '', true],
    ['*', '/', '', true],
    ['', '/', '', false],
    ['/a*b', '/ab', '', true],
    ['/ab*b', '/ab', '', false],
    ['/a*b*c', '/a-b-b-c', '', true],
    ['/a*b*c', '/a-c-b', '', false],
    ['/a.c', '/abc', '', false],
    ['/deposit', '/deposit', '#card', true],
    ['/*#/deposit*', '/app', '#/deposit/card', true],
    ['#/deposit*', '/app', '#/deposit/card', true],
    ['#/deposit*', '/deposit/card', '', false],
  ])('%s and %s%s: %s', (rule, path, hash, under) => {
    expect(underRule(rule, path, hash)).toBe(under);
  });

  test('a hostile address does not hang a rule with many stars', () => {
    expect(underRule(`${'*a'.repeat(12)}*b`, 'a'.repeat(2_000), '')).toBe(false);
  });

  test('hold popups and inbox while the page is there, and release them where it goes', () => {
    const { held, go, released } = open({ path: '/deposit/card', rules: ['/deposit*', '#/cashier'] });
    expect([held('popups'), held('inbox'), held('games')]).toEqual([true, true, false]);
    go('/deposit/bank');
    go('/app#/cashier');
    expect([held('popups'), released]).toEqual([true, []]);
    go('/app#/lobby');
    expect([held('popups'), released]).toEqual([false, ['popups', 'inbox']]);
    go('/deposit');
    go('/app');
    expect(released).toEqual(['popups', 'inbox', 'popups', 'inbox']);
  });

  test('a reason of the page’s own outlasts them', () => {
    const { set, go, released } = open({ path: '/deposit', rules: ['/deposit'] });
    set('popups', true);
    go('/');
    expect(released).toEqual(['inbox']);
    set('popups', false);
    expect(released).toEqual(['inbox', 'popups']);
  });
});
