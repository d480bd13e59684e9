/** A timeline of several lists: in order, whole, and page by page. */
import { expect, test } from 'vitest';
import { type LinkedTime, timelineOf, type Whose } from '../../src/collector/operator/timeline.ts';
import type { EventQuery, LoggedEvent } from '../../src/collector/store/event-log.ts';

/** Events at cursors that are their times, too; a list belongs to a user or to a device. */
const logOf = (lists: { [whose: string]: number[] }) => ({
  async events(_label: string, { user, visitor, after = Infinity, limit }: EventQuery) {
    const cursors = (lists[user ?? visitor ?? ''] ?? []).filter((cursor) => cursor < after).sort((a, b) => b - a);
    const events = cursors.slice(0, limit).map((cursor) => ({ cursor, received_at: cursor }) as LoggedEvent);
    return { events, next: cursors.length > limit ? events.at(-1)!.cursor : null };
  },
});
const pagesOf = async (lists: { [whose: string]: number[] }, linked: LinkedTime[], limit: number) => {
  const whose: Whose[] = [{ user: 'anna' }];
  const seen: string[] = [];
  for (let after: number | null | undefined; after !== null; ) {
    const page = await timelineOf(logOf(lists), 'casino', whose, linked, { after, limit });
    seen.push(...page.events.map(({ cursor, linked_from }) => `${linked_from ?? 'anna'} ${cursor}`));
    after = page.next;
  }
  return seen;
};

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

test.each([1, 2, 3, 100])('with pages of %i, each event stands once and in its place', async (limit) => {
  // On the phone somebody else was logged in between.
  const lists = {
    anna: [5, 11, 41],
    phone: [...range(1, 4), ...range(6, 9), ...range(12, 29), 33, 35, 50],
    tablet: [8, 20],
  };
  const linked = [
    { device: 'phone', from: 0, to: 10 },
    { device: 'phone', from: 30, to: 40 },
    { device: 'tablet', from: 15, to: 40 },
  ];
  expect(await pagesOf(lists, linked, limit)).toEqual([
    'anna 41',
    'phone 35',
    'phone 33',
    'tablet 20',
    'anna 11',
    'phone 9',
    'phone 8',
    'phone 7',
    'phone 6',
    'anna 5',
    ...range(1, 4)
      .reverse()
      .map((cursor) => `phone ${cursor}`),
  ]);
});
