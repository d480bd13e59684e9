import { expect, test, vi } from 'vitest';
import { createOutbox } from '../../../src/sdk/inframe/outbox.ts';
import { textStore } from '../../../src/sdk/platform.ts';

const PREFIX = '_smartico_inframe:q:';

/** Documents of one tab that share what they keep. */
const tab = () => {
  const store = textStore(() => undefined);
  return {
    kept: () => store.keys(PREFIX).map((key) => key.slice(PREFIX.length)),
    set: (id: string, text: string) => store.set(PREFIX + id, text),
    document: (may = true) => {
      const around = { may, full: 0 };
      const sent: string[] = [];
      const settle = new Map<string, { taken(): void; refused(): void }>();
      const outbox = createOutbox(
        store,
        PREFIX,
        () => around.may,
        (id, text) => {
          sent.push(text);
          return new Promise((resolve, reject) => {
            settle.set(id, { taken: () => resolve(undefined), refused: () => reject(new Error('refused')) });
          });
        },
        () => void around.full++,
      );
      const settled = async (id: string, as: 'taken' | 'refused') => {
        settle.get(id)?.[as]();
        await Promise.resolve();
      };
      return {
        around,
        outbox,
        sent,
        taken: (id: string) => settled(id, 'taken'),
        refused: (id: string) => settled(id, 'refused'),
      };
    },
  };
};

test('what a frame did is kept until the page has taken it', async () => {
  const { document, kept } = tab();
  const { outbox, sent, taken } = document();
  expect([outbox.keep('1', 'one'), outbox.keep('2', 'two')]).toEqual([true, true]);
  expect([sent, kept()]).toEqual([
    ['one', 'two'],
    ['1', '2'],
  ]);
  await taken('1');
  expect(kept()).toEqual(['2']);
});

test('what the page refuses is not sent again', async () => {
  const { document, kept } = tab();
  const { outbox, refused } = document();
  outbox.keep('1', 'one');
  await refused('1');
  expect(kept()).toEqual([]);
});

test('the next document sends what the last one left, in its order', async () => {
  const { document, kept } = tab();
  const first = document();
  first.outbox.keep('1', 'one');
  first.outbox.keep('2', 'two');
  await first.taken('1');
  first.outbox.keep('3', 'three');
  const second = document();
  second.outbox.resume();
  expect(second.sent).toEqual(['two', 'three']);
  await second.taken('2');
  expect(kept()).toEqual(['3']);
});

test('what this document has on its way already is not sent twice by looking for what others left', () => {
  const { document, set } = tab();
  const { outbox, sent } = document();
  set('0', 'of the last document');
  outbox.keep('1', 'one');
  outbox.resume();
  outbox.resume();
  expect(sent).toEqual(['one', 'of the last document']);
});

test('where nothing may be kept, nothing is, and it goes across all the same', () => {
  const { document, kept } = tab();
  const { outbox, sent } = document(false);
  expect(outbox.keep('1', 'one')).toBe(true);
  expect([sent, kept()]).toEqual([['one'], []]);
});

test('where nothing may be kept, what was left is not looked for, until it may', () => {
  const { document, set } = tab();
  const { around, outbox, sent } = document(false);
  set('1', 'one');
  outbox.resume();
  expect(sent).toEqual([]);
  around.may = true;
  outbox.resume();
  expect(sent).toEqual(['one']);
});

test('a visitor who refuses leaves nothing behind', () => {
  const { document, kept } = tab();
  const { outbox } = document();
  outbox.keep('1', 'one');
  outbox.purge();
  expect(kept()).toEqual([]);
});

test('10,000 may wait; one more is refused, and there is room again when one was taken', async () => {
  const { document, kept } = tab();
  const { outbox, taken } = document();
  for (let i = 0; i < 10_000; i++) expect(outbox.keep(`${i}`, 'text')).toBe(true);
  expect(outbox.keep('more', 'text')).toBe(false);
  expect(kept()).toHaveLength(10_000);
  await taken('0');
  expect(outbox.keep('again', 'text')).toBe(true);
});

test('a row for which the browser has no room goes across all the same, and it is told', () => {
  const full = vi.fn();
  const given: string[] = [];
  const outbox = createOutbox(
    { ...textStore(() => undefined), set: () => false },
    PREFIX,
    () => true,
    async (id) => void given.push(id),
    full,
  );
  expect(outbox.keep('1', 'one')).toBe(true);
  expect([given, full.mock.calls.length]).toEqual([['1'], 1]);
});
