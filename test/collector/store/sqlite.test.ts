/** What only the SQLite driver can get wrong. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bounds, type EventPage } from '../../../src/collector/store/event-log.ts';
import { eventsFile } from '../../../src/collector/store/sqlite-file.ts';
import { openSqliteLog } from '../../../src/collector/store/sqlite-log.ts';
import { openSqliteUsers } from '../../../src/collector/store/sqlite-users.ts';
import { openSqliteWriter } from '../../../src/collector/store/sqlite-writer.ts';
import { event, submission } from '../../support/submissions.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'openaction-sqlite-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('a group that fails leaves nothing, and nothing of it is remembered', async () => {
  const log = await openSqliteLog(directory);
  const good = submission({ label: 'new label', events: [event('good-000', { user_ext_id: 'new user' })] });
  const broken = submission({ events: [event('broken-0', { payload: Symbol('unstorable') as unknown as string })] });
  await expect(log.append([good, broken])).rejects.toThrow();
  expect((await log.events('new label', { limit: 10, order: 'asc' })).events).toEqual([]);
  expect(await log.minutes('new label', 0)).toEqual([]);
  await log.append([good]);
  const { events } = await log.events('new label', { user: 'new user', limit: 10, order: 'asc' });
  expect(events.map(({ eid, page_id, session_id }) => [eid, page_id, session_id])).toEqual([
    ['good-000', 'page-001', 'session-1'],
  ]);
  expect((await log.registry('new label')).shapes).toMatchObject([{ count: 1 }]);
  await log.close();
});

test('every commit reaches the disk: the log is written ahead and synced in full', () => {
  const settings: Record<string, unknown> = {};
  const pragma = Database.prototype.pragma;
  Database.prototype.pragma = function (this: Database.Database, text: string, options) {
    const value = pragma.call(this, text, options);
    const [name, set] = text.split(' = ');
    if (set !== undefined) settings[name!] = pragma.call(this, name!, { simple: true });
    return value;
  };
  try {
    openSqliteWriter(eventsFile(directory)).close();
  } finally {
    Database.prototype.pragma = pragma;
  }
  expect(settings).toMatchObject({ journal_mode: 'wal', synchronous: 2, wal_autocheckpoint: 1000, cache_size: -65536 });
});

test('a data directory that it makes is for its own user alone', async () => {
  const made = join(directory, 'deep', 'data');
  await (await openSqliteLog(made)).close();
  expect((await stat(made)).mode & 0o777).toBe(0o700);
});

test.skipIf(!existsSync('/proc/self/fd'))('a file that cannot be opened is let go of', async () => {
  const file = eventsFile(directory);
  const newer = new Database(file);
  newer.pragma('user_version = 99');
  newer.close();
  for (let n = 0; n < 3; n++) expect(() => openSqliteWriter(file)).toThrow('a newer version');
  const held = readdirSync('/proc/self/fd').map((fd) =>
    existsSync(`/proc/self/fd/${fd}`) ? readlinkSync(`/proc/self/fd/${fd}`) : '',
  );
  expect(held.filter((name) => name.startsWith(file))).toEqual([]);
});

test('a file of a newer version is refused, and left as it is', async () => {
  await (await openSqliteLog(directory)).close();
  const db = new Database(eventsFile(directory));
  db.pragma('user_version = 99');
  db.close();
  await expect(openSqliteLog(directory)).rejects.toThrow('written by a newer version');
});

test('a file of the first version goes on where it stopped, and learns of frames', async () => {
  const before = new Database(eventsFile(directory));
  before.exec(readFileSync(new URL('../../fixtures/events-version-1.sql', import.meta.url), 'utf8'));
  before.close();
  const all = { limit: 10, order: 'asc' } as const;
  const log = await openSqliteLog(directory);
  const known = (await log.events('casino', all)).events;
  expect(known.map(({ eid, source, trust, scope }) => [eid, source, trust, scope])).toEqual([
    ['known-001', 'api', 'unverified', undefined],
    ['known-002', 'deep_link', 'unverified', undefined],
    ['known-003', 'auto', 'unverified', undefined],
    ['known-004', 'server', 'server', 'system'],
  ]);
  expect(known.filter((one) => 'frame' in one)).toEqual([]);
  const framed = event('framed-01', { source: 'bridge', frame: 'https://platform.example', user_ext_id: 'u1', seq: 3 });
  expect(await log.append([submission({ events: [event('known-001', { user_ext_id: 'u1' }), framed] })])).toEqual([
    ['duplicate', 5],
  ]);
  await log.close();

  const again = await openSqliteLog(directory);
  expect((await again.events('casino', { ...all, after: 4 })).events).toMatchObject([
    { eid: 'framed-01', frame: 'https://platform.example' },
  ]);
  expect(await again.losses('casino')).toMatchObject({ totals: { overflow: 3 }, gaps: [] });
  expect((await again.profile('casino', { user: 'u1' }))?.events).toBe(3);
  await again.close();
});

test('events of the first version have no visitor, and their page is gone when the last of them is', async () => {
  const before = new Database(eventsFile(directory));
  before.exec(readFileSync(new URL('../../fixtures/events-version-1.sql', import.meta.url), 'utf8'));
  before.close();
  const log = await openSqliteLog(directory);
  const all = { limit: 10, order: 'asc' } as const;
  expect((await log.events('casino', { ...all, visitor: 'device-1' })).events).toEqual([]);
  expect((await log.registry('casino')).registered).toMatchObject([{ name: 'sports_footer', fields: {} }]);
  expect((await log.losses('casino')).gaps).toMatchObject([{ page_id: 'page-001' }]);
  await log.purge('casino', Date.now(), 2);
  expect((await log.losses('casino')).gaps).toMatchObject([{ page_id: 'page-001' }]);
  await log.purge('casino', Date.now(), 2);
  expect((await log.events('casino', all)).events).toEqual([]);
  expect((await log.losses('casino')).gaps).toEqual([]);
  await log.close();
});

test('what pages of the first version gave out adds up, and goes on adding up', async () => {
  const before = new Database(eventsFile(directory));
  before.exec(readFileSync(new URL('../../fixtures/events-version-1.sql', import.meta.url), 'utf8'));
  // Two of its numbers came and were refused: nobody counted them then.
  before.exec('UPDATE page SET highest = 6');
  before.close();
  const log = await openSqliteLog(directory);
  const sums = {
    session_id: 'session-1',
    device_id: 'device-1',
    given: 6,
    stored: 3,
    refused: 2,
    missing: 1,
    lost: {},
  };
  expect((await log.losses('casino')).sessions).toMatchObject([sums]);
  const lost = { page_id: 'page-001', session_id: 'session-1', reason: 'overflow' as const, from: 2, to: 7 };
  await log.append([submission({ lost: [lost] })]);
  const { totals, sessions, gaps } = await log.losses('casino');
  expect([totals, gaps]).toEqual([{ overflow: 5 }, []]);
  expect(sessions).toMatchObject([{ ...sums, given: 7, missing: 0, lost: { overflow: 2 } }]);
  await log.close();
});

test('pages that lack something are found by their own index, however many lack nothing', async () => {
  await (await openSqliteLog(directory)).close();
  const db = new Database(eventsFile(directory), { readonly: true });
  const plan = db
    .prepare(
      `EXPLAIN QUERY PLAN SELECT device_id FROM page WHERE label = 1 AND (missing <> '' OR lost <> '' OR refused > 0)
       ORDER BY last_at DESC LIMIT 200`,
    )
    .all() as { detail: string }[];
  expect(plan.map(({ detail }) => detail).join()).toContain('page_short');
  db.close();
});

test('of a customer who is erased no word is left in the files', async () => {
  const log = await openSqliteLog(directory);
  const payload = (words: string, n: number) => JSON.stringify({ text: words.repeat(1 + ((n * 7919) % 900)) });
  for (let group = 0; group < 40; group++)
    await log.append([
      submission({
        device_id: `device-${group}`,
        events: Array.from({ length: 50 }, (_, n) => {
          const isOne = n % 25 === 0;
          const user_ext_id = isOne ? 'unmistakable' : `user-${(group * 50 + n) * 7919}`;
          return event(`${isOne ? 'unmistakable' : 'event'}-${group}-${n}`, {
            index: n,
            seq: n + 1,
            page_id: isOne ? 'unmistakable' : `page-${n}`,
            user_ext_id,
            payload: payload(isOne ? 'unmistakable' : 'some', group * 50 + n),
          });
        }),
        rejected: [
          {
            at: 1,
            index: 0,
            eid: null,
            code: 'bad_eid',
            message: 'unmistakable',
            event_type: null,
            user_ext_id: 'unmistakable',
            from: 'browser',
            request_id: 'r',
          },
        ],
      }),
    ]);
  expect(await log.erase('casino', { user: 'unmistakable' })).toBe(80);
  const names = await readdir(directory);
  expect(names.filter((name) => readFileSync(join(directory, name)).includes('unmistakable'))).toEqual([]);
  expect(names).toContain('events.sqlite');
  await log.close();
});

test('a cursor is not given again after the newest event was erased and the collector began anew', async () => {
  const log = await openSqliteLog(directory);
  const anna = submission({ events: [event('anna-000', { user_ext_id: 'anna' })] });
  expect(await log.append([submission({ events: [event('known-00')] }), anna])).toEqual([[1], [2]]);
  await log.erase('casino', { user: 'anna' });
  await log.close();
  const again = await openSqliteLog(directory);
  expect(await again.append([anna])).toEqual([[3]]);
  await again.close();
});

test('what comes to a log that is older than its customers has a place after everything that they have folded', async () => {
  const log = await openSqliteLog(directory);
  const anna = (eid: string) => submission({ events: [event(eid, { user_ext_id: 'anna' })] });
  await log.append([anna('before-0'), anna('before-1')]);
  await log.close();
  const users = await openSqliteUsers(directory);
  await users.update('casino', [], { folded: 50 });
  await users.close();
  const again = await openSqliteLog(directory);
  expect(await again.append([anna('after-00')])).toEqual([[51]]);
  const { events } = await again.events('casino', { user: 'anna', limit: 10, order: 'desc' });
  expect(events.map(({ cursor }) => cursor)).toEqual([51, 2, 1]);
  await again.close();
});

test('what is left after a long hole is read at once', async () => {
  await (await openSqliteLog(directory)).close();
  const db = new Database(eventsFile(directory));
  db.exec('UPDATE timeline_progress SET upto = 1000000');
  db.close();
  const log = await openSqliteLog(directory);
  expect(await log.append([submission({ events: [event('new-0000')] })])).toEqual([[1_000_001]]);
  for (const order of ['asc', 'desc'] as const) {
    const { events, next } = await log.events('casino', { limit: 10, order });
    expect([events.map(({ eid }) => eid), next]).toEqual([['new-0000'], null]);
  }
  await log.close();
});

test('random names fill the registry to its bound, and events go on being stored and counted', async () => {
  const log = await openSqliteLog(directory);
  const many = bounds.shapes + 500;
  for (let start = 0; start < many; start += 500)
    await log.append([
      submission({
        events: Array.from({ length: 500 }, (_, n) =>
          event(`random-${start + n}`, {
            index: n,
            seq: null,
            name: `action ${start + n}`,
            shape: `[["f${start + n}","number"]]`,
          }),
        ),
      }),
    ]);
  const { shapes } = await log.registry('casino');
  expect(shapes.length).toBeLessThanOrEqual(bounds.shapes + 1);
  expect(shapes.reduce((sum, { count }) => sum + count, 0)).toBe(many);
  expect(shapes.find(({ event_type }) => event_type === '')?.count).toBeGreaterThan(0);
  await log.close();
});

test.each([
  ['random fields of one action', (n: number) => `[["f${n}","number"]]`, bounds.shapesOfName],
  ['fields longer than anybody reads', (n: number) => `[["${'f'.repeat(bounds.shapeLength)}${n}","number"]]`, 0],
])('%s leave room for every other action’s', async (_, shapeNumber, kept) => {
  const log = await openSqliteLog(directory);
  const many = bounds.shapesOfName + 300;
  const noisy = Array.from({ length: many }, (_, n) => event(`noisy-${n}`, { index: n, shape: shapeNumber(n) }));
  await log.append([submission({ events: noisy.slice(0, 100) })]);
  await log.append([submission({ events: noisy.slice(100) })]);
  await log.append([submission({ events: [event('quiet-00', { name: 'quiet', shape: '[["sum","number"]]' })] })]);
  const { shapes } = await log.registry('casino');
  const clicks = shapes.filter(({ name }) => name === 'click');
  expect(clicks.filter(({ shape }) => shape !== '[]')).toHaveLength(kept);
  expect(clicks.reduce((sum, { count }) => sum + count, 0)).toBe(many);
  expect(shapes.find(({ name }) => name === 'quiet')?.shape).toBe('[["sum","number"]]');
  await log.close();
});

test.each([
  ['of everybody', {}],
  ['of one customer', { user: 'busy' }],
])('a search over a long log %s reads a bounded stretch and says where to go on', async (_, whose) => {
  const log = await openSqliteLog(directory);
  for (let group = 0; group < 120; group++)
    await log.append([
      submission({
        events: Array.from({ length: 1000 }, (_, n) =>
          event(`long-${group}-${n}`, { index: n, seq: null, user_ext_id: 'busy' }),
        ),
      }),
    ]);
  await log.append([
    submission({ events: [event('needle-0', { user_ext_id: 'busy', payload: '{"found":"needle"}' })] }),
  ]);
  const first = await log.events('casino', { ...whose, text: 'needle', limit: 10, order: 'asc' });
  expect([first.events, first.next]).toEqual([[], 100_000]);
  const second = await log.events('casino', { ...whose, text: 'needle', limit: 10, order: 'asc', after: first.next! });
  expect([second.events.map(({ eid }) => eid), second.next]).toEqual([['needle-0'], null]);
  await log.close();
});

test.each([
  ['of everybody', {}],
  ['of one customer', { user: 'heavy' }],
])('a search over large payloads %s ends sooner, and goes on where it ended', async (_, whose) => {
  const log = await openSqliteLog(directory);
  const payload = JSON.stringify({ text: 'x'.repeat(32_000) });
  for (let group = 0; group < 3; group++)
    await log.append([
      submission({
        events: Array.from({ length: 1000 }, (_, n) =>
          event(`heavy-${group}-${n}`, { index: n, seq: null, user_ext_id: 'heavy', payload }),
        ),
      }),
    ]);
  const found: string[] = [];
  let pages = 0;
  for (let after: number | null = 0; after !== null; pages++) {
    const page: EventPage = await log.events('casino', { ...whose, text: 'heavy', limit: 4000, order: 'asc', after });
    found.push(...page.events.map(({ eid }) => eid));
    after = page.next;
  }
  expect(new Set(found).size).toBe(3000);
  expect([found.length, pages]).toEqual([3000, 2]);
  await log.close();
});
