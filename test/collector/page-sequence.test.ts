/** What became of each number of a page. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  emptySequence,
  lose,
  missingNumbers,
  numbersIn,
  type PageSequence,
  reach,
  refuse,
  sharesOf,
  store,
} from '../../src/collector/store/page-sequence.ts';
import { readSequence, sequenceColumns } from '../../src/collector/store/page-text.ts';

const S = 'session-1';
/** As far as a page with one session can be told in a line. */
const summary = (page: PageSequence) => {
  const { stored, refused } = page.parts[0]!;
  return { highest: page.highest, stored, refused, missing: page.missing, lost: page.lost };
};
const written = (page: PageSequence, session_id = S): PageSequence =>
  readSequence({ session_id, ...sequenceColumns(page) });

test('numbers in order leave nothing missing', () => {
  const page = emptySequence();
  for (const seq of [1, 2, 3]) store(page, S, seq);
  expect(summary(page)).toEqual({ highest: 3, stored: 3, refused: 0, missing: [], lost: [] });
});

test('in whatever order numbers come, and however often, the same ones are missing', () => {
  const page = emptySequence();
  for (const seq of [5, 2, 5, 9, 7, 2, 1]) store(page, S, seq);
  expect(summary(page)).toMatchObject({
    highest: 9,
    stored: 5,
    missing: [
      [3, 4],
      [6, 6],
      [8, 8],
    ],
  });
});

test('a lost tail shows once the page says how far it counted', () => {
  const page = emptySequence();
  store(page, S, 1);
  reach(page, S, 4);
  reach(page, S, 2);
  expect(summary(page)).toMatchObject({ highest: 4, stored: 1, missing: [[2, 4]] });
});

test('a number that was refused is neither stored nor missing', () => {
  const page = emptySequence();
  store(page, S, 1);
  refuse(page, S, 3);
  refuse(page, S, 1);
  expect(summary(page)).toMatchObject({ highest: 3, stored: 1, refused: 1, missing: [[2, 2]] });
});

test('what its device says it lost is no longer missing, and counts once however it is told', () => {
  const page = emptySequence();
  store(page, S, 5);
  expect(lose(page, S, [1, 3, 'overflow'])).toBe(3);
  expect(lose(page, S, [1, 3, 'overflow'])).toBe(0);
  expect(lose(page, S, [2, 8, 'storage'])).toBe(4);
  expect(summary(page)).toMatchObject({
    highest: 8,
    stored: 1,
    missing: [],
    lost: [
      [1, 3, 'overflow'],
      [4, 4, 'storage'],
      [6, 8, 'storage'],
    ],
  });
});

test('one that comes after all is stored, and no longer lost', () => {
  const page = emptySequence();
  lose(page, S, [1, 3, 'overflow']);
  expect([store(page, S, 2), store(page, S, 2), refuse(page, S, 3)]).toEqual(['overflow', undefined, 'overflow']);
  expect(summary(page)).toEqual({ highest: 3, stored: 1, refused: 1, missing: [], lost: [[1, 1, 'overflow']] });
});

test('a page that stays open is shared by its sessions, and each has its own numbers', () => {
  const page = emptySequence();
  for (const seq of [9, 7]) store(page, 'session-2', seq);
  for (const seq of [1, 2, 4]) store(page, S, seq);
  lose(page, S, [5, 6, 'overflow']);
  reach(page, 'session-3', 13, 12);
  const shares = sharesOf(written(page, 'session-3'));
  expect(shares).toEqual(sharesOf(page));
  expect(shares).toMatchObject([
    { session_id: S, stored: 3, missing: [[3, 3]], lost: [[5, 6, 'overflow']] },
    {
      session_id: 'session-2',
      stored: 2,
      missing: [
        [8, 8],
        [10, 11],
      ],
    },
    { session_id: 'session-3', stored: 0, missing: [[12, 13]] },
  ]);
});

test('whatever is told of a page, by whomever, its numbers add up, each is one thing, and its row says the same', () => {
  const seq = fc.integer({ min: 1, max: 60 });
  const session = fc.constantFrom('session-1', 'session-2', 'session-3');
  const word = fc.oneof(
    fc.tuple(fc.constantFrom(store, refuse, reach), session, seq),
    fc.tuple(
      fc.constant(lose),
      session,
      fc.tuple(seq, fc.nat(20), fc.constantFrom('overflow' as const, 'flood' as const)),
    ),
  );
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 60 }), (words) => {
      const page = emptySequence();
      const came = new Set<number>();
      for (const [hear, session_id, what] of words) {
        if (hear === lose) {
          const [from, more, reason] = what as [number, number, 'overflow'];
          lose(page, session_id, [from, from + more, reason]);
        } else (hear as typeof store)(page, session_id, what as number);
        if (hear === store || hear === refuse) came.add(what as number);
      }
      const shares = sharesOf(page);
      const sum = (of: (share: (typeof shares)[number]) => number) => shares.reduce((all, one) => all + of(one), 0);
      expect(sum(({ stored, refused }) => stored + refused)).toBe(came.size);
      expect(sum(({ stored, refused, missing, lost }) => stored + refused + numbersIn(missing) + numbersIn(lost))).toBe(
        page.highest,
      );
      expect(sharesOf(written(page, page.parts.at(-1)!.session_id))).toEqual(shares);
    }),
    { seed: 1, numRuns: 2_000 },
  );
});

test('a page that skips at every step is bounded, and still adds up', () => {
  const page = emptySequence();
  for (let seq = 2; seq < 100_000; seq += 2) store(page, S, seq);
  for (let seq = 1; seq < 100_000; seq += 4) lose(page, S, [seq, seq, 'flood']);
  expect([page.missing.length, page.lost.length]).toEqual([50, 50]);
  const [{ stored, missing, lost, unlisted }] = sharesOf(page) as [ReturnType<typeof sharesOf>[number]];
  expect(stored + numbersIn(missing) + numbersIn(lost) + unlisted).toBe(page.highest);
});

test('numbers that come between what is missing do not make the row grow for ever', () => {
  const page = emptySequence();
  reach(page, S, 1_000_000);
  for (let seq = 2; seq < 10_000; seq += 2) store(page, S, seq);
  expect(page.missing.length).toBeLessThanOrEqual(100);
});

test('a row from before refused numbers were counted says how many they must have been', () => {
  const row = { session_id: S, highest: 9, stored: 4, refused: null, missing: '2-3', lost: '', parts: '' };
  expect(sharesOf(readSequence(row))).toMatchObject([{ session_id: S, stored: 4, refused: 3, missing: [[2, 3]] }]);
});

test('missing numbers are listed up to a number', () => {
  const missing: [number, number][] = [
    [3, 5],
    [9, 9],
  ];
  expect(missingNumbers(missing, 100)).toEqual([3, 4, 5, 9]);
  expect(missingNumbers([[1, 1_000_000_000]], 3)).toEqual([1, 2, 3]);
});
