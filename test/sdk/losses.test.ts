import { expect, test } from 'vitest';
import { createDeadLetters } from '../../src/sdk/dead-letters.ts';
import { createLosses } from '../../src/sdk/losses.ts';
import { textStore } from '../../src/sdk/platform.ts';

test('losses add up by reason, across tabs and reloads', () => {
  const store = textStore(() => undefined);
  const [one, two] = [createLosses(store, 'losses'), createLosses(store, 'losses')];
  one.lose('overflow', 3);
  two.lose('overflow', 2);
  two.lose('too_large', 1);
  expect(one.read()).toEqual({ overflow: 5, too_large: 1 });
  expect(createLosses(store, 'losses').read()).toEqual({ overflow: 5, too_large: 1 });
});

test('a device without losses has none to tell', () => {
  expect(
    createLosses(
      textStore(() => undefined),
      'losses',
    ).read(),
  ).toEqual({});
});

test.each(['no JSON', 'null', '5', '"text"'])('a count that storage spoilt (%s) begins anew', (spoilt) => {
  const store = textStore(() => undefined);
  store.set('losses', spoilt);
  const losses = createLosses(store, 'losses');
  losses.lose('storage', 2);
  expect(losses.read().storage).toBe(2);
});

test('what another script wrote beside the counts is not said', () => {
  const store = textStore(() => undefined);
  store.set('losses', JSON.stringify({ overflow: 'x'.repeat(9_000), storage: 2, more: 1 }));
  expect(createLosses(store, 'losses').read()).toEqual({ storage: 2 });
});

test('the last 20 dead letters of a device are kept, newest last, each with its reason and the start of its event', () => {
  const store = textStore(() => undefined);
  const letters = createDeadLetters(store, 'dead', () => 7);
  for (let index = 0; index < 22; index++) letters.bury(`e${index}`, 'x'.repeat(3_000), 'unknown_brand', 'why');
  const kept = createDeadLetters(store, 'dead', () => 7).read();
  expect(kept.map(({ eid }) => eid)).toEqual(Array.from({ length: 20 }, (_, index) => `e${index + 2}`));
  expect(kept[0]).toEqual({ eid: 'e2', code: 'unknown_brand', message: 'why', at: 7, event: 'x'.repeat(2_000) });
});

test.each(['no JSON', '{}', 'null'])('dead letters that storage spoilt (%s) begin anew', (spoilt) => {
  const store = textStore(() => undefined);
  store.set('dead', spoilt);
  const letters = createDeadLetters(store, 'dead', () => 7);
  expect(letters.read()).toEqual([]);
  letters.bury('e1', 'text', 'code', 'why');
  expect(letters.read()).toHaveLength(1);
});
