/**
 * What every event log promises. A driver calls this with a way to make one; what it cannot keep it names, with the reason.
 */
import { expect, test } from 'vitest';
import { foldRegistry } from '../../src/collector/registry-tally.ts';
import { bounds, type EventLog, type EventQuery } from '../../src/collector/store/event-log.ts';
import { event, minute, submission } from '../support/submissions.ts';

export interface LogContract {
  /** An empty log. */
  make(): Promise<EventLog>;
  /** The same log, closed and opened again; absent where nothing outlives it. */
  reopen?: (log: EventLog) => Promise<EventLog>;
  /** Names of promises that the driver does not make. */
  skip?: { reason: string; tests: string[] }[];
}

export const eventLogContract = ({ make, reopen, skip = [] }: LogContract): void => {
  const promise = (sentence: string, proof: (log: EventLog) => Promise<void>): void => {
    const skipped = skip.find(({ tests }) => tests.includes(sentence));
    test.skipIf(skipped)(skipped ? `${sentence} (skipped: ${skipped.reason})` : sentence, async () => {
      const log = await make();
      try {
        await proof(log);
      } finally {
        await log.close();
      }
    });
  };
  const all: EventQuery = { limit: 1000, order: 'asc' };
  const eids = async (log: EventLog, query: Partial<EventQuery> = {}, label = 'casino'): Promise<string[]> =>
    (await log.events(label, { ...all, ...query })).events.map(({ eid }) => eid);

  promise('an event is read back as it was sent, with what the collector knows of it', async (log) => {
    const payload = '{"client_action":"buy","amount":5,"nested":{"a":[1,null,"\\ud800 é 漢 😀"]}}';
    const [[cursor]] = (await log.append([
      submission({ received_at: 1000, events: [event('first-00', { payload, user_ext_id: 'u1' })] }),
    ])) as [[number]];
    expect((await log.events('casino', all)).events).toEqual([
      {
        eid: 'first-00',
        event_date: 500,
        ext_brand_id: 'main',
        user_ext_id: 'u1',
        event_type: 'client_action',
        payload: JSON.parse(payload),
        device_id: 'device-1',
        session_id: 'session-1',
        page_id: 'page-001',
        seq: 1,
        source: 'api',
        trust: 'unverified',
        received_at: 1000,
        cursor,
      },
    ]);
  });

  promise('an event sent again is stored once and called a duplicate', async (log) => {
    const once = submission({ events: [event('again-00')] });
    const [[first]] = (await log.append([once])) as [[unknown]];
    expect(first).toBeTypeOf('number');
    expect(await log.append([once])).toEqual([['duplicate']]);
    expect(await eids(log)).toEqual(['again-00']);
  });

  promise('an event twice in one group is stored once', async (log) => {
    const [[first, second], [third]] = (await log.append([
      submission({ events: [event('twice-00'), event('twice-00', { index: 1 })] }),
      submission({ events: [event('twice-00')] }),
    ])) as [[unknown, unknown], [unknown]];
    expect([typeof first, second, third]).toEqual(['number', 'duplicate', 'duplicate']);
  });

  promise('the same id a month later is a duplicate', async (log) => {
    const month = 30 * 24 * 60 * minute;
    await log.append([submission({ received_at: 1000, events: [event('month-00')] })]);
    for (let group = 0; group < 20; group++)
      await log.append([
        submission({
          events: Array.from({ length: 300 }, (_, n) => event(`between-${group}-${n}`, { index: n, seq: null })),
        }),
      ]);
    expect(await log.append([submission({ received_at: month, events: [event('month-00')] })])).toEqual([
      ['duplicate'],
    ]);
  });

  promise('the same id with another content is a conflict: the first stays, and the conflict is shown', async (log) => {
    await log.append([submission({ events: [event('clash-00', { payload: '{"client_action":"a"}' })] })]);
    for (const other of [
      { payload: '{"client_action":"b"}' },
      { user_ext_id: 'somebody else' },
      { event_type: 'other' },
      { event_date: 501 },
    ])
      expect(
        await log.append([submission({ events: [event('clash-00', { payload: '{"client_action":"a"}', ...other })] })]),
      ).toEqual([['conflict']]);
    const { events } = await log.events('casino', all);
    expect(events.map(({ payload }) => payload)).toEqual([{ client_action: 'a' }]);
    const rejections = await log.rejections('casino', 10);
    expect(rejections.map(({ eid, code }) => [eid, code])).toEqual(Array(4).fill(['clash-00', 'eid_conflict']));
  });

  const guessed = event('order-0001', { payload: '{"client_action":"nothing"}' });
  const servers = event('order-0001', {
    event_type: 'deposit_approved',
    payload: '{"amount":5}',
    user_ext_id: 'anna',
    source: 'server',
    trust: 'server',
    session_id: null,
    page_id: null,
    seq: null,
  });
  const fromServer = submission({ received_at: 2000, device_id: null, events: [servers] });

  promise('whoever takes a server’s id does not silence it: both events are kept and read by that id', async (log) => {
    const [[first]] = (await log.append([submission({ events: [guessed] })])) as [[number]];
    const [[second]] = (await log.append([fromServer])) as [[number]];
    expect(second).toBeGreaterThan(first);
    expect((await log.events('casino', { ...all, eid: 'order-0001' })).events).toMatchObject([
      { eid: 'order-0001', trust: 'unverified', cursor: first },
      { eid: 'order-0001', trust: 'server', payload: { amount: 5 }, user_ext_id: 'anna', cursor: second },
    ]);
    expect(await eids(log)).toEqual(['order-0001', 'order-0001']);
    expect(await eids(log, { user: 'anna' })).toEqual(['order-0001']);
    expect(await eids(log, { eid: 'order-0001!' })).toEqual([]);
    expect(await log.rejections('casino', 10)).toMatchObject([
      { eid: 'order-0001', code: 'eid_conflict', from: 'server', message: expect.stringContaining('beside it') },
    ]);
    expect(await log.minutes('casino', 0)).toEqual([{ minute: 0, stored: 2, duplicate: 0, rejected: 0 }]);
  });

  promise('in one group too, and in a verified user’s name', async (log) => {
    const verified = { ...guessed, trust: 'verified' as const, user_ext_id: 'mallory' };
    const outcomes = await log.append([submission({ events: [verified] }), fromServer, fromServer]);
    expect(outcomes.map(([outcome]) => (typeof outcome === 'number' ? 'stored' : outcome))).toEqual([
      'stored',
      'stored',
      'duplicate',
    ]);
  });

  promise('a server’s event beside a page’s is stored once, and both stay what they are', async (log) => {
    const page = submission({ events: [guessed] });
    const changed = submission({ device_id: null, events: [{ ...servers, payload: '{"amount":6}' }] });
    await log.append([page]);
    await log.append([fromServer]);
    expect(await log.append([fromServer, page, changed])).toEqual([['duplicate'], ['duplicate'], ['conflict']]);
    const { events } = await log.events('casino', { ...all, eid: 'order-0001' });
    expect(events.map(({ trust, payload }) => [trust, payload])).toEqual([
      ['unverified', { client_action: 'nothing' }],
      ['server', { amount: 5 }],
    ]);
  });

  promise('a page that comes under a server’s id changes nothing: the conflict is shown', async (log) => {
    await log.append([fromServer]);
    expect(await log.append([submission({ events: [guessed] })])).toEqual([['conflict']]);
    expect((await log.events('casino', all)).events).toMatchObject([{ trust: 'server', payload: { amount: 5 } }]);
    expect(await log.rejections('casino', 10)).toMatchObject([{ eid: 'order-0001', from: 'browser' }]);
  });

  promise('when the page’s event is gone the id is the server’s alone, and still stored once', async (log) => {
    await log.append([submission({ received_at: 1000, events: [guessed] })]);
    await log.append([fromServer]);
    expect(await log.purge('casino', 1500, 10)).toBe(1);
    expect(await log.append([fromServer])).toEqual([['duplicate']]);
    expect(await log.append([submission({ events: [guessed] })])).toEqual([['conflict']]);
    expect(await log.erase('casino', { user: 'anna' })).toBe(1);
    expect(await eids(log, { eid: 'order-0001' })).toEqual([]);
    expect(await log.append([submission({ events: [guessed] })])).toEqual([[expect.any(Number)]]);
  });

  promise('an event keeps the frame that it came from, whatever else was said on its page', async (log) => {
    const frame = 'https://platform.example';
    const framed = { source: 'bridge', frame } as const;
    await log.append([
      submission({
        events: [
          event('framed-0', framed),
          event('framed-1', { ...framed, frame: 'https://other.example', seq: 2 }),
          event('framed-2', { seq: 3 }),
        ],
      }),
    ]);
    await log.append([submission({ events: [event('framed-3', { ...framed, seq: 4 })] })]);
    const { events } = await log.events('casino', all);
    expect(events.map((one) => one.frame)).toEqual([frame, 'https://other.example', undefined, frame]);
    expect(events[2]).not.toHaveProperty('frame');
  });

  promise(
    'the same id from another frame is a duplicate, as from another source, and the first frame stays',
    async (log) => {
      const frame = 'https://platform.example';
      await log.append([submission({ events: [event('framed-0', { source: 'bridge', frame })] })]);
      for (const other of [{ source: 'bridge', frame: 'https://other.example' }, { source: 'api' }] as const)
        expect(await log.append([submission({ events: [event('framed-0', other)] })])).toEqual([['duplicate']]);
      expect((await log.events('casino', all)).events).toMatchObject([{ source: 'bridge', frame }]);
    },
  );

  promise('the same id under two labels is two events', async (log) => {
    const outcomes = await log.append([
      submission({ events: [event('tenant-0')] }),
      submission({ label: 'other', events: [event('tenant-0')] }),
    ]);
    expect(outcomes.flat().every((outcome) => typeof outcome === 'number')).toBe(true);
    expect([await eids(log), await eids(log, {}, 'other')]).toEqual([['tenant-0'], ['tenant-0']]);
  });

  promise('one label sees nothing of another', async (log) => {
    await log.append([
      submission({
        label: 'other',
        events: [event('secret-0', { user_ext_id: 'u1' })],
        losses: [['overflow', 3]],
        pages: [{ page_id: 'page-001', session_id: 'session-1', seq: 9 }],
        rejected: [
          {
            at: 1,
            index: 0,
            eid: null,
            code: 'bad_eid',
            message: 'm',
            event_type: null,
            user_ext_id: null,
            from: 'browser',
            request_id: 'r',
          },
        ],
      }),
    ]);
    await log.register('other', 'action', 'secret');
    expect(await log.events('casino', all)).toEqual({ events: [], next: null });
    expect(await eids(log, { eid: 'secret-0' })).toEqual([]);
    expect(await eids(log, { user: 'u1' })).toEqual([]);
    expect(await log.profile('casino', { user: 'u1' })).toBeUndefined();
    expect(await log.losses('casino')).toEqual({ totals: {}, devices: [], sessions: [], gaps: [] });
    expect(await log.rejections('casino', 10)).toEqual([]);
    expect(await log.registry('casino')).toEqual({ shapes: [], registered: [] });
    expect(await log.minutes('casino', 0)).toEqual([]);
  });

  promise('pages by cursor give every event once, in both directions', async (log) => {
    const names = Array.from({ length: 25 }, (_, n) => `page-ev-${String(n).padStart(2, '0')}`);
    await log.append(
      names.map((eid, n) => submission({ events: [event(eid, { seq: n + 1, user_ext_id: n % 2 ? 'odd' : 'even' })] })),
    );
    for (const query of [
      {},
      { user: 'odd' },
      { type: 'client_action' },
      { text: 'EVEN' },
    ] satisfies Partial<EventQuery>[])
      for (const order of ['asc', 'desc'] as const) {
        const seen: string[] = [];
        let after: number | null = null;
        do {
          const page: Awaited<ReturnType<EventLog['events']>> = await log.events('casino', {
            ...query,
            order,
            limit: 4,
            ...(after === null ? {} : { after }),
          });
          expect(page.events.length).toBeLessThanOrEqual(4);
          seen.push(...page.events.map(({ eid }) => eid));
          after = page.next;
        } while (after !== null);
        const wanted = names
          .filter((_, n) => !('user' in query) || n % 2 === 1)
          .filter((_, n) => !('text' in query) || n % 2 === 0);
        expect(seen).toEqual(order === 'asc' ? wanted : wanted.reverse());
      }
  });

  promise('a customer with thousands of events is read whole, the newest included', async (log) => {
    const wanted: string[] = [];
    for (let group = 0; group < 10; group++) {
      const events = Array.from({ length: 1000 }, (_, n) =>
        event(`many-${group}-${String(n).padStart(4, '0')}`, {
          index: n,
          seq: null,
          user_ext_id: n % 3 === 0 ? 'often' : `other ${n}`,
        }),
      );
      wanted.push(...events.filter(({ user_ext_id }) => user_ext_id === 'often').map(({ eid }) => eid));
      await log.append([submission({ received_at: 1000 + group, events })]);
    }
    expect(await log.profile('casino', { user: 'often' })).toEqual({
      first_seen: 1000,
      last_seen: 1009,
      events: wanted.length,
    });
    const newest = (await log.events('casino', { user: 'often', order: 'desc', limit: 1000 })).events.map(
      ({ eid }) => eid,
    );
    expect(newest).toEqual(wanted.slice(-1000).reverse());
    const oldest = await log.events('casino', { user: 'often', order: 'asc', limit: 1000 });
    const rest: string[] = oldest.events.map(({ eid }) => eid);
    for (let next = oldest.next; next !== null; ) {
      const page = await log.events('casino', { user: 'often', order: 'asc', limit: 1000, after: next });
      rest.push(...page.events.map(({ eid }) => eid));
      next = page.next;
    }
    expect(rest).toEqual(wanted);
  });

  promise('events are found by id, by type and by text in any case', async (log) => {
    await log.append([
      submission({
        events: [
          event('find-000', { user_ext_id: 'Ünal', payload: '{"client_action":"ClickedDeposit"}' }),
          event('find-001', { seq: 2, event_type: 'custom_type', payload: '{"note":"Straße"}' }),
        ],
      }),
    ]);
    expect(await eids(log, { eid: 'find-001' })).toEqual(['find-001']);
    expect(await eids(log, { eid: 'find-001', user: 'Ünal' })).toEqual([]);
    expect(await eids(log, { type: 'custom_type' })).toEqual(['find-001']);
    expect(await eids(log, { text: 'clickeddeposit' })).toEqual(['find-000']);
    expect(await eids(log, { text: 'ÜNAL' })).toEqual(['find-000']);
    expect(await eids(log, { text: 'STRAße' })).toEqual(['find-001']);
    expect(await eids(log, { text: '%' })).toEqual([]);
  });

  promise('ids that differ only in a lone surrogate are two customers', async (log) => {
    await log.append([
      submission({
        events: [event('lone-000', { user_ext_id: 'x\ud800' }), event('lone-001', { seq: 2, user_ext_id: 'x\ud801' })],
      }),
    ]);
    expect(await eids(log, { user: 'x\ud800' })).toEqual(['lone-000']);
    const { events } = await log.events('casino', all);
    expect(events.map(({ user_ext_id }) => user_ext_id)).toEqual(['x\ud800', 'x\ud801']);
  });

  promise('a device’s losses are counted once, however often it tells them', async (log) => {
    const tell = (device_id: string, count: number, received_at: number) =>
      log.append([submission({ device_id, received_at, losses: [['overflow', count]] })]);
    await tell('device-1', 3, 1000);
    await tell('device-1', 3, 2000);
    await tell('device-1', 5, 3000);
    await tell('device-1', 4, 4000);
    await tell('device-2', 2, 5000);
    expect(await log.losses('casino')).toEqual({
      totals: { overflow: 7 },
      devices: [
        { device_id: 'device-2', reason: 'overflow', count: 2, reported_at: 5000 },
        { device_id: 'device-1', reason: 'overflow', count: 5, reported_at: 3000 },
      ],
      sessions: [],
      gaps: [],
    });
  });

  promise('losses that devices make up are shown like any, however large they are together', async (log) => {
    const losses: [string, number][] = [['overflow', Number.MAX_SAFE_INTEGER]];
    const devices = Array.from({ length: 1_100 }, (_, n) => submission({ device_id: `device-${n}`, losses }));
    await log.append([...devices, submission({ losses: [['storage', 2]] })]);
    const { totals } = await log.losses('casino');
    expect(totals).toEqual({ overflow: expect.any(Number), storage: 2 });
    expect(totals.overflow).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
  });

  promise('a page’s missing numbers are shown until they come', async (log) => {
    const send = (seq: number) =>
      log.append([submission({ received_at: seq * 1000, events: [event(`gap-${seq}-000`, { seq })] })]);
    await send(1);
    await send(4);
    await log.append([
      submission({ received_at: 5000, pages: [{ page_id: 'page-001', session_id: 'session-1', seq: 6 }] }),
    ]);
    const gap = { page_id: 'page-001', session_id: 'session-1', device_id: 'device-1' };
    expect((await log.losses('casino')).gaps).toEqual([
      { ...gap, highest_seq: 6, stored: 2, missing: [2, 3, 5, 6], last_at: 5000 },
    ]);
    await send(3);
    await send(6);
    await log.append([
      submission({ received_at: 7000, arrived: [{ page_id: 'page-001', session_id: 'session-1', seq: 5 }] }),
    ]);
    expect((await log.losses('casino')).gaps).toEqual([
      { ...gap, highest_seq: 6, stored: 4, missing: [2], last_at: 7000 },
    ]);
    await send(2);
    expect((await log.losses('casino')).gaps).toEqual([]);
  });

  const page = { page_id: 'page-001', session_id: 'session-1' };
  /** Everything that is said of one page, in the order given. */
  const words = [
    submission({ received_at: 1000, events: [event('num-0001'), event('num-0004', { index: 1, seq: 4 })] }),
    submission({ received_at: 2000, lost: [{ ...page, reason: 'overflow', from: 2, to: 3 }] }),
    submission({ received_at: 3000, arrived: [{ ...page, seq: 5 }] }),
    submission({ received_at: 4000, pages: [{ ...page, seq: 9 }] }),
    submission({ received_at: 5000, lost: [{ ...page, reason: 'storage', from: 3, to: 6 }] }),
  ];
  const adding = { given: 9, stored: 2, refused: 1, missing: 3 };

  promise('what a session gave out adds up: stored, refused, lost by reason, missing', async (log) => {
    await log.append(words);
    const numbers = {
      lost: [
        { from: 2, to: 3, reason: 'overflow' },
        { from: 6, to: 6, reason: 'storage' },
      ],
      missing: [{ from: 7, to: 9 }],
    };
    const { totals, devices, sessions, gaps } = await log.losses('casino');
    expect(sessions).toEqual([
      {
        ...{ session_id: 'session-1', device_id: 'device-1', ...adding, lost: { overflow: 2, storage: 1 } },
        ...{ last_at: 5000, pages: [{ page_id: 'page-001', ...adding, ...numbers }] },
      },
    ]);
    expect([totals, devices.length]).toEqual([{ overflow: 2, storage: 1 }, 2]);
    expect(gaps).toMatchObject([{ highest_seq: 9, stored: 2, missing: [7, 8, 9] }]);
  });

  promise('a report that comes twice, or in another order, changes no number', async (log) => {
    await log.append([...words, ...words].reverse());
    const once = [{ ...adding, lost: { storage: 2, overflow: 1 } }];
    expect((await log.losses('casino')).sessions).toMatchObject(once);
    await log.append(words);
    expect((await log.losses('casino')).sessions).toMatchObject(once);
  });

  promise('an event that was reported lost and comes after all is stored, and no longer lost', async (log) => {
    await log.append([submission({ lost: [{ ...page, reason: 'overflow', from: 1, to: 2 }] })]);
    await log.append([submission({ events: [event('late-001', { seq: 2 })] })]);
    expect((await log.losses('casino')).sessions).toMatchObject([{ given: 2, stored: 1, lost: { overflow: 1 } }]);
    await log.append([submission({ arrived: [{ ...page, seq: 1 }] })]);
    const { totals, devices, sessions, gaps } = await log.losses('casino');
    expect([totals, devices, gaps]).toEqual([{}, [], []]);
    expect(sessions).toMatchObject([{ given: 2, stored: 1, refused: 1, lost: {}, missing: 0 }]);
  });

  promise('a session has the sums of all its pages, and shows those that lack something', async (log) => {
    const whole = Array.from({ length: 5 }, (_, n) =>
      event(`whole-00${n}`, { index: n, page_id: 'page-002', seq: n + 1 }),
    );
    await log.append([
      ...words,
      submission({ events: whole }),
      submission({ device_id: 'device-2', events: [event('other-01')] }),
    ]);
    const { sessions } = await log.losses('casino');
    expect(sessions).toMatchObject([
      { session_id: 'session-1', given: 14, stored: 7, pages: [{ page_id: 'page-001' }] },
    ]);
    expect(sessions[0]?.pages).toHaveLength(1);
  });

  promise('a duplicate under another number is not missing there', async (log) => {
    await log.append([submission({ events: [event('again-01')] })]);
    await log.append([submission({ events: [event('again-01', { seq: 2 })] })]);
    const { sessions, gaps } = await log.losses('casino');
    expect([sessions, gaps]).toMatchObject([[{ given: 2, stored: 1, refused: 1 }], []]);
  });

  promise('a device claims pages up to a bound, and its events are stored beyond it', async (log) => {
    const claims = Array.from({ length: bounds.claimedPages + 200 }, (_, n) => ({
      ...page,
      page_id: `claimed-${n}`,
      seq: 1,
    }));
    for (let at = 0; at < claims.length; at += 200)
      await log.append([submission({ received_at: 1000 + at, pages: claims.slice(at, at + 200) })]);
    await log.append([
      submission({ received_at: 9000, events: [event('beyond-0', { page_id: 'page-beyond', seq: 3 })] }),
    ]);
    const { sessions } = await log.losses('casino');
    expect(sessions[0]?.pages.length).toBeLessThanOrEqual(bounds.claimedPages + 1);
    expect(sessions[0]?.pages.map(({ page_id }) => page_id)).toContain('page-beyond');
    expect(sessions[0]?.pages.map(({ page_id }) => page_id)).not.toContain('claimed-1100');
  });

  promise('rejections are kept newest first, and no more than the bound', async (log) => {
    const record = (n: number) => ({
      at: n,
      index: 0,
      eid: null,
      code: 'bad_eid',
      message: 'm',
      event_type: null,
      user_ext_id: null,
      from: 'browser' as const,
      request_id: `r${n}`,
    });
    for (let start = 0; start < 10_500; start += 500)
      await log.append([submission({ rejected: Array.from({ length: 500 }, (_, n) => record(start + n)) })]);
    const kept = await log.rejections('casino', 20_000);
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([10_000, record(10_499), record(500)]);
  });

  promise('the registry counts what was stored, and duplicates not at all', async (log) => {
    const buy = { payload: '{"client_action":"buy"}', name: 'buy', shape: '[["amount","number"]]' };
    const send = (eid: string, received_at: number, more = {}) =>
      log.append([submission({ received_at, events: [event(eid, { ...buy, ...more })] })]);
    await send('buy-0000', 1000);
    await send('buy-0000', 2000);
    await send('buy-0001', 3000, { shape: '[["amount","string"],["bad name","null"]]' });
    expect(await log.register('casino', 'action', 'sell')).toBe(true);
    expect(await log.register('casino', 'action', 'sell')).toBe(false);
    const { actions } = foldRegistry(await log.registry('casino'));
    expect(
      actions.map(({ name, count, first_seen, last_seen, registered }) => [
        name,
        count,
        first_seen,
        last_seen,
        registered,
      ]),
    ).toEqual([
      ['buy', 2, 1000, 3000, false],
      ['sell', 0, null, null, true],
    ]);
  });

  promise('a label has at most 50 entry points, registered ones included', async (log) => {
    const login = (n: number, name: string) =>
      event(`entry-${String(n).padStart(3, '0')}`, {
        event_type: 'core_set_last_login_entry',
        name,
        seq: null,
        index: n,
      });
    await log.register('casino', 'entry_point', 'by hand');
    const outcomes = await log.append([
      submission({ events: Array.from({ length: 51 }, (_, n) => login(n, `place ${n}`)) }),
    ]);
    expect(outcomes[0]!.map((outcome) => (typeof outcome === 'number' ? 'stored' : outcome))).toEqual([
      ...Array(49).fill('stored'),
      'too_many_entry_points',
      'too_many_entry_points',
    ]);
    const proven = Array.from({ length: 51 }, (_, n) => ({
      ...login(100 + n, `proven ${n}`),
      trust: 'verified' as const,
    }));
    expect((await log.append([submission({ events: proven })]))[0]!.map((outcome) => typeof outcome)).toEqual([
      ...Array(50).fill('number'),
      'string',
    ]);
    const [[known, again]] = (await log.append([
      submission({ events: [login(60, 'by hand'), login(0, 'place 0')] }),
    ])) as [[unknown, unknown]];
    expect([typeof known, again]).toEqual(['number', 'duplicate']);
    expect((await log.rejections('casino', 10)).map(({ code }) => code)).toEqual(
      Array(3).fill('too_many_entry_points'),
    );
  });

  promise(
    'a name taken out of the registry is gone with its counts and rules, and makes room; its events stay, and another names it anew',
    async (log) => {
      const named = (eid: string, event_type: string, name: string) => event(eid, { event_type, name, seq: null });
      const login = (n: number) => named(`login-${n}`.padEnd(9, '-'), 'core_set_last_login_entry', `place \ud800 ${n}`);
      const view = async () => foldRegistry(await log.registry('casino'));
      await log.append([submission({ events: Array.from({ length: 50 }, (_, n) => login(n)) })]);
      await log.append([submission({ label: 'other', events: [named('buy-other', 'client_action', 'buy')] })]);
      await log.append([submission({ events: [named('buy-0000', 'client_action', 'buy')] })]);
      await log.register('casino', 'action', 'buy', { card: { drop: true } });
      expect(await log.unregister('casino', 'entry_point', 'buy')).toBe(false);
      expect(await log.unregister('casino', 'action', 'buy')).toBe(true);
      expect(await log.unregister('casino', 'action', 'buy')).toBe(false);
      expect((await view()).actions).toEqual([]);
      expect(foldRegistry(await log.registry('other')).actions).toMatchObject([{ name: 'buy', count: 1 }]);
      expect(await log.append([submission({ events: [login(50)] })])).toEqual([['too_many_entry_points']]);
      expect(await log.unregister('casino', 'entry_point', login(7).name)).toBe(true);
      expect(await log.append([submission({ events: [login(50)] })])).toEqual([[expect.any(Number)]]);
      await log.append([submission({ events: [named('buy-0001', 'client_action', 'buy')] })]);
      expect((await view()).actions).toMatchObject([{ name: 'buy', count: 1, registered: false, fields: [] }]);
      expect(await log.unregister('casino', 'event_type', 'client_action')).toBe(true);
      expect((await view()).event_types.map(({ name }) => name)).toEqual(['core_set_last_login_entry']);
      expect(await eids(log)).toHaveLength(53);
    },
  );

  promise('each minute counts what was stored, came again or was refused', async (log) => {
    const record = {
      at: minute,
      index: 0,
      eid: null,
      code: 'bad_eid',
      message: 'm',
      event_type: null,
      user_ext_id: null,
      from: 'browser' as const,
      request_id: 'r',
    };
    await log.append([
      submission({
        received_at: minute + 5,
        events: [event('count-00'), event('count-00', { index: 1 })],
        rejected: [record],
      }),
    ]);
    await log.append([submission({ received_at: 3 * minute, events: [event('count-01', { seq: 2 })] })]);
    expect(await log.minutes('casino', 0)).toEqual([
      { minute, stored: 1, duplicate: 1, rejected: 1 },
      { minute: 3 * minute, stored: 1, duplicate: 0, rejected: 0 },
    ]);
    expect(await log.minutes('casino', 2 * minute)).toHaveLength(1);
  });

  promise(
    'a visitor’s events are found by their device, and neither a customer’s nor a system event is among them',
    async (log) => {
      await log.append([
        submission({
          received_at: 1000,
          events: [event('visit-01'), event('visit-02', { seq: 2, user_ext_id: 'u1' })],
        }),
        submission({ received_at: 2000, device_id: 'device-2', events: [event('visit-03')] }),
        submission({ device_id: null, events: [event('server-1'), event('system-1', { system: true })] }),
        submission({ label: 'other', events: [event('visit-01')] }),
      ]);
      // A message of an open page names no place of it.
      const placeless = { page_id: null, session_id: null, seq: null };
      await log.append([submission({ received_at: 3000, events: [event('visit-04', placeless)] })]);
      expect(await eids(log, { visitor: 'device-1' })).toEqual(['visit-01', 'visit-04']);
      expect(await eids(log, { visitor: 'device-1', order: 'desc' })).toEqual(['visit-04', 'visit-01']);
      expect(await eids(log, { visitor: 'device-1', eid: 'visit-04' })).toEqual(['visit-04']);
      for (const eid of ['visit-02', 'visit-03', 'system-1'])
        expect(await eids(log, { visitor: 'device-1', eid })).toEqual([]);
      expect(await eids(log, { visitor: 'device-9' })).toEqual([]);
      const { events } = await log.events('casino', { ...all, visitor: 'device-1' });
      expect(events.map(({ device_id, user_ext_id, page_id }) => [device_id, user_ext_id, page_id])).toEqual([
        ['device-1', null, 'page-001'],
        ['device-1', null, null],
      ]);
      expect(await log.profile('casino', { visitor: 'device-1' })).toEqual({
        first_seen: 1000,
        last_seen: 3000,
        events: 2,
      });
      expect(await log.profile('casino', { visitor: 'device-9' })).toBeUndefined();
    },
  );

  promise(
    'rules for fields are kept with a registered name: new ones replace them, and none leaves them',
    async (log) => {
      const rules = { amount: { type: 'number' }, 'card \ud800': { drop: true } } as const;
      expect(await log.register('casino', 'event_type', 'deposit', rules)).toBe(true);
      expect(await log.register('casino', 'event_type', 'deposit')).toBe(false);
      expect((await log.registry('casino')).registered).toEqual([
        { kind: 'event_type', name: 'deposit', fields: rules },
      ]);
      await log.register('casino', 'event_type', 'deposit', { amount: { drop: true } });
      await log.register('casino', 'action', 'deposit');
      expect((await log.registry('casino')).registered).toEqual(
        expect.arrayContaining([
          { kind: 'event_type', name: 'deposit', fields: { amount: { drop: true } } },
          { kind: 'action', name: 'deposit', fields: {} },
        ]),
      );
    },
  );

  const refused = (user_ext_id: string | null, at = 1) => ({
    at,
    index: 0,
    eid: null,
    code: 'bad_eid',
    message: 'm',
    event_type: null,
    user_ext_id,
    from: 'browser' as const,
    request_id: 'r',
  });

  promise('a customer who is erased is nowhere in the log, and nobody else loses an event', async (log) => {
    const many = Array.from({ length: 1200 }, (_, n) =>
      event(`anna-${n}`, { index: n, seq: n + 1, user_ext_id: 'anna' }),
    );
    const page = { page_id: 'page-002', session_id: 'session-2' };
    await log.append([
      submission({ events: many, rejected: [refused('anna'), refused('bob'), refused(null)] }),
      // The end of a page of hers is still on its way, and on another she was not alone.
      submission({ pages: [{ page_id: 'page-001', session_id: 'session-1', seq: 1203 }] }),
      submission({
        events: [
          event('anna-x', { ...page, user_ext_id: 'anna' }),
          event('bob-1', { ...page, user_ext_id: 'bob', seq: 3 }),
        ],
      }),
      submission({ label: 'other', events: [event('anna-0', { user_ext_id: 'anna' })] }),
    ]);
    expect(await log.erase('casino', { user: 'anna' })).toBe(1201);
    expect(await eids(log)).toEqual(['bob-1']);
    expect([
      await eids(log, { user: 'anna' }),
      await eids(log, { eid: 'anna-7' }),
      await eids(log, { text: 'anna' }),
    ]).toEqual([[], [], []]);
    expect(await log.profile('casino', { user: 'anna' })).toBeUndefined();
    expect((await log.rejections('casino', 10)).map(({ user_ext_id }) => user_ext_id)).toEqual([null, 'bob']);
    // What was counted on a page goes on with it; a page that nothing stands on is gone.
    expect((await log.losses('casino')).gaps).toMatchObject([{ page_id: 'page-002', missing: [2] }]);
    expect((await log.events('casino', all)).events[0]).toMatchObject({ ...page, device_id: 'device-1', seq: 3 });
    expect(await eids(log, {}, 'other')).toEqual(['anna-0']);
    expect(await log.erase('casino', { user: 'anna' })).toBe(0);
  });

  promise('after an erasure events go on as ever: an id is free again, and a cursor is not', async (log) => {
    const send = (eid: string, user_ext_id: string | null) =>
      log.append([submission({ events: [event(eid, { user_ext_id })] })]);
    await send('bob-0001', 'bob');
    const [[last]] = (await send('anna-001', 'anna')) as [[number]];
    await log.erase('casino', { user: 'anna' });
    const [[again]] = (await send('anna-001', 'anna')) as [[number]];
    expect(again).toBeGreaterThan(last);
    expect(await send('anna-001', 'anna')).toEqual([['duplicate']]);
    expect(await eids(log, { user: 'anna' })).toEqual(['anna-001']);
    expect(await eids(log, { after: last })).toEqual(['anna-001']);
    expect((await log.events('casino', all)).events.map(({ page_id, device_id }) => [page_id, device_id])).toEqual(
      Array(2).fill(['page-001', 'device-1']),
    );
    expect((await log.losses('casino')).gaps).toEqual([]);
  });

  promise('where the case of letters makes no difference, every spelling of a customer is erased', async (log) => {
    const spellings = ['BOB', 'bob', 'Bob', 'BÖB', 'böb', 'bobby'];
    await log.append([
      submission({
        events: spellings.map((user_ext_id, n) => event(`spelt-00${n}`, { index: n, seq: n + 1, user_ext_id })),
        rejected: spellings.map((user) => refused(user)),
      }),
    ]);
    expect(await log.erase('casino', { user: 'BOB' })).toBe(1);
    expect(await log.erase('casino', { user: 'bob', anyCase: true })).toBe(2);
    const left = ['BÖB', 'böb', 'bobby'];
    expect((await log.events('casino', all)).events.map(({ user_ext_id }) => user_ext_id)).toEqual(left);
    expect((await log.rejections('casino', 10)).map(({ user_ext_id }) => user_ext_id).reverse()).toEqual(left);
  });

  promise(
    'a visitor who is erased takes what their device told along, and not what they did as a customer',
    async (log) => {
      await log.append([
        submission({
          events: [event('visit-01'), event('known-01', { seq: 3, user_ext_id: 'u1' })],
          losses: [['overflow', 3]],
        }),
        submission({ events: [event('visit-02', { page_id: 'page-002', seq: 5 })] }),
        submission({ pages: [{ page_id: 'page-003', session_id: 'session-1', seq: 2 }] }),
        submission({ device_id: 'device-2', events: [event('visit-03')], losses: [['overflow', 1]] }),
      ]);
      expect(await log.erase('casino', { visitor: 'device-1' })).toBe(2);
      expect(await eids(log)).toEqual(['known-01', 'visit-03']);
      const { totals, gaps } = await log.losses('casino');
      expect([totals, gaps.map(({ page_id }) => page_id)]).toEqual([{ overflow: 1 }, ['page-001']]);
    },
  );

  promise('what came before a time is taken away, the oldest first, so many events a call', async (log) => {
    const send = (n: number, more = {}) =>
      log.append([
        submission({
          received_at: n * 1000,
          device_id: `device-${n}`,
          events: [event(`aged-${n}00`, { page_id: `page-00${n}`, user_ext_id: n % 2 ? 'odd' : null, seq: 2 })],
          rejected: [refused('odd', n * 1000)],
          losses: [['overflow', 1]],
          ...more,
        }),
      ]);
    await send(1, { label: 'other' });
    for (const n of [1, 2, 3, 4, 5]) await send(n);
    await log.append([
      submission({
        received_at: 2500,
        device_id: 'device-6',
        pages: [{ page_id: 'page-006', session_id: 's', seq: 1 }],
      }),
    ]);
    expect(await log.purge('casino', 4000, 2)).toBe(2);
    expect(await eids(log)).toEqual(['aged-300', 'aged-400', 'aged-500']);
    expect(await log.purge('casino', 4000, 2)).toBe(1);
    expect(await log.purge('casino', 4000, 2)).toBe(0);
    expect([await eids(log), await eids(log, {}, 'other')]).toEqual([['aged-400', 'aged-500'], ['aged-100']]);
    expect([
      await eids(log, { user: 'odd' }),
      await eids(log, { visitor: 'device-2' }),
      await eids(log, { visitor: 'device-4' }),
    ]).toEqual([['aged-500'], [], ['aged-400']]);
    expect((await log.rejections('casino', 10)).map(({ at }) => at)).toEqual([5000, 4000]);
    const { totals, gaps } = await log.losses('casino');
    expect([totals, gaps.map(({ page_id }) => page_id)]).toEqual([{ overflow: 2 }, ['page-005', 'page-004']]);
    expect(await log.purge('casino', 9000, 10)).toBe(2);
    await send(9);
    expect(await eids(log)).toEqual(['aged-900']);
    expect(await eids(log, { order: 'desc' })).toEqual(['aged-900']);
  });

  promise('many groups at once are each stored whole', async (log) => {
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        log.append([
          submission({
            events: Array.from({ length: 5 }, (_, k) => event(`at-once-${n}-${k}`, { index: k, seq: null })),
          }),
        ]),
      ),
    );
    expect(new Set(await eids(log)).size).toBe(200);
  });

  if (reopen)
    promise('everything outlives a close: events, duplicates, registry, losses, gaps and counts', async (first) => {
      await first.append([
        submission({
          events: [event('kept-000', { seq: 2, user_ext_id: 'u1' })],
          losses: [['overflow', 1]],
          rejected: [
            {
              at: 1,
              index: 1,
              eid: null,
              code: 'bad_eid',
              message: 'm',
              event_type: null,
              user_ext_id: null,
              from: 'browser',
              request_id: 'r',
            },
          ],
        }),
      ]);
      const before = await everything(first);
      const second = await reopen(first);
      try {
        expect(await everything(second)).toEqual(before);
        expect(
          await second.append([submission({ events: [event('kept-000', { seq: 2, user_ext_id: 'u1' })] })]),
        ).toEqual([['duplicate']]);
        await second.append([submission({ events: [event('kept-001', { seq: 1, user_ext_id: 'u1' })] })]);
        expect((await second.losses('casino')).gaps).toEqual([]);
        expect(await eids(second, { user: 'u1' })).toEqual(['kept-000', 'kept-001']);
      } finally {
        await second.close();
      }
    });
};

const everything = async (log: EventLog) => ({
  events: await log.events('casino', { limit: 1000, order: 'asc' }),
  profile: await log.profile('casino', { user: 'u1' }),
  losses: await log.losses('casino'),
  rejections: await log.rejections('casino', 100),
  registry: await log.registry('casino'),
  minutes: await log.minutes('casino', 0),
});
