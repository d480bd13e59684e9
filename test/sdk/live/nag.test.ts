import { expect, test } from 'vitest';
import { nag, nearest } from '../../../src/sdk/live/nag.ts';

const page = (
  made: unknown = Object.assign(() => 'called', { setNickname: () => 'set', dp: () => {}, version: '1' }),
) => {
  const told: string[] = [];
  const root: { [name: string]: unknown } = { _smartico: made };
  nag(root, '_smartico', (code, about) => void told.push(`${code}: ${about}`));
  return { told, root, smartico: root._smartico as { (): unknown; [name: string]: (() => unknown) | undefined } };
};

test('in debug mode a call that does not exist is told, with the nearest that does, and is still undefined', () => {
  const { told, smartico } = page();
  expect(smartico.setUserName?.()).toBeUndefined();
  expect(told).toEqual(['unknown_method: _smartico.setUserName: did you mean setNickname?']);
});

test('calls that exist, the object as a function, and what a page adds to it are as ever', () => {
  const { told, smartico } = page();
  smartico.mine = () => 'mine';
  expect([smartico(), smartico.setNickname?.(), smartico.mine()]).toEqual(['called', 'set', 'mine']);
  expect(told).toEqual([]);
});

test('what tools and the language look up on anything is no call', async () => {
  const { told, smartico } = page();
  expect(await Promise.resolve(smartico)).toBe(smartico);
  JSON.stringify({ smartico });
  void [
    smartico.nodeType,
    smartico.__skinApplied,
    smartico.$$typeof,
    smartico.q,
    `${Object.prototype.toString.call(smartico)}`,
  ];
  expect(told).toEqual([]);
});

test.each([null, 5, 'text', {}])('a global that is not the SDK (%j) is left alone', (made) => {
  const { root } = page(made);
  expect(root._smartico).toBe(made);
});

const CALLS = ['init', 'online', 'identify', 'setAvatar', 'setNickname', 'updatePublicTags', 'getPublicProps', 'dp'];
test.each([
  ['setNickName', 'setNickname'],
  ['getUserProps', 'getPublicProps'],
  ['updateTags', 'updatePublicTags'],
  ['identity', 'identify'],
])('nearest to %s is %s', (name, expected) => {
  expect(nearest(name, CALLS)).toBe(expected);
});
