/**
 * What every event log promises. A driver calls this with a way to make one; what it cannot keep it names, with the reason.
 */
import { expect, test } from 'vitest';
import { foldRegistry } from '../../src/collector/registry-tally.ts';
import type { EventLog, EventQuery } from '../../src/collector/store/event-log.ts';
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
    expect(await log.losses('casino')).toEqual({ totals: {}, devices: [], gaps: [] });
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
    const [[known, again]] = (await log.append([
      submission({ events: [login(60, 'by hand'), login(0, 'place 0')] }),
    ])) as [[unknown, unknown]];
    expect([typeof known, again]).toEqual(['number', 'duplicate']);
    expect((await log.rejections('casino', 10)).map(({ code }) => code)).toEqual(
      Array(2).fill('too_many_entry_points'),
    );
  });

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
