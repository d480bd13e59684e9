import { describe, expect, test } from 'vitest';
import {
  exactTime,
  journey,
  lossSentence,
  payloadLine,
  ranges,
  sourceText,
  title,
  who,
} from '../../../src/collector/live/words.ts';
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

  test.each([
    [
      { given: 340, stored: 328, refused: 0, lost: { overflow: 8 }, missing: 4 },
      '12 of 340 never arrived: 8 no room on the device, 4 gone without a trace',
    ],
    [
      { given: 5, stored: 2, refused: 1, lost: { storage: 1, too_large: 1 }, missing: 0 },
      '2 of 5 never arrived: 1 not kept by the browser, 1 too large; 1 was refused',
    ],
    [{ given: 1_200, stored: 1_198, refused: 2, lost: {}, missing: 0 }, '1,200 arrived, 2 were refused'],
  ])('what became of a session is a sentence', (sums, sentence) => {
    expect(lossSentence({ session_id: 's', device_id: 'd', ...sums } as never)).toBe(sentence);
  });

  test('missing numbers are told as ranges', () => {
    const stretches = [
      { from: 3, to: 5 },
      { from: 9, to: 9 },
    ];
    expect(ranges(stretches)).toBe('3–5, 9');
    expect(ranges([])).toBe('');
  });
});
