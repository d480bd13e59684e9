/** What is older than a label keeps it goes, and nothing else does. */
import { expect, test, vi } from 'vitest';
import type { Label } from '../../src/collector/config/config.ts';
import { createPace } from '../../src/collector/following/pace.ts';
import { type Purged, startRetention } from '../../src/collector/operator/retention.ts';
import { until } from '../support/until.ts';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;
const label = (name: string, retentionDays: number | null) => ({ name, retentionDays }) as Label;

/** A store of times by label: what is older than asked goes, so many at once. */
const shelf = (times: { [label: string]: number[] }) => ({
  times,
  purgesAtOnce: 200,
  async purge(name: string, before: number, limit: number) {
    const old = (times[name] ?? []).filter((at) => at < before).slice(0, limit);
    times[name] = (times[name] ?? []).filter((at) => !old.includes(at));
    return old.length;
  },
});
const range = (from: number, many: number) => Array.from({ length: many }, (_, at) => from + at);

const start = (labels: Label[], log: ReturnType<typeof shelf>, users = shelf({}), isHeld = (_: string) => true) => {
  const told: [label: string, taken: Purged][] = [];
  const failed: unknown[] = [];
  const retention = startRetention({
    labels: () => labels,
    isHeld,
    log,
    users,
    pace: createPace(() => false),
    purged: (name, taken) => void told.push([name, taken]),
    failed: (cause) => void failed.push(cause),
    now: () => NOW,
  });
  retention.wake();
  return { retention, told, failed };
};

test('each label keeps what it says, however much is too old, and it is told', async () => {
  const log = shelf({ week: [...range(1, 1000), NOW - 8 * DAY, NOW - 6 * DAY], year: [1, NOW - 300 * DAY], all: [1] });
  const users = shelf({ week: [5, NOW], year: [NOW] });
  const { retention, told } = start([label('week', 7), label('year', 365), label('all', null)], log, users);
  await until(() => told.length === 2);
  expect(told).toEqual([
    ['week', { events: 1001, rows: 1 }],
    ['year', { events: 1, rows: 0 }],
  ]);
  expect(log.times).toEqual({ week: [NOW - 6 * DAY], year: [NOW - 300 * DAY], all: [1] });
  await retention.close();
});

test('a label without too old events is not spoken of', async () => {
  const log = shelf({ week: [NOW] });
  const purge = vi.spyOn(log, 'purge');
  const { retention, told } = start([label('week', 7)], log);
  await until(() => purge.mock.calls.length > 0);
  await retention.close();
  expect(told).toEqual([]);
});

test('a collector that stops does not wait for the end of it', async () => {
  const endless = {
    times: {},
    purgesAtOnce: 200,
    purge: async (_label: string, _before: number, limit: number) => limit,
  };
  const purge = vi.spyOn(endless, 'purge');
  const { retention } = start([label('week', 7)], endless);
  await until(() => purge.mock.calls.length > 2);
  await retention.close();
  const calls = purge.mock.calls.length;
  await new Promise(setImmediate);
  expect(purge.mock.calls.length).toBe(calls);
});

test('it looks again every hour', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const log = shelf({ week: [] });
  const purge = vi.spyOn(log, 'purge');
  const { retention, told } = start([label('week', 7)], log);
  await until(() => purge.mock.calls.length === 1);
  log.times.week = [1];
  await vi.advanceTimersByTimeAsync(3_600_000);
  await until(() => told.length === 1);
  await retention.close();
  vi.useRealTimers();
});

test('a store that fails is told', async () => {
  const broken = { times: {}, purgesAtOnce: 200, purge: () => Promise.reject(new Error('the disk is full')) };
  const { retention, failed } = start([label('week', 7)], broken);
  await until(() => failed.length > 0);
  expect(failed).toEqual([new Error('the disk is full')]);
  await retention.close();
});

test('a label that another collector holds is left to it, also from the middle of it on', async () => {
  const log = shelf({ theirs: range(1, 10), mine: range(1, 1000), lost: range(1, 1000) });
  let asked = 0;
  const isHeld = (name: string): boolean => name === 'mine' || (name === 'lost' && ++asked <= 2);
  const { retention, told } = start([label('theirs', 7), label('lost', 7), label('mine', 7)], log, shelf({}), isHeld);
  await until(() => told.some(([name]) => name === 'mine'));
  expect([log.times.theirs?.length, log.times.mine?.length]).toEqual([10, 0]);
  expect(log.times.lost?.length).toBe(600);
  await retention.close();
});
