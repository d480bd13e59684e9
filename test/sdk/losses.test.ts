import { expect, test, vi } from 'vitest';
import { createDeadLetters } from '../../src/sdk/dead-letters.ts';
import { createLedgers } from '../../src/sdk/losses.ts';
import { type Platform, type TextStore, textStore } from '../../src/sdk/platform.ts';
import type { LossReason } from '../../src/wire/event.ts';

/** A device: its documents share a clock and a store. */
const device = (local: TextStore = textStore(() => undefined)) => {
  const clock = { now: Date.UTC(2026, 0, 1) };
  let ids = 0;
  const random = () => `${++ids}`.padStart(12, 'r');
  const open = () => createLedgers({ now: () => clock.now, random, local } as Platform, '_s:');
  return { clock, local, open };
};
const MINE = '_s:label:';
const place = (seq: number, page = 'page-001', session_id = 'session-1') => ({ page_id: page, session_id, seq });
const lost = (from: number, to: number, reason: LossReason = 'overflow', page = 'page-001') => ({
  ...{ page_id: page, session_id: 'session-1' },
  ...{ reason, from, to },
});

test('losses are named by page and number, in stretches, across tabs and reloads', () => {
  const { open } = device();
  const [one, two] = [open(), open()];
  one.of(MINE).lose('overflow', [place(1), place(1, 'page-002'), place(2), place(2, 'page-002'), place(4)]);
  two.of(MINE).lose('too_large', [place(9)]);
  const { lost: said } = open().of(MINE).said();
  expect(said).toHaveLength(4);
  expect(said).toEqual(
    expect.arrayContaining([lost(1, 2), lost(1, 2, 'overflow', 'page-002'), lost(4, 4), lost(9, 9, 'too_large')]),
  );
  expect(open().read()).toEqual({ overflow: 5, too_large: 1 });
});

test('what a collector knows is not told again, stays counted on the device, and what was lost meanwhile is told', () => {
  const { open } = device();
  const [one, two] = [open(), open()];
  one.of(MINE).lose('overflow', [place(1), place(2)]);
  const said = two.of(MINE).said();
  one.of(MINE).lose('overflow', [place(3)]);
  for (let times = 0; times < 2; times++) two.of(MINE).told(said);
  expect(two.of(MINE).said().lost).toEqual([lost(3, 3)]);
  expect(two.read()).toEqual({ overflow: 3 });
});

test('a loss without a number is counted and not named', () => {
  const { open } = device();
  open()
    .of(MINE)
    .lose('flood', [{}, place(5), {}]);
  expect(open().of(MINE).said()).toMatchObject({ losses: { flood: 2 }, lost: [lost(5, 5, 'flood')] });
  expect(open().read()).toEqual({ flood: 3 });
});

test('a label is told of its own losses and of those from before any label, never of another label’s', () => {
  const { open } = device();
  const book = open();
  book.of('_s::').lose('storage', [place(1)]);
  book.of(MINE).lose('overflow', [place(2)]);
  book.of('_s:other:').lose('overflow', [place(7, 'page-009')]);
  expect(book.of(MINE).said().lost).toEqual([lost(1, 1, 'storage'), lost(2, 2)]);
  expect(book.read()).toEqual({ storage: 1, overflow: 2 });
});

test('while no collector is reached, 200 losses have numbers, and every further one is counted', () => {
  const { open, local } = device();
  const ledger = open().of(MINE);
  for (let page = 0; page < 205; page++)
    ledger.lose('overflow', [place(1, `page-${1000 + page}`), place(2, `page-${1000 + page}`)]);
  expect([ledger.said().lost.length, ledger.said().losses]).toEqual([200, { overflow: 10 }]);
  expect([open().read(), local.keys('_s:').length]).toEqual([{ overflow: 410 }, 201]);
});

test('what only a page’s memory had is lost when the page does not come back, and told by another', () => {
  const { open } = device();
  const [leaving, staying] = [open(), open()];
  leaving.of(MINE).leave([place(1), place(2)]);
  expect([leaving.of(MINE).said().lost, leaving.read()]).toEqual([[], {}]);
  expect([staying.of(MINE).said().lost, staying.read()]).toEqual([[lost(1, 2, 'storage')], { storage: 2 }]);
  leaving.of(MINE).leave([place(2)]);
  expect(staying.of(MINE).said().lost).toEqual([lost(2, 2, 'storage')]);
  leaving.of(MINE).leave([]);
  expect(staying.of(MINE).said().lost).toEqual([]);
});

test('however many events without a number are lost at once, that is one record', () => {
  const store = textStore(() => undefined);
  let writes = 0;
  const local: TextStore = {
    ...store,
    set(key, value) {
      writes++;
      return store.set(key, value);
    },
  };
  const book = device(local).open();
  book.of(MINE).lose(
    'flood',
    Array.from({ length: 100_000 }, () => ({})),
  );
  expect([book.read(), writes]).toEqual([{ flood: 100_000 }, 1]);
});

test('what a label keeps is no loss, whatever the label is called', () => {
  const { open, local } = device();
  const kept = { '_s:l:q:event-01': '{"eid":"event-01"}', '_s:l:patience': '1 2 3 0', '_s:losses:turn': '17' };
  for (const [key, text] of Object.entries(kept)) local.set(key, text);
  expect(open().read()).toEqual({});
  expect(local.keys('_s:').map((key) => [key, local.get(key)])).toEqual(Object.entries(kept).sort());
});

test.each(['no JSON', 'null', '5', '"text"', '[]', '{}'])(
  'a record that storage spoilt (%s) stops nothing',
  (spoilt) => {
    const { open, local } = device();
    for (const key of ['_s:losses', `${MINE}losses`, `${MINE}l:x`, `${MINE}p:x`]) local.set(key, spoilt);
    const book = open();
    book.of(MINE).lose('storage', [{}, place(1)]);
    expect(book.read().storage).toBe(2);
    expect(book.of(MINE).said()).toMatchObject({
      losses: { storage: 1 },
      lost: expect.arrayContaining([lost(1, 1, 'storage')]),
    });
  },
);

test('where nothing can be stored a loss stops nothing', () => {
  const book = device({ get: () => null, set: () => false, remove: () => {}, keys: () => [] }).open();
  book.of(MINE).lose('overflow', [place(1)]);
  book.of(MINE).count(place(1));
  expect([book.of(MINE).said(), book.read()]).toEqual([{ losses: {}, lost: [], pages: [] }, {}]);
});

test('how far each page counted is kept until the collector was told of just that count', () => {
  const { open } = device();
  const [one, two] = [open().of(MINE), open().of(MINE)];
  one.count(place(1));
  two.count(place(1, 'page-002'));
  two.leave([]);
  expect(one.said().pages).toEqual(expect.arrayContaining([place(1), place(1, 'page-002')]));
  const said = one.said();
  two.count(place(2, 'page-002'));
  one.told(said);
  two.leave([]);
  expect(one.said().pages).toEqual([place(2, 'page-002')]);
  two.told(one.said());
  expect(one.said().pages).toEqual([]);
});

test('a page that lives through several sessions says where the present one began', () => {
  const ledger = device().open().of(MINE);
  for (const [seq, session] of [[1], [2], [3, 'session-2'], [4, 'session-2']] as const) {
    ledger.count(place(seq, 'page-001', session));
  }
  expect(ledger.said().pages).toEqual([{ ...place(4, 'page-001', 'session-2'), from: 3 }]);
});

test('what waited for a label, and is counted after what followed it, takes nothing back', () => {
  const ledger = device().open().of(MINE);
  for (const seq of [4, 1, 2, 3]) ledger.count(place(seq));
  expect(ledger.said().pages).toEqual([place(4)]);
});

test('a count is on disk within a second, and at once when the page leaves', () => {
  vi.useFakeTimers();
  try {
    const { open, local } = device();
    const [stays, leaves] = [open().of(MINE), open().of(MINE)];
    stays.count(place(1));
    stays.count(place(2));
    expect(local.keys(`${MINE}p:`)).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(local.keys(`${MINE}p:`).map(local.get)).toEqual([JSON.stringify(place(2))]);
    leaves.count(place(1, 'page-002'));
    leaves.leave([]);
    expect(local.keys(`${MINE}p:`)).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});

test('while no collector is reached the counts of the last 200 pages are kept', () => {
  const { open, local, clock } = device();
  for (let index = 0; index < 203; index++) {
    clock.now++;
    const ledger = open().of(MINE);
    ledger.count(place(1, `page-${1000 + index}`));
    ledger.leave([]);
  }
  const { pages } = open().of(MINE).said();
  expect([pages.length, pages[0]?.page_id, pages.at(-1)?.page_id]).toEqual([200, 'page-1003', 'page-1202']);
  expect(local.keys('_s:')).toHaveLength(200);
});

test.each([
  ['no JSON', 'p:'],
  ['null', 'p:'],
  ['{"page_id":"p-spoilt-1","session_id":"s-spoilt-1","seq":"1"}', 'p:'],
  ['{"page_id":"p-spoilt-1","session_id":{},"seq":1}', 'p:'],
  [`{"page_id":"${'x'.repeat(100)}","session_id":"s-spoilt-1","seq":1}`, 'p:'],
  ['{"page_id":"p-spoilt-1","session_id":"s-spoilt-1","reason":"other","from":1,"to":2}', 'l:'],
  ['{"page_id":"p-spoilt-1","session_id":"s-spoilt-1","reason":"storage","from":"1","to":2}', 'l:'],
])('a record that another script of the site spoilt (%s) is neither said nor kept', (text, kind) => {
  const { open, local } = device();
  local.set(`${MINE}${kind}spoilt`, text);
  expect(open().of(MINE).said()).toEqual({ losses: {}, lost: [], pages: [] });
  expect(local.get(`${MINE}${kind}spoilt`)).toBeNull();
});

test('what else a script wrote beside ours is not said, and does not keep it', () => {
  const { open, local } = device();
  local.set(`${MINE}losses`, JSON.stringify({ overflow: 'x'.repeat(9_000), storage: 2, more: 1 }));
  local.set(`${MINE}p:x`, JSON.stringify({ more: 'x', ...place(3) }));
  local.set(`${MINE}l:x`, JSON.stringify({ more: 'x', ...lost(1, 2) }));
  const ledger = open().of(MINE);
  const said = ledger.said();
  expect(said).toEqual({ losses: { storage: 2 }, lost: [lost(1, 2)], pages: [place(3)] });
  ledger.told(said);
  expect(ledger.said()).toEqual({ losses: { storage: 2 }, lost: [], pages: [] });
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
