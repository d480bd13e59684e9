/** What a reader sees of an inbox, and what reading, starring and deleting make of it. */
import { expect, test } from 'vitest';
import type { CustomerState, InboxEntry } from '../../../src/collector/engine/customer-state.ts';
import {
  inboxPage,
  publishedDate,
  unreadCount,
  withoutMessages,
  withRead,
  withStar,
} from '../../../src/collector/engine/inbox.ts';
import { changedProps, publicProps } from '../../../src/collector/engine/public-props.ts';
import { registered } from '../../../src/collector/engine/registered.ts';

const entry = (uid: string, more: Partial<InboxEntry> = {}): InboxEntry => ({
  uid,
  at: 1,
  category_id: null,
  expires_at: null,
  read: false,
  starred: false,
  ...more,
});
const anna: CustomerState = {
  ...registered({ key: 'u:anna', user: 'anna' }, { name: 'casino', gamificationShare: 100 }, 0),
  inbox: [
    entry('new'),
    entry('read', { read: true }),
    entry('starred', { starred: true, category_id: 2 }),
    entry('gone', { expires_at: 50 }),
  ],
};
const all = { offset: 0, limit: 20, starredOnly: false, category: null, read: null };
const uids = (question: Partial<typeof all> | { read: boolean } | { category: number }): string[] =>
  inboxPage(anna, { ...all, ...question }, 100).map(({ uid }) => uid);

test('a page is newest first, and what has expired is not there', () => {
  expect(uids({})).toEqual(['new', 'read', 'starred']);
  expect(inboxPage(anna, all, 49)).toHaveLength(4);
  expect(uids({ offset: 1, limit: 1 })).toEqual(['read']);
});

test('a page can be of the starred, of a category, of the unread or the read', () => {
  expect(uids({ starredOnly: true })).toEqual(['starred']);
  expect(uids({ category: 2 })).toEqual(['starred']);
  expect(uids({ read: false })).toEqual(['new', 'starred']);
  expect(uids({ read: true })).toEqual(['read']);
});

test('reading one or all is seen in the unread count; reading again changes nothing', () => {
  expect(unreadCount(anna, 100)).toBe(2);
  expect(unreadCount(withRead(anna, 'new'), 100)).toBe(1);
  expect(unreadCount(withRead(anna, null), 100)).toBe(0);
  expect(withRead(anna, 'read')).toBe(anna);
});

test('a star is put and taken, and one that is there already changes nothing', () => {
  expect(withStar(anna, 'new', true).inbox[0]).toMatchObject({ starred: true });
  expect(withStar(anna, 'starred', true)).toBe(anna);
});

test('one message is deleted, or all, and one that is not there changes nothing', () => {
  expect(withoutMessages(anna, 'new').inbox).toHaveLength(3);
  expect(withoutMessages(anna, null).inbox).toEqual([]);
  expect(withoutMessages(anna, 'never')).toBe(anna);
});

test('dates are published in their form', () => {
  expect(publishedDate(Date.UTC(2026, 0, 2, 3, 4, 5))).toBe('02/01/2026 03:04:05');
});

test('a page is told the props that changed, and no others', () => {
  const before = publicProps(anna, 100);
  expect(changedProps(before, publicProps(withRead(anna, 'new'), 100))).toEqual({ core_inbox_unread_count: 1 });
  expect(changedProps(before, publicProps({ ...anna, tags: ['VIP'] }, 100))).toEqual({ core_public_tags: ['VIP'] });
  expect(changedProps(before, publicProps({ ...anna }, 100))).toEqual({});
});

test('a page sees published names only: what else an operator knows stays with him', () => {
  const props = publicProps({ ...anna, properties: { email: { value: 'a@b.c', trust: 'server' } } }, 100);
  expect(JSON.stringify(props)).not.toContain('a@b.c');
});
