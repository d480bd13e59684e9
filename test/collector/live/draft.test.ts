import { expect, test } from 'vitest';
import { type Draft, noticeIn, parts, wantedIn } from '../../../src/collector/live/draft.ts';

const draft = (more: Partial<Draft>): Draft => ({
  ...(Object.fromEntries(parts.map((part) => [part, ''])) as Draft),
  ...more,
});
const now = 1_000;

test('what was left empty is not sent', () => {
  expect(wantedIn('popup', draft({ title: 'Hello' }), now)).toEqual({ kind: 'popup', title: 'Hello' });
  expect(noticeIn(draft({ title: 'Hello', body: 'You' }))).toEqual({ title: 'Hello', body: 'You' });
});

test('a message without a text is sent so, for the collector to refuse it', () => {
  expect(wantedIn('inbox', draft({ title: 'Hello' }), now)).toEqual({ kind: 'inbox', title: 'Hello', body: '' });
});

test('half a button is sent so too', () => {
  const { buttons } = wantedIn('popup', draft({ title: 'Hello', action: '/x' }), now);
  expect(buttons).toEqual([{ text: '', action: '/x' }]);
});

test('what was typed for another kind stays behind', () => {
  const typed = draft({ title: 'Hello', image: '/a.png', html: '<b>', dp: 'dp:inbox', expires: '60000' });
  expect(wantedIn('deep_link', typed, now)).toEqual({ kind: 'deep_link', dp: 'dp:inbox', expires_at: 61_000 });
  expect(wantedIn('popup', typed, now)).toEqual({ kind: 'popup', title: 'Hello', html: '<b>', expires_at: 61_000 });
});
