/** How many calls a host does at once, when it goes on, and when it does no more. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CREDIT, earText } from '../../src/bridge/messages.ts';
import { hostLine } from './host-line.ts';
import { delivered } from './turns.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** A host whose calls take two milliseconds each. */
const busyHost = () => {
  const host = hostLine();
  host.method('event', ['text'], () => host.passes(2));
  return {
    ...host,
    call(count: number) {
      for (let index = 0; index < count; index++) host.calls('event', [`${index}`], false);
    },
    done: () => host.ran.length,
    /** The page breathes, and what it does meanwhile takes no time of calls. */
    breathes() {
      host.passes(8);
      vi.advanceTimersByTime(8);
    },
  };
};

describe('pace', () => {
  test('calls stop when they took eight milliseconds of the page, and go on when it has breathed for eight', () => {
    const { call, done, breathes, ran } = busyHost();
    call(10);
    expect(done()).toBe(4);
    vi.advanceTimersByTime(7);
    expect(done()).toBe(4);
    vi.advanceTimersByTime(1);
    expect(done()).toBe(8);
    breathes();
    expect(ran.map(([, name]) => name)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  test('what comes while the page breathes waits its turn', () => {
    const { call, calls, done, breathes, ran } = busyHost();
    call(5);
    calls('event', ['late'], false);
    expect(done()).toBe(4);
    breathes();
    expect(ran.at(-1)).toEqual(['event', 'late']);
  });

  test('calls far apart never wait', () => {
    const { call, done, passes } = busyHost();
    for (let made = 1; made <= 20; made++) {
      call(1);
      expect(done()).toBe(made);
      passes(9);
    }
  });

  test('calls close to each other add up', () => {
    const { call, done, passes } = busyHost();
    for (let made = 1; made <= 6; made++) {
      call(1);
      passes(1);
    }
    expect(done()).toBe(4);
  });

  test('a call that takes long is done, and the next one waits', () => {
    const { method, calls, ran, passes } = hostLine();
    method('slow', [], () => passes(500));
    method('quick', []);
    calls('slow');
    calls('quick');
    expect(ran).toEqual([['slow']]);
    vi.advanceTimersByTime(8);
    expect(ran).toEqual([['slow'], ['quick']]);
  });

  test.each(['the page is leaving', 'the frame’s document is leaving'])(
    '%s: the rest is done at once, and once',
    (who) => {
      const { call, done, finish, hears, said } = busyHost();
      call(100);
      expect(done()).toBe(4);
      if (who.startsWith('the page')) finish();
      else hears({ type: 'bye' });
      expect(done()).toBe(100);
      vi.runAllTimers();
      expect([done(), said]).toEqual([100, [{ type: 'taken', id: 100 }]]);
    },
  );
});

describe('B14: credit', () => {
  test(`${CREDIT} calls may wait for their turn`, () => {
    const { call, done, flooded } = busyHost();
    call(4 + CREDIT);
    expect([done(), flooded]).toEqual([4, []]);
    vi.runAllTimers();
    expect(done()).toBe(4 + CREDIT);
  });

  test('a guest that sends one more is cut off: none of what waits is done, and the number is told', async () => {
    const { call, done, flooded, said } = busyHost();
    call(4 + CREDIT + 1);
    expect([done(), flooded]).toEqual([4, [CREDIT + 1]]);
    call(5_000);
    vi.runAllTimers();
    await delivered();
    expect([done(), flooded, said, vi.getTimerCount()]).toEqual([4, [CREDIT + 1], [], 0]);
  });
});

describe('after the end', () => {
  test('nothing is done and nothing is said, whatever is still under way', async () => {
    const { method, calls, close, finish, news, hears, ran, said } = hostLine();
    let answer = (_value: string) => {};
    method('on', ['function']);
    method('slow', [], () => new Promise((resolve) => (answer = resolve)));
    calls('on', [earText(1)]);
    calls('slow');
    close();
    close();
    expect(vi.getTimerCount()).toBe(0);
    answer('late');
    const [[, heard]] = ran as [[string, () => void]];
    heard();
    news({ user: 'a' });
    calls('slow');
    hears({ type: 'bye' });
    finish();
    await delivered();
    vi.runAllTimers();
    expect([ran.length, said]).toEqual([2, []]);
  });

  test('calls that waited for their turn are not done', () => {
    const { call, done, close, finish } = busyHost();
    call(100);
    close();
    expect(vi.getTimerCount()).toBe(0);
    finish();
    vi.runAllTimers();
    expect(done()).toBe(4);
  });
});
