/** The frame's side: how it knocks, whom it hears, what it does with an answer. By the requirements' numbers. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { messagePort } from '../../src/bridge/message-port.ts';
import { type FakeWindow, fakeWindow, guestFrame, HELLO, hostPage, PAGE, PLATFORM } from './fake-windows.ts';
import { delivered } from './turns.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

const knocks = (door: FakeWindow) => door.posted.length;

/** The host's ends of some channels, which of them the guest has closed, and the ends that travel. */
const channels = (number: number) => {
  const closed = new Set<number>();
  const all = Array.from({ length: number }, () => new MessageChannel());
  const heard: string[] = [];
  all.forEach(({ port1 }, index) => {
    port1.addEventListener('close', () => void closed.add(index));
    messagePort(port1).listen((text) => void heard.push(text));
  });
  return { ports: all.map(({ port2 }) => port2), hosts: all.map(({ port1 }) => port1), closed, heard };
};
const welcome = { welcome: '_smartico', nonce: 'the nonce' };

/** A frame that knocks, and what the window around it answers. */
const knocking = (...sides: Parameters<typeof guestFrame>) => {
  const frame = guestFrame(...sides);
  frame.knock();
  return {
    ...frame,
    answers: (ports: MessagePort[], origin = PAGE, source: Window = frame.door) =>
      frame.root.receives({ data: welcome, source, origin, ports }),
  };
};

test('1. a frame’s hello is one word to whoever is around, with nothing in it', () => {
  const { door, root } = knocking();
  expect(door.posted).toEqual([{ data: HELLO, target: '*', ports: [] }]);
  expect(root.posted).toEqual([]);
});

describe('3. a frame answers no host that it does not list', () => {
  test.each([
    'https://stranger.example',
    'https://operator.example.stranger.example',
    'http://operator.example',
    'https://operator.example:444',
    'null',
  ])('an answer of “%s” is refused, said and closed; the frame knocks on', async (origin) => {
    const { answers, refused, lines, door } = knocking();
    const { ports, closed, heard } = channels(1);
    answers(ports, origin);
    await delivered();
    expect([refused, lines, [...closed], heard]).toEqual([[origin], [], [0], []]);
    vi.advanceTimersByTime(50);
    expect(knocks(door)).toBe(2);
  });

  test('`null` is nobody, even for a frame that lists everybody', () => {
    const { answers, refused, lines } = knocking(undefined, () => true);
    answers(channels(1).ports, 'null');
    expect([refused, lines]).toEqual([['null'], []]);
  });

  test('an answer of a window that is not around the frame is not heard', async () => {
    const { answers, refused, malformed, lines } = knocking();
    answers(channels(1).ports, PAGE, fakeWindow());
    answers(channels(2).ports, PAGE, fakeWindow());
    expect([refused, malformed, lines]).toEqual([[], [], []]);
  });

  test.each([
    ['another bridge’s answer', { welcome: '_acme', nonce: 'x' }],
    ['a hello', HELLO],
    ['nothing', undefined],
    ['null', null],
  ])('%s passes by', (_name, data) => {
    const { root, door, refused, malformed, lines } = knocking();
    root.receives({ data, source: door, origin: PAGE, ports: channels(1).ports });
    root.receives({ data, source: door, origin: 'https://stranger.example' });
    expect([refused, malformed, lines]).toEqual([[], [], []]);
  });
});

describe('4. the nonce goes back over the port', () => {
  test('as its first word, before anything that the frame has to say', async () => {
    const { answers } = knocking();
    const { ports, heard } = channels(1);
    answers(ports);
    await delivered();
    expect(heard).toEqual(['{"type":"nonce","nonce":"the nonce"}', 'what waited']);
  });

  test('what the host says at once is heard by whoever listens', async () => {
    const { answers, lines } = knocking();
    const { ports, hosts } = channels(1);
    hosts[0]?.postMessage('news');
    answers(ports);
    await delivered();
    expect(lines[0]?.heard).toEqual(['news']);
  });
});

describe('6. an answer with no port or with two is refused', () => {
  test.each([
    ['B06: no port', 0],
    ['B07: two ports', 2],
    ['three ports', 3],
  ])('%s: said, every port closed, and the frame goes on to a good answer', async (_name, number) => {
    const { answers, malformed, lines } = knocking();
    const { ports, closed, heard } = channels(number);
    answers(ports);
    await delivered();
    expect([malformed, lines, closed.size, heard]).toEqual([[number], [], number, []]);
    answers(channels(1).ports);
    expect(lines).toHaveLength(1);
  });
});

describe('7. either side may be there first, and come back', () => {
  test('knocking slows down, to one every three seconds', () => {
    const { door } = knocking();
    const waits: number[] = [];
    for (let last = Date.now(); waits.length < 10; ) {
      const before = knocks(door);
      vi.advanceTimersToNextTimer();
      expect(knocks(door)).toBe(before + 1);
      waits.push(Date.now() - last);
      last = Date.now();
    }
    expect(waits).toEqual([50, 100, 200, 400, 800, 1600, 3000, 3000, 3000, 3000]);
  });

  test('knocking stops when a host has answered', () => {
    const { answers, door } = knocking();
    answers(channels(1).ports);
    expect(vi.getTimerCount()).toBe(0);
    expect(knocks(door)).toBe(1);
  });

  test('a second answer to a frame that has its line is not heard', async () => {
    const { answers, lines, refused, malformed } = knocking();
    answers(channels(1).ports);
    answers(channels(1).ports);
    answers(channels(1).ports, 'https://stranger.example');
    answers(channels(2).ports);
    expect([lines.length, refused, malformed]).toEqual([1, [], []]);
  });

  test('a frame whose line broke knocks again from the start, and hears the answer once', () => {
    const { answers, door, lines, knock } = knocking();
    answers(channels(1).ports);
    knock();
    knock();
    vi.advanceTimersByTime(49);
    expect(knocks(door)).toBe(3);
    vi.advanceTimersByTime(1);
    expect(knocks(door)).toBe(4);
    answers(channels(1).ports);
    expect([lines.length, vi.getTimerCount()]).toEqual([2, 0]);
  });

  test('a host that comes late finds the frame, and one that comes back finds it again', async () => {
    const { root, door, lines, knock } = knocking();
    vi.advanceTimersByTime(20_000);
    // The page around loads its script: from here on it reads what is posted to it.
    const around = () => {
      const host = hostPage();
      Object.assign(root, { parent: host.root });
      door.postMessage = (data: unknown) => void host.hears({ data, source: root, origin: PLATFORM, ports: [] });
      root.postMessage = ((data: unknown, _target: string, ports: MessagePort[]) =>
        root.receives({ data, source: door, origin: PAGE, ports })) as typeof root.postMessage;
      return host;
    };
    const first = around();
    vi.advanceTimersByTime(3_000);
    await delivered();
    expect([lines.length, first.serving.length]).toEqual([1, 1]);
    const second = around();
    knock();
    await delivered();
    expect([lines.length, second.serving.length]).toEqual([2, 1]);
  });
});
