/** How far a customer comes in a mission. */
import { describe, expect, test } from 'vitest';
import type { MissionProgress } from '../../../src/collector/engine/customer-state.ts';
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
  const recounted = (defined: Mission, deposits: number, progress: MissionProgress) => {
    const desk = engineDesk({ missions: [three] });
    for (let n = 0; n < deposits; n++) desk.happens('deposit', { amount: 10 });
    const { state, ...moved } = missionRecounted(
      { ...desk.state, missions: { three: progress } },
      compileMission(defined),
      START,
    );
    return moved;
  };
  const open = (done: number): MissionProgress => ({ done: [done], completed_at: null });
  const again = { ...three, repeats: true };

  test.each<[string, Mission, number, MissionProgress, object]>([
    ['events that were not counted are', three, 2, open(0), { is: 'further', why: 'deposit 2 of 3' }],
    ['what is counted already is not lost', three, 1, open(2), { is: 'unmoved', why: 'deposit 2 of 3' }],
    ['enough of them complete it', three, 5, open(1), { is: 'completed', why: 'deposit 3 of 3' }],
    ['events are not trusted enough', { ...three, trust: 'server' }, 5, open(0), { is: 'unmoved' }],
    ['it is completed', three, 5, { done: [0], completed_at: 1 }, { is: 'unmoved' }],
    ['it repeats, and they came before', again, 2, { done: [0], completed_at: START }, { is: 'unmoved' }],
    ['it repeats, and they came after', again, 2, { done: [0], completed_at: START - 1 }, { is: 'further' }],
  ])('%s', (_, defined, deposits, progress, wanted) =>
    expect(recounted(defined, deposits, progress)).toMatchObject(wanted),
  );
});

test('a mission keeps its count when it is completed, and begins again at nothing where it repeats', () => {
  const completed = (repeats: boolean) => {
    const desk = engineDesk({ missions: [{ ...three, repeats }] });
    for (let n = 0; n < 3; n++) desk.happens('deposit', { amount: 10 });
    return desk.state.missions.three;
  };
  expect(completed(false)).toEqual({ done: [3], completed_at: START });
  expect(completed(true)).toEqual({ done: [0], completed_at: START });
});
