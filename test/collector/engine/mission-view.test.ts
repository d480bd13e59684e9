import { expect, test } from 'vitest';
import { profileExtras } from '../../../src/collector/engine/mission-view.ts';
import { registered } from '../../../src/collector/engine/registered.ts';

const nobody = registered({ key: 'u:anna', user: 'anna' }, { name: 'casino', gamificationShare: 100 }, 0);
const mission = {
  name: 'three',
  title: 'Three deposits',
  tasks: [{ event: 'DEPOSIT', where: null, count: 3 }],
  trust: 'unverified' as const,
  repeats: false,
  reward: [],
};
const view = (missions: (typeof nobody)['missions']) => profileExtras([mission], { ...nobody, missions }).missions;

test.each([
  ['nothing was done yet', {}, 0, null],
  ['some of it was done', { three: { done: [2], completed_at: null } }, 2, null],
  ['more was done than was asked', { three: { done: [9], completed_at: null } }, 3, null],
  ['it is completed, however its counts stand', { three: { done: [0], completed_at: 7 } }, 3, 7],
])('a mission tells how far its customer is: %s', (_, missions, done, completed_at) => {
  expect(view(missions)).toMatchObject([{ title: 'Three deposits', completed_at, tasks: [{ done, count: 3 }] }]);
});

test('a mission that repeats is on its way again, and says when it was completed last', () => {
  const again = { ...mission, repeats: true };
  const missions = { three: { done: [1], completed_at: 7 } };
  expect(profileExtras([again], { ...nobody, missions }).missions).toMatchObject([
    { completed_at: 7, tasks: [{ done: 1, count: 3 }] },
  ]);
});

test('badges come newest first', () => {
  const { badges } = profileExtras([], { ...nobody, badges: { old: 1, fresh: 9 } });
  expect(badges.map(({ name }) => name)).toEqual(['fresh', 'old']);
});
