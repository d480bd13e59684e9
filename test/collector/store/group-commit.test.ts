/** One commit for everything that waits: what is grouped, what is refused, what a failure takes with it. */
import { expect, test } from 'vitest';
import type { EventLog, Outcome, Submission } from '../../../src/collector/store/event-log.ts';
import { groupCommit, LogOverloaded } from '../../../src/collector/store/group-commit.ts';
import { createMemoryLog } from '../../../src/collector/store/memory-log.ts';
import { event, submission } from '../../support/submissions.ts';

/** A log whose appends wait to be let through, one by one. */
const heldLog = () => {
  const groups: Submission[][] = [];
  const gates: { open: () => void; fail: (cause: Error) => void }[] = [];
  let seen = () => {};
  const log: EventLog = {
    ...createMemoryLog(),
    append: (group) =>
      new Promise<Outcome[][]>((resolve, reject) => {
        groups.push(group);
        gates.push({ open: () => resolve(group.map(({ events }) => events.map((_, n) => n + 1))), fail: reject });
        seen();
      }),
  };
  const groupsSeen = async (many: number): Promise<void> => {
    while (groups.length < many)
      await new Promise<void>((resolve) => {
        seen = resolve;
      });
  };
  return { log, groups, gates, groupsSeen };
};
const of = (eid: string, many = 1, weight = 100) =>
  submission({ weight, events: Array.from({ length: many }, (_, n) => event(`${eid}-${n}`, { index: n })) });

test('what comes in one turn shares one commit, and each gets its own outcomes', async () => {
  const { log, groups, gates, groupsSeen } = heldLog();
  const grouped = groupCommit(log);
  const answers = Promise.all([grouped.submit(of('first', 2)), grouped.submit(of('second', 3))]);
  await groupsSeen(1);
  expect(groups[0]).toHaveLength(2);
  gates[0]!.open();
  expect(await answers).toEqual([
    [1, 2],
    [1, 2, 3],
  ]);
});

test('a group closes at 4,000 events, and a larger submission goes alone', async () => {
  const { log, groups, gates, groupsSeen } = heldLog();
  const grouped = groupCommit(log);
  const answers = [of('a', 3000), of('b', 900), of('c', 200), of('d', 5000)].map(grouped.submit);
  await groupsSeen(2);
  gates[0]!.open();
  await groupsSeen(3);
  expect(groups.map((group) => group.map(({ events }) => events.length))).toEqual([[3000, 900], [200], [5000]]);
  for (const { open } of gates) open();
  await Promise.all(answers);
});

test('a group closes at four megabytes, and a heavier submission goes alone', async () => {
  const { log, groups, gates, groupsSeen } = heldLog();
  const grouped = groupCommit(log);
  const answers = [3, 1, 0.5, 5].map((megabytes, n) => grouped.submit(of(`e${n}`, 1, megabytes * 2 ** 20)));
  await groupsSeen(2);
  gates[0]!.open();
  await groupsSeen(3);
  expect(groups.map((group) => group.map(({ weight }) => weight / 2 ** 20))).toEqual([[3, 1], [0.5], [5]]);
  for (const { open } of gates) open();
  await Promise.all(answers);
});

test('refused events and counts of pages fill a group like events', async () => {
  const { log, groups, gates, groupsSeen } = heldLog();
  const grouped = groupCommit(log);
  const pages = Array.from({ length: 3_000 }, (_, n) => ({ page_id: `page-${n}`, session_id: 'session-1', seq: 1 }));
  const answers = [submission({ pages }), submission({ pages }), of('a')].map(grouped.submit);
  await groupsSeen(2);
  expect(groups.map((group) => group.length)).toEqual([1, 2]);
  for (const { open } of gates) open();
  await Promise.all(answers);
});

test('more than the bound is refused at once, and taken again when there is room', async () => {
  const { log, gates, groupsSeen } = heldLog();
  const grouped = groupCommit(log, { mostWaitingBytes: 250 });
  const first = [grouped.submit(of('a')), grouped.submit({ ...of('b'), label: 'other' })];
  await expect(grouped.submit({ ...of('c'), label: 'third' })).rejects.toBeInstanceOf(LogOverloaded);
  await groupsSeen(1);
  gates[0]!.open();
  await Promise.all(first);
  const heavy = grouped.submit(of('heavy', 1, 1000));
  await groupsSeen(2);
  gates[1]!.open();
  expect(await heavy).toEqual([1]);
  expect(grouped.waitingBytes()).toBe(0);
});

test('labels take turns: what waits of one is in nobody’s way but its own', async () => {
  const { log, groups, gates, groupsSeen } = heldLog();
  const grouped = groupCommit(log);
  const flood = Array.from({ length: 30 }, (_, n) => grouped.submit(of(`flood${n}`, 1000)));
  const other = ['first', 'second'].map((eid) => grouped.submit({ ...of(eid), label: 'other' }));
  await groupsSeen(1);
  expect(groups[0]!.map(({ events }) => events[0]!.eid)).toEqual([
    'flood0-0',
    'first-0',
    'flood1-0',
    'second-0',
    'flood2-0',
  ]);
  for (let group = 0; group < 8; group++) {
    await groupsSeen(group + 1);
    gates[group]!.open();
  }
  await Promise.all([...flood, ...other]);
  // In the order in which they were handed over, label by label.
  const stored = groups.flat().filter(({ label }) => label !== 'other');
  expect(stored.map(({ events }) => events[0]!.eid)).toEqual(flood.map((_, n) => `flood${n}-0`));
});

test('a label that fills its half of what may wait is refused, and another is not', async () => {
  const { log, gates, groupsSeen } = heldLog();
  const grouped = groupCommit(log, { mostWaitingBytes: 1_000 });
  const taken = [1, 2, 3, 4, 5].map((n) => grouped.submit(of(`a${n}`)));
  await expect(grouped.submit(of('a6'))).rejects.toBeInstanceOf(LogOverloaded);
  taken.push(grouped.submit({ ...of('b'), label: 'other' }));
  await groupsSeen(1);
  gates[0]!.open();
  await Promise.all(taken);
  expect(grouped.waitingBytes()).toBe(0);
});

test('a group that fails tells each of its submissions, and the next is stored', async () => {
  const { log, gates, groupsSeen } = heldLog();
  const grouped = groupCommit(log);
  const failing = Promise.allSettled([grouped.submit(of('a')), grouped.submit(of('b'))]);
  await groupsSeen(1);
  gates[0]!.fail(new Error('the disk is full'));
  expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const next = grouped.submit(of('c'));
  await groupsSeen(2);
  gates[1]!.open();
  expect(await next).toEqual([1]);
});

test('a close waits for what was accepted, and takes nothing more', async () => {
  const { log, gates, groupsSeen } = heldLog();
  const grouped = groupCommit(log);
  const accepted = grouped.submit(of('a'));
  let state = 'open';
  const closing = grouped.close().then(() => {
    state = 'closed';
  });
  await expect(grouped.submit(of('b'))).rejects.toThrow('closed');
  await groupsSeen(1);
  expect(state).toBe('open');
  gates[0]!.open();
  expect(await accepted).toEqual([1]);
  await closing;
});
