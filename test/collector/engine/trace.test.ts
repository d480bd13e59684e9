/** What an operator is told of one event: every campaign that it concerned, and what it said. */
import { describe, expect, test } from 'vitest';
import { campaign, DAY, engineDesk, HOUR, popup, START, tagged, untagged, wait } from '../../support/engine-desk.ts';

describe('the trace', () => {
  test('says of every campaign that mentions the event whether it began, and what says no first', () => {
    const desk = engineDesk({
      campaigns: [
        campaign('off', [], { trigger: { event: 'go' }, enabled: false }),
        campaign('other prize', [], { trigger: { event: 'go' }, where: { prize: 'ABC' } }),
        campaign('vip', [], { trigger: { event: 'go' }, customer: { tag: 'VIP' } }),
        campaign('all', [tagged('A')], { trigger: { event: 'go' } }),
      ],
    });
    desk.happens('go', { prize: 'XYZ' });
    expect(desk.last.trace).toEqual({
      eid: 'e1',
      cursor: 1,
      at: START,
      verdicts: [
        { campaign: 'off', fired: false, why: 'is switched off' },
        { campaign: 'other prize', fired: false, why: 'prize: "XYZ" is not "ABC"' },
        { campaign: 'vip', fired: false, why: 'customer: lacks the tag VIP' },
        { campaign: 'all', fired: true, why: 'tag A' },
      ],
    });
  });

  test('is of one event once: the state knows that it was asked', () => {
    const desk = engineDesk({ campaigns: [campaign('go', [], { customer: { tag: 'VIP' } })] });
    const fact = desk.fact('go');
    desk.meets({ is: 'event', fact });
    expect(desk.state.folded).toBe(fact.cursor);
    expect(desk.meets({ is: 'event', fact }).trace).toBeUndefined();
  });

  test('of what waited names the event that it goes on from', () => {
    const desk = engineDesk({ campaigns: [campaign('go', [wait(HOUR), tagged('A')])] });
    desk.happens('go');
    desk.passes(HOUR);
    expect(desk.last.trace).toMatchObject({ eid: 'e1', cursor: 1, at: START + HOUR });
  });
});

describe('a campaign that triggers itself', () => {
  const loop = [
    campaign('off', [untagged('A')], { trigger: { entered: 'a' } }),
    campaign('on', [tagged('A')], { trigger: { left: 'a' } }),
  ];

  test('by an event begins once by that event, and is told', () => {
    const desk = engineDesk({ segments: { a: { tag: 'A' } }, campaigns: [campaign('go', [tagged('A')]), ...loop] });
    desk.happens('go');
    expect(desk.said()).toEqual([
      ['go', true],
      ['off', true],
      ['on', true],
      ['off', 'stopped: it would trigger itself, this event has begun it already'],
    ]);
  });

  test('by nothing but time is stopped five deep, and is told', () => {
    const desk = engineDesk({
      segments: { a: { tag: 'A' }, lately: { event: 'play', within: DAY } },
      campaigns: [campaign('gone', [tagged('A'), popup()], { trigger: { left: 'lately' } }), ...loop],
    });
    desk.happens('play');
    desk.passes(DAY);
    const on: [string, true] = ['on', true];
    const off: [string, true] = ['off', true];
    const stopped = ['on', 'stopped: it would trigger itself, 5 deep'];
    expect(desk.said()).toEqual([['gone', true], off, on, off, on, off, stopped]);
    expect(new Set(desk.last.deliveries.map(({ uid }) => uid)).size).toBe(7);
  });
});
