import { afterEach, describe, expect, test } from 'vitest';
import { parseBrowserEvent } from '../../src/wire/parse.ts';
import { capturing } from '../support/capturing.ts';

const REPAIRED = 'payload_repaired: t';
/** What the collector stores of `event('t', payload)`, and what the console said. */
const stored = (payload: unknown) => {
  const { event, last, told } = capturing();
  expect(event('t', payload)).toBe('eid-1000');
  const parsed = parseBrowserEvent(last(), 'event');
  return { payload: parsed.ok ? parsed.value.payload : parsed.problem, told };
};
const cyclic = () => {
  const payload: { [name: string]: unknown } = { a: 1 };
  payload.self = payload;
  return payload;
};
const throwing = (): object => ({
  a: 1,
  get b() {
    throw new Error('of the page’s own');
  },
});

describe('an event', () => {
  test('is whole when the call returns: id, time, brand, user, place, source, hash, payload', () => {
    const { action, identity, rows, last } = capturing();
    identity.set('u1', 'hash');
    expect(action('Buy', { amount: 5 })).toBe('eid-1000');
    expect(rows.map(({ eid }) => eid)).toEqual(['eid-1000']);
    expect(last()).toEqual({
      eid: 'eid-1000',
      event_date: 5,
      ext_brand_id: 'brand',
      user_ext_id: 'u1',
      event_type: 'client_action',
      session_id: 'session-1',
      page_id: 'page-0001',
      seq: 1,
      source: 'api',
      hash: 'hash',
      payload: { amount: 5, client_action: 'Buy' },
    });
  });

  test('keeps the user it was made under', () => {
    const { event, identity, rows } = capturing();
    event('a');
    identity.set('u1');
    event('b');
    identity.set(null);
    event('c');
    expect(rows.map(({ text }) => JSON.parse(text).user_ext_id)).toEqual([null, 'u1', null]);
  });

  test('keeps the payload it was called with, whatever the page does to the object afterwards', () => {
    const { event, last } = capturing();
    const payload = { amount: 5, list: [1] };
    event('t', payload);
    payload.amount = 6;
    payload.list.push(2);
    expect(last().payload).toEqual({ amount: 5, list: [1] });
  });
});

describe('an event that a frame made', () => {
  const made = { eid: 'eid-of-frame', event_date: 3, session_id: 'session-2', page_id: 'page-of-frame', seq: 7 };

  test('keeps the frame’s id, time and place; the page adds brand, user and proof, and does not count it as its own', () => {
    const { event, identity, last } = capturing();
    identity.set('ann', 'proof');
    expect(event('t', { a: 1 }, made)).toBe('eid-of-frame');
    expect(last()).toMatchObject({
      ...made,
      ext_brand_id: 'brand',
      user_ext_id: 'ann',
      hash: 'proof',
      payload: { a: 1 },
    });
    event('own');
    expect(last()).toMatchObject({ page_id: 'page-0001', seq: 1 });
  });

  test('for somebody else than the present user is theirs, with their proof or none', () => {
    const { event, identity, last } = capturing();
    identity.set('ann', 'proof');
    event('t', {}, { ...made, user_ext_id: 'bob', hash: 'bobs' });
    expect(last()).toMatchObject({ user_ext_id: 'bob', hash: 'bobs' });
    event('t', {}, { ...made, user_ext_id: null, hash: undefined });
    expect([last().user_ext_id, 'hash' in last()]).toEqual([null, false]);
  });

  test('and is too large is buried as the event that it is, under the frame’s id, with the frame’s place and origin', () => {
    const { framed, buried } = capturing();
    framed('t', { text: 'x'.repeat(40_000) }, made);
    expect(buried.map(([eid, text]) => [eid, JSON.parse(text)])).toMatchObject([
      ['eid-of-frame', { ...made, frame: 'https://platform.example', event_type: 't' }],
    ]);
  });
});

describe('whatever the payload is, the event is kept and the page is not disturbed', () => {
  test.each<[string, unknown, unknown, string[]]>([
    ['nothing', undefined, {}, []],
    ['null', null, {}, []],
    ['an object', { a: [1, { b: null }] }, { a: [1, { b: null }] }, []],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }, []],
    ['`__proto__` as a name', JSON.parse('{"__proto__":{"x":1}}'), JSON.parse('{"__proto__":{"x":1}}'), []],
    ['a name set to nothing', { a: undefined, b: Number.NaN }, { b: null }, []],
    ['a cycle', cyclic(), { a: 1, self: '[cycle]' }, [REPAIRED]],
    ['a BigInt', { a: 5n }, { a: '5' }, [REPAIRED]],
    ['a function and a symbol', { a: () => 1, b: Symbol('s') }, { a: '[function]', b: '[symbol]' }, [REPAIRED]],
    ['a getter that throws', throwing(), { unreadable: 'Error: of the page’s own' }, [REPAIRED]],
    [
      'a toJSON that throws',
      {
        toJSON() {
          throw new Error('no');
        },
      },
      { unreadable: 'Error: no' },
      [REPAIRED],
    ],
    ['an object that speaks for itself', Object.create({ toJSON: () => ({ a: 1 }) }), { a: 1 }, []],
    ['text', 'text', { value: 'text' }, ['payload_not_object: t']],
    ['a number', 5, { value: 5 }, ['payload_not_object: t']],
    ['a list', [1, 2], { value: [1, 2] }, ['payload_not_object: t']],
    ['a date', new Date(0), { value: '1970-01-01T00:00:00.000Z' }, ['payload_not_object: t']],
    [
      'an object that says nothing',
      Object.create({ toJSON: () => undefined }),
      { value: null },
      ['payload_not_object: t'],
    ],
    ['a revoked proxy', revoked(), { unreadable: expect.stringContaining('revoked') }, [REPAIRED]],
  ])('%s', (_name, payload, expected, words) => {
    const { payload: kept, told } = stored(payload);
    expect(kept).toEqual(expected);
    expect(told).toEqual(words);
  });

  test.each<[string, unknown, object]>([
    ['a getter that throws', throwing(), { unreadable: 'Error: of the page’s own', client_action: 'X' }],
    ['a cycle', cyclic(), { a: 1, self: '[cycle]', client_action: 'X' }],
    ['text', 'text', { value: 'text', client_action: 'X' }],
    ['a list', [1], { value: [1], client_action: 'X' }],
    ['a name of its own for the action', { client_action: 'Y' }, { client_action: 'X' }],
    ['nothing', null, { client_action: 'X' }],
  ])('and beside an action: %s', (_name, extra, expected) => {
    const { action, last } = capturing();
    expect(action('X', extra)).toBe('eid-1000');
    expect(last().payload).toEqual(expected);
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe('a payload has 32 kB', () => {
  const bytes = (payload: object) => new TextEncoder().encode(JSON.stringify(payload)).length;
  /** A payload of exactly so many bytes. */
  const sized = (size: number, letter: string) => {
    const room = size - bytes({ t: '' });
    const letters = letter.repeat(Math.floor(room / new TextEncoder().encode(letter).length));
    return { t: letters + 'x'.repeat(room - new TextEncoder().encode(letters).length) };
  };
  test.each(['x', 'é', '漢', '😀'])('of %s: exactly so many are kept', (letter) => {
    const { event, lost, told } = capturing();
    expect(event('t', sized(32 * 1024, letter))).toBe('eid-1000');
    expect([lost, told]).toEqual([[], []]);
  });

  test.each(['x', 'é', '漢', '😀'])(
    'of %s: one more is a loss under its number, a dead letter and a word',
    (letter) => {
      const { event, lost, told, buried, rows, last } = capturing();
      expect(event('t', sized(32 * 1024 + 1, letter))).toBeUndefined();
      const place = { session_id: 'session-1', page_id: 'page-0001', seq: 1 };
      expect([rows.length, lost, told]).toEqual([0, [['too_large', [place]]], ['payload_too_large: t']]);
      expect(buried.map(([, , code, type]) => [code, type])).toEqual([['payload_too_large', 't']]);
      event('small');
      expect(last().seq).toBe(2);
    },
  );

  test('and the letter about one that has more is the event, payload last, so that its first characters say whose it is', () => {
    const { event, identity, buried } = capturing();
    identity.set('ann', 'proof');
    const payload = { text: 'x'.repeat(40_000) };
    event('t', payload);
    expect(buried[0]?.[1]).toBe(
      JSON.stringify({
        eid: 'eid-1000',
        event_date: 5,
        ext_brand_id: 'brand',
        user_ext_id: 'ann',
        event_type: 't',
        source: 'api',
        hash: 'proof',
        session_id: 'session-1',
        page_id: 'page-0001',
        seq: 1,
        payload,
      }),
    );
  });
});

describe('the name', () => {
  test.each([
    ['  Buy ', 'Buy'],
    [7, '7'],
    [0, '0'],
    ['x'.repeat(200), 'x'.repeat(200)],
    ['漢字 😀', '漢字 😀'],
  ])('%j is kept as %j', (name, kept) => {
    const { action, event, last } = capturing();
    action(name);
    expect(last().payload.client_action).toBe(kept);
    event(name);
    expect(last().event_type).toBe(kept);
  });

  test.each(
    [['', ' ', '\n', null, undefined, {}, [], ['Buy'], true, () => 'Buy', Symbol('Buy'), 'x'.repeat(201)]]
      .flat()
      .map((name) => [name]),
  )('%s is none: nothing is captured, and the console says so', (name) => {
    const { action, event, rows, told } = capturing();
    expect([action(name), event(name), rows]).toEqual([undefined, undefined, []]);
    expect(told).toEqual(['empty_action: 1 to 200 characters', 'empty_event_type: 1 to 200 characters']);
  });
});

describe('on a hardened page', () => {
  const names = ['client_action', 'eid'];
  afterEach(() => {
    for (const name of names) Reflect.deleteProperty(Object.prototype, name);
  });

  test('with properties on Object.prototype that nobody may write, events are as ever', () => {
    for (const name of names)
      Object.defineProperty(Object.prototype, name, { configurable: true, writable: false, value: 'inherited' });
    const { action, last } = capturing();
    action('X', { a: 1 });
    expect(JSON.parse(JSON.stringify(last()))).toMatchObject({
      eid: 'eid-1000',
      payload: { a: 1, client_action: 'X' },
    });
  });
});
