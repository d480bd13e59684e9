/** For whom the page does something. */
import { expect, test } from 'vitest';
import { createSpeaker } from '../../src/sdk/speaker.ts';

const FRAME = 'https://platform.example';

test('a page speaks for itself, and for a frame while it does something of the frame’s', () => {
  const { frame, as } = createSpeaker();
  expect([frame(), as(FRAME, frame), frame()]).toEqual([undefined, FRAME, undefined]);
  expect(as(FRAME, () => [as('https://other.example', frame), frame()])).toEqual(['https://other.example', FRAME]);
});

test('a call that throws leaves the page speaking for itself', () => {
  const { frame, as } = createSpeaker();
  expect(() =>
    as(FRAME, () => {
      throw new Error('refused');
    }),
  ).toThrow('refused');
  expect(frame()).toBeUndefined();
});

test('what waits is done in the name of whoever asked', () => {
  const { frame, as, along } = createSpeaker();
  const later = as(FRAME, () => along((word: string) => [word, frame()]));
  expect([later('done'), frame()]).toEqual([['done', FRAME], undefined]);
  expect(as(FRAME, along(frame))).toBeUndefined();
});
