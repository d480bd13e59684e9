import { expect, test } from 'vitest';
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
  const [first, second] = [one.next('l'), two.next('l')];
  expect(one.device()).toBe(two.device());
  expect(first.page_id).not.toBe(second.page_id);
  expect([one.device(), first.page_id, first.session_id].every(isEventId)).toBe(true);
});

test('a page counts its events from 1 without gaps', () => {
  const page = device().open();
  expect([page.next('l').seq, page.next('l').seq, page.next('l').seq]).toEqual([1, 2, 3]);
});

test('a page that the stub began goes on counting where the stub stopped', () => {
  expect(device().open({ p: 'page-of-stub', n: 4 }).next('l')).toMatchObject({ page_id: 'page-of-stub', seq: 5 });
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

test('a second label on the same page has a page of its own, with numbers of its own; what came before a label is the first one’s', () => {
  const page = device().open();
  const places = ['', 'first', 'second', 'first', 'second', 'third'].map((label) => page.next(label));
  expect(places.map(({ seq }) => seq)).toEqual([1, 2, 1, 3, 2, 1]);
  expect(new Set(places.map(({ page_id }) => page_id)).size).toBe(3);
  expect(places[3]?.page_id).toBe(places[0]?.page_id);
});

test('what a frame numbered keeps its number, but under a second label', () => {
  const page = device().open();
  const made = { eid: 'more', page_id: 'page-of-frame', session_id: 'session-1', seq: 7 };
  const { eid: _, ...place } = made;
  expect(page.next('first', made)).toEqual(place);
  expect(page.next('second', made)).toMatchObject({ page_id: expect.not.stringMatching('page-of-frame'), seq: 1 });
});

test('where nothing can be stored a page still has its ids and its count', () => {
  const page = device({ get: () => null, set: () => false, remove: () => {}, keys: () => [] }).open();
  const [first, second] = [page.next('l'), page.next('l')];
  expect([first.seq, second.seq]).toEqual([1, 2]);
  expect(second.session_id).toBe(first.session_id);
});
