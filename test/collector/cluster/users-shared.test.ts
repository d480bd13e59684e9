/** Customers whom several collectors change: what one stores another has, and nobody's change is lost. */
import { expect, test } from 'vitest';
import { rowsBytes, rowsText } from '../../../src/collector/cluster/users/document.ts';
import { DocumentTooLarge } from '../../../src/collector/cluster/users/writing.ts';
import type { Delivery } from '../../../src/collector/engine/reaction.ts';
import { registered } from '../../../src/collector/engine/registered.ts';
import type { StateChange, UserStore } from '../../../src/collector/store/user-store.ts';
import { usersPlace } from '../../support/clustered-users.ts';

const place = usersPlace();

const change = (user: string, version: number, tags: string[] = [], more: Partial<StateChange> = {}): StateChange => ({
  customer: `u:${user}`,
  version,
  state: { ...registered({ key: `u:${user}`, user }, { name: 'casino', gamificationShare: 100 }, 1_000), tags },
  ...more,
});
const delivery = (uid: string, more: Partial<Delivery> = {}): Delivery => ({
  uid,
  campaign: 'welcome',
  eid: null,
  channel: 'email',
  status: 'pending',
  at: 1_000,
  status_at: 1_000,
  why: '',
  ...more,
});
const sent = (uid: string, more: Partial<Delivery> = {}): Partial<StateChange> => ({
  contents: [{ id: uid, content: `words of ${uid}` }],
  deliveries: [delivery(uid, more)],
  traces: [{ eid: uid, cursor: 1, at: 1_000, verdicts: [] }],
});
const two = async () => {
  const name = place.newName();
  return [name, await place.open(name), await place.open(name)] as const;
};
const tagsOf = async (store: UserStore, user: string) => (await store.get('casino', `u:${user}`))?.state.tags;

test('who hears that a label moved on reads the states that it moved on to', async () => {
  const [, a, b] = await two();
  const read: unknown[] = [];
  b.users.listen(async (label, folded) => {
    const { customers } = await b.users.list(label, undefined, 1_000);
    read.push([label, folded, customers.length, await b.users.fanouts(label)]);
  });
  const many = Array.from({ length: 300 }, (_, n) => change(`anna-${n}`, 0));
  const fanouts = [{ cursor: 5, after: 'u:anna-1' }];
  await a.users.update('casino', many, { folded: 7, fanouts });
  await expect.poll(() => read).toEqual([['casino', 7, 300, fanouts]]);
  expect(await b.users.folded('casino')).toBe(7);
});

test('a place that comes before its states is told when they are there', async () => {
  const [, a, b] = await two();
  const told: number[] = [];
  b.users.listen((_, folded) => void told.push(folded));
  const early = JSON.stringify({ folded: 9, fanouts: [], customers: 1 });
  await a.cluster.jetstream.publish(`$KV.${a.names.progress}.casino`, early);
  await a.users.keepContent('casino', 'behind it', '');
  await expect.poll(() => b.users.content('casino', 'behind it')).toBe('');
  expect([told, await b.users.folded('casino')]).toEqual([[], 0]);
  await a.users.update('casino', [change('anna', 0)]);
  await expect.poll(() => told).toEqual([9]);
  expect(await tagsOf(b.users, 'anna')).toEqual([]);
});

test('of changes that sixteen make of one customer at two collectors at once, each is made once', async () => {
  const [, a, b] = await two();
  const make = async (store: UserStore, tag: string): Promise<void> => {
    for (;;) {
      const there = await store.get('casino', 'u:anna');
      const tags = [...(there?.state.tags ?? []), tag];
      const [isStored] = await store.update('casino', [change('anna', there?.version ?? 0, tags, sent(tag))]);
      if (isStored) return;
    }
  };
  const tags = Array.from({ length: 64 }, (_, n) => `t-${n}`);
  await Promise.all(
    Array.from({ length: 16 }, async (_, writer) => {
      for (const tag of tags.slice(writer * 4, writer * 4 + 4)) await make((writer % 2 ? a : b).users, tag);
    }),
  );
  await a.users.level();
  const last = (await a.users.get('casino', 'u:anna'))!;
  expect([last.version, [...last.state.tags].sort()]).toEqual([64, [...tags].sort()]);
  for (const { users } of [a, b])
    await expect.poll(async () => (await users.deliveries('casino', { limit: 100 })).deliveries.length).toBe(64);
});

test('what is drawn or said first stays, at whichever collector', async () => {
  const [, a, b] = await two();
  const drawn = await Promise.all(
    [a, b, a, b].map(({ users }, n) => users.keepSetting('push key {1}', `drawn by ${n}`)),
  );
  expect(new Set(drawn).size).toBe(1);
  expect(await b.users.setting('push key {1}')).toBe(drawn[0]);
  await Promise.all([a, b].map(({ users }, n) => users.keepContent('casino', 'by-hand', `said by ${n}`)));
  expect(await a.users.content('casino', 'by-hand')).toBe(await b.users.content('casino', 'by-hand'));
});

test('how far a label is folded never goes back, whoever says so', async () => {
  const [, a, b] = await two();
  await a.users.update('casino', [], { folded: 20, fanouts: [{ cursor: 3, after: null }] });
  await b.users.update('casino', [], { folded: 10, fannedOut: [3] });
  expect([await b.users.folded('casino'), await b.users.fanouts('casino')]).toEqual([20, []]);
  await expect.poll(() => a.users.fanouts('casino')).toEqual([]);
  expect(await a.users.folded('casino')).toBe(20);
});

test('a customer who is erased is gone from every copy and from the cluster; words that others were sent stay', async () => {
  const [name, a, b] = await two();
  const words = { ...sent('hers'), contents: [{ id: 'hers', content: 'unmistakable words' }] };
  for (const version of [0, 1, 2])
    await a.users.update('casino', [change('anna', version, ['unmistakable'], version === 1 ? words : sent('shared'))]);
  await a.users.update('casino', [change('bob', 0, [], { deliveries: [delivery('shared')] })]);
  await a.users.keepContent('casino', 'hers', 'unmistakable words');
  await expect.poll(() => tagsOf(b.users, 'bob')).toEqual([]);
  expect(await b.users.erase('casino', 'u:anna')).toEqual({ states: 1, contents: 1, deliveries: 2, traces: 3 });
  const anew = await place.open(name);
  for (const { users } of [a, b, anew]) {
    await expect.poll(() => users.get('casino', 'u:anna')).toBeUndefined();
    expect(await users.traces('casino', { customer: 'u:anna' }, 10)).toEqual([]);
    expect((await users.deliveries('casino', { limit: 10 })).deliveries.map(({ customer }) => customer)).toEqual([
      'u:bob',
    ]);
    expect(await users.content('casino', 'hers')).toBeUndefined();
    expect(await users.content('casino', 'shared')).toBe('words of shared');
  }
  const { manager } = a.cluster;
  for (const stream of [`KV_${a.names.customers}`, a.names.report])
    for (let seq = 1; seq <= (await manager.streams.info(stream)).state.last_seq; seq++)
      expect((await manager.streams.getMessage(stream, { seq }))?.string() ?? '').not.toMatch('unmistakable');
  // Who comes back is somebody new, at whichever collector.
  expect(await a.users.update('casino', [change('anna', 3)])).toEqual([false]);
  expect(await a.users.update('casino', [change('anna', 0, ['NEW'], sent('again'))])).toEqual([true]);
  await expect.poll(() => tagsOf(b.users, 'anna')).toEqual(['NEW']);
});

test('what is told of a customer after the erasure that it comes before comes into no copy', async () => {
  const [, a, b] = await two();
  await a.users.update('casino', [change('anna', 0)]);
  await a.users.erase('casino', 'u:anna');
  await a.users.update('casino', [change('anna', 0, [], sent('new'))]);
  const late = rowsText({ deliveries: [delivery('late')], contents: [{ id: 'late', content: 'late' }] });
  const subject = a.names.reportOf('casino', 'u:anna');
  await a.cluster.jetstream.publish(subject, rowsBytes({ revision: 1, at: 1 }, late));
  await b.users.keepContent('casino', 'behind it', '');
  await expect.poll(() => a.users.content('casino', 'behind it')).toBe('');
  for (const { users } of [a, b]) {
    expect((await users.deliveries('casino', { limit: 9 })).deliveries.map(({ uid }) => uid)).toEqual(['new']);
    expect(await users.content('casino', 'late')).toBeUndefined();
  }
});

test('somebody whose erasure the cluster has forgotten can come back', async () => {
  let now = 1_000;
  const name = place.newName();
  const a = await place.open(name, place.newDirectory(), () => now);
  const b = await place.open(name, place.newDirectory(), () => now);
  await a.users.update('casino', [change('anna', 0)]);
  await a.users.erase('casino', 'u:anna');
  now += 8 * 86_400_000;
  expect(await a.users.purge('casino', 500, 100)).toBe(0);
  expect((await a.cluster.manager.streams.info(`KV_${a.names.customers}`)).state.messages).toBe(0);
  expect(await b.users.update('casino', [change('anna', 0, ['BACK'])])).toEqual([true]);
  await expect.poll(() => tagsOf(a.users, 'anna')).toEqual(['BACK']);
});

test('what a collector says of somebody who was erased, and ends, is in no copy that is made after the erasure is forgotten', async () => {
  let now = 1_000;
  const name = place.newName();
  const a = await place.open(name, place.newDirectory(), () => now);
  await a.users.update('casino', [change('anna', 0, [], sent('one'))]);
  await a.users.erase('casino', 'u:anna');
  const rows = rowsText({ deliveries: [delivery('one')] });
  await a.cluster.jetstream.publish(a.names.reportOf('casino', 'u:anna'), rowsBytes({ revision: 1, at: 1_000 }, rows));
  await a.users.level();
  expect(await a.users.delivery('casino', 'one')).toBeUndefined();
  now += 8 * 86_400_000;
  await a.users.purge('casino', 500, 100);
  const b = await place.open(name, place.newDirectory(), () => now);
  expect(await b.users.delivery('casino', 'one')).toBeUndefined();
});

test('where nothing is too old nothing goes, out of no copy that is made later', async () => {
  const name = place.newName();
  const a = await place.open(name);
  for (const version of [0, 1]) await a.users.update('casino', [change('anna', version, [], sent(`new-${version}`))]);
  expect(await a.users.purge('casino', 500, 100)).toBe(0);
  const b = await place.open(name);
  expect((await b.users.deliveries('casino', { limit: 9 })).deliveries).toHaveLength(2);
  expect(await b.users.content('casino', 'new-0')).toBe('words of new-0');
});

test('what is too old goes from every copy, and out of the cluster', async () => {
  const name = place.newName();
  const [a, b] = [await place.open(name), await place.open(name)];
  for (const version of [0, 1]) await a.users.update('casino', [change('anna', version, [], sent(`old-${version}`))]);
  await a.users.update('casino', [{ ...change('phone', 0), customer: 'd:phone' }]);
  const at = Date.now() + 1;
  await expect.poll(() => Date.now()).toBeGreaterThan(at);
  await a.users.update('casino', [change('bob', 0, [], sent('new', { at: Date.now() }))]);
  for (let gone = 1; gone > 0; ) gone = await a.users.purge('casino', at, 4);
  const anew = await place.open(name);
  for (const { users } of [a, b, anew]) {
    const uids = async () => (await users.deliveries('casino', { limit: 9 })).deliveries.map(({ uid }) => uid);
    await expect.poll(uids).toEqual(['new']);
    await expect.poll(() => users.get('casino', 'd:phone')).toBeUndefined();
    expect([await users.content('casino', 'old-0'), await users.content('casino', 'old-1')]).toEqual([
      undefined,
      undefined,
    ]);
    expect((await users.get('casino', 'u:anna'))?.version).toBe(2);
  }
  const { state } = await a.cluster.manager.streams.info(a.names.report, { subjects_filter: '>' });
  expect(Object.keys(state.subjects ?? {})).toEqual([a.names.reportOrdered('casino')]);
  // What was written again without its old rows can be written on.
  expect(await b.users.update('casino', [change('anna', 2, ['ON'])])).toEqual([true]);
});

test('words that make a document too large for a message go by themselves, and a state that is too large is refused', async () => {
  const [, a, b] = await two();
  const noise = (length: number): string =>
    Array.from({ length }, (_, n) => String.fromCharCode(33 + (Math.imul(n * n + 7 * n, 2_654_435_761) >>> 25))).join(
      '',
    );
  const contents = ['x', 'y', 'z'].map((id) => ({ id, content: `${id}${noise(500_000)}` }));
  expect(
    await a.users.update('casino', [change('anna', 0, ['WORDY'], { contents, deliveries: [delivery('x')] })]),
  ).toEqual([true]);
  await expect.poll(() => b.users.content('casino', 'z')).toBe(contents[2]!.content);
  await expect.poll(() => b.users.delivery('casino', 'x')).toMatchObject({ uid: 'x' });
  const huge = a.users.update('casino', [change('anna', 1, [noise(3_000_000)])]);
  await expect(huge).rejects.toThrow(DocumentTooLarge);
  const rows = Array.from({ length: 8_193 }, (_, n) => delivery(`${n}`));
  await expect(a.users.update('casino', [change('anna', 1, ['ROWS'], { deliveries: rows })])).rejects.toThrow(
    DocumentTooLarge,
  );
  expect(await tagsOf(a.users, 'anna')).toEqual(['WORDY']);
});

test('a change that a server took and could not answer for is stored once', async () => {
  const name = place.newName();
  const a = await place.open(name);
  await a.users.update('casino', [change('anna', 0, [], sent('first'))]);
  const [server] = place.nats().servers;
  const stored = a.users.update('casino', [change('anna', 1, ['ONCE'], sent('second'))], { folded: 3 });
  await server!.kill();
  await server!.start();
  expect(await stored).toEqual([true]);
  expect(await a.users.get('casino', 'u:anna')).toMatchObject({ version: 2, state: { tags: ['ONCE'] } });
  expect(await a.users.folded('casino')).toBe(3);
});
