/** The guest's side of a call: when it goes, and what becomes of it. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CREDIT } from '../../src/bridge/messages.ts';
import { guestLine } from './guest-line.ts';
import { delivered } from './turns.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const names = (count: number) => Array.from({ length: count }, (_, index) => `call ${index + 1}`);
/** What a promise has come to by now. */
const fate = async (promise: Promise<unknown>) => {
  const pending = { pending: true };
  await delivered();
  return Promise.race([
    promise.then(
      (value) => ({ value }),
      ({ code }) => ({ code }),
    ),
    delivered().then(() => pending),
  ]);
};

describe('order', () => {
  test('calls made before there is a host wait for it, in order, whatever their kind', async () => {
    const { call, meets, heard } = guestLine();
    void call('init', ['label'], 'order');
    void call('take', ['id', '{}'], 'delivery');
    void call('flush', [], 'question');
    await meets();
    void call('take', ['id 2', '{}'], 'delivery');
    await delivered();
    expect(heard).toEqual([
      { type: 'call', id: 1, method: 'init', args: ['label'], asks: true },
      { type: 'call', id: 2, method: 'take', args: ['id', '{}'], asks: false },
      { type: 'call', id: 3, method: 'flush', args: [], asks: true },
      { type: 'call', id: 4, method: 'take', args: ['id 2', '{}'], asks: false },
    ]);
  });

  test('a call says what was so when it was made', async () => {
    const { call, meets, heard } = guestLine();
    const payload = { amount: 5 };
    void call('event', ['deposit', payload], 'delivery');
    payload.amount = 6;
    await meets();
    expect(heard[0]?.args).toEqual(['deposit', { amount: 5 }]);
  });

  test('an argument that calls while it is written down gets a number of its own, and goes first', async () => {
    const { call, meets, heard, says } = guestLine();
    const inner: unknown[] = [];
    const payload = { toJSON: () => inner.push(call('inner', [], 'question')) };
    const outer = call('outer', [payload], 'question');
    await meets();
    expect(heard.map(({ id, method }) => [id, method])).toEqual([
      [1, 'inner'],
      [2, 'outer'],
    ]);
    await says({ type: 'answer', id: 2, value: 'out' }, { type: 'answer', id: 1, value: 'in' });
    expect([await outer, await inner[0]]).toEqual(['out', 'in']);
  });
});

describe('credit', () => {
  test(`${CREDIT} calls are on their way at most; each that is taken lets one more go, in order`, async () => {
    const { call, meets, methods, says } = guestLine();
    const all = names(CREDIT * 2 + 500);
    for (const name of all) void call(name, [], 'delivery');
    await meets();
    expect(methods()).toEqual(all.slice(0, CREDIT));
    await says({ type: 'taken', id: 1 });
    expect(methods()).toEqual(all.slice(0, CREDIT + 1));
    await says({ type: 'taken', id: 400 });
    expect(methods()).toEqual(all.slice(0, CREDIT + 400));
    await says({ type: 'taken', id: CREDIT + 400 }, { type: 'taken', id: all.length });
    expect(methods()).toEqual(all);
  });

  test('a word about calls that are taken already frees nothing', async () => {
    const { call, meets, methods, says } = guestLine();
    for (const name of names(CREDIT + 100)) void call(name, [], 'delivery');
    await meets();
    await says({ type: 'taken', id: 10 }, { type: 'taken', id: 10 }, { type: 'taken', id: 3 });
    expect(methods()).toHaveLength(CREDIT + 10);
  });

  test('an answer, a refusal or a lost patience is no word that a call was taken', async () => {
    const { call, meets, methods, says } = guestLine();
    for (const name of names(CREDIT)) void call(name, [], 'question');
    for (const name of ['one more', 'and another']) void call(name, [], 'delivery');
    await meets();
    await says({ type: 'answer', id: 1 }, { type: 'refusal', id: 2, code: 'unknown_method', message: 'x' });
    vi.advanceTimersByTime(10_000);
    await delivered();
    expect(methods()).toHaveLength(CREDIT);
    await says({ type: 'taken', id: 1 });
    expect(methods().slice(CREDIT)).toEqual(['one more']);
  });
});

describe('what becomes of a call', () => {
  test('a delivery is done when the host has it, and not before', async () => {
    const { call, meets, says } = guestLine();
    const done: number[] = [];
    for (const id of [1, 2, 3]) void call('take', [], 'delivery').then(() => done.push(id));
    await meets();
    expect(done).toEqual([]);
    await says({ type: 'taken', id: 2 });
    expect(done).toEqual([1, 2]);
    await says({ type: 'taken', id: 2 }, { type: 'taken', id: 3 });
    expect(done).toEqual([1, 2, 3]);
  });

  test('a question and an order come to their own answers, in whatever order those come', async () => {
    const { call, meets, says } = guestLine();
    const [one, two, three] = [call('a', [], 'question'), call('b', [], 'order'), call('c', [], 'question')];
    await meets();
    await says({ type: 'taken', id: 3 });
    await says(
      { type: 'answer', id: 3, value: { c: 1 } },
      { type: 'answer', id: 1 },
      { type: 'answer', id: 2, value: 0 },
    );
    expect(await Promise.all([one, two, three])).toEqual([undefined, 0, { c: 1 }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each(['question', 'order', 'delivery'] as const)(
    'a refused %s rejects with the host’s code, told once',
    async (kind) => {
      const { call, meets, says, told } = guestLine();
      const refused = call('eval', [], kind);
      await meets();
      await says({ type: 'refusal', id: 1, code: 'unknown_method', message: 'eval' }, { type: 'taken', id: 1 });
      expect(await fate(refused)).toEqual({ code: 'unknown_method' });
      expect([told, vi.getTimerCount()]).toEqual([['unknown_method: eval'], 0]);
    },
  );

  test('B15: an answer to nothing that was asked, or a second one, changes nothing', async () => {
    const { call, meets, says, told } = guestLine();
    const asked = call('a', [], 'question');
    const order = call('b', [], 'order');
    await meets();
    await says(
      { type: 'answer', id: 99, value: 'nobody asked' },
      { type: 'refusal', id: 98, code: 'x', message: 'y' },
      { type: 'answer', id: 1, value: 'first' },
      { type: 'answer', id: 1, value: 'second' },
      { type: 'refusal', id: 1, code: 'x', message: 'y' },
    );
    expect([await asked, await fate(order), told]).toEqual(['first', { pending: true }, []]);
  });

  test('words that are none, and calls of a host, are nothing to a guest', async () => {
    const { call, meets, says, saysText, heard } = guestLine();
    const asked = call('a', [], 'question');
    await meets();
    for (const text of [
      '',
      'null',
      '[]',
      '{"type":"answer","id":"1"}',
      JSON.stringify({ ...heard[0] }),
      '{"type":"bye"}',
    ])
      await saysText(text);
    expect(await fate(asked)).toEqual({ pending: true });
    await says({ type: 'answer', id: 1, value: 1 });
    expect(await asked).toBe(1);
  });
});

describe('B16: no answer at all', () => {
  test('a question that nobody takes within ten seconds rejects with `bridge_timeout`', async () => {
    const { call, meets, told } = guestLine();
    const asked = call('flush', [], 'question');
    await meets();
    vi.advanceTimersByTime(9_999);
    expect(await fate(asked)).toEqual({ pending: true });
    vi.advanceTimersByTime(1);
    expect(await fate(asked)).toEqual({ code: 'bridge_timeout' });
    expect(told).toEqual(['bridge_timeout: flush']);
  });

  test('a question that was given up is not asked later; orders and deliveries go, however late', async () => {
    const { call, meets, methods } = guestLine();
    const asked = call('flush', [], 'question');
    const [order, delivery] = [call('init', ['label'], 'order'), call('take', [], 'delivery')];
    vi.advanceTimersByTime(60_000);
    expect([await fate(asked), await fate(order), await fate(delivery)]).toEqual([
      { code: 'bridge_timeout' },
      { pending: true },
      { pending: true },
    ]);
    await meets();
    expect(methods()).toEqual(['init', 'take']);
  });

  test('a host that took a question may take its time', async () => {
    const { call, meets, says } = guestLine();
    const asked = call('requestPushPermissions', [], 'question');
    await meets();
    await says({ type: 'taken', id: 1 });
    vi.advanceTimersByTime(600_000);
    expect([await fate(asked), vi.getTimerCount()]).toEqual([{ pending: true }, 0]);
    await says({ type: 'answer', id: 1, value: 'granted' });
    expect(await asked).toBe('granted');
  });

  test('an answer after that comes too late', async () => {
    const { call, meets, says, told } = guestLine();
    const asked = call('flush', [], 'question');
    await meets();
    vi.advanceTimersByTime(10_000);
    await says({ type: 'answer', id: 1, value: 'late' }, { type: 'refusal', id: 1, code: 'x', message: 'y' });
    expect([await fate(asked), told.length]).toEqual([{ code: 'bridge_timeout' }, 1]);
  });
});
