/** What a guest's call can carry, and what comes back to its functions. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { earOf, LONGEST } from '../../src/bridge/messages.ts';
import { guestLine } from './guest-line.ts';
import { delivered } from './turns.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

describe('an argument that cannot be written down', () => {
  const cycle: { self?: object } = {};
  cycle.self = cycle;
  const foreign = new Proxy(
    {},
    {
      get() {
        throw new DOMException('Blocked a frame with origin "x"', 'SecurityError');
      },
    },
  );
  const getter = {
    get amount(): number {
      throw new Error('not now');
    },
  };
  const deep = Array.from({ length: 100_000 }).reduce<unknown[]>((inner) => [inner], []);

  test.each([
    ['an object inside itself', cycle],
    ['a window of another origin', foreign],
    ['a getter that throws', getter],
    ['a BigInt', 1n],
    ['lists in lists without end', deep],
    [`more than ${LONGEST} characters`, 'x'.repeat(LONGEST)],
  ])('%s: the call rejects with `bad_argument`, told; the others go', async (_name, argument) => {
    const { call, meets, methods, told } = guestLine();
    await meets();
    for (const kind of ['question', 'order', 'delivery'] as const)
      await expect(call('event', ['x', { argument }], kind)).rejects.toMatchObject({ code: 'bad_argument' });
    void call('after', [], 'delivery');
    await delivered();
    expect(methods()).toEqual(['after']);
    expect(told).toEqual(Array(3).fill(expect.stringMatching(/^bad_argument: event: /)));
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a call that is exactly as long as a host reads is made', async () => {
    const { call, meets, heard } = guestLine();
    await meets();
    void call('event', [''], 'delivery');
    await delivered();
    const bare = JSON.stringify(heard[0]).length;
    void call('event', ['x'.repeat(LONGEST - bare)], 'delivery');
    await delivered();
    expect(JSON.stringify(heard[1])).toHaveLength(LONGEST);
    await expect(call('event', ['x'.repeat(LONGEST - bare + 1)], 'delivery')).rejects.toMatchObject({
      code: 'bad_argument',
    });
  });
});

describe('a function among the arguments', () => {
  test('stays here; the host gets its number, among the arguments and in options', async () => {
    const { call, meets, heard } = guestLine();
    const [one, other] = [() => {}, () => {}];
    void call('on', ['login', one], 'order');
    void call('getInboxMessages', [{ from: 0, onUpdate: other }], 'question');
    void call('off', ['login', one], 'order');
    await meets();
    const [on, messages, off] = heard.map(({ args }) => args) as [unknown[], [{ onUpdate: unknown }], unknown[]];
    expect([on[0], earOf(on[1]), messages[0], earOf(messages[0].onUpdate), earOf(off[1])]).toEqual([
      'login',
      1,
      { from: 0, onUpdate: expect.any(String) },
      2,
      1, // the same function, the same number: so the host can find what it has
    ]);
  });

  test('is called with what the host calls it with, as often as it does', async () => {
    const { call, meets, says, threw } = guestLine();
    const heard: unknown[] = [];
    void call('on', ['props_change', (...args: unknown[]) => heard.push(args)], 'order');
    await meets();
    await says({ type: 'heard', ear: 1, args: [{ level: 2 }, 'x', null] }, { type: 'heard', ear: 1, args: [] });
    expect([heard, threw]).toEqual([[[{ level: 2 }, 'x', null], []], []]);
  });

  test('that throws is told, and stops nobody', async () => {
    const { call, meets, says, threw } = guestLine();
    const heard: string[] = [];
    const cause = new Error('the platform’s own');
    void call(
      'on',
      [
        'login',
        () => {
          throw cause;
        },
      ],
      'order',
    );
    void call('on', ['login', () => heard.push('second')], 'order');
    await meets();
    await says({ type: 'heard', ear: 1, args: [] }, { type: 'heard', ear: 2, args: [] });
    expect([threw, heard]).toEqual([[cause], ['second']]);
  });

  test.each([2, 99, Number.MAX_SAFE_INTEGER])('that was never handed over (number %d) is not called', async (ear) => {
    const { call, meets, says, threw } = guestLine();
    const heard = vi.fn();
    void call('on', ['login', heard], 'order');
    await meets();
    await says({ type: 'heard', ear, args: [] });
    expect([heard.mock.calls, threw]).toEqual([[], []]);
  });
});

describe('a function that the host lets go of', () => {
  const handedOver = async () => {
    const line = guestLine();
    const called = vi.fn();
    const hand = async () => {
      void line.call('on', ['login', called], 'order');
      await delivered();
      return earOf(line.heard.at(-1)?.args[1]);
    };
    await line.meets();
    return { ...line, called, hand };
  };

  test('as often as it was handed over is forgotten: it is not called, and is another one when it comes again', async () => {
    const { called, hand, says } = await handedOver();
    expect([await hand(), await hand()]).toEqual([1, 1]);
    await says({ type: 'released', ear: 1 }, { type: 'released', ear: 1 }, { type: 'heard', ear: 1, args: [] });
    expect([called.mock.calls.length, await hand()]).toEqual([0, 2]);
    await says({ type: 'heard', ear: 2, args: [] });
    expect(called).toHaveBeenCalledTimes(1);
  });

  test('less often is still called: it was handed over again while the host’s word was on the way', async () => {
    const { called, hand, says } = await handedOver();
    await hand();
    await hand();
    await says({ type: 'released', ear: 1 }, { type: 'heard', ear: 1, args: [] });
    expect([called.mock.calls.length, await hand()]).toEqual([1, 1]);
  });

  test('and that it never had is nothing to the others', async () => {
    const { called, hand, says } = await handedOver();
    await hand();
    await says({ type: 'released', ear: 2 }, { type: 'heard', ear: 1, args: [] });
    expect(called).toHaveBeenCalledTimes(1);
  });
});

describe('beside calls', () => {
  test('news are handed on as they come', async () => {
    const { meets, says, news } = guestLine();
    await meets();
    await says({ type: 'news', news: { user: 'a' } }, { type: 'news', news: null });
    expect(news).toEqual([{ user: 'a' }, null]);
  });

  test('a host that asks whether anybody is there is told so', async () => {
    const { meets, says, heard } = guestLine();
    await meets();
    await says({ type: 'ping' }, { type: 'ping' });
    expect(heard).toEqual([{ type: 'alive' }, { type: 'alive' }]);
  });

  test('a document says that it leaves, behind all that it called, and that it is back', async () => {
    const { call, meets, say, heard } = guestLine();
    say('bye'); // to nobody yet
    await meets();
    void call('event', [], 'delivery');
    say('bye');
    say('alive');
    await delivered();
    expect(heard.map(({ type }) => type)).toEqual(['call', 'bye', 'alive']);
  });
});
