import { beforeEach, expect, test, vi } from 'vitest';
import { type Callbacks, createCallbacks } from '../../../src/sdk/callbacks.ts';
import { createListening, type FrameListening } from '../../../src/sdk/frames/listening.ts';

let page: Callbacks;
let frame: FrameListening;
beforeEach(() => {
  page = createCallbacks(() => undefined);
  frame = createListening(page);
});
/** What was emitted has been heard. */
const nextTick = () => new Promise((resolve) => setTimeout(resolve));

test('a frame hears what the page hears, until it no longer wants to', async () => {
  const heard = vi.fn();
  frame.on('login', heard, undefined);
  page.emit('login');
  await nextTick();
  frame.off('login', heard);
  page.emit('login');
  await nextTick();
  expect(heard).toHaveBeenCalledTimes(1);
});

test('one handler is one, however often it is handed over', async () => {
  const heard = vi.fn();
  frame.on('login', heard, undefined);
  frame.on('login', heard, undefined);
  page.emit('login');
  await nextTick();
  expect(heard).toHaveBeenCalledTimes(1);
});

test('what a frame removes is its own: of one key, or all of it; the page and other frames hear on', async () => {
  const [pages, others, mine] = [vi.fn(), vi.fn(), vi.fn()];
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
  const heard = vi.fn();
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
  frame.on('dp', vi.fn(), undefined);
  expect(page.heard('dp')).toBe(false);
  frame.wake();
  expect(page.heard('dp')).toBe(true);
});

test('a late handler hears the last word of a sticky key, unless it does not want to', async () => {
  page.emitSticky('init', 0);
  const [late, later] = [vi.fn(), vi.fn()];
  frame.on('init', late, undefined);
  frame.on('init', later, { replay: false });
  await nextTick();
  expect([late.mock.calls, later.mock.calls]).toEqual([[[0]], []]);
});
