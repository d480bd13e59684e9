import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createCallbacks } from '../../src/sdk/callbacks.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const page = () => {
  const told: string[] = [];
  const heard: unknown[] = [];
  const callbacks = createCallbacks((code, about) => void told.push(`${code}: ${about}`));
  const ear =
    (name: string) =>
    (...args: unknown[]) =>
      void heard.push([name, ...args]);
  return { ...callbacks, told, heard, ear };
};
const tick = () => vi.runAllTimers();

describe('A8 on', () => {
  test('A8 on: handlers stack, and hear on the next tick in the order in which they were added', () => {
    const { on, emit, heard, ear } = page();
    on('props_change', ear('one'));
    on('props_change', ear('two'));
    emit('props_change', { a: 1 });
    expect(heard).toEqual([]);
    tick();
    expect(heard).toEqual([
      ['one', { a: 1 }],
      ['two', { a: 1 }],
    ]);
  });

  test('the same handler twice is one', () => {
    const { on, emit, heard, ear } = page();
    const one = ear('one');
    on('login', one);
    on('login', one);
    emit('login');
    tick();
    expect(heard).toEqual([['one']]);
  });

  test('a handler that throws is told and stops nobody else', () => {
    const { on, emit, heard, ear, told } = page();
    on('login', () => {
      throw new Error('the page’s own');
    });
    on('login', ear('two'));
    emit('login');
    tick();
    expect([heard, told]).toEqual([[['two']], ['handler_threw: login']]);
  });

  test('A8 on: on(key, null) removes every handler of the key, and of no other', () => {
    const { on, emit, heard, ear } = page();
    on('login', ear('one'));
    on('login', ear('two'));
    on('logout', ear('three'));
    on('login', null);
    emit('login');
    emit('logout');
    tick();
    expect(heard).toEqual([['three']]);
  });

  test('what is no function is taken for null, and its undo does nothing', () => {
    const { on, emit, heard, ear } = page();
    on('login', ear('one'));
    on('login', 'nonsense' as never)();
    emit('login');
    tick();
    expect(heard).toEqual([]);
  });

  test('A8 off: it removes one; the undo that on returns removes its own', () => {
    const { on, off, emit, heard, ear } = page();
    const [one, two, three] = [ear('one'), ear('two'), ear('three')];
    on('login', one);
    const undo = on('login', two);
    on('login', three);
    off('login', one);
    off('login', ear('a stranger'));
    off('nothing', one);
    undo();
    undo();
    emit('login');
    tick();
    expect(heard).toEqual([['three']]);
  });

  test('a handler that was removed between the event and the next tick does not hear it any more', () => {
    const { on, off, emit, heard, ear } = page();
    const one = ear('one');
    on('login', one);
    emit('login');
    off('login', one);
    tick();
    expect(heard).toEqual([]);
  });

  test('a handler added after an ordinary event does not hear it', () => {
    const { on, emit, heard, ear } = page();
    emit('login');
    on('login', ear('late'));
    tick();
    expect(heard).toEqual([]);
  });
});

describe('A8 lifecycle keys', () => {
  test('A8 init, identify: are told once to whoever comes late, with their last word', () => {
    const { on, emitSticky, heard, ear } = page();
    emitSticky('identify', 4011, {}, 'no');
    emitSticky('identify', 0, { a: 1 }, '');
    on('identify', ear('late'));
    tick();
    tick();
    expect(heard).toEqual([['late', 0, { a: 1 }, '']]);
  });

  test('are not replayed to a handler that asks so, which hears what comes after', () => {
    const { on, emitSticky, heard, ear } = page();
    emitSticky('init', 0);
    on('init', ear('late'), { replay: false });
    tick();
    emitSticky('init', 0);
    tick();
    expect(heard).toEqual([['late', 0]]);
  });

  test('are told once to a handler that came before and is still there', () => {
    const { on, emitSticky, heard, ear } = page();
    on('init', ear('early'));
    emitSticky('init', 0);
    on('init', ear('late'));
    tick();
    expect(heard).toEqual([
      ['early', 0],
      ['late', 0],
    ]);
  });

  test('are forgotten with the user that they were about', () => {
    const { on, emitSticky, forget, heard, ear } = page();
    emitSticky('identify', 0, {});
    forget('identify');
    on('identify', ear('late'));
    tick();
    expect(heard).toEqual([]);
  });
});

describe('the SDK’s own ears', () => {
  test('survive on(key, null) and clear(), and hear sticky words late as well', () => {
    const { on, clear, emit, emitSticky, heard, ear } = page();
    emitSticky('identify', 0);
    on(':identify', ear('ours'));
    on('identify', ear('theirs'), { replay: false });
    on('identify', null);
    on('login', ear('theirs'));
    clear();
    emit('identify', 1);
    emit('login');
    tick();
    expect(heard).toEqual([
      ['ours', 0],
      ['ours', 1],
    ]);
  });

  test('wait for one word that is wanted, a sticky key’s last one too, and hear no more', async () => {
    const { once, emit, emitSticky, clear } = page();
    const resolved: string[] = [];
    const codes: number[] = [];
    void once('login').then(() => resolved.push('any'));
    const wanted = (code: number) => {
      codes.push(code);
      return code === 0;
    };
    void once('login', wanted).then(() => resolved.push('wanted'));
    clear();
    emit('login', 5);
    await vi.runAllTimersAsync();
    expect(resolved).toEqual(['any']);
    emit('login', 0);
    emit('login', 6);
    await vi.runAllTimersAsync();
    emitSticky('init', 0);
    void once('init').then(() => resolved.push('late'));
    await vi.runAllTimersAsync();
    expect([resolved, codes]).toEqual([
      ['any', 'wanted', 'late'],
      [5, 0],
    ]);
  });

  test('are not taken for the page’s', () => {
    const callbacks = createCallbacks(() => undefined);
    callbacks.on(':dp:cashier', () => {});
    expect(callbacks.heard('dp:cashier')).toBe(false);
    const undo = callbacks.on('dp:cashier', () => {});
    expect(callbacks.heard('dp:cashier')).toBe(true);
    undo();
    expect(callbacks.heard('dp:cashier')).toBe(false);
  });
});
