/** The host's side of a first hello: who is answered, where the answer goes, when a line is worth something. By the requirements' numbers. */
import { describe, expect, test } from 'vitest';
import { windowsAround } from '../../src/bridge/handshake.ts';
import {
  connectedFrame,
  documentBehind,
  type FakeWindow,
  fakeWindow,
  HELLO,
  hostPage,
  PLATFORM,
} from './fake-windows.ts';
import { delivered } from './turns.ts';

const answers = (frame: FakeWindow) => frame.posted.length;
const call = { type: 'call' as const, id: 1, method: 'event', args: [], asks: false };

describe('1. a hello carries nothing', () => {
  test.each([
    ['another bridge’s hello', '_acme:hello'],
    ['a hello with something in it', `${HELLO} {"label":"x"}`],
    ['a hello in an object', { hello: HELLO }],
    ['a hello in a list', [HELLO]],
    ['a hello that is a text object', Object(HELLO)],
    ['an answer', { welcome: '_smartico', nonce: 'x' }],
    ['nothing', undefined],
    ['null', null],
  ])('%s is no hello: no answer, no notice', async (_name, data) => {
    const { root, hears, refused } = hostPage();
    const frame = fakeWindow(root);
    await hears({ data, source: frame, origin: PLATFORM, ports: [] });
    await hears({ data, source: frame, origin: 'https://stranger.example', ports: [] });
    expect([answers(frame), refused]).toEqual([0, []]);
  });

  test('a hello from a window that is gone finds nobody to answer', async () => {
    const { hello, refused } = hostPage();
    await hello(null);
    expect(refused).toEqual([]);
  });
});

describe('2. whoever may not call learns nothing', () => {
  test.each([
    ['a popup, or the opener: a top window', () => fakeWindow()],
    ['the page around', (root: FakeWindow) => Object.assign(root, { parent: fakeWindow() }).parent],
    ['a frame beside the page', (root: FakeWindow) => fakeWindow(Object.assign(root, { parent: fakeWindow() }).parent)],
    ['a frame in a popup', () => fakeWindow(fakeWindow())],
    ['a frame that was taken away', () => fakeWindow(null)],
  ])('%s gets no answer, whatever its origin', async (_name, source) => {
    const { root, hello, refused } = hostPage(() => true);
    const window = source(root) as FakeWindow;
    await hello(window);
    expect([answers(window), refused]).toEqual([0, []]);
  });

  test.each([
    'https://stranger.example',
    'https://platform.example.stranger.example',
    'https://stranger-platform.example',
    'http://platform.example',
    'https://platform.example:8443',
    'https://www.platform.example',
    'https://plаtform.example', // the second letter is Cyrillic
    '',
  ])('a frame of the origin “%s” gets no answer; the page is told which', async (origin) => {
    const { root, hello, refused } = hostPage();
    const frame = fakeWindow(root);
    await hello(frame, origin);
    expect([answers(frame), refused]).toEqual([0, [origin]]);
  });

  test('`null` is nobody, even for a page that lists everybody', async () => {
    const { root, hello, refused } = hostPage(() => true);
    const frame = fakeWindow(root);
    await hello(frame, 'null');
    expect([answers(frame), refused]).toEqual([0, ['null']]);
  });

  test('a frame in a frame of the page is one of the page’s, and so is the page itself', async () => {
    const { root, hello } = hostPage();
    const nested = fakeWindow(fakeWindow(fakeWindow(root)));
    await hello(nested);
    await hello(root);
    expect([answers(nested), answers(root)]).toEqual([1, 1]);
    expect(windowsAround(nested)).toHaveLength(3);
    expect(windowsAround(nested).at(-1)).toBe(root);
    expect(windowsAround(root)).toEqual([]);
  });
});

describe('3. the window that spoke and its exact origin are pinned', () => {
  test('the answer goes to that window and to that origin only, with a nonce and one port', async () => {
    const { root, hello } = hostPage();
    const [frame, other] = [fakeWindow(root), fakeWindow(root)];
    await hello(frame);
    expect(frame.posted).toEqual([
      { data: { welcome: '_smartico', nonce: 'nonce-1' }, target: PLATFORM, ports: [expect.anything()] },
    ]);
    expect(answers(other)).toBe(0);
  });

  test('what the frame calls is served under the origin that the browser named', async () => {
    const { serving } = await connectedFrame();
    expect(serving.map(({ origin }) => origin)).toEqual([PLATFORM]);
  });
});

describe('4. a port is worth nothing before the nonce came back', () => {
  test.each([
    ['a call', call],
    ['a wrong nonce', { type: 'nonce' as const, nonce: 'nonce-2' }],
    ['no nonce', { type: 'nonce' as const, nonce: '' }],
    ['a farewell', { type: 'bye' as const }],
    ['a sign of life', { type: 'alive' as const }],
  ])('%s as the first word ends the line: the nonce that follows opens nothing', async (_name, first) => {
    const { root, hello, serving } = hostPage();
    const frame = fakeWindow(root);
    await hello(frame);
    const document = documentBehind(frame.posted[0]!);
    document.say(first);
    document.sayNonce();
    document.say(call);
    await delivered();
    expect(serving).toEqual([]);
  });

  test('another frame’s nonce opens nothing', async () => {
    const { root, hello, serving } = hostPage();
    const [frame, other] = [fakeWindow(root), fakeWindow(root)];
    await hello(frame);
    await hello(other);
    documentBehind({ ...frame.posted[0]!, data: other.posted[0]!.data }).sayNonce();
    await delivered();
    expect(serving).toEqual([]);
  });

  test('with the nonce the line is open, and what follows is heard in order', async () => {
    const { first, serving } = await connectedFrame();
    first.say(call);
    first.say({ ...call, id: 2 });
    await delivered();
    expect(serving[0]?.heard).toEqual([expect.objectContaining({ type: 'nonce' }), call, { ...call, id: 2 }]);
  });
});
