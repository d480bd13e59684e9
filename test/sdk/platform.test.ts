import { Window } from 'happy-dom';
import { afterEach, expect, test, vi } from 'vitest';
import { watchPage } from '../../src/sdk/page.ts';
import { browserPlatform, type Platform, textStore } from '../../src/sdk/platform.ts';
import { isEventId } from '../../src/wire/ids.ts';

const windows: Window[] = [];
const open = () => {
  const window = new Window({ url: 'https://op.example/' });
  windows.push(window);
  return window as unknown as Platform['root'];
};
afterEach(async () => {
  await Promise.all(windows.splice(0).map((window) => window.happyDOM.close()));
});
const forbidden = (root: object, name: string) =>
  Object.defineProperty(root, name, {
    configurable: true,
    get: () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    },
  });

test('a store over the browser’s own: what is set is got, by prefix and in text order, and the page’s own keys stay', () => {
  const root = open();
  root.localStorage.setItem('cart', 'the page’s own');
  const store = textStore(() => root.localStorage);
  expect([store.set('a:2', 'two'), store.set('a:1', 'one'), store.set('b:1', '')]).toEqual([true, true, true]);
  expect([store.keys('a:'), store.get('a:1'), store.get('b:1'), store.get('a:3')]).toEqual([
    ['a:1', 'a:2'],
    'one',
    '',
    null,
  ]);
  store.remove('a:1');
  expect([store.keys('a:'), root.localStorage.getItem('cart')]).toEqual([['a:2'], 'the page’s own']);
});

test('a storage that refuses (full, private) is a no, not an error', () => {
  const full = new Proxy(Object.create(null), {
    set: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
  });
  expect(textStore(() => full).set('a', 'x')).toBe(false);
});

test('a page that may not even look at its storage, locks or channels keeps what it has for its document', () => {
  const root = open();
  for (const name of ['localStorage', 'sessionStorage', 'BroadcastChannel']) forbidden(root, name);
  forbidden(root.navigator, 'locks');
  const platform = browserPlatform(root, 'channel');
  expect([platform.local.set('a', 'x'), platform.local.get('a'), platform.session.get('a')]).toEqual([true, 'x', null]);
  expect([platform.locks, platform.openChannel()]).toEqual([undefined, undefined]);
});

test('random parts are fit for ids, and differ', () => {
  const { random } = browserPlatform(open(), 'channel');
  const parts = Array.from({ length: 100 }, random);
  expect([parts.every((part) => isEventId(part) && part.length === 12), new Set(parts).size]).toEqual([true, 100]);
});

test('a page leaves when it is hidden, frozen or left, comes back when it is shown, and never hears `unload`', () => {
  const root = open();
  const [leave, back, online] = [vi.fn(), vi.fn(), vi.fn()];
  const listens = vi.spyOn(root, 'addEventListener');
  watchPage(root, leave, back, online);
  const calls = () => [leave, back, online].map((heard) => heard.mock.calls.length);
  let visibility = 'hidden';
  Object.defineProperty(root.document, 'visibilityState', { get: () => visibility });
  root.document.dispatchEvent(new root.Event('visibilitychange'));
  root.document.dispatchEvent(new root.Event('freeze'));
  root.dispatchEvent(new root.Event('pagehide'));
  expect(calls()).toEqual([3, 0, 0]);
  visibility = 'visible';
  root.document.dispatchEvent(new root.Event('visibilitychange'));
  root.dispatchEvent(new root.Event('pageshow'));
  root.dispatchEvent(new root.Event('online'));
  expect(calls()).toEqual([3, 2, 1]);
  expect(listens.mock.calls.map(([name]) => name)).not.toContain('unload');
});
