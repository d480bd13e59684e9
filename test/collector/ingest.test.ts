/** What becomes of events at the two doors, over real sockets. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  batch,
  browserEvent,
  envelope,
  md5Hash,
  newEid,
  newPage,
  read,
  type ShownEvent,
  send,
  sendFromServer,
  stored,
} from '../support/batches.ts';
import { type RunningCollector, startCollector } from '../support/collector.ts';

const day = 86_400_000;
const label = (name: string, more: object = {}) => ({
  name,
  keys: { public: [`${name}-label`], secret: [`${name}-secret`], admin: [`${name}-admin`] },
  brands: ['main', 'second'],
  origins: ['self'],
  hashes: { salts: [`${name}-salt`] },
  ...more,
});
const config = {
  trustedProxies: ['127.0.0.1'],
  labels: [
    label('demo'),
    label('listed', { deepLinkActions: { listed: ['Allowed'] } }),
    label('month', { retentionDays: 30 }),
    label('private', { honorGpc: true }),
    label('slow', { rates: { address: { perSecond: 0.001, burst: 3 } } }),
    label('rotating', {
      keys: { public: ['new-label', 'old-label'], secret: ['new-secret', 'old-secret'], admin: ['rotating-admin'] },
    }),
  ],
};

let collector: RunningCollector;
beforeAll(async () => {
  collector = await startCollector({ config });
});
afterAll(() => collector.stop());

/** The codes of a batch's verdicts. */
const verdicts = async (events: unknown[], more: Record<string, unknown> = {}): Promise<string[]> =>
  (await send(collector, batch(events, more))).body.rejected.map(({ code }) => code);

describe('a page’s batch', () => {
  test('is answered with its own id, and each event is stored as it was sent', async () => {
    const one = browserEvent({
      user_ext_id: 'anna',
      ext_brand_id: 'second',
      payload: { client_action: 'buy', deep: { a: [1] } },
    });
    const { status, headers, body } = await send(collector, batch([one], { batch_id: 'mine' }));
    expect([status, body]).toEqual([
      200,
      { batch_id: 'mine', request_id: headers.get('x-request-id'), duplicate: [], rejected: [] },
    ]);
    expect(await stored(collector, one.eid)).toEqual({
      ...one,
      label_key: 'demo-label',
      device_id: 'device-of-test',
      trust: 'unverified',
      received_at: expect.any(Number),
      cursor: expect.any(Number),
    });
  });

  test('tells of each event from a frame whose it is, in the log and in the customer’s timeline', async () => {
    const page = newPage();
    const of = (frame?: string) => page({ user_ext_id: 'framed', source: 'bridge', frame });
    const sent = [of('https://platform.example'), of('https://other.example:8443'), of()];
    expect(await verdicts([...sent, page({ user_ext_id: 'framed', frame: 'https://platform.example' })])).toEqual([
      'bad_context',
    ]);
    const { events } = (await read<{ events: ShownEvent[] }>(collector, '/v1/events?user_ext_id=framed')).body;
    expect(events.map(({ source, frame }) => [source, frame])).toEqual([
      ['bridge', 'https://platform.example'],
      ['bridge', 'https://other.example:8443'],
      ['api', undefined],
    ]);
    const { timeline } = (await read<{ timeline: ShownEvent[] }>(collector, '/v1/customers/framed')).body;
    expect(timeline).toEqual(events.reverse());
  });

  test('is understood compressed, told by its first bytes or by its header', async () => {
    for (const headers of [{}, { 'content-encoding': 'gzip' }]) {
      const one = browserEvent();
      const { status } = await send(collector, gzipSync(JSON.stringify(batch([one]))), headers);
      expect([status, (await stored(collector, one.eid))?.eid]).toEqual([200, one.eid]);
    }
  });

  test('of a browser that sends Global Privacy Control is refused where the label takes that for a refusal', async () => {
    const one = browserEvent();
    const refused = await send(collector, batch([one], { label_key: 'private-label' }), { 'sec-gpc': '1' });
    expect([refused.status, refused.body]).toMatchObject([403, { code: 'consent_refused' }]);
    const asked = await send(collector, batch([browserEvent()], { label_key: 'private-label' }));
    const elsewhere = await send(collector, batch([browserEvent()]), { 'sec-gpc': '1' });
    expect([asked.status, elsewhere.status]).toEqual([200, 200]);
  });

  test('is read whatever its content type is called', async () => {
    for (const type of ['', 'foo', 'application/json', 'text/plain;charset=UTF-8', 'application/x-www-form-urlencoded'])
      expect((await send(collector, batch([browserEvent()]), { 'content-type': type })).status).toBe(200);
  });

  test('takes the label’s first brand where it names none, and refuses one that the label has not', async () => {
    const one = browserEvent();
    expect(await verdicts([one, browserEvent({ ext_brand_id: 'third' })])).toEqual(['unknown_brand']);
    expect((await stored(collector, one.eid))?.ext_brand_id).toBe('main');
  });

  test('has its verdicts shown to the operator, and a refused event is no gap', async () => {
    const page = newPage();
    const events = [page(), page({ ext_brand_id: 'nowhere', user_ext_id: 'carl' }), page({ event_date: 'x' }), page()];
    const { body } = await send(collector, batch(events));
    const { rejections } = (
      await read<{ rejections: { eid: string; code: string }[] }>(collector, '/v1/rejections?limit=2')
    ).body;
    expect(rejections).toMatchObject([
      { index: 2, eid: events[2]!.eid, code: 'bad_event_date', from: 'browser', request_id: body.request_id },
      { index: 1, eid: events[1]!.eid, code: 'unknown_brand', event_type: 'client_action', user_ext_id: 'carl' },
    ]);
    const { gaps } = (await read<{ gaps: { page_id: string }[] }>(collector, '/v1/losses')).body;
    expect(gaps.filter(({ page_id }) => page_id === events[0]!.page_id)).toEqual([]);
  });

  test('is refused whole for what is wrong with all of it', async () => {
    const whole = async (body: unknown, headers = {}) => {
      const answer = await send(collector, body, headers);
      return [answer.status, answer.body.code];
    };
    expect(await whole(batch([], { label_key: 'nobody' }))).toEqual([401, 'unknown_label']);
    expect(await whole(batch([], { label_key: 'demo-secret' }))).toEqual([401, 'unknown_label']);
    expect(await whole({})).toEqual([400, 'bad_batch']);
    expect(await whole(batch(Array(1001).fill(browserEvent())))).toEqual([413, 'too_many_events']);
    expect(await whole(gzipSync('x'.repeat(2_000_000)))).toEqual([413, 'body_too_large']);
    expect(await whole(gzipSync(JSON.stringify(batch([browserEvent()]))).subarray(0, 60))).toEqual([400, 'bad_gzip']);
    expect(await whole('{}', { 'content-encoding': 'gzip' })).toEqual([400, 'bad_gzip']);
    expect(await whole(gzipSync(''))).toEqual([400, 'empty_body']);
    expect(await whole(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]))).toEqual([400, 'bad_json']);
  });

  test('with a payload over the limit loses that event alone, and one at the limit is kept', async () => {
    const sized = (bytes: number) =>
      browserEvent({ event_type: 'big', payload: { text: `${'é'.repeat((bytes - 11) / 2)}x` } });
    expect(await verdicts([sized(32 * 1024 + 2), sized(32 * 1024)])).toEqual(['payload_too_large']);
  });

  test('with the same id and another content is a duplicate, and the conflict is shown', async () => {
    const one = browserEvent({ user_ext_id: 'anna' });
    await send(collector, batch([one]));
    const { body } = await send(collector, batch([{ ...one, payload: { client_action: 'forged' } }]));
    expect([body.duplicate, body.rejected]).toEqual([[one.eid], []]);
    expect((await stored(collector, one.eid))?.payload).toEqual(one.payload);
    const { rejections } = (await read<{ rejections: object[] }>(collector, '/v1/rejections?limit=1')).body;
    expect(rejections).toMatchObject([{ eid: one.eid, code: 'eid_conflict', user_ext_id: 'anna' }]);
  });

  test('older than the label keeps events is refused as too old', async () => {
    const event_date = Date.now() - 31 * day;
    expect(await verdicts([browserEvent({ event_date })], { label_key: 'month-label' })).toEqual(['too_old']);
    expect(await verdicts([browserEvent({ event_date })])).toEqual([]);
  });

  test('from a link fires what the label lists, and an action by call is not asked', async () => {
    const link = (client_action: string, source: string) => browserEvent({ source, payload: { client_action } });
    const events = [link('Allowed', 'deep_link'), link('Other', 'deep_link'), link('Other', 'api')];
    expect(await verdicts(events, { label_key: 'listed-label' })).toEqual(['link_not_listed']);
  });

  test('finds its label by any active key, and is shown under the first', async () => {
    for (const key of ['new-label', 'old-label']) {
      const one = browserEvent();
      await send(collector, batch([one], { label_key: key }));
      expect((await stored(collector, one.eid, 'rotating-admin'))?.label_key).toBe('new-label');
    }
  });

  test('is limited by address in events, with a time to come back', async () => {
    const from = (address: string, many: number) =>
      send(
        collector,
        batch(
          Array.from({ length: many }, () => browserEvent()),
          { label_key: 'slow-label' },
        ),
        { 'x-forwarded-for': address },
      );
    expect((await from('203.0.113.1', 3)).status).toBe(200);
    const limited = await from('203.0.113.1', 1);
    expect([limited.status, limited.body.code]).toEqual([429, 'rate_limited']);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await from('203.0.113.2', 3)).status).toBe(200);
  });

  test('is limited by the pages that it counts where it has no events', async () => {
    const pages = ['page-one', 'page-two', 'page-three'].map((page_id) => ({
      page_id,
      session_id: 'session-1',
      seq: 1,
    }));
    const from = async (address: string, counts: unknown[]) =>
      (await send(collector, batch([], { label_key: 'slow-label', pages: counts }), { 'x-forwarded-for': address }))
        .status;
    expect([await from('203.0.113.3', pages), await from('203.0.113.3', [])]).toEqual([200, 429]);
  });

  test('speaks for its own customer: what every customer is told of comes from a server', async () => {
    const system = browserEvent({ scope: 'system', payload: { client_action: 'ITEM_IN_STOCK' } });
    const own = browserEvent();
    const { body } = await send(collector, batch([system, own]));
    expect(body.rejected).toMatchObject([{ index: 0, eid: system.eid, code: 'bad_scope' }]);
    expect(await stored(collector, system.eid)).toBeUndefined();
    expect(await stored(collector, own.eid)).not.toHaveProperty('scope');
  });
});

describe('a page of another origin', () => {
  test('gets its preflight answered, odd headers and all, without credentials', async () => {
    const { status, headers } = await fetch(`${collector.url}/v1/events`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://op.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-odd, content-type',
      },
    });
    expect([
      status,
      headers.get('access-control-allow-origin'),
      headers.get('vary'),
      headers.get('access-control-allow-credentials'),
    ]).toEqual([204, 'https://op.example', 'origin', null]);
    expect([headers.get('access-control-allow-methods'), headers.get('access-control-allow-headers')]).toEqual([
      'POST',
      'x-odd, content-type',
    ]);
  });

  test('can read every refusal, and when to come back', async () => {
    const { headers } = await send(collector, '{', { origin: 'https://evil.example' });
    expect(headers.get('access-control-allow-origin')).toBe('https://evil.example');
    expect(headers.get('access-control-expose-headers')).toContain('retry-after');
  });

  test('never speaks with a secret or an admin key; the collector’s own page may', async () => {
    const origin = 'https://op.example';
    const written = await sendFromServer(collector, envelope(), { origin });
    expect([written.status, written.body.code, written.headers.get('access-control-allow-origin')]).toEqual([
      403,
      'key_not_for_browsers',
      null,
    ]);
    const asked = await read(collector, '/v1/label', 'demo-admin', { origin });
    expect([asked.status, asked.body.code]).toEqual([403, 'key_not_for_browsers']);
    expect(
      (await read(collector, '/v1/label', 'demo-admin', { origin: `http://localhost:${collector.port}` })).status,
    ).toBe(200);
  });
});

describe('an operator’s server', () => {
  test('sends one envelope or an array, with or without Bearer, and is trusted', async () => {
    const one = envelope();
    expect((await sendFromServer(collector, one)).body.rejected).toEqual([]);
    expect(
      (await sendFromServer(collector, [envelope(), envelope()], { authorization: 'Bearer demo-secret' })).status,
    ).toBe(200);
    expect(await stored(collector, one.eid)).toMatchObject({
      trust: 'server',
      source: 'server',
      device_id: null,
      session_id: null,
      seq: null,
    });
  });

  test('names a user, or says that the event is the system’s', async () => {
    const system = envelope({ user_ext_id: undefined, scope: 'system' });
    const { body } = await sendFromServer(collector, [
      envelope({ user_ext_id: null }),
      system,
      envelope({ scope: 'system' }),
    ]);
    expect(body.rejected.map(({ code }) => code)).toEqual(['no_user', 'system_with_user']);
    expect(await stored(collector, system.eid)).toMatchObject({ scope: 'system', user_ext_id: null });
  });

  test('needs its own key: neither none, nor a page’s, nor an admin’s', async () => {
    for (const authorization of ['', 'Bearer ', 'demo-label', 'demo-admin', 'Bearer other'])
      expect((await sendFromServer(collector, envelope(), { authorization })).body.code).toBe('unknown_key');
    expect((await read(collector, '/v1/label', 'demo-secret')).status).toBe(401);
  });

  test('cannot reach another label, whatever its envelope says', async () => {
    const one = envelope({ label_key: 'listed-label' });
    await sendFromServer(collector, one);
    expect(await stored(collector, one.eid, 'listed-admin')).toBeUndefined();
  });

  test('proves nobody’s identity by a hash: its key is what is trusted', async () => {
    const user = `user-${newEid()}`;
    const page = browserEvent({ user_ext_id: user });
    await send(collector, batch([page], { hashes: { [user]: md5Hash(user, 'demo-salt', Date.now() + day) } }));
    const server = envelope({ user_ext_id: user });
    await sendFromServer(collector, server);
    expect([(await stored(collector, page.eid))?.trust, (await stored(collector, server.eid))?.trust]).toEqual([
      'verified',
      'server',
    ]);
  });
});

test('a name like a prototype’s changes nothing but its own event', async () => {
  const one = browserEvent();
  const text = JSON.stringify(batch([one])).replace(
    '"click"',
    '"click","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}',
  );
  expect((await send(collector, text)).body.rejected).toEqual([]);
  const response = await fetch(`${collector.url}/v1/events?eid=${one.eid}`, {
    headers: { authorization: 'demo-admin' },
  });
  expect(await response.text()).toContain('"__proto__":{"polluted":1}');
  expect(
    await verdicts([browserEvent({ user_ext_id: '__proto__' })], { hashes: JSON.parse('{"__proto__":"x"}') }),
  ).toEqual([]);
});
