/** No text of a page, an operator or an answer can hang the collector: every pattern of it is done with 100 kB in linear time. */
import { expect, test } from 'vitest';
import { patternsOf, readInTime } from '../support/patterns.ts';

const patterns = patternsOf(/^collector\//);

test('the collector’s patterns are found', () => {
  expect(patterns.length).toBeGreaterThan(90);
});

readInTime(patterns);
