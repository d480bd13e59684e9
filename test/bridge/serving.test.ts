/** The host's side of a call: what may be called, with what, and what the guest hears of it. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { earText } from '../../src/bridge/messages.ts';
import type { Ear, Takes } from '../../src/bridge/serving.ts';
import { hostLine } from './host-line.ts';
import { delivered } from './turns.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

type Handler = (...args: unknown[]) => void;

describe('B08, B09: only what is on the list can be called', () => {
  test.each([
    '__proto__',
    'constructor',
    'prototype',
    'eval',
    'toString',
    'valueOf',
    'hasOwnProperty',
    'get',
    'has',
    'then',
    'Event',
    'event ',
    'event.call',
    '',
  ])('“%s” is refused as unknown', async (name) => {
    const { calls, method, answers, ran } = hostLine();
    method('event', ['text']);
    const asked = calls(name, ['x']);
    const told = calls(name, ['x'], false);
    await delivered();
    const refusal = { type: 'refusal', code: 'unknown_method', message: name };
    expect(answers()).toEqual([
      { ...refusal, id: asked },
      { ...refusal, id: told },
    ]);
    expect(ran).toEqual([]);
  });
});

describe('a call runs with arguments of the kinds that it takes, or not at all', () => {
  test.each<[Takes[number], unknown[], unknown[]]>([
    ['text', ['x', '', 0, 5.5], [null, true, [], {}, ['x'], { toString: 'x' }, earText(1)]],
    ['flag', [true, false], [null, 0, 1, 'true', '', [], {}]],
    ['object', [{}, { a: 1 }, { __proto__: null, length: 1 }], [null, 0, 'x', true, [], ['x'], earText(1)]],
    ['function', [earText(1)], [null, 'x', {}, [], true, 'function () {}', { call: 1 }]],
    ['anything', [null, 0, 'x', true, [], {}, ['x']], []],
    ['text?', ['x', 0, null], [true, [], {}]],
    ['object?', [{}, null], ['x', 0, false, []]],
  ])('%s', async (kind, good, bad) => {
    const { calls, method, answers, ran } = hostLine();
    method('call', [kind]);
    for (const argument of good) calls('call', [argument]);
    await delivered();
    expect([ran.length, answers().map(({ type }) => type)]).toEqual([good.length, good.map(() => 'answer')]);
    for (const argument of bad) calls('call', [argument]);
    await delivered();
    expect(ran).toHaveLength(good.length);
    expect(answers().slice(good.length)).toEqual(
      bad.map(() => expect.objectContaining({ code: 'bad_argument', message: `call: argument 1 must be ${kind}` })),
    );
  });

  test('what is missing is named by its place, and what is left out is left out', async () => {
    const { calls, method, answers, ran } = hostLine();
    method('event', ['text', 'object?', 'text']);
    calls('event', ['deposit', null]);
    calls('event', ['deposit', null, 'x']);
    await delivered();
    expect(answers()[0]).toMatchObject({ message: 'event: argument 3 must be text' });
    expect(ran).toEqual([['event', 'deposit', undefined, 'x']]);
  });

  test('more than it takes it does not get', async () => {
    const { calls, method, ran } = hostLine();
    method('flush', []);
    method('action', ['text']);
    calls('flush', ['x', {}]);
    calls('action', ['x', { admin: true }, 'y']);
    expect(ran).toEqual([['flush'], ['action', 'x']]);
  });

  test('what names itself `__proto__` stays a name', () => {
    const { hears, method, ran } = hostLine();
    method('event', ['object']);
    hears(JSON.parse('{"type":"call","id":1,"method":"event","args":[{"__proto__":{"admin":true}}],"asks":false}'));
    const [, payload] = ran[0] as [string, { admin?: boolean }];
    expect([payload.admin, Object.getPrototypeOf(payload), Object.keys(payload)]).toEqual([
      undefined,
      Object.prototype,
      ['__proto__'],
    ]);
  });
});

describe('a function of the guest’s', () => {
  test('is called over there, from among the arguments and from options', () => {
    const { calls, method, said, ran } = hostLine();
    method('on', ['text', 'function']);
    method('getInboxMessages', ['object']);
    calls('on', ['login', earText(1)]);
    calls('getInboxMessages', [{ from: 0, onUpdate: earText(2) }]);
    const [on, messages] = ran as [[string, string, Handler], [string, { from: number; onUpdate: Handler }]];
    on[2](0, { level: 2 });
    messages[1].onUpdate([]);
    messages[1].onUpdate();
    expect([messages[1].from, said]).toEqual([
      0,
      [
        { type: 'heard', ear: 1, args: [0, { level: 2 }] },
        { type: 'heard', ear: 2, args: [[]] },
        { type: 'heard', ear: 2, args: [] },
      ],
    ]);
  });

  test('is let go of when it was released as often as it was handed over; the guest is told each time', () => {
    const { calls, method, said, ran } = hostLine();
    method('on', ['function']);
    const handedOver = () => {
      calls('on', [earText(1)]);
      return ran.at(-1)?.[1] as Ear;
    };
    const first = handedOver();
    expect(handedOver()).toBe(first);
    first.release();
    expect(handedOver()).toBe(first);
    first.release();
    first.release();
    expect(handedOver()).not.toBe(first);
    expect(said).toEqual(Array(3).fill({ type: 'released', ear: 1 }));
  });

  test('is the same one whenever it is handed over, and another guest’s is another', () => {
    const [one, other] = [hostLine(), hostLine()];
    const takes: Takes = ['function'];
    for (const { method, calls } of [one, other]) {
      method('on', takes);
      calls('on', [earText(1)]);
      calls('on', [earText(1)]);
      calls('on', [earText(2)]);
    }
    const [first, again, second] = one.ran.map(([, ear]) => ear);
    expect(first).toBe(again);
    expect(first).not.toBe(second);
    expect(first).not.toBe(other.ran[0]?.[1]);
  });
});

describe('what the guest hears of a call', () => {
  const outcomes: [string, () => unknown, object][] = [
    ['a value', () => ({ stored: 1 }), { type: 'answer', value: { stored: 1 } }],
    ['nothing', () => undefined, { type: 'answer' }],
    ['a promise kept', async () => [1], { type: 'answer', value: [1] }],
    ['a function', () => () => 'undo', { type: 'answer' }],
    [
      'an error with a code',
      () => {
        throw Object.assign(new Error('not_identified: getUserProfile'), { code: 'not_identified' });
      },
      { type: 'refusal', code: 'not_identified', message: 'getUserProfile' },
    ],
    [
      'a promise broken',
      () => Promise.reject(Object.assign(new Error('no line'), { code: 'channel_timeout' })),
      { type: 'refusal', code: 'channel_timeout', message: 'no line' },
    ],
    [
      'an error without a code',
      () => {
        throw new TypeError('x is not a function');
      },
      { type: 'refusal', code: 'bad_argument', message: 'x is not a function' },
    ],
    ['a text thrown', () => Promise.reject('no'), { type: 'refusal', code: 'bad_argument', message: 'no' }],
    [
      'nothing thrown',
      () => Promise.reject(undefined),
      { type: 'refusal', code: 'bad_argument', message: 'undefined' },
    ],
  ];
  test.each(outcomes)('of a question: %s', async (_name, outcome, said) => {
    const { calls, method, answers } = hostLine();
    method('call', [], outcome);
    const id = calls('call');
    await delivered();
    expect(answers()).toEqual([expect.objectContaining({ id, ...said })]);
  });

  test('of an answer that cannot be written down: that it could not', async () => {
    const { calls, method, answers } = hostLine();
    method('call', [], () => ({ amount: 1n }));
    calls('call');
    await delivered();
    expect(answers()).toEqual([expect.objectContaining({ type: 'refusal', id: 1, code: 'bad_argument' })]);
  });

  test.each(outcomes)('of a delivery, only a refusal: %s', async (_name, outcome, said) => {
    const { calls, method, answers } = hostLine();
    method('call', [], outcome);
    calls('call', [], false);
    await delivered();
    expect(answers()).toEqual('code' in said ? [expect.objectContaining(said)] : []);
  });

  test('one word for all calls of a moment, when all of them are done', async () => {
    const { calls, method, said, ran } = hostLine();
    method('event', ['text']);
    for (const name of ['a', 'b', 'c']) calls('event', [name], false);
    expect([ran.map(([, name]) => name), said]).toEqual([['a', 'b', 'c'], []]);
    vi.advanceTimersByTime(0);
    expect(said).toEqual([{ type: 'taken', id: 3 }]);
    calls('eval', [], false);
    await delivered();
    vi.advanceTimersByTime(0);
    expect(said.slice(1)).toEqual([
      { type: 'refusal', id: 4, code: 'unknown_method', message: 'eval' },
      { type: 'taken', id: 4 }, // refused is done, too: its credit comes back
    ]);
  });

  test('a slow answer holds up neither the next call nor the word that all are taken', async () => {
    const { calls, method, said } = hostLine();
    let answer = (_value: string) => {};
    method('slow', [], () => new Promise((resolve) => (answer = resolve)));
    method('quick', [], () => 'quick');
    calls('slow');
    calls('quick');
    await delivered();
    vi.advanceTimersByTime(0);
    answer('slow');
    await delivered();
    expect(said).toEqual([
      { type: 'answer', id: 2, value: 'quick' },
      { type: 'taken', id: 2 },
      { type: 'answer', id: 1, value: 'slow' },
    ]);
  });

  test('news, without asking', () => {
    const { news, said } = hostLine();
    news({ user: null });
    expect(said).toEqual([{ type: 'news', news: { user: null } }]);
  });
});
