/** "Had this event, so often, then": the answer, the fact that decided, and until when it stands if nothing happens. */
import { describe, expect, test } from 'vitest';
import type { CustomerState } from '../../../src/collector/engine/customer-state.ts';
import type { Definitions, EventRule, SegmentRule } from '../../../src/collector/engine/definitions.ts';
import { withHappened } from '../../../src/collector/engine/history.ts';
import { registered } from '../../../src/collector/engine/registered.ts';
import { compileRule } from '../../../src/collector/engine/segment.ts';
import type { Payload, Trust } from '../../../src/wire/event.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** A Wednesday. */
const NOW = Date.UTC(2026, 10, 18, 12);
const march = { from: Date.UTC(2026, 2, 1), to: Date.UTC(2026, 2, 31) };

const nobody = registered({ key: 'u:anna', user: 'anna' }, { name: 'casino', gamificationShare: 100 }, 0);
const withEvents = (
  name: string,
  events: readonly { at: number; payload?: Payload; trust?: Trust }[],
  state = nobody,
): CustomerState =>
  events.reduce((state, { at, payload = {}, trust = 'server' }, index) => {
    const fact = {
      cursor: index + 1,
      eid: `${name}-${index}`,
      event_type: name,
      name,
      payload,
      trust,
      at,
    };
    return withHappened(state, fact, Object.keys(payload));
  }, state);
const ago = (...days: number[]) => days.map((one) => ({ at: NOW - one * DAY }));

const ask = (rule: SegmentRule, state: CustomerState, now = NOW, context: Payload = {}) =>
  compileRule(rule, {}).ask({ state, now, context });

test('customers who had an event three times in the last week', () => {
  const rule: EventRule = { event: 'X', count: { min: 3 }, within: 7 * DAY };
  expect(ask(rule, withEvents('X', ago(30, 6, 2, 1)))).toEqual({
    matches: true,
    why: 'had X 3 times in the last 7 days',
    until: NOW + DAY,
  });
  expect(ask(rule, withEvents('X', ago(30, 8, 2, 1)))).toEqual({
    matches: false,
    why: 'had X 2 times in the last 7 days, not 3 or more',
    until: null,
  });
});

test.each<[Trust, number, string]>([
  ['unverified', 3, 'had X 3 times'],
  ['verified', 2, 'had X 2 times by the word of a verified page or a server'],
  ['server', 1, 'had X once by the word of a server'],
])('a rule that asks for the word of "%s" counts %i of three events, and says whose', (trust, count, why) => {
  const anna = withEvents('X', [
    { at: NOW - 3 * DAY, trust: 'server' },
    { at: NOW - 2 * DAY, trust: 'verified' },
    { at: NOW - DAY, trust: 'unverified' },
  ]);
  expect(ask({ event: 'X', trust, count: { min: count } }, anna)).toEqual({ matches: true, why, until: null });
  expect(ask({ event: 'X', trust, count: { min: count + 1 } }, anna)).toMatchObject({ matches: false });
});

test('the last event that was not counted is told with whose word it is', () => {
  const anna = withEvents('X', [{ at: NOW - DAY, trust: 'unverified' }]);
  expect(ask({ event: 'X', trust: 'server' }, anna).why).toBe(
    'never had X by the word of a server; of the last one the word is unverified',
  );
});

describe('of deposits 400, 40, 10 and 2 days ago', () => {
  const amounts = [5, 100, 20, 20];
  const anna = withEvents(
    'deposit',
    [400, 40, 10, 2].map((days, index) => ({
      at: NOW - days * DAY,
      payload: { amount: amounts[index]!, way: 'card' },
    })),
  );
  const deposit = (rule: Omit<EventRule, 'event'>): EventRule => ({ event: 'deposit', ...rule });

  test.each<[EventRule, boolean, string, number | null]>([
    [deposit({}), true, 'had deposit 4 times', null],
    [{ event: 'login' }, false, 'never had login', null],
    [{ event: 'toString' }, false, 'never had toString', null],
    [{ event: 'login', count: { max: 0 } }, true, 'never had login', null],
    [deposit({ count: { max: 3 } }), false, 'had deposit 4 times, not 0 to 3', null],
    [deposit({ count: { min: 4, max: 4 } }), true, 'had deposit 4 times', null],
    [deposit({ count: { min: 5, max: 5 } }), false, 'had deposit 4 times, not 5', null],
    [deposit({ where: { amount: { $gt: 50 } } }), true, 'had deposit once where {"amount": {"$gt": 50}}', null],
    [
      deposit({ where: { amount: { $gt: 200 } } }),
      false,
      'never had deposit where {"amount": {"$gt": 200}}; of the last one amount: 20 is not above 200',
      null,
    ],
    [
      deposit({ where: { amount: 20 }, count: { min: 3 } }),
      false,
      'had deposit 2 times where {"amount": 20}, not 3 or more',
      null,
    ],
    [deposit({ within: 7 * DAY }), true, 'had deposit once in the last 7 days', NOW + 5 * DAY],
    [deposit({ within: 2 * DAY }), false, 'never had deposit in the last 2 days', null],
    [deposit({ within: DAY }), false, 'never had deposit in the last day', null],
    [
      deposit({ within: 11 * DAY, count: { max: 1 } }),
      false,
      'had deposit 2 times in the last 11 days, not 0 to 1',
      NOW + DAY,
    ],
    [
      deposit({ within: 11 * DAY, count: { min: 1, max: 1 } }),
      false,
      'had deposit 2 times in the last 11 days, not 1',
      NOW + DAY,
    ],
    [deposit({ within: 36 * HOUR, count: { max: 0 } }), true, 'never had deposit in the last 36 hours', null],
    [
      deposit({ date: { from: NOW - 50 * DAY, to: NOW - 30 * DAY } }),
      true,
      'had deposit once from 2026-09-29T12:00:00.000Z to 2026-10-19T12:00:00.000Z',
      null,
    ],
    [
      deposit({ date: march }),
      false,
      'never had deposit from 2026-03-01T00:00:00.000Z to 2026-03-31T00:00:00.000Z',
      null,
    ],
    [
      deposit({ lastDate: { from: NOW - 3 * DAY } }),
      true,
      'had deposit 4 times, last had deposit at 2026-11-16T12:00:00.000Z',
      null,
    ],
    [
      deposit({ lastDate: { to: march.to } }),
      false,
      'last had deposit at 2026-11-16T12:00:00.000Z, not to 2026-03-31T00:00:00.000Z',
      null,
    ],
    [deposit({ daysSinceLast: { min: 2 } }), true, 'had deposit 4 times, last had deposit 2 days ago', null],
    [deposit({ daysSinceLast: { min: 30 } }), false, 'last had deposit 2 days ago, not 30 or more', NOW + 28 * DAY],
    [deposit({ daysSinceLast: { max: 2 } }), true, 'had deposit 4 times, last had deposit 2 days ago', NOW + DAY],
    [deposit({ daysSinceLast: { max: 1 } }), false, 'last had deposit 2 days ago, not 0 to 1', null],
    [
      deposit({ where: { amount: 100 }, daysSinceLast: { min: 30, max: 39 } }),
      false,
      'last had deposit where {"amount": 100} 40 days ago, not 30 to 39',
      null,
    ],
    [{ event: 'login', daysSinceLast: { min: 30 } }, false, 'never had login', null],
    [{ event: 'login', count: { max: 5 }, daysSinceLast: { min: 30 } }, false, 'never had login, not 1 to 5', null],
    [deposit({ where: { amount: '$amount' } }), true, 'had deposit once where {"amount": "$amount"}', null],
  ])('%j', (rule, matches, why, until) => {
    expect(ask(rule, anna, NOW, { amount: 100 })).toEqual({ matches, why, until });
  });

  test('without an event that began it all nothing is true of its fields', () => {
    const rule = deposit({ where: { amount: '$amount' } });
    const no = { matches: false, why: '$amount is not in the event', until: null };
    expect(ask(rule, anna)).toEqual(no);
    expect(ask({ not: rule }, anna)).toEqual(no);
    expect(ask({ ...rule, count: { max: 0 } }, anna)).toEqual(no);
    expect(
      ask({ any: [{ not: { all: [{ property: 'age', is: '$age' }] } }, { event: 'deposit' }] }, anna).matches,
    ).toBe(true);
  });

  test('an event counts at its own time, in whatever order they came', () => {
    const late = withEvents('X', [...ago(1), ...ago(20)]);
    expect(ask({ event: 'X', daysSinceLast: { max: 1 } }, late).matches).toBe(true);
    expect(ask({ event: 'X', where: {}, daysSinceLast: { max: 1 } }, late).matches).toBe(true);
    expect(ask({ event: 'X', within: 7 * DAY, count: { max: 1 } }, late).until).toBeNull();
  });

  test('events that are no longer kept still count where nothing but their number is asked', () => {
    const many = withEvents('X', ago(...Array.from({ length: 150 }, (_, index) => 150 - index)));
    expect(ask({ event: 'X' }, many).why).toBe('had X 150 times');
    expect(ask({ event: 'X', within: 1000 * DAY }, many).why).toBe('had X 100 times in the last 1000 days');
  });
});

describe('until when an answer stands', () => {
  /** The same numbers on every machine. */
  const dice = (seed: number) => (sides: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >> 8) % sides;
  };
  const eventRule = (roll: (sides: number) => number): EventRule => {
    const least = roll(4);
    return {
      event: ['A', 'B'][roll(2)]!,
      ...(roll(3) > 0 ? { within: (1 + roll(12)) * DAY } : {}),
      ...(roll(3) > 0 ? { count: roll(2) > 0 ? { min: least, max: least + roll(3) } : { min: least } } : {}),
      ...(roll(3) === 0 ? { daysSinceLast: { min: roll(8), max: 8 + roll(4) } } : {}),
      ...(roll(4) === 0 ? { where: { big: true } } : {}),
    };
  };
  const someRule = (roll: (sides: number) => number, depth: number): SegmentRule => {
    switch (depth > 2 ? 3 : roll(5)) {
      case 0:
        return { all: [someRule(roll, depth + 1), someRule(roll, depth + 1)] };
      case 1:
        return { any: [someRule(roll, depth + 1), someRule(roll, depth + 1), someRule(roll, depth + 1)] };
      case 2:
        return { not: someRule(roll, depth + 1) };
      default:
        return roll(9) === 0 ? { tag: 'VIP' } : eventRule(roll);
    }
  };
  const someHistory = (roll: (sides: number) => number): CustomerState => {
    const events = () =>
      Array.from({ length: roll(5) }, () => ({ at: NOW - roll(300) * HOUR, payload: { big: roll(2) === 0 } }));
    return withEvents('B', events(), withEvents('A', events()));
  };
  /** When anything at all can change: each event leaves each window, and each day after it is another day. */
  const moments = Array.from({ length: 300 + 25 * 24 }, (_, hour) => NOW + hour * HOUR - 300 * HOUR).filter(
    (at) => at > NOW,
  );
  const nextChange = (
    rule: SegmentRule,
    state: CustomerState,
    segments: Definitions['segments'] = {},
  ): number | null => {
    const { ask } = compileRule(rule, segments);
    const now = ask({ state, now: NOW, context: {} }).matches;
    return moments.find((at) => ask({ state, now: at, context: {} }).matches !== now) ?? null;
  };

  test('an answer about one event is another at that moment, and not a millisecond before', () => {
    const roll = dice(5);
    for (let round = 0; round < 150; round++) {
      const [rule, state] = [eventRule(roll), someHistory(roll)];
      const { matches, until } = ask(rule, state);
      expect({ rule, until }).toEqual({ rule, until: nextChange(rule, state) });
      if (until !== null) expect(ask(rule, state, until - 1).matches).toBe(matches);
    }
  });

  test('an answer about several is never another before', () => {
    const roll = dice(7);
    for (let round = 0; round < 150; round++) {
      const [rule, state] = [someRule(roll, 0), someHistory(roll)];
      const { matches, until } = ask(rule, state);
      const changes = nextChange(rule, state);
      expect({ rule, late: changes !== null && (until === null || until > changes) }).toEqual({ rule, late: false });
      if (until !== null) expect(until).toBeGreaterThan(NOW);
      if (until !== null) expect(ask(rule, state, until - 1).matches).toBe(matches);
    }
  });
});
