import { describe, expect, test } from 'vitest';
import { exactTime, journey, payloadLine, ranges, sourceText, title, who } from '../../../src/collector/live/words.ts';
import { storedEvent } from './event.ts';

describe('an event in words', () => {
  test('an action is called by its own name, anything else by its type', () => {
    expect(title(storedEvent(1))).toBe('reset_password');
    expect(title(storedEvent(1, { event_type: 'login', payload: { client_action: 'x' } }))).toBe('login');
  });

  test('the payload in one line leaves out the name that stands beside it', () => {
    expect(payloadLine(storedEvent(1))).toBe('');
    expect(payloadLine(storedEvent(1, { payload: { client_action: 'x', prize: 'ABC' } }))).toBe('{"prize":"ABC"}');
    expect(payloadLine(storedEvent(1, { event_type: 'login', payload: { client_action: 'x' } }))).toContain('x');
  });

  test('an event without a customer is a visitor, or the system', () => {
    expect(who(storedEvent(1, { user_ext_id: null }))).toBe('visitor');
    expect(who(storedEvent(1, { user_ext_id: null, scope: 'system' }))).toBe('system');
  });

  test('an event from a frame says where it came from, in words', () => {
    const frame = 'https://platform.example';
    expect(sourceText(storedEvent(1, { source: 'bridge', frame }))).toBe(`a framed page, from ${frame}`);
    expect(sourceText(storedEvent(1))).toBe('a call on the page');
  });

  test('a time before it happened tells of a clock that runs ahead', () => {
    expect(journey(10_000, 8_800)).toEqual({
      latency: 'not known',
      skew: "the sender's clock is at least 1.2 s ahead",
    });
    expect(journey(10_000, 10_080)).toEqual({ latency: '80 ms', skew: 'no sign of any' });
    expect(journey(0, 7_200_000).skew).toContain('waited on the device');
  });

  test('the last time that a date can hold is shown', () => {
    expect(exactTime(8.64e15)).toBe('+275760-09-13T00:00:00.000Z');
  });

  test('missing numbers are told as ranges', () => {
    expect(ranges([3, 4, 5, 9, 11, 12])).toBe('3–5, 9, 11–12');
    expect(ranges([])).toBe('');
  });
});
