/** When a message may leave: a table of customers, rules and hours. */
import { describe, expect, test } from 'vitest';
import { type CustomerState, channels } from '../../../src/collector/engine/customer-state.ts';
import type { MessageRules } from '../../../src/collector/engine/definitions.ts';
import { mayLeave } from '../../../src/collector/engine/message-rules.ts';
import { noDefinitions } from '../../../src/collector/engine/no-definitions.ts';
import { quietUntil } from '../../../src/collector/engine/quiet-hours.ts';
import { registered } from '../../../src/collector/engine/registered.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const clock = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const night = { from: clock('22:00'), to: clock('08:00') };
const at = (text: string): number => Date.parse(text);

const customer = (some: Partial<CustomerState> = {}): CustomerState => ({
  ...registered({ key: 'u:ann', user: 'ann' }, { name: 'Shop', gamificationShare: 100 }, 0),
  ...some,
});
const inZone = (value: string | number, name = 'time_zone'): CustomerState =>
  customer({ properties: { [name]: { value, trust: 'unverified' } } });
const rules = (some: Partial<MessageRules>): MessageRules => ({ ...noDefinitions.messages, ...some });
const email = { channel: 'email', transactional: false } as const;

describe('quiet hours are those of the customer’s wall clock', () => {
  test.each([
    ['in the evening it waits for the morning', 'UTC', night, '2026-11-21T23:30:00Z', '2026-11-22T08:00:00Z'],
    ['after midnight it waits for the same morning', 'UTC', night, '2026-11-22T07:59:59Z', '2026-11-22T08:00:00Z'],
    ['they begin on the minute', 'UTC', night, '2026-11-21T22:00:00Z', '2026-11-22T08:00:00Z'],
    ['they end on the minute', 'UTC', night, '2026-11-22T08:00:00Z', '2026-11-22T08:00:00Z'],
    ['by day it leaves', 'UTC', night, '2026-11-21T21:59:59Z', '2026-11-21T21:59:59Z'],
    ['they may lie within a day', 'UTC', { from: 720, to: 790 }, '2026-11-21T12:30:00Z', '2026-11-21T13:10:00Z'],
    ['from an hour to itself is never', 'UTC', { from: 480, to: 480 }, '2026-11-21T08:00:00Z', '2026-11-21T08:00:00Z'],
    ['east of Greenwich it is later', 'Asia/Tokyo', night, '2026-11-21T13:00:00Z', '2026-11-21T23:00:00Z'],
    ['a zone may be off by 45 minutes', 'Asia/Kathmandu', night, '2026-11-21T17:00:00Z', '2026-11-22T02:15:00Z'],
    // Clocks in Berlin go forward at 02:00 on 29 March and back at 03:00 on 25 October.
    ['a short night is an hour shorter', 'Europe/Berlin', night, '2026-03-28T22:00:00Z', '2026-03-29T06:00:00Z'],
    ['a long night is an hour longer', 'Europe/Berlin', night, '2026-10-24T21:00:00Z', '2026-10-25T07:00:00Z'],
    [
      'an end that a spring night leaps over is the moment of the leap',
      'Europe/Berlin',
      { from: clock('22:00'), to: clock('02:30') },
      '2026-03-28T23:00:00Z',
      '2026-03-29T01:00:00Z',
    ],
    [
      'an end that an autumn night has twice is the first one',
      'Europe/Berlin',
      { from: clock('22:00'), to: clock('02:30') },
      '2026-10-24T22:00:00Z',
      '2026-10-25T00:30:00Z',
    ],
    [
      'a clock may be put forward by half an hour',
      'Australia/Lord_Howe',
      { from: clock('22:00'), to: clock('02:15') },
      '2026-10-03T14:00:00Z',
      '2026-10-03T15:30:00Z',
    ],
  ])('%s', (_, zone, quiet, now, until) => {
    expect(new Date(quietUntil(quiet, zone, at(now)))).toEqual(new Date(until));
  });

  test('whenever it is, the moment that is named is not quiet, and all before it were', () => {
    for (const zone of ['Europe/Berlin', 'America/St_Johns', 'Pacific/Chatham', 'Africa/Casablanca'])
      for (let now = at('2026-01-01T00:07:00Z'); now < at('2027-01-01T00:00:00Z'); now += 41 * HOUR) {
        const until = quietUntil(night, zone, now);
        expect(quietUntil(night, zone, until)).toBe(until);
        if (until > now) expect(quietUntil(night, zone, until - 1)).toBe(until);
      }
  });

  test.each([
    ['the zone of the customer', inZone('America/New_York'), '2026-11-22T13:00:00Z'],
    ['the published name first', inZone('America/New_York', 'core_user_timezone'), '2026-11-22T13:00:00Z'],
    ['the label’s where none is known', customer(), '2026-11-22T07:00:00Z'],
    ['the label’s where it is none', inZone('Middle/Earth'), '2026-11-22T07:00:00Z'],
    ['the label’s where it is no text', inZone(2), '2026-11-22T07:00:00Z'],
  ])('%s counts', (_, state, until) => {
    const berlin = rules({ quietHours: night, timeZone: 'Europe/Berlin' });
    expect(mayLeave(berlin, state, email, at('2026-11-22T05:00:00Z'))).toEqual({
      is: 'later',
      at: at(until),
      why: `quiet hours until ${new Date(at(until)).toISOString()}`,
    });
  });
});

describe('a cap counts what went out by its channel', () => {
  const now = 100 * DAY;
  const capped = rules({ caps: { email: { times: 2, within: DAY } } });
  test.each([
    ['fewer than the cap', capped, { email: [now - HOUR] }, 'now'],
    ['as many as the cap', capped, { email: [now - HOUR, now] }, 'never'],
    ['one that is older by now', capped, { email: [now - DAY, now] }, 'now'],
    ['another channel', capped, { sms: [now, now, now] }, 'now'],
    ['ever', rules({ caps: { email: { times: 1, within: null } } }), { email: [1] }, 'never'],
  ])('%s', (_, some, sent, is) => {
    expect(mayLeave(some, customer({ sent }), email, now).is).toBe(is);
  });

  test('says what the cap is', () => {
    const state = customer({ sent: { email: [now, now] } });
    expect(mayLeave(capped, state, email, now)).toEqual({
      is: 'never',
      status: 'capped',
      why: 'had 2 in the last day, which is the cap',
    });
  });
});

test('a channel that the customer refused is never used, and the others are', () => {
  const state = customer({ unsubscribed: ['email'] });
  const none = rules({});
  expect(mayLeave(none, state, email, 0)).toMatchObject({ is: 'never', status: 'unsubscribed' });
  expect(mayLeave(none, state, { channel: 'sms', transactional: false }, 0)).toEqual({ is: 'now' });
});

test('what will never leave is not put off until the morning first', () => {
  const state = customer({ unsubscribed: ['email'] });
  expect(mayLeave(rules({ quietHours: night }), state, email, at('2026-11-21T23:00:00Z')).is).toBe('never');
});

test.each(channels)('a transactional message leaves by %s whatever the rules say', (channel) => {
  const strict = rules({ quietHours: night, caps: { [channel]: { times: 1, within: null } } });
  const state = customer({ unsubscribed: [channel], sent: { [channel]: [1] } });
  expect(mayLeave(strict, state, { channel, transactional: true }, at('2026-11-21T23:00:00Z'))).toEqual({ is: 'now' });
});

test('a webhook leaves at night: it wakes nobody', () => {
  const webhook = { channel: 'webhook', transactional: false } as const;
  expect(mayLeave(rules({ quietHours: night }), customer(), webhook, at('2026-11-21T23:00:00Z'))).toEqual({
    is: 'now',
  });
});
