/** What follows from an event, from time, from a visitor who logs in, from an event of everybody. */
import { describe, expect, test } from 'vitest';
import { campaign, DAY, engineDesk, HOUR, mission, popup, START, tagged, wait } from '../../support/engine-desk.ts';

describe('an event', () => {
  test('begins the campaigns that it triggers, in the order of the config', () => {
    const desk = engineDesk({
      campaigns: [
        campaign('second', [tagged('B')], { trigger: { event: 'deposit' } }),
        campaign('first', [tagged('A')], { trigger: { event: 'deposit' } }),
        campaign('other', [tagged('C')]),
      ],
    });
    desk.happens('deposit');
    expect(desk.state.tags).toEqual(['B', 'A']);
    expect(desk.said()).toEqual([
      ['second', true],
      ['first', true],
    ]);
  });

  test('that is in the state already changes nothing', () => {
    const desk = engineDesk({ campaigns: [campaign('deposit', [{ kind: 'points', points: 5 }])] });
    const fact = desk.fact('deposit');
    const { state } = desk.meets({ is: 'event', fact });
    expect(desk.meets({ is: 'event', fact })).toEqual({ state, contents: [], deliveries: [], trace: undefined });
    expect(desk.last.state).toBe(state);
  });

  test('shows a popup with its words, and the report has a row of it and of the campaign', () => {
    const desk = engineDesk({ campaigns: [campaign('deposit', [popup({ title: 'Thanks, {{ event.amount }}' })])] });
    desk.happens('deposit', { amount: 5 });
    const run = 'deposit|u:anna|e1';
    expect(desk.state.engagements).toMatchObject([{ uid: `${run}|0`, status: 'pending', from: 'deposit', eid: 'e1' }]);
    expect(desk.contents.get(`${run}|0`)).toContain('"title":"Thanks, 5"');
    expect([...desk.deliveries.values()]).toMatchObject([
      { uid: `${run}|0`, channel: 'popup', status: 'pending' },
      { uid: run, channel: 'run', status: 'ended' },
    ]);
  });

  test('enters a segment that it counts for, and that begins a campaign', () => {
    const desk = engineDesk({
      segments: { fans: { event: 'deposit', count: { min: 3 }, within: 7 * DAY } },
      campaigns: [campaign('welcome', [popup()], { trigger: { entered: 'fans' } })],
    });
    desk.happens('deposit');
    desk.happens('deposit');
    expect(desk.state.segments).toEqual({});
    desk.happens('deposit');
    expect(desk.state.segments).toEqual({ fans: START });
    expect(desk.said()).toEqual([['welcome', true]]);
  });
});

describe('time', () => {
  test('goes on with what waited, with the words of the event that began it', () => {
    const desk = engineDesk({ campaigns: [campaign('deposit', [wait(HOUR), popup({ title: '{{ event.amount }}' })])] });
    desk.happens('deposit', { amount: 7 });
    expect([desk.state.wakes_at, desk.state.engagements.length]).toEqual([START + HOUR, 0]);
    desk.passes(HOUR);
    expect(desk.state.engagements).toMatchObject([{ about: '7' }]);
    expect([desk.state.wakes_at, desk.state.waiting]).toEqual([null, []]);
  });

  test('lets a customer out of a segment of a window, and that begins a campaign', () => {
    const desk = engineDesk({
      segments: { lately: { event: 'deposit', within: DAY } },
      campaigns: [campaign('come back', [tagged('AWAY')], { trigger: { left: 'lately' } })],
    });
    desk.happens('deposit');
    expect(desk.state.wakes_at).toBe(START + DAY);
    desk.passes(DAY);
    expect([desk.state.segments, desk.state.tags, desk.state.wakes_at]).toEqual([{}, ['AWAY'], null]);
  });
});

describe('a mission', () => {
  test('is completed by its last event, and its reward begins what follows from it', () => {
    const desk = engineDesk({
      levels: [
        { id: 1, name: 'Bronze', points: 0 },
        { id: 2, name: 'Silver', points: 100 },
      ],
      segments: { silver: { level: { min: 2 } } },
      missions: [
        mission('three', {
          tasks: [{ event: 'deposit', where: null, count: 3 }],
          reward: [{ kind: 'points', points: 100 }],
        }),
      ],
      campaigns: [campaign('hail', [popup()], { trigger: { entered: 'silver' } })],
    });
    desk.happens('deposit');
    expect([desk.state.level?.name, desk.said()]).toEqual(['Bronze', [['mission: three', 'deposit 1 of 3']]]);
    desk.happens('deposit');
    desk.happens('deposit');
    expect(desk.state.level?.name).toBe('Silver');
    expect(desk.last.trace?.verdicts).toEqual([
      { campaign: 'mission: three', fired: true, why: 'completed: deposit 3 of 3: 100 points' },
      { campaign: 'hail', fired: true, why: 'popup' },
    ]);
  });
});

describe('what a page reports of an engagement', () => {
  const report = (desk: ReturnType<typeof engineDesk>, event_type: string) =>
    desk.happens(event_type, { engagement_uid: 'deposit|u:anna|e1|0' });

  test('is a row of the report again, and goes on with the event that the engagement answers', () => {
    const desk = engineDesk({ campaigns: [campaign('deposit', [popup()])] });
    desk.happens('deposit');
    desk.now += HOUR;
    expect(report(desk, 'engagement_impression').deliveries).toEqual([
      {
        uid: 'deposit|u:anna|e1|0',
        campaign: 'deposit',
        eid: 'e1',
        channel: 'popup',
        status: 'shown',
        at: START,
        status_at: START + HOUR,
        why: '',
      },
    ]);
    expect(report(desk, 'engagement_action').deliveries).toMatchObject([{ status: 'clicked' }]);
    expect(report(desk, 'engagement_impression').deliveries).toEqual([]);
  });
});

describe('a system event', () => {
  const inStock = campaign('in stock', [popup({ title: '{{ event.item }}' })], {
    trigger: { system: 'in_stock' },
    customer: { event: 'view', where: { item: '$item' } },
  });
  const told = (desk: ReturnType<typeof engineDesk>, fact = desk.fact('in_stock', { item: 'hat' })) =>
    desk.meets({ is: 'system', fact });

  test('reaches whoever looked at that item, once however often it is told', () => {
    const desk = engineDesk({ campaigns: [inStock] });
    desk.happens('view', { item: 'hat' });
    const fact = desk.fact('in_stock', { item: 'hat' });
    told(desk, fact);
    told(desk, fact);
    expect(desk.state.engagements.map(({ about }) => about)).toEqual(['hat']);
  });

  test('leaves those alone whom it does not concern, and says why', () => {
    const desk = engineDesk({ campaigns: [inStock] });
    desk.happens('view', { item: 'shoe' });
    const { state } = desk;
    const { trace, ...others } = told(desk);
    expect(others).toEqual({ state, contents: [], deliveries: [] });
    expect(trace?.verdicts).toEqual([{ campaign: 'in stock', fired: false, why: expect.stringContaining('view') }]);
    expect(desk.state).toBe(state);
  });

  test('is no event of the customer: neither history nor campaigns of customers know it', () => {
    const desk = engineDesk({
      segments: { stocked: { event: 'in_stock' } },
      campaigns: [campaign('in_stock', [tagged('A')])],
    });
    told(desk);
    expect([desk.state.history, desk.state.segments, desk.state.tags]).toEqual([{}, {}, []]);
  });
});

test('an event of yesterday counts for yesterday, and triggers today', () => {
  const desk = engineDesk({
    segments: { today: { event: 'play', within: DAY } },
    campaigns: [campaign('play', [tagged('A')])],
  });
  desk.happens('play', {}, { at: START - DAY });
  expect([desk.state.segments, desk.state.tags]).toEqual([{}, ['A']]);
});

test('an ad moves with the events of the publisher API, before any campaign sees them', () => {
  const desk = engineDesk({ ads: [{ id: 'ad-1', serveToken: 't', content: {}, autoActivated: false }] });
  desk.happens('ActivateOffer', { serveToken: 't' });
  expect([desk.state.offers['ad-1']?.activation, desk.state.folded]).toEqual(['ACTIVATED', 1]);
});
