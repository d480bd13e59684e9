import { describe, expect, test } from 'vitest';
import {
  emptyShelf,
  type Message,
  marked,
  older,
  refreshed,
  type Shelf,
  without,
} from '../../../src/sdk/ui/inbox-shelf.ts';

const message = (guid: string, part: Partial<Message> = {}): Message => ({
  message_guid: guid,
  sent_date: '05/11/2026 10:30:00',
  read: false,
  favorite: false,
  category_id: null,
  expire_on_dt: null,
  body: { title: guid, preview_body: '', icon: null, action: null, custom_data: null },
  ...part,
});
const page = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => message(`m${from + index}`));
const guids = ({ messages }: Shelf) => messages.map(({ message_guid }) => message_guid);
const names = (from: number, to: number) => page(from, to).map(({ message_guid }) => message_guid);
const first = refreshed(emptyShelf, page(1, 20));

describe('the pages of the inbox', () => {
  test('follow one another until one is not full', () => {
    const second = older(first, page(21, 40));
    const third = older(second, page(41, 43));
    expect([first.complete, second.complete, third.complete]).toEqual([false, false, true]);
    expect(guids(third)).toEqual(names(1, 43));
  });

  test('that begin with what is here already, because a message came in between, show it once', () => {
    expect(guids(older(first, [message('m20'), ...page(21, 39)]))).toEqual(names(1, 39));
  });
});

describe('the first page again', () => {
  const both = older(first, page(21, 40));

  test('has the new ones first and keeps the older pages', () => {
    const again = refreshed(both, [message('new'), ...page(1, 19)]);
    expect(guids(again)).toEqual(['new', ...names(1, 40)]);
    expect(again.complete).toBe(false);
  });

  test('forgets what was deleted elsewhere', () => {
    expect(guids(refreshed(both, page(2, 21)))).toEqual(names(2, 40));
    expect(guids(refreshed(both, page(2, 5)))).toEqual(names(2, 5));
  });

  test('brings the marks that were made elsewhere', () => {
    const again = refreshed(first, [message('m1', { read: true }), ...page(2, 20)]);
    expect(again.messages.map(({ read }) => read).indexOf(true)).toBe(0);
  });

  test('does not forget that the last page was here', () => {
    const whole = older(first, page(21, 22));
    expect(refreshed(whole, page(1, 20)).complete).toBe(true);
    expect(refreshed(emptyShelf, []).complete).toBe(true);
  });
});

test('a mark is on one message, or on all', () => {
  const reads = (shelf: Shelf) => shelf.messages.filter(({ read }) => read).length;
  expect(reads(marked({ read: true }, 'm3')(first))).toBe(1);
  expect(reads(marked({ read: true })(first))).toBe(20);
  expect(guids(without('m1')(first))).toEqual(names(2, 20));
});
