import { describe, expect, test } from 'vitest';
import { emptyLine, heldBack, joined, next, type PopupLine, taken, without } from '../../../src/sdk/ui/popup-line.ts';
import type { PopupPush } from '../../../src/wire/protocol.ts';

const NOW = 1_000_000;

const popup = (uid: string, part: Partial<PopupPush['popup']> = {}): PopupPush => ({
  cid: 110,
  engagement_uid: uid,
  activityType: 30,
  popup: {
    title: uid,
    body: null,
    has_html: false,
    width: 0,
    height: 0,
    buttons: [],
    priority: 0,
    expires_at: null,
    dir: null,
    ...part,
  },
});
const lineOf = (...pushes: PopupPush[]): PopupLine => pushes.reduce(joined, emptyLine);
const uids = (line: PopupLine): string[] => line.waiting.map(({ push }) => push.engagement_uid);
/** Everything that would be shown, one after the other. */
const turns = (line: PopupLine): string[] => {
  const entry = next(line, NOW);
  return entry ? [entry.push.engagement_uid, ...turns(taken(line, entry))] : [];
};

describe('who is next', () => {
  test.each<[name: string, pushes: PopupPush[], turns: string[]]>([
    ['nobody, where nobody waits', [], []],
    ['whoever came first', [popup('a'), popup('b'), popup('c')], ['a', 'b', 'c']],
    ['the greatest priority', [popup('low'), popup('high', { priority: 5 })], ['high', 'low']],
    [
      'of equal priorities the one that came first',
      [popup('a', { priority: 1 }), popup('b', { priority: 1 })],
      ['a', 'b'],
    ],
    ['a priority below zero after those without one', [popup('a', { priority: -1 }), popup('b')], ['b', 'a']],
    ['never one that has expired', [popup('late', { expires_at: NOW, priority: 9 }), popup('a')], ['a']],
    ['one that expires later', [popup('soon', { expires_at: NOW + 1 })], ['soon']],
    ['one engagement once, however often it is pushed', [popup('a'), popup('b'), popup('a')], ['a', 'b']],
  ])('is %s', (_name, pushes, expected) => {
    expect(turns(lineOf(...pushes))).toEqual(expected);
  });

  test('is nobody who had a turn already, in this tab or in another', () => {
    const shown = taken(lineOf(popup('a')), next(lineOf(popup('a')), NOW)!);
    expect(uids(joined(shown, popup('a')))).toEqual([]);
    expect(uids(joined(without(shown, 'b'), popup('b')))).toEqual([]);
  });
});

describe('what could not be shown when it came', () => {
  const sinces = (line: PopupLine) => line.waiting.map(({ since }) => since);

  test('is known from what could', () => {
    const line = joined(heldBack(lineOf(popup('a')), 'waited'), popup('b'));
    expect(sinces(line)).toEqual(['waited', 'fresh']);
  });

  test('stays missed, whatever it waits for afterwards', () => {
    expect(sinces(heldBack(heldBack(lineOf(popup('a')), 'missed'), 'waited'))).toEqual(['missed']);
  });

  test('in a hidden tab is shown one after the other', () => {
    expect(turns(heldBack(lineOf(popup('a'), popup('b')), 'waited'))).toEqual(['a', 'b']);
  });

  test('in a suspension: the first is shown, the others leave and may come again', () => {
    const line = heldBack(lineOf(popup('a'), popup('b', { priority: 1 }), popup('c')), 'missed');
    expect(turns(line)).toEqual(['b']);
    const after = taken(line, next(line, NOW)!);
    expect(turns(joined(joined(after, popup('b')), popup('c')))).toEqual(['c']);
  });

  test('in a suspension: if the first is not eligible any more, the second is the first', () => {
    const line = heldBack(lineOf(popup('a'), popup('b')), 'missed');
    expect(turns(without(line, 'a'))).toEqual(['b']);
  });

  test('in a suspension leaves alone who came after it', () => {
    expect(turns(joined(heldBack(lineOf(popup('a'), popup('b')), 'missed'), popup('c')))).toEqual(['a', 'c']);
  });
});
