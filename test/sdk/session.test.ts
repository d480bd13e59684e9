import { expect, test, vi } from 'vitest';
import { type Platform, type TextStore, textStore } from '../../src/sdk/platform.ts';
import { createSession, type PageStart } from '../../src/sdk/session.ts';
import { isEventId } from '../../src/wire/ids.ts';

const MINUTE = 60_000;
/** A device: documents opened on it share a clock and a store. */
const device = (local: TextStore = textStore(() => undefined)) => {
  const clock = { now: Date.UTC(2026, 0, 1) };
  let ids = 0;
  const random = () => `${++ids}`.padStart(12, 'r');
  const open = (start: PageStart = {}) =>
    createSession({ now: () => clock.now, random, local } as Platform, '_s:', start);
  return { clock, local, open };
};

test('a device keeps its id, a page has a new one each time, and all are ids that the collector takes', () => {
  const { open } = device();
  const [one, two] = [open(), open()];
  const [first, second] = [one.next(), two.next()];
  expect(one.device()).toBe(two.device());
  expect(first.page_id).not.toBe(second.page_id);
  expect([one.device(), first.page_id, first.session_id].every(isEventId)).toBe(true);
});

test('a page counts its events from 1 without gaps', () => {
  const page = device().open();
  expect([page.next().seq, page.next().seq, page.next().seq]).toEqual([1, 2, 3]);
});

test('a page that the stub began goes on counting where the stub stopped', () => {
  expect(device().open({ p: 'page-of-stub', n: 4 }).next()).toMatchObject({ page_id: 'page-of-stub', seq: 5 });
});

test('a session ends with a gap of more than 30 minutes, not before', () => {
  const { open, clock } = device();
  const page = open();
  const first = page.id();
  for (let times = 0; times < 5; times++) {
    clock.now += 30 * MINUTE;
    expect(page.id()).toBe(first);
  }
  clock.now += 30 * MINUTE + 1;
  expect(page.id()).not.toBe(first);
});

test('a session is shared by tabs and goes on across a reload', () => {
  const { open, clock } = device();
  const one = open();
  const session = one.id();
  clock.now += 20 * MINUTE;
  const two = open();
  expect(two.id()).toBe(session);
  clock.now += 25 * MINUTE;
  expect(one.id()).toBe(session);
  clock.now += 40 * MINUTE;
  const next = two.id();
  expect(next).not.toBe(session);
  expect(one.id()).toBe(next);
});

test('activity in one tab keeps the session of the other alive', () => {
  const { open, clock } = device();
  const [one, two] = [open(), open()];
  const session = one.id();
  two.id();
  for (let times = 0; times < 4; times++) {
    clock.now += 10 * MINUTE;
    one.id();
  }
  expect(two.id()).toBe(session);
});

test('what a script of the page wrote in the place of our ids is not taken for one: no event is refused over it', () => {
  const { open, local, clock } = device();
  local.set('_s:device', 'x');
  local.set('_s:session', `${clock.now} bad`);
  const page = open();
  expect([isEventId(page.device()), isEventId(page.id())]).toEqual([true, true]);
});

test('how far each page counted is kept until the collector was told of just that count', async () => {
  const { open } = device();
  const [one, two] = [open(), open()];
  const first = one.next();
  const second = two.next();
  two.keep();
  expect(one.counted()).toEqual(expect.arrayContaining([first, second]));
  const said = one.counted();
  const third = two.next();
  one.told(said);
  two.keep();
  expect(one.counted()).toEqual([third]);
  two.told([third]);
  expect(one.counted()).toEqual([]);
});

test('a count is on disk within a second, and at once when the page leaves', () => {
  vi.useFakeTimers();
  try {
    const { open, local } = device();
    const [stays, leaves] = [open(), open()];
    stays.next();
    const last = stays.next();
    expect(local.keys('_s::p:')).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(local.get(`_s::p:${last.page_id}`)).toBe(JSON.stringify(last));
    const gone = leaves.next();
    leaves.keep();
    expect(local.get(`_s::p:${gone.page_id}`)).toBe(JSON.stringify(gone));
  } finally {
    vi.useRealTimers();
  }
});

test('at most 200 pages are reported at a time', async () => {
  const { open } = device();
  for (let index = 0; index < 201; index++) {
    const page = open();
    page.next();
    page.keep();
  }
  const page = open();
  const said = page.counted();
  expect(said).toHaveLength(200);
  page.told(said);
  expect(page.counted()).toHaveLength(1);
});

test.each([
  ['no JSON', 'p-spoilt-1'],
  ['null', 'p-spoilt-1'],
  ['{"page_id":"p-another-1","session_id":"s-spoilt-1","seq":1}', 'p-spoilt-1'],
  ['{"page_id":"p-spoilt-1","session_id":"s-spoilt-1","seq":"1"}', 'p-spoilt-1'],
  ['{"page_id":"p-spoilt-1","session_id":{},"seq":1}', 'p-spoilt-1'],
  [`{"page_id":"${'x'.repeat(100)}","session_id":"s-spoilt-1","seq":1}`, 'x'.repeat(100)],
])('a count that another script of the site spoilt (%s) is neither said nor kept', (text, id) => {
  const { open, local } = device();
  local.set(`_s::p:${id}`, text);
  const page = open();
  expect(page.counted()).toEqual([]);
  expect(local.get(`_s::p:${id}`)).toBeNull();
});

test('what else a script wrote beside a count is not said, and does not keep it', () => {
  const { open, local } = device();
  const count = { session_id: 's-spoilt-1', page_id: 'p-spoilt-1', seq: 3 };
  local.set('_s::p:p-spoilt-1', JSON.stringify({ more: 'x', ...count }));
  const page = open();
  expect(page.counted()).toEqual([count]);
  page.told([count]);
  expect(page.counted()).toEqual([]);
});

test('where nothing can be stored a page still has its ids and its count', () => {
  const page = device({ get: () => null, set: () => false, remove: () => {}, keys: () => [] }).open();
  const [first, second] = [page.next(), page.next()];
  expect([first.seq, second.seq, page.counted()]).toEqual([1, 2, []]);
  expect(second.session_id).toBe(first.session_id);
});
