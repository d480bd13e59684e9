import { expect, test, vi } from 'vitest';
import { createTell } from '../../src/sdk/notice.ts';

test('a code and what it is about are told once, with the cause beside them', () => {
  const log = vi.fn();
  const tell = createTell(log);
  for (const cause of ['first', 'second']) tell('bad_argument', 'dp(link)', cause);
  tell('bad_argument', 'setAvatar(url)');
  expect(log.mock.calls).toEqual([
    ['[smartico] bad_argument: dp(link)', 'first'],
    ['[smartico] bad_argument: setAvatar(url)', ''],
  ]);
});

test('a page that speaks of a hundred different things remembers no more: what comes round again is told again', () => {
  const log = vi.fn();
  const tell = createTell(log);
  for (let link = 0; link < 101; link++) tell('link_dropped', `dp:${link}`);
  tell('link_dropped', 'dp:100');
  expect(log).toHaveBeenCalledTimes(101);
  tell('link_dropped', 'dp:0');
  expect(log).toHaveBeenCalledTimes(102);
});
