/** How far a customer comes in a mission. */
import { describe, expect, test } from 'vitest';
import type { Mission } from '../../../src/collector/engine/definitions.ts';
import { compileMission, missionMoved, missionRecounted } from '../../../src/collector/engine/mission.ts';
import type { Trust } from '../../../src/wire/event.ts';
import { engineDesk, mission, START } from '../../support/engine-desk.ts';

const task = (event: string, count: number, where: Mission['tasks'][number]['where'] = null) => ({
  event,
  count,
  where,
});
const three = mission('three', { tasks: [task('deposit', 3, { amount: { $gte: 10 } })] });
const both = mission('both', { tasks: [task('deposit', 2), task('login', 1)] });

/** What became of it with each event. */
const said = (defined: Mission, ...events: [name: string, amount?: number, trust?: Trust][]): string[] => {
  const desk = engineDesk({});
  const compiled = compileMission(defined);
  let { state } = desk;
  return events.map(([name, amount = 10, trust = 'unverified']) => {
    const moved = missionMoved(state, compiled, desk.fact(name, { amount }, { trust }), START);
    state = moved.state;
    return `${moved.is}: ${moved.why}`;
  });
};

test.each<[string, string[], string[]]>([
  [
    'counts the events of its task until it is completed, and then no more',
    said(three, ['deposit'], ['deposit'], ['deposit'], ['deposit']),
    [
      'further: deposit 1 of 3',
      'further: deposit 2 of 3',
      'completed: deposit 3 of 3',
      'unmoved: is completed already',
    ],
  ],
  [
    'does not count an event that its filter refuses',
    said(three, ['deposit', 9], ['deposit', 10]),
    ['unmoved: amount: 9 is not 10 or more', 'further: deposit 1 of 3'],
  ],
  [
    'is completed by the last of several tasks, in whatever order',
    said(both, ['login'], ['deposit'], ['deposit']),
    [
      'further: deposit 0 of 2, login 1 of 1',
      'further: deposit 1 of 2, login 1 of 1',
      'completed: deposit 2 of 2, login 1 of 1',
    ],
  ],
  [
    'does not count a task beyond what it asks',
    said(both, ['login'], ['login']),
    ['further: deposit 0 of 2, login 1 of 1', 'unmoved: its task is done: deposit 0 of 2, login 1 of 1'],
  ],
  [
    'does not count events that are not trusted enough',
    said({ ...three, trust: 'server' }, ['deposit'], ['deposit', 10, 'server']),
    ['unmoved: the event is unverified, and must be server', 'further: deposit 1 of 3'],
  ],
  [
    'that repeats begins again',
    said({ ...both, repeats: true, tasks: [task('deposit', 2)] }, ['deposit'], ['deposit'], ['deposit']),
    ['further: deposit 1 of 2', 'completed: deposit 2 of 2', 'further: deposit 1 of 2'],
  ],
])('a mission %s', (_, told, wanted) => expect(told).toEqual(wanted));

test('a mission whose tasks are defined otherwise keeps what is counted of those that stand where they stood', () => {
  const desk = engineDesk({});
  const state = { ...desk.state, missions: { both: { done: [2], completed_at: null } } };
  const moved = missionMoved(state, compileMission(both), desk.fact('login'), START);
  expect(moved).toMatchObject({ is: 'completed', why: 'deposit 2 of 2, login 1 of 1' });
});

describe('counted anew from the history', () => {
  const withDeposits = (many: number) => {
    const desk = engineDesk({ missions: [three] });
    for (let n = 0; n < many; n++) desk.happens('deposit', { amount: 10 });
    return { ...desk.state, missions: {} };
  };
  const recounted = (many: number, done: number) =>
    missionRecounted(
      { ...withDeposits(many), missions: { three: { done: [done], completed_at: null } } },
      compileMission(three),
      START,
    );

  test.each([
    ['events that were not counted are', 2, 0, { is: 'further', why: 'deposit 2 of 3' }],
    ['what is counted already is not lost', 1, 2, { is: 'unmoved', why: 'deposit 2 of 3' }],
    ['enough of them complete it', 5, 1, { is: 'completed', why: 'deposit 3 of 3' }],
  ])('%s', (_, many, done, wanted) => expect(recounted(many, done)).toMatchObject(wanted));
});
