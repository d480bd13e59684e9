import { beforeEach, expect, test, vi } from 'vitest';
import { type Callbacks, createCallbacks } from '../../../src/sdk/callbacks.ts';
import { createListening, type Listening } from '../../../src/sdk/frames/listening.ts';

let page: Callbacks;
let frame: Listening;
beforeEach(() => {
  page = createCallbacks(() => undefined);
  frame = createListening(page);
});
/** A function of the frame's. */
const ear = () => Object.assign(vi.fn(), { release: vi.fn() });
/** What was emitted has been heard. */
const nextTick = () => new Promise((resolve) => setTimeout(resolve));

test('a frame hears what the page hears, until it no longer wants to', async () => {
  const heard = ear();
  frame.on('login', heard, undefined);
  page.emit('login');
  await nextTick();
  frame.off('login', heard);
  page.emit('login');
  await nextTick();
  expect(heard).toHaveBeenCalledTimes(1);
});

test('one handler is one, however often it is handed over', async () => {
  const heard = ear();
  frame.on('login', heard, undefined);
  frame.on('login', heard, undefined);
  page.emit('login');
  await nextTick();
  expect(heard).toHaveBeenCalledTimes(1);
});

test('what a frame removes is its own: of one key, or all of it; the page and other frames hear on', async () => {
  const [pages, others, mine] = [vi.fn(), ear(), ear()];
  const other = createListening(page);
  page.on('login', pages);
  other.on('login', others, undefined);
  frame.on('login', mine, undefined);
  frame.on('login', null, undefined);
  page.emit('login');
  await nextTick();
  frame.on('login', mine, undefined);
  frame.clear();
  page.emit('login');
  await nextTick();
  expect([pages, others, mine].map(({ mock }) => mock.calls.length)).toEqual([2, 2, 0]);
});

test('the SDK’s own ears are not a frame’s to remove', async () => {
  const ears = vi.fn();
  page.on(':login', ears);
  frame.on(':login', null, undefined);
  page.emit('login');
  await nextTick();
  expect(ears).toHaveBeenCalledTimes(1);
});

test('a document that left is not called, nor counted as somebody who listens; one that is back hears what comes then', async () => {
  const heard = ear();
  frame.on('gf_starting', heard, undefined);
  frame.rest();
  expect(page.heard('gf_starting')).toBe(false);
  page.emitSticky('gf_starting', 'while it was away');
  await nextTick();
  frame.wake();
  page.emit('gf_starting', 'back');
  await nextTick();
  expect(heard.mock.calls).toEqual([['back']]);
});

test('a call that the document made before it left, and that is done after, makes nobody of it listen', () => {
  frame.rest();
  frame.on('dp', ear(), undefined);
  expect(page.heard('dp')).toBe(false);
  frame.wake();
  expect(page.heard('dp')).toBe(true);
});

test('a late handler hears the last word of a sticky key, unless it does not want to', async () => {
  page.emitSticky('init', 0);
  const [late, later] = [ear(), ear()];
  frame.on('init', late, undefined);
  frame.on('init', later, { replay: false });
  await nextTick();
  expect([late.mock.calls, later.mock.calls]).toEqual([[[0]], []]);
});

test('a handler is released once for each time that it was handed over, and not before it is wanted no more', () => {
  const heard = ear();
  const released = () => heard.release.mock.calls.length;
  frame.on('login', heard, undefined);
  frame.on('login', heard, undefined);
  expect(released()).toBe(1); // it stands there once
  frame.on('dp', heard, undefined);
  frame.off('login', heard);
  expect(released()).toBe(3); // of `login`, and of the very call that says so
  frame.off('login', heard);
  expect(released()).toBe(4);
  frame.on('dp', null, undefined);
  expect(released()).toBe(5);
  frame.on('dp', heard, undefined);
  frame.rest();
  frame.wake();
  expect(released()).toBe(5);
  frame.clear();
  expect(released()).toBe(6);
});
