/**
 * What every store of customers promises. A driver calls this with a way to make one; what it cannot keep it names, with the reason.
 */
import { expect, test } from 'vitest';
import type { CustomerState } from '../../src/collector/engine/customer-state.ts';
import type { Delivery, Trace } from '../../src/collector/engine/reaction.ts';
import { registered } from '../../src/collector/engine/registered.ts';
import {
  type DeliveryQuery,
  type StateChange,
  TRACES_KEPT,
  type UserStore,
} from '../../src/collector/store/user-store.ts';

export interface UsersContract {
  /** An empty store, whose rows are as old as its clock says. */
  make(now?: () => number): Promise<UserStore>;
  /** The same store, closed and opened again; absent where nothing outlives it. */
  reopen?: (store: UserStore) => Promise<UserStore>;
}

const stateOf = (user: string, more: Partial<CustomerState> = {}): CustomerState => ({
  ...registered({ key: `u:${user}`, user }, { name: 'casino', gamificationShare: 100 }, 1_000),
  ...more,
});
const change = (user: string, version: number, more: Partial<CustomerState> = {}): StateChange => ({
  customer: `u:${user}`,
  version,
  state: stateOf(user, more),
});
const delivery = (uid: string, more: Partial<Delivery> = {}): Delivery => ({
  uid,
  campaign: 'welcome',
  eid: 'event-01',
  channel: 'email',
  status: 'pending',
  at: 1_000,
  status_at: 1_000,
  why: '',
  ...more,
});
const trace = (eid: string | null, at: number, why = 'no'): Trace => ({
  eid,
  cursor: eid === null ? null : at,
  at,
  verdicts: [{ campaign: 'welcome', fired: false, why }],
});

export const userStoreContract = ({ make, reopen }: UsersContract): void => {
  let clock = 1_000;
  const promise = (sentence: string, proof: (store: UserStore) => Promise<void>): void => {
    test(sentence, async () => {
      clock = 1_000;
      const store = await make(() => clock);
      try {
        await proof(store);
      } finally {
        await store.close();
      }
    });
  };

  promise('a customer never stored is not there', async (store) => {
    expect(await store.get('casino', 'u:nobody')).toBeUndefined();
  });

  promise('a state is read back as it was stored, whatever letters are in it', async (store) => {
    const odd = '\ud800 é 漢 😀 \u0000 \u0001';
    const state = stateOf(odd, {
      nickname: odd,
      tags: [odd],
      properties: { [odd]: { value: [odd], trust: 'server' } },
    });
    expect(await store.update('casino', [{ customer: `u:${odd}`, version: 0, state }])).toEqual([true]);
    expect(await store.get('casino', `u:${odd}`)).toEqual({ version: 1, state });
    expect((await store.list('casino', undefined, 10)).customers).toEqual([
      { customer: `u:${odd}`, version: 1, state },
    ]);
  });

  promise('a change made from an older version is not stored, and the newer one stays', async (store) => {
    await store.update('casino', [change('anna', 0, { tags: ['FIRST'] })]);
    expect(await store.update('casino', [change('anna', 1, { tags: ['SECOND'] })])).toEqual([true]);
    expect(await store.update('casino', [change('anna', 1, { tags: ['LATE'] })])).toEqual([false]);
    expect(await store.update('casino', [change('anna', 0, { tags: ['NEW'] })])).toEqual([false]);
    expect(await store.get('casino', 'u:anna')).toMatchObject({ version: 2, state: { tags: ['SECOND'] } });
  });

  promise('of changes made from one version at the same time, exactly one is stored', async (store) => {
    await store.update('casino', [change('anna', 0)]);
    const stored = await Promise.all(
      Array.from({ length: 20 }, (_, n) => store.update('casino', [change('anna', 1, { tags: [`T${n}`] })])),
    );
    expect(stored.flat().filter(Boolean)).toHaveLength(1);
  });

  promise('of several changes, those in time are stored and the others are named', async (store) => {
    await store.update('casino', [change('anna', 0)]);
    expect(await store.update('casino', [change('bob', 0), change('anna', 0), change('carl', 0)])).toEqual([
      true,
      false,
      true,
    ]);
    expect(await store.get('casino', 'u:carl')).toBeDefined();
  });

  promise('how far the log is folded goes on with the changes, and stays where one of them was late', async (store) => {
    expect(await store.folded('casino')).toBe(0);
    await store.update('casino', [change('anna', 0)], { folded: 7 });
    expect(await store.folded('casino')).toBe(7);
    await store.update('casino', [change('bob', 0), change('anna', 0)], { folded: 9 });
    expect(await store.folded('casino')).toBe(7);
    await store.update('casino', [], { folded: 12 });
    expect(await store.folded('casino')).toBe(12);
    await store.update('casino', [change('anna', 1)]);
    expect(await store.folded('casino')).toBe(12);
  });

  promise('customers are listed in the order of their keys, page after page', async (store) => {
    const names = ['b', 'a', 'd', 'c', 'é'];
    await store.update(
      'casino',
      names.map((name) => change(name, 0)),
    );
    const listed: string[] = [];
    for (let after: string | undefined, more = true; more; ) {
      const page = await store.list('casino', after, 2);
      listed.push(...page.customers.map(({ customer }) => customer));
      more = page.next !== null;
      after = page.next ?? undefined;
    }
    expect(listed).toEqual(['u:a', 'u:b', 'u:c', 'u:d', 'u:é']);
  });

  promise('one label sees nothing of another', async (store) => {
    await store.update('other', [change('anna', 0)], { folded: 5 });
    await store.keepContent('other', 'e-1', 'theirs');
    expect(await store.get('casino', 'u:anna')).toBeUndefined();
    expect(await store.folded('casino')).toBe(0);
    expect((await store.list('casino', undefined, 10)).customers).toEqual([]);
    expect(await store.content('casino', 'e-1')).toBeUndefined();
    expect(await store.update('casino', [change('anna', 0)])).toEqual([true]);
  });

  promise('what an engagement shows is kept once: the first stays', async (store) => {
    expect(await store.content('casino', 'e-1')).toBeUndefined();
    await store.keepContent('casino', 'e-1', '{"title":"first"}');
    await store.keepContent('casino', 'e-1', '{"title":"second"}');
    expect(await store.content('casino', 'e-1')).toBe('{"title":"first"}');
  });

  promise('a setting is made once: whoever comes later is given the first', async (store) => {
    expect(await store.setting('push_key')).toBeUndefined();
    expect(await store.keepSetting('push_key', 'first')).toBe('first');
    expect(await store.keepSetting('push_key', 'second')).toBe('first');
    expect(await store.setting('push_key')).toBe('first');
    expect(await store.keepSetting('other', 'x')).toBe('x');
  });

  promise('what belongs to a change is kept with it, and nothing of a change that was late', async (store) => {
    const with_ = (version: number, uid: string): StateChange => ({
      ...change('anna', version),
      contents: [{ id: uid, content: uid }],
      deliveries: [delivery(uid)],
      traces: [trace(uid, 1)],
    });
    expect(await store.update('casino', [with_(0, 'sent-1')])).toEqual([true]);
    expect(await store.update('casino', [with_(0, 'late-1')])).toEqual([false]);
    expect([await store.content('casino', 'sent-1'), await store.content('casino', 'late-1')]).toEqual([
      'sent-1',
      undefined,
    ]);
    expect(await store.delivery('casino', 'sent-1')).toEqual({ ...delivery('sent-1'), customer: 'u:anna' });
    expect(await store.delivery('casino', 'late-1')).toBeUndefined();
    expect(await store.traces('casino', { eid: 'sent-1' }, 10)).toEqual([
      { ...trace('sent-1', 1), customer: 'u:anna' },
    ]);
    expect(await store.traces('casino', { eid: 'late-1' }, 10)).toEqual([]);
  });

  promise('a system event goes on from the last customer who was told, until everybody was', async (store) => {
    await store.update('casino', [], {
      fanouts: [
        { cursor: 9, after: null },
        { cursor: 5, after: 'u:anna' },
      ],
    });
    await store.update('other', [], { fanouts: [{ cursor: 1, after: null }] });
    expect(await store.fanouts('casino')).toEqual([
      { cursor: 5, after: 'u:anna' },
      { cursor: 9, after: null },
    ]);
    await store.update('casino', [change('bob', 0)], { fanouts: [{ cursor: 5, after: 'u:bob' }] });
    // Bob was told by another: who comes after him is not told before he is folded again.
    await store.update('casino', [change('bob', 0)], { fanouts: [{ cursor: 5, after: 'u:carl' }], fannedOut: [9] });
    expect(await store.fanouts('casino')).toEqual([
      { cursor: 5, after: 'u:bob' },
      { cursor: 9, after: null },
    ]);
    await store.update('casino', [], { fannedOut: [5] });
    expect(await store.fanouts('casino')).toEqual([{ cursor: 9, after: null }]);
  });

  promise('who is due is named, the longest due first, and nobody else', async (store) => {
    await store.update('casino', [
      change('late', 0, { wakes_at: 300 }),
      change('early', 0, { wakes_at: 100 }),
      change('never', 0),
      change('later', 0, { wakes_at: 301 }),
    ]);
    await store.update('other', [change('theirs', 0, { wakes_at: 1 })]);
    expect(await store.due('casino', 300, 10)).toEqual(['u:early', 'u:late']);
    expect(await store.due('casino', 300, 1)).toEqual(['u:early']);
    await store.update('casino', [change('early', 1, { wakes_at: 400 }), change('late', 1)]);
    expect(await store.due('casino', 300, 10)).toEqual([]);
    expect(await store.due('casino', 400, 10)).toEqual(['u:later', 'u:early']);
  });

  promise('a segment lists its customers by key, page after page, as their states say', async (store) => {
    const vip = (since: number) => ({ segments: { VIP: since, 'odd \ud800 é': 1 } });
    await store.update('casino', [
      change('c', 0, vip(3)),
      change('a', 0, vip(1)),
      change('é', 0, vip(5)),
      change('b', 0),
    ]);
    await store.update('other', [change('theirs', 0, vip(1))]);
    const first = await store.members('casino', 'VIP', undefined, 2);
    expect(first).toEqual({
      members: [
        { customer: 'u:a', since: 1 },
        { customer: 'u:c', since: 3 },
      ],
      next: 'u:c',
    });
    expect(await store.members('casino', 'VIP', first.next!, 2)).toEqual({
      members: [{ customer: 'u:é', since: 5 }],
      next: null,
    });
    expect(await store.memberCounts('casino')).toEqual({ VIP: 3, 'odd \ud800 é': 3 });
    await store.update('casino', [
      change('a', 1, { segments: { VIP: 9 } }),
      change('c', 1),
      change('b', 1, { segments: { NEW: 2 } }),
      // Of another version: nobody enters or leaves by what was not stored.
      change('é', 0),
    ]);
    expect((await store.members('casino', 'VIP', undefined, 10)).members).toEqual([
      { customer: 'u:a', since: 9 },
      { customer: 'u:é', since: 5 },
    ]);
    expect(await store.memberCounts('casino')).toEqual({ VIP: 2, 'odd \ud800 é': 1, NEW: 1 });
    expect(await store.members('casino', 'nobody’s', undefined, 10)).toEqual({ members: [], next: null });
  });

  promise('an id is known as it was first written, where the key does not say it', async (store) => {
    const odd = 'Ünit-\ud800-\u0000-"q"';
    const visitor = { customer: 'd:1', version: 0, state: stateOf('x', { user: null }) };
    await store.update('casino', [
      { ...change('anna', 0), state: stateOf('Anna') },
      { ...change('odd', 0), state: stateOf(odd) },
      change('bob', 0),
      visitor,
    ]);
    await store.update('casino', [{ ...change('anna', 1), state: stateOf('Anna', { nickname: 'A' }) }]);
    const asked = ['u:odd', 'd:1', 'u:nobody', 'u:bob', 'u:anna'];
    expect(await store.writtenIds('casino', asked)).toEqual(
      new Map([
        ['u:odd', odd],
        ['u:anna', 'Anna'],
      ]),
    );
    expect(await store.writtenIds('other', asked)).toEqual(new Map());
  });

  promise('what was sent is listed newest first, of a campaign, a customer or a channel', async (store) => {
    const rows = Array.from({ length: 9 }, (_, n) =>
      delivery(`sent-${n}`, {
        campaign: n % 3 === 0 ? 'other' : 'welcome',
        channel: n % 2 === 0 ? 'email' : 'popup',
        at: n === 8 ? 7_000 : n * 1_000,
        eid: n === 0 ? null : `event-${n}`,
        why: `\ud800 ${n}`,
      }),
    );
    const of = (n: number): string => (n < 5 ? 'anna' : 'bob');
    for (const [n, row] of rows.entries())
      await store.update('casino', [{ ...change(of(n), n - (n < 5 ? 0 : 5)), deliveries: [row] }]);
    const uids = async (query: Omit<DeliveryQuery, 'limit'>): Promise<string[]> => {
      const found: string[] = [];
      for (let after: string | null | undefined; after !== null; ) {
        const page = await store.deliveries('casino', { ...query, ...(after ? { after } : {}), limit: 2 });
        expect(page.deliveries.length).toBeLessThanOrEqual(2);
        found.push(...page.deliveries.map(({ uid }) => uid.slice(5)));
        after = page.next;
      }
      return found;
    };
    expect(await uids({})).toEqual(['8', '7', '6', '5', '4', '3', '2', '1', '0']);
    expect(await uids({ campaign: 'welcome' })).toEqual(['8', '7', '5', '4', '2', '1']);
    expect(await uids({ campaign: 'welcome', channel: 'popup' })).toEqual(['7', '5', '1']);
    expect(await uids({ channel: 'email' })).toEqual(['8', '6', '4', '2', '0']);
    expect(await uids({ customer: 'u:anna' })).toEqual(['4', '3', '2', '1', '0']);
    expect(await uids({ customer: 'u:anna', campaign: 'other', channel: 'popup' })).toEqual(['3']);
    expect(await uids({ campaign: 'nothing of the kind' })).toEqual([]);
    expect((await store.deliveries('casino', { limit: 9 })).deliveries.reverse()).toEqual(
      [...rows.slice(0, 7), rows[7], rows[8]].map((row, n) => ({ ...row, customer: `u:${of(n)}` })),
    );
    expect(await store.deliveries('other', { limit: 9 })).toEqual({ deliveries: [], next: null });
  });

  promise('a report counts what became of each, whenever it became that', async (store) => {
    await store.update('casino', [
      { ...change('anna', 0), deliveries: [delivery('a-1'), delivery('a-2', { channel: 'inbox', at: 5_000 })] },
      { ...change('bob', 0), deliveries: [delivery('b-1'), delivery('b-2', { campaign: 'other', channel: 'run' })] },
    ]);
    await store.update('casino', [
      { ...change('anna', 1), deliveries: [delivery('a-1', { status: 'sent', status_at: 2_000, why: '250 OK' })] },
    ]);
    await store.update('other', [{ ...change('anna', 0), deliveries: [delivery('a-1')] }]);
    const email = { campaign: 'welcome', channel: 'email' };
    const inbox = { campaign: 'welcome', channel: 'inbox', status: 'pending', count: 1 };
    expect(await store.funnel('casino', {})).toEqual([
      { campaign: 'other', channel: 'run', status: 'pending', count: 1 },
      { ...email, status: 'pending', count: 1 },
      { ...email, status: 'sent', count: 1 },
      inbox,
    ]);
    expect(await store.funnel('casino', { campaign: 'welcome', channel: 'inbox' })).toEqual([inbox]);
    expect(await store.funnel('casino', { since: 5_000 })).toEqual([inbox]);
    expect(await store.funnel('casino', { campaign: 'other', since: 1 })).toHaveLength(1);
    expect(await store.funnel('casino', { channel: 'email', since: 5_000 })).toEqual([]);
    expect(await store.delivery('casino', 'a-1')).toMatchObject({ status: 'sent', status_at: 2_000, why: '250 OK' });
  });

  promise('traces are found by event and by customer, newest first', async (store) => {
    await store.update('casino', [
      { ...change('anna', 0), traces: [trace('e-1', 1), trace('e-2', 2), trace(null, 3)] },
    ]);
    await store.update('casino', [{ ...change('bob', 0), traces: [trace('e-1', 4, 'amount 3 is not above 5')] }]);
    const found = async (of: { eid: string } | { customer: string }, limit = 10, label = 'casino') =>
      (await store.traces(label, of, limit)).map(({ customer, at }) => [customer, at]);
    expect(await found({ eid: 'e-1' })).toEqual([
      ['u:bob', 4],
      ['u:anna', 1],
    ]);
    expect(await found({ customer: 'u:anna' }, 2)).toEqual([
      ['u:anna', 3],
      ['u:anna', 2],
    ]);
    expect(await found({ eid: 'e-1' }, 10, 'other')).toEqual([]);
    expect((await store.traces('casino', { customer: 'u:bob' }, 1))[0]?.verdicts).toEqual(
      trace('e-1', 4, 'amount 3 is not above 5').verdicts,
    );
  });

  promise('of many traces the newest are kept, and those of another label are no part of them', async (store) => {
    await store.update('other', [{ ...change('theirs', 0), traces: [trace('theirs', 1)] }]);
    const each = 5_000;
    for (let version = 0; version * each <= TRACES_KEPT; version++) {
      const first = version * each;
      const traces = Array.from({ length: each }, (_, n) => trace(`e-${first + n}`, 1 + first + n));
      await store.update('casino', [{ ...change('anna', version), traces }]);
    }
    const kept = await store.traces('casino', { customer: 'u:anna' }, 2 * TRACES_KEPT);
    expect([kept.length, kept[0]?.eid, kept.at(-1)?.eid]).toEqual([
      TRACES_KEPT,
      `e-${TRACES_KEPT + each - 1}`,
      `e-${each}`,
    ]);
    expect(await store.traces('other', { eid: 'theirs' }, 1)).toHaveLength(1);
  });

  promise('a customer who is erased is nowhere, and everybody else is where they were', async (store) => {
    const sent = (uid: string) =>
      ({ uid, campaign: 'c', at: 1, eid: null, channel: 'sms', transactional: false, due_at: 1, tries: 0 }) as const;
    for (const uid of ['shared', 'hers-by-hand']) await store.keepContent('casino', uid, uid);
    const follows = (uid: string): Partial<StateChange> => ({
      contents: [{ id: uid, content: uid }],
      deliveries: [delivery(uid), delivery('shared', { campaign: 'admin' })],
      traces: [trace('e-1', 1)],
    });
    const state = { segments: { VIP: 1 }, wakes_at: 5 };
    await store.update('casino', [
      { ...change('anna', 0, { ...state, outbox: [sent('hers-by-hand')] }), ...follows('hers') },
      { ...change('bob', 0, state), ...follows('his') },
    ]);
    expect(await store.erase('casino', 'u:anna')).toEqual({ states: 1, contents: 2, deliveries: 2, traces: 1 });
    expect(await store.get('casino', 'u:anna')).toBeUndefined();
    expect(await store.due('casino', 10, 10)).toEqual(['u:bob']);
    expect((await store.members('casino', 'VIP', undefined, 10)).members).toEqual([{ customer: 'u:bob', since: 1 }]);
    expect(await store.memberCounts('casino')).toEqual({ VIP: 1 });
    expect(await store.delivery('casino', 'hers')).toBeUndefined();
    expect(await store.delivery('casino', 'shared')).toMatchObject({ customer: 'u:bob' });
    expect((await store.funnel('casino', {})).map(({ campaign, count }) => [campaign, count])).toEqual([
      ['admin', 1],
      ['welcome', 1],
    ]);
    expect((await store.traces('casino', { eid: 'e-1' }, 10)).map(({ customer }) => customer)).toEqual(['u:bob']);
    const words = ['hers', 'hers-by-hand', 'his', 'shared'].map((uid) => store.content('casino', uid));
    expect(await Promise.all(words)).toEqual([undefined, undefined, 'his', 'shared']);
    expect(await store.erase('casino', 'u:anna')).toEqual({ states: 0, contents: 0, deliveries: 0, traces: 0 });
    // Who comes back is somebody new.
    expect(await store.update('casino', [change('anna', 1)])).toEqual([false]);
    expect(await store.update('casino', [change('anna', 0)])).toEqual([true]);
  });

  promise(
    'what is older than a time is taken away, so many rows a call, and no customer who is known by name',
    async (store) => {
      const visitor = (device: string): StateChange => ({
        ...change(device, 0, { segments: { NEW: 1 } }),
        customer: `d:${device}`,
      });
      const follows = (uid: string, at: number): Partial<StateChange> => ({
        contents: [{ id: uid, content: uid }],
        deliveries: [delivery(uid, { at })],
        traces: [trace(uid, at)],
      });
      clock = 1_000;
      await store.update('casino', [
        { ...change('anna', 0), ...follows('old-1', 1_000) },
        visitor('gone'),
        visitor('stays'),
      ]);
      await store.update('other', [{ ...change('anna', 0), ...follows('old-1', 1_000) }]);
      clock = 2_000;
      await store.update('casino', [
        { ...change('anna', 1), ...follows('new-1', 2_000) },
        { ...visitor('stays'), version: 1 },
      ]);
      const calls: number[] = [];
      while (calls.at(-1) !== 0) calls.push(await store.purge('casino', 2_000, 3));
      expect(calls).toEqual([3, 1, 0]);
      expect((await store.list('casino', undefined, 10)).customers.map(({ customer }) => customer)).toEqual([
        'd:stays',
        'u:anna',
      ]);
      expect(await store.memberCounts('casino')).toEqual({ NEW: 1 });
      expect((await store.deliveries('casino', { limit: 10 })).deliveries.map(({ uid }) => uid)).toEqual(['new-1']);
      expect(await store.traces('casino', { customer: 'u:anna' }, 10)).toHaveLength(1);
      expect([await store.content('casino', 'old-1'), await store.content('casino', 'new-1')]).toEqual([
        undefined,
        'new-1',
      ]);
      expect([
        await store.content('other', 'old-1'),
        (await store.deliveries('other', { limit: 9 })).deliveries.length,
      ]).toEqual(['old-1', 1]);
    },
  );

  promise('a state that was read is a copy: changing it changes nothing that is stored', async (store) => {
    await store.update('casino', [change('anna', 0)]);
    (await store.get('casino', 'u:anna'))!.state.tags.push('MINE');
    expect((await store.get('casino', 'u:anna'))!.state.tags).toEqual([]);
  });

  promise('after its close nothing is answered, and closing again is harmless', async (store) => {
    await store.close();
    await store.close();
    await expect(store.get('casino', 'u:anna')).rejects.toThrow();
    await expect(store.update('casino', [])).rejects.toThrow();
    await expect(store.keepSetting('a', 'b')).rejects.toThrow();
  });

  test.skipIf(!reopen)(
    `everything is there after it was closed and opened again${reopen ? '' : ' (skipped: memory ends with its process)'}`,
    async () => {
      const first = await make();
      await first.update('casino', [change('anna', 0, { tags: ['KEPT'] })], { folded: 42 });
      await first.keepContent('casino', 'e-1', 'shown');
      await first.keepSetting('push_key', 'made');
      const again = await reopen!(first);
      expect(await again.get('casino', 'u:anna')).toMatchObject({ version: 1, state: { tags: ['KEPT'] } });
      expect(await again.folded('casino')).toBe(42);
      expect(await again.content('casino', 'e-1')).toBe('shown');
      expect(await again.keepSetting('push_key', 'other')).toBe('made');
      await again.close();
    },
  );
};
