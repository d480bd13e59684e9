import { expect, test } from 'vitest';
import type { Smartico } from '../../src/sdk/api.ts';
import { smarticoError } from '../../src/sdk/notice.ts';
import { replay } from '../../src/sdk/stub-calls.ts';

/** Makes good what a stub left, and says what was called. */
const replayed = (q: unknown, called: (method: string, ...args: unknown[]) => void = () => {}) => {
  const calls: unknown[] = [];
  const told: string[] = [];
  const smartico = (...call: [string, ...unknown[]]) => {
    calls.push(call);
    called(...call);
  };
  replay({ q }, smartico as unknown as Smartico, (code, about) => void told.push(`${code}: ${about}`));
  return { calls, told };
};

test('the calls of a stub are made in their order, with their arguments', () => {
  expect(
    replayed([
      ['init', ['label', { brand_key: 'b' }], false],
      ['online', ['ann'], false],
      ['dp', ['dp:gf'], false],
    ]).calls,
  ).toEqual([
    ['init', 'label', { brand_key: 'b' }],
    ['online', 'ann'],
    ['dp', 'dp:gf'],
  ]);
});

test('what the stub wrote to disk is not said again', () => {
  expect(
    replayed([
      ['init', ['label'], false],
      ['action', ['Bought'], true],
      ['action', ['Sold'], false],
    ]).calls,
  ).toEqual([
    ['init', 'label'],
    ['action', 'Sold'],
  ]);
});

test('a call that throws is told by its own code, and those after it still count', () => {
  const { calls, told } = replayed(
    [
      ['online', [''], false],
      ['changeLanguage', [''], false],
      ['action', ['Bought'], false],
    ],
    (method) => {
      if (method === 'online') throw smarticoError('empty_user_id', 'online');
      if (method === 'changeLanguage') throw smarticoError('bad_argument', 'changeLanguage(lang)');
    },
  );
  expect(calls).toHaveLength(3);
  expect(told).toEqual(['empty_user_id: online', 'bad_argument: changeLanguage']);
});

test.each([new TypeError('no iterator'), 'text', null])(
  'what an argument throws (%s) is a wrong argument',
  (thrown) => {
    const { told } = replayed([['action', ['Bought'], false]], () => {
      throw thrown;
    });
    expect(told).toEqual(['bad_argument: action']);
  },
);

test.each([undefined, null, 'text', 5, {}])('what is no list of calls (%j) is nobody’s stub', (q) => {
  expect(replayed(q)).toEqual({ calls: [], told: [] });
});
