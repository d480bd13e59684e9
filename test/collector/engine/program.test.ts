/** Steps, walked until they end or wait. */
import { describe, expect, test } from 'vitest';
import { stateBounds } from '../../../src/collector/engine/customer-state.ts';
import type { Condition, Step } from '../../../src/collector/engine/definitions.ts';
import {
  campaign,
  DAY,
  engineDesk,
  HOUR,
  mission,
  popup,
  START,
  tagged,
  untagged,
  wait,
} from '../../support/engine-desk.ts';

const branch = (otherwise: number, condition: Partial<Condition>): Step => ({
  kind: 'branch',
  otherwise,
  where: null,
  customer: null,
  ...condition,
});

const walked = (steps: Step[], amount = 5) => {
  const desk = engineDesk({ campaigns: [campaign('go', steps)] });
  desk.happens('go', { amount });
  return desk;
};
const dear = { where: { amount: { $gte: 100 } } };
const arms = [branch(3, dear), tagged('DEAR'), { kind: 'jump', to: 4 } as const, tagged('CHEAP'), tagged('BOTH')];

describe('steps', () => {
  test.each<[string, Step[], number, string[], string]>([
    ['follow one another', [tagged('A'), tagged('B')], 5, ['A', 'B'], 'tag A, tag B'],
    ['take tags away', [tagged('a', 'b'), untagged('A')], 5, ['B'], 'tag a b, no longer A'],
    ['go through one arm of a filter', arms, 500, ['DEAR', 'BOTH'], 'tag DEAR, tag BOTH'],
    [
      'go through the other where it says no',
      arms,
      5,
      ['CHEAP', 'BOTH'],
      'otherwise, since amount: 5 is not 100 or more, tag CHEAP, tag BOTH',
    ],
    [
      'end at a filter that has no arms',
      [tagged('A'), branch(3, dear), tagged('B')],
      5,
      ['A'],
      'tag A, ends, since amount: 5 is not 100 or more',
    ],
    [
      'see in a filter what earlier ones did',
      [tagged('A'), branch(3, { customer: { tag: 'A' } }), tagged('B')],
      5,
      ['A', 'B'],
      'tag A, tag B',
    ],
  ])('%s', (_, steps, amount, tags, told) => {
    const desk = walked(steps, amount);
    expect(desk.state.tags).toEqual(tags);
    expect(desk.last.trace?.verdicts).toEqual([{ campaign: 'go', fired: true, why: told }]);
    expect(desk.deliveries.get('go|u:anna|e1')).toMatchObject({ channel: 'run', status: 'ended', why: told });
  });

  test('award a badge once: it keeps its day', () => {
    const desk = walked([{ kind: 'badge', badge: 'first' }]);
    desk.now += DAY;
    desk.happens('go');
    expect(desk.state.badges).toEqual({ first: START });
  });

  test('go on after a message that could not be made', () => {
    const desk = walked([popup({ title: '{{ event.nothing }}' }), tagged('A')]);
    expect([desk.state.tags, desk.deliveries.get('go|u:anna|e1|0')?.status]).toEqual([['A'], 'refused']);
  });

  test('send no more inbox messages than the month has left', () => {
    const inbox: Step = { kind: 'engagement', request: { kind: 'inbox', title: 'a', body: 'b' }, expiresIn: null };
    const desk = engineDesk({ campaigns: [campaign('go', [inbox, inbox, inbox])] });
    desk.inboxLeft = 2;
    desk.happens('go');
    const statuses = desk.last.deliveries.map(({ status }) => status);
    expect([desk.state.inbox.length, statuses]).toEqual([2, ['pending', 'pending', 'over_limit', 'ended']]);
  });
});

describe('a wait', () => {
  const waited = (then: Step[] = [tagged('B')]) => walked([tagged('A'), wait(HOUR), ...then]);

  test('is put down with its place, and reported', () => {
    const desk = waited();
    const uid = 'go|u:anna|e1';
    expect(desk.state.waiting).toEqual([
      { uid, campaign: 'go', eid: 'e1', at: START, next: 2, shape: 'tag,wait,tag', due_at: START + HOUR },
    ]);
    expect([desk.state.tags, desk.deliveries.get(uid)?.status]).toEqual([['A'], 'waiting']);
  });

  test('is over when its time has come and not before, and goes on once', () => {
    const desk = waited([{ kind: 'points', points: 5 }]);
    desk.passes(HOUR - 1);
    expect(desk.state.points.balance).toBe(0);
    desk.passes(1);
    desk.passes(HOUR);
    expect(desk.state.points.balance).toBe(5);
    expect(desk.deliveries.get('go|u:anna|e1')).toMatchObject({ status: 'ended', at: START, status_at: START + HOUR });
  });

  test('may be followed by another', () => {
    const desk = waited([wait(HOUR), tagged('B')]);
    desk.passes(HOUR);
    expect([desk.state.tags, desk.state.wakes_at]).toEqual([['A'], START + 2 * HOUR]);
    desk.passes(HOUR);
    expect(desk.state.tags).toEqual(['A', 'B']);
  });

  test('goes on with other words in the same steps', () => {
    const desk = waited();
    desk.redefine({ campaigns: [campaign('go', [tagged('A'), wait(DAY), tagged('OTHER')])] });
    desk.passes(HOUR);
    expect(desk.state.tags).toEqual(['A', 'OTHER']);
  });

  test.each<[string, (desk: ReturnType<typeof waited>) => void, string]>([
    [
      'its steps are others',
      (desk) => desk.redefine({ campaigns: [campaign('go', [wait(DAY), tagged('B')])] }),
      'was changed or switched off while it waited',
    ],
    ['its campaign is gone', (desk) => desk.redefine({}), 'was changed or switched off while it waited'],
    [
      'its campaign is switched off',
      (desk) =>
        desk.redefine({ campaigns: [campaign('go', [tagged('A'), wait(HOUR), tagged('B')], { enabled: false })] }),
      'was changed or switched off while it waited',
    ],
    ['its event was erased', (desk) => desk.events.clear(), 'the event that began it is no longer kept'],
  ])('ends where %s, and says so', (_, change, why) => {
    const desk = waited();
    change(desk);
    desk.passes(HOUR);
    expect([desk.state.tags, desk.state.waiting, desk.said()]).toEqual([['A'], [], [['go', why]]]);
    expect(desk.deliveries.get('go|u:anna|e1')).toMatchObject({ status: 'ended', why });
  });

  test('beyond the bound ends the run, and says so', () => {
    const desk = walked([wait(DAY), tagged('B')]);
    for (let n = 0; n < stateBounds.waiting; n++) desk.happens('go');
    expect(desk.state.waiting.length).toBe(stateBounds.waiting);
    expect(desk.last.deliveries).toMatchObject([{ status: 'ended', why: 'ends: 100 others wait already' }]);
  });

  test('in the reward of a mission is over like any', () => {
    const tasks = [{ event: 'go', where: null, count: 1 }];
    const desk = engineDesk({ missions: [mission('one', { tasks, reward: [wait(HOUR), tagged('B')] })] });
    desk.happens('go');
    desk.passes(HOUR);
    expect([desk.state.tags, desk.said()]).toEqual([['B'], [['mission: one', true]]]);
  });
});
