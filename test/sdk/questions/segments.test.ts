import { expect, test } from 'vitest';
import { createSegments } from '../../../src/sdk/questions/segments.ts';
import { cids } from '../../../src/wire/protocol.ts';
import { scriptedAsk } from '../../support/scripted-ask.ts';

const open = (ready = () => Promise.resolve()) => {
  const collector = scriptedAsk();
  return { ...collector, segments: createSegments(collector.ask, ready, () => {}) };
};
const matches = (...ids: (number | string)[]) => ({
  segments: ids.map((segment_id) => ({ segment_id, is_matching: true })),
});

test('A9 checkSegmentListMatch: questions of one tick travel as one request, and each hears its own answer', async () => {
  const { segments, question, asked } = open();
  const first = [segments.match(1), segments.match([2, 'VIP'])];
  // Components of one page mount one after the other within a tick.
  for (let step = 0; step < 20; step++) await undefined;
  const answers = Promise.all([...first, segments.match([1, 3])]);
  const { cid, fields, answer } = await question(0);
  expect([cid, fields]).toEqual([cids.segments, { segment_id: [1, 2, 'VIP', 3] }]);
  answer({ segments: [...matches('VIP', 1).segments, { segment_id: 3, is_matching: false }] });
  expect(await answers).toEqual([
    [{ segment_id: 1, is_matching: true }],
    [
      { segment_id: 2, is_matching: false },
      { segment_id: 'VIP', is_matching: true },
    ],
    [
      { segment_id: 1, is_matching: true },
      { segment_id: 3, is_matching: false },
    ],
  ]);
  expect(asked).toHaveLength(1);
});

test('what is asked before the user is known is one request as well', async () => {
  let identified = () => {};
  const known = new Promise<void>((resolve) => {
    identified = resolve;
  });
  const { segments, question, asked } = open(() => known);
  const first = segments.match(1);
  await new Promise((resolve) => setTimeout(resolve));
  const second = segments.match(2);
  identified();
  (await question(0)).answer(matches(2));
  expect([await first, await second]).toEqual([
    [{ segment_id: 1, is_matching: false }],
    [{ segment_id: 2, is_matching: true }],
  ]);
  expect(asked).toHaveLength(1);
});

test('A9 checkSegmentMatch: an answer is kept until something about the customer changed', async () => {
  const { segments, always, asked } = open();
  always(cids.segments, () => matches('VIP'));
  await segments.match('VIP');
  await segments.match('VIP');
  expect(asked).toHaveLength(1);
  segments.forget();
  always(cids.segments, () => matches());
  expect(await segments.match('VIP')).toEqual([{ segment_id: 'VIP', is_matching: false }]);
  expect(asked).toHaveLength(2);
});

test('an answer that was on its way when something changed is not kept', async () => {
  const { segments, question } = open();
  const before = segments.match('VIP');
  const first = await question(0);
  segments.forget();
  const after = segments.match('VIP');
  first.answer(matches('VIP'));
  (await question(1)).answer(matches());
  expect([await before, await after]).toEqual([
    [{ segment_id: 'VIP', is_matching: true }],
    [{ segment_id: 'VIP', is_matching: false }],
  ]);
});

test('a failure is not an answer: it rejects with its code, and the next question is asked anew', async () => {
  const { segments, question, asked } = open();
  const failed = segments.match([1, 2]);
  (await question(0)).refuse();
  await expect(failed).rejects.toMatchObject({ code: 'channel_timeout' });
  const again = segments.match(1);
  (await question(1)).answer(matches(1));
  expect(await again).toEqual([{ segment_id: 1, is_matching: true }]);
  expect(asked).toHaveLength(2);
});

test('a user who never becomes known is a failure, and no end of the matter', async () => {
  let tries = 0;
  const { segments, question } = open(() =>
    tries++ ? Promise.resolve() : Promise.reject(new Error('not_identified')),
  );
  await expect(segments.match(1)).rejects.toThrow('not_identified');
  const again = segments.match(1);
  (await question(0)).answer(matches(1));
  expect(await again).toEqual([{ segment_id: 1, is_matching: true }]);
});

test('A9 checkSegmentListMatch: what is no segment is not asked, and what repeats is asked and answered once', async () => {
  const { segments, question, asked } = open();
  expect(await segments.match([null, undefined, {}, '', '  '] as never)).toEqual([]);
  const answers = segments.match([7, 7, '7', null as never]);
  (await question(0)).answer(matches(7));
  expect(await answers).toEqual([{ segment_id: '7', is_matching: true }]);
  expect(asked).toHaveLength(1);
});
