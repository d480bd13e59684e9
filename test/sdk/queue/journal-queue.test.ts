import { expect, test } from 'vitest';
import { type TextStore, textStore } from '../../../src/sdk/platform.ts';
import { JOURNAL, journalQueue } from '../../../src/sdk/queue/journal-queue.ts';

const PREFIX = 'label:q:';
const journal = (store: TextStore = textStore(() => undefined), bounded = true) => journalQueue(store, PREFIX, bounded);

test('the journal takes 200 rows of the origin’s storage and refuses the next', async () => {
  const queue = journal();
  const kept = Array.from({ length: JOURNAL.rows + 1 }, (_, index) => queue.append(`e${1000 + index}`, 'x'));
  expect([kept.filter(Boolean).length, kept.at(-1), await queue.count()]).toEqual([200, false, 200]);
});

test('the journal takes 64 K characters of the origin’s storage and refuses the next', () => {
  const queue = journal();
  expect(queue.append('a', 'x'.repeat(JOURNAL.characters))).toBe(true);
  expect(queue.append('b', 'x')).toBe(false);
});

test('an event too large for what is left does not keep a smaller one out', async () => {
  const queue = journal();
  queue.append('a', 'x'.repeat(60_000));
  expect(queue.append('b', 'x'.repeat(10_000))).toBe(false);
  expect(queue.append('c', 'x'.repeat(100))).toBe(true);
  expect(await queue.count()).toBe(2);
});

test('rows of an earlier page count, and acknowledged ones make room', async () => {
  const store = textStore(() => undefined);
  for (let index = 0; index < JOURNAL.rows; index++) journal(store).append(`e${1000 + index}`, 'x');
  const queue = journal(store);
  expect(queue.append('late', 'x')).toBe(false);
  await queue.acknowledge(['e1000']);
  expect(queue.append('late', 'x')).toBe(true);
});

test('a full storage is a refusal and leaves nothing behind', async () => {
  const full: TextStore = { ...textStore(() => undefined), set: () => false };
  const queue = journal(full);
  expect([queue.append('a', 'x'), await queue.count()]).toEqual([false, 0]);
});

test('memory has no bound of its own', async () => {
  const queue = journal(
    textStore(() => undefined),
    false,
  );
  for (let index = 0; index < 300; index++) expect(queue.append(`e${1000 + index}`, 'x'.repeat(1_000))).toBe(true);
  expect(await queue.count()).toBe(300);
});
