/** The host's side of a hello that is said again: by the same document, by the next one, by another script of the frame. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connectedFrame, documentBehind, type FakeWindow, fakeWindow, hostPage } from './fake-windows.ts';
import { delivered } from './turns.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const silence = () => vi.advanceTimersByTime(1_000);
const answers = (frame: FakeWindow) => frame.posted.length;
const call = { type: 'call' as const, id: 1, method: 'event', args: [], asks: false };

describe('5. a second hello', () => {
  test('before the nonce came back gets another answer: nobody may have heard the first', async () => {
    const { root, hello, serving } = hostPage();
    const frame = fakeWindow(root);
    await hello(frame);
    await hello(frame);
    documentBehind(frame.posted[1]!).sayNonce();
    await delivered();
    expect([answers(frame), serving.length]).toEqual([2, 1]);
  });

  test.each([0, 1, 2])(
    'of three answers that are under way answer %i makes the line, and the others are worth nothing',
    async (taken) => {
      const { root, hello, serving } = hostPage();
      const frame = fakeWindow(root);
      for (let knock = 0; knock < 3; knock++) await hello(frame);
      const answered = frame.posted.map(documentBehind);
      answered[taken]?.sayNonce();
      await delivered();
      for (const one of answered) one.sayNonce();
      await delivered();
      expect(serving.map(({ closed }) => closed)).toEqual([false]);
    },
  );

  test('B05: is ignored while the document that has the port is alive, and its line goes on', async () => {
    const { frame, first, hello, serving } = await connectedFrame();
    for (let replay = 0; replay < 5; replay++) void hello(frame);
    await delivered();
    silence();
    await delivered();
    expect([answers(frame), serving.length, serving[0]?.closed]).toEqual([1, 1, false]);
    expect(first.heard).toEqual([{ type: 'ping' }]); // asked once, however often the hello was said
    first.say(call);
    await delivered();
    expect(serving[0]?.heard).toContainEqual(call);
  });

  test('is answered at once when the document has said that it leaves', async () => {
    const { frame, first, hello, serving } = await connectedFrame();
    first.say({ type: 'bye' });
    await delivered();
    await hello(frame);
    expect(answers(frame)).toBe(2);
    documentBehind(frame.posted[1]!).sayNonce();
    await delivered();
    expect(serving.map(({ closed }) => closed)).toEqual([true, false]);
  });

  test('is answered after a second of silence when the document left without a word', async () => {
    const { frame, first, hello } = await connectedFrame();
    first.close();
    void hello(frame);
    await delivered();
    vi.advanceTimersByTime(999);
    await delivered();
    expect(answers(frame)).toBe(1);
    vi.advanceTimersByTime(1);
    await delivered();
    expect(answers(frame)).toBe(2);
  });

  test('takes no line from a document that was only busy', async () => {
    const { frame, first, hello, serving } = await connectedFrame();
    first.busy = true;
    void hello(frame);
    await delivered();
    silence();
    await delivered();
    first.say(call);
    await delivered();
    expect([serving[0]?.closed, serving[0]?.heard.at(-1)]).toEqual([false, call]);
  });

  test('from a document that came back takes nothing from it either: who is back says so', async () => {
    const { frame, first, hello, serving } = await connectedFrame();
    first.say({ type: 'bye' });
    first.say({ type: 'alive' });
    await delivered();
    void hello(frame);
    await delivered();
    silence();
    await delivered();
    expect([answers(frame), serving[0]?.closed]).toEqual([1, false]);
  });

  test('after a platform that still calls as it leaves is answered at once: the call is heard, and brings nobody back', async () => {
    const { frame, first, hello, serving } = await connectedFrame();
    first.say({ type: 'bye' });
    first.say(call);
    await delivered();
    await hello(frame);
    expect([answers(frame), serving[0]?.heard.at(-1)]).toEqual([2, call]);
  });

  test('is answered as soon as the document that is asked says farewell', async () => {
    const { frame, first, hello } = await connectedFrame();
    first.busy = true;
    const asked = hello(frame);
    await delivered();
    first.say({ type: 'bye' });
    await asked;
    expect(answers(frame)).toBe(2);
  });

  test('from another origin in the same window is looked at anew', async () => {
    const { frame, first, hello, refused, serving } = await connectedFrame();
    first.say({ type: 'bye' });
    await delivered();
    await hello(frame, 'https://stranger.example');
    expect([answers(frame), refused, serving.length]).toEqual([1, ['https://stranger.example'], 1]);
  });

  test('brings a frame that was cut off no other line', async () => {
    const { frame, first, hello, serving } = await connectedFrame();
    serving[0]?.cut();
    first.say(call);
    await delivered();
    await hello(frame);
    silence();
    await delivered();
    expect([answers(frame), serving[0]?.closed, serving[0]?.heard.length]).toEqual([1, true, 1]);
  });

  test('of a frame that takes no answer is answered again and again; the last twenty answers are kept', async () => {
    const { root, hello, serving } = hostPage();
    const frame = fakeWindow(root);
    for (let knock = 0; knock < 21; knock++) await hello(frame);
    const answered = frame.posted.map(documentBehind);
    answered[0]?.sayNonce();
    await delivered();
    expect(serving).toEqual([]);
    answered[1]?.sayNonce();
    await delivered();
    expect(serving).toHaveLength(1);
  });

  test('of one frame is nothing to another’s line', async () => {
    const { root, first, hello, serving } = await connectedFrame();
    const other = fakeWindow(root);
    await hello(other);
    documentBehind(other.posted[0]!).sayNonce();
    await delivered();
    expect([first.heard, serving.map(({ closed }) => closed)]).toEqual([[], [false, false]]);
  });
});

describe('a frame that is taken away', () => {
  test('is heard out, and its line ends a second after the next hello of any', async () => {
    const { root, frame, first, hello, serving } = await connectedFrame();
    Object.assign(frame, { closed: true });
    await hello(fakeWindow(root));
    first.say(call);
    await delivered();
    expect([serving[0]?.closed, serving[0]?.heard.at(-1)]).toEqual([false, call]);
    silence();
    expect(serving[0]?.closed).toBe(true);
  });

  test('takes no answer with it that it never took', async () => {
    const { root, hello, serving } = hostPage();
    const frame = fakeWindow(root);
    await hello(frame);
    Object.assign(frame, { closed: true });
    await hello(fakeWindow(root));
    silence();
    documentBehind(frame.posted[0]!).sayNonce();
    await delivered();
    expect(serving).toEqual([]);
  });
});
