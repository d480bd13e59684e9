/** Which segments a customer enters and leaves, and when they are asked. */
import { describe, expect, test } from 'vitest';
import type { Payload } from '../../../src/wire/event.ts';
import { campaign, DAY, engineDesk, popup, START, tagged, wait } from '../../support/engine-desk.ts';

describe('definitions that change', () => {
  const fans = { fans: { tag: 'FAN' } };
  const hail = [campaign('hail', [popup()], { trigger: { entered: 'fans' } })];

  test('move a customer into segments and out of them, and begin nothing', () => {
    const desk = engineDesk({ segments: { old: { tag: 'FAN' } }, campaigns: [campaign('go', [tagged('FAN')])] });
    desk.happens('go');
    expect(Object.keys(desk.state.segments)).toEqual(['old']);
    desk.redefine({ segments: fans, campaigns: hail });
    desk.meets({ is: 'review' });
    expect([Object.keys(desk.state.segments), desk.state.engagements, desk.last.trace]).toEqual([
      ['fans'],
      [],
      undefined,
    ]);
    expect(desk.state.reviewed).toBe(desk.plan.digest);
  });

  test('are looked at before the event that comes first, so that only what the event does begins campaigns', () => {
    const desk = engineDesk({ campaigns: [campaign('go', [tagged('FAN')])] });
    desk.happens('go');
    desk.redefine({
      segments: { ...fans, players: { event: 'play' } },
      campaigns: [...hail, campaign('welcome', [popup()], { trigger: { entered: 'players' } })],
    });
    desk.happens('play');
    expect(desk.said()).toEqual([['welcome', true]]);
    expect(Object.keys(desk.state.segments)).toEqual(['fans', 'players']);
  });

  test('are looked at by a customer who is new: nobody enters what they are in from the beginning', () => {
    const desk = engineDesk({
      segments: { modest: { points: { max: 10 } } },
      campaigns: [campaign('hail', [popup()], { trigger: { entered: 'modest' } })],
    });
    desk.happens('login');
    expect([Object.keys(desk.state.segments), desk.state.engagements]).toEqual([['modest'], []]);
  });

  test('take along what began long ago by campaigns that are gone, and nothing of one that was mistyped for a while', () => {
    const desk = engineDesk({ campaigns: [campaign('go', [])] });
    desk.happens('go');
    desk.happens('go');
    desk.redefine({});
    desk.now += 90 * DAY;
    desk.meets({ is: 'review' });
    expect(Object.keys(desk.state.campaigns)).toEqual(['go']);
    desk.now += 1;
    desk.meets({ is: 'review' });
    expect(desk.state.campaigns).toEqual({});
  });

  test('take along nothing of campaigns that are there, whenever they began', () => {
    const desk = engineDesk({ campaigns: [campaign('go', [])] });
    desk.happens('go');
    desk.redefine({ campaigns: [campaign('go', [], { enabled: false })], segments: fans });
    desk.now += 365 * DAY;
    desk.meets({ is: 'review' });
    expect(Object.keys(desk.state.campaigns)).toEqual(['go']);
  });

  test('change nothing of a customer whom they do not concern', () => {
    const desk = engineDesk({ segments: fans });
    const { state } = desk.meets({ is: 'review' });
    expect(desk.meets({ is: 'review' }).state).toEqual(state);
  });
});

describe('nothing is asked that cannot have changed', () => {
  const asked = (desk: ReturnType<typeof engineDesk>): string[] => {
    const names: string[] = [];
    const rules = [...desk.plan.segments.rules].map(([name, rule]) => {
      const ask: typeof rule.ask = (situation) => {
        names.push(name);
        return rule.ask(situation);
      };
      return [name, { ...rule, ask }] as const;
    });
    desk.plan = { ...desk.plan, segments: { ...desk.plan.segments, rules: new Map(rules) } };
    return names;
  };

  test.each<[string, string, Payload, string[]]>([
    ['an event', 'play', {}, ['players', 'lucky', 'both']],
    ['a tag', 'core_public_tags_update', { operation: 'add', tags: ['A'] }, ['tagged', 'both']],
    ['a property', 'update_profile', { city: 'Oslo' }, ['local']],
    ['a language', 'core_language_changed', { language: 'no' }, []],
    ['an event that nobody mentions', 'scroll', {}, []],
  ])('%s is asked of those that look at it', (_, name, payload, wanted) => {
    const desk = engineDesk({
      segments: {
        tagged: { tag: 'A' },
        players: { event: 'play' },
        lucky: { event: 'play', where: { won: true } },
        both: { all: [{ segment: 'players' }, { segment: 'tagged' }] },
        local: { property: 'city', is: 'Oslo' },
      },
    });
    desk.meets({ is: 'review' });
    const names = asked(desk);
    desk.happens(name, payload);
    expect(names).toEqual(wanted);
  });

  test('an event that nothing mentions changes nothing', () => {
    const desk = engineDesk({ segments: { fans: { event: 'play', within: DAY } } });
    desk.happens('play');
    const { state } = desk;
    expect(desk.happens('scroll')).toEqual({ state, contents: [], deliveries: [], trace: undefined });
    expect(desk.state).toBe(state);
  });

  test('a customer is looked at when the first of several things comes, each time', () => {
    const desk = engineDesk({
      segments: { day: { event: 'play', within: DAY }, week: { event: 'play', within: 7 * DAY } },
      campaigns: [campaign('play', [wait(2 * DAY), tagged('A')])],
    });
    desk.happens('play');
    const woken: (number | null)[] = [];
    for (let at = desk.state.wakes_at; at !== null && woken.length < 9; at = desk.state.wakes_at) {
      woken.push(at - START);
      desk.passes(at - desk.now);
    }
    expect(woken).toEqual([DAY, 2 * DAY, 7 * DAY]);
    expect([desk.state.segments, desk.state.tags]).toEqual([{}, ['A']]);
  });
});
