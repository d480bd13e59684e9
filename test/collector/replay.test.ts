/** A campaign replayed over a log of many days: time passes for its customers as it did. */
import { expect, test, vi } from 'vitest';
import { admit } from '../../src/collector/admit.ts';
import { type Label, parseConfig } from '../../src/collector/config/config.ts';
import { placesOf } from '../../src/collector/engagement/places.ts';
import { createPace } from '../../src/collector/following/pace.ts';
import { type DryRun, dryRun } from '../../src/collector/operator/dry-run.ts';
import type { EventLog, NewEvent } from '../../src/collector/store/event-log.ts';
import { createMemoryLog } from '../../src/collector/store/memory-log.ts';
import { createMemoryUsers } from '../../src/collector/store/memory-users.ts';
import { envelope } from '../support/batches.ts';
import { event, submission } from '../support/submissions.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);

const labelWith = (definitions: object): Label => {
  const keys = { public: ['key'] };
  const parsed = parseConfig({ labels: [{ name: 'casino', keys, brands: ['main'], origins: [], ...definitions }] });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  return parsed.config.labels[0]!;
};
const label = labelWith({
  segments: { ACTIVE: { event: 'played', within: '7d' } },
  campaigns: {
    'come-back': { on: { left: 'ACTIVE' }, steps: [{ points: 1 }] },
    once: { on: { event: 'played' }, cap: { times: 1 }, steps: [{ points: 1 }] },
    'after-looking': { on: { event: 'bought' }, customer: { event: 'looked' }, steps: [{ points: 1 }] },
    waits: { on: { event: 'played' }, customer: { not: { tag: 'LATER' } }, steps: [{ wait: '2d' }, { tag: 'LATER' }] },
  },
});
const played = (user: string, day: number): [NewEvent, number] => {
  const at = START + day * DAY;
  const said = envelope({ user_ext_id: user, event_type: 'played', event_date: at, payload: {} });
  const admission = admit(said, 0, label, { by: 'secret key' }, at);
  if (!admission.ok) throw new Error(admission.message);
  return [admission.event, at];
};
const logOf = async (...events: [NewEvent, number][]) => {
  const log = createMemoryLog();
  await log.append(events.map(([one, at]) => submission({ events: [one], received_at: at, device_id: null })));
  return log;
};
const run = async (
  name: string,
  log: EventLog,
  { from = 0, to = START + 30 * DAY, isWanted = (): boolean => true } = {},
) => {
  const campaign = label.campaigns.find((one) => one.name === name)!;
  const needs = { log, users: createMemoryUsers(), pace: createPace(() => false), isWanted };
  return dryRun(needs, label, campaign, placesOf(label, new Set()), { from, to });
};
const days = (report: DryRun) => report.fired.map(({ at }) => (at - START) / DAY);

test('time passes: a segment is left when its days are over, also after the last event', async () => {
  const log = await logOf(played('anna', 0), played('anna', 3), played('anna', 20));
  expect(days(await run('come-back', log))).toEqual([10, 27]);
  expect(days(await run('come-back', log, { to: START + 26 * DAY }))).toEqual([10]);
  expect(days(await run('come-back', log, { from: START + 15 * DAY }))).toEqual([27]);
});

test('what would have begun before the stretch is not counted, not refused, and takes up no cap', async () => {
  const log = await logOf(played('anna', 0), played('bela', 0), played('anna', 3));
  const report = await run('once', log, { from: START + DAY });
  expect(days(report)).toEqual([3]);
  expect(report).toMatchObject({ events: 1, customers: 1, refused: [] });
});

test('a step that waits is done when its time has come', async () => {
  const log = await logOf(played('anna', 0), played('anna', 1), played('anna', 3));
  expect(days(await run('waits', log))).toEqual([0, 1]);
});

test('what was done as a visitor counts from the login on', async () => {
  const at = START + DAY;
  const looked = { event_type: 'looked', name: '', payload: '{}', event_date: at, trust: 'unverified' as const };
  const linked = JSON.stringify({ device_id: 'device-1', from: START, to: at + 2 });
  const log = createMemoryLog();
  const come = (after: number, device_id: string | null, one: NewEvent) =>
    log.append([submission({ events: [one], received_at: at + after, device_id })]);
  const bought = (eid: string) =>
    event(eid, { event_type: 'bought', name: '', payload: '{}', user_ext_id: 'anna', event_date: at + 9 });
  await come(0, 'device-1', event('looked-at', looked));
  await come(1, null, bought('bought-before'));
  await come(
    2,
    null,
    event('linked-by', {
      event_type: 'visitor_linked',
      name: '',
      payload: linked,
      user_ext_id: 'anna',
      trust: 'server',
      event_date: at + 2,
    }),
  );
  await come(3, null, bought('bought-after'));
  for (const from of [0, at + 3])
    expect((await run('after-looking', log, { from })).fired.map(({ eid }) => eid)).toEqual(['bought-after']);
});

test('who leaves needs no more read for them', async () => {
  const events = Array.from({ length: 1_000 }, (_, n) => played(`user-${n}`, 0));
  const log = await logOf(...events);
  const read = vi.spyOn(log, 'events');
  await run('waits', log, { isWanted: () => read.mock.calls.length < 3 });
  expect(read.mock.calls.length).toBeLessThan(1_000);
});
