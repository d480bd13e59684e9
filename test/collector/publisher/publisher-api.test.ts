/** The publisher API over HTTP: who may speak, what is stored of it, what it answers, and the ads that follow. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSessionTokens } from '../../../src/collector/publisher/session-tokens.ts';
import type { ClientEventAnswer, PublisherError } from '../../../src/wire/client-event.ts';
import { read, type ShownEvent, stored } from '../../support/batches.ts';
import { type CollectorHere, startHere } from '../../support/collector-here.ts';
import { root } from '../../support/source-map.ts';

const TOKEN = '91e471aed3c04b81bee792f23ad4859d';
/** The id that the documentation gives to every one of its examples. */
const ID = '2e08d638-04e2-4561-b56a-ca32cfff6203';
const seed = (name: string): string => readFileSync(`${root}/test/fixtures/seeds/client-event-${name}.json`, 'utf8');
let ids = 0;
const newId = (): string => `0e6cbb5c-7a4e-4c0e-8f6c-${String(++ids).padStart(12, '0')}`;
/** The later examples need an id of their own to be events of their own. */
const withOwnId = (body: string): string => body.replace(ID, newId());

let collector: CollectorHere;
beforeAll(async () => {
  collector = await startHere({
    label: {
      origins: ['self', 'https://bank.example'],
      ads: {
        coffee: { serveToken: TOKEN, content: { merchantName: 'Joe’s' } },
        fuel: { serveToken: 'fuel-token', autoActivated: true, content: {} },
      },
    },
  });
});
afterAll(() => collector.stop());

interface Told<Body> {
  status: number;
  headers: Headers;
  body: Body & PublisherError;
}
type Ads = { ads: { [id: string]: { [name: string]: unknown } } };

const post = async <Body>(
  path: string,
  body: string | undefined,
  headers: Record<string, string>,
): Promise<Told<Body>> => {
  const response = await fetch(`${collector.url}/v2/${path}`, {
    method: 'POST',
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Told<Body>['body'] };
};
const asServer = (customer: string): Record<string, string> => ({
  authorization: 'Bearer demo-secret',
  'x-source-customer-id': customer,
});
const say = (customer: string, body: string, headers: Record<string, string> = {}) =>
  post<ClientEventAnswer>('events/clientEvent', body, { ...asServer(customer), ...headers });
const adsOf = async (customer: string, query: object = {}): Promise<Ads['ads']> =>
  (await post<Ads>('ads/getAds', JSON.stringify(query), asServer(customer))).body.ads;
const sessionOf = async (customer: string): Promise<string> =>
  (await post<{ sessionToken: string }>('session/startSession', undefined, asServer(customer))).body.sessionToken;
const event = (more: object = {}): string =>
  JSON.stringify({
    clientEvents: [
      {
        clientEventId: newId(),
        clientEventType: 'SessionAction',
        clientEvent: 'LogEnrollment',
        clientEventTimestamp: new Date().toISOString(),
        clientEventMetadata: null,
        ...more,
      },
    ],
  });

describe('the documented examples, byte for byte', () => {
  const customer = 'anna';
  test('an impression is stored, and the ad is SERVED', async () => {
    expect(await adsOf(customer)).toMatchObject({ coffee: { activationState: 'NEW', visibilityState: 'VISIBLE' } });
    const { status, body } = await say(customer, seed('impression'), { 'x-cdlx-request-id': 'trace-1' });
    expect([status, body]).toEqual([200, { requestId: 'trace-1' }]);
    expect(await stored(collector, ID)).toMatchObject({
      user_ext_id: customer,
      event_type: 'AdViewableImpression',
      event_date: Date.UTC(2023, 2, 11, 8),
      trust: 'server',
      source: 'server',
      payload: {
        clientEventType: 'AdImpression',
        serveToken: TOKEN,
        section: 'LatestOffers',
        channel: 'OLB',
        imageSlots: ['logo'],
        categoryId: '1',
        displayPosition: 2,
      },
    });
    expect(await adsOf(customer)).toMatchObject({ coffee: { activationState: 'SERVED', visibilityState: 'VISIBLE' } });
  });

  test('an activation under an id of its own: the ad is ACTIVATED', async () => {
    const { status, body } = await say(customer, withOwnId(seed('activation')));
    expect([status, body]).toEqual([200, { requestId: expect.any(String) }]);
    expect(await adsOf(customer)).toMatchObject({ coffee: { activationState: 'ACTIVATED' } });
  });

  test('a parked ad is not returned any more, except to who asks for parked ones, and UnParkOffer brings it back', async () => {
    await say(customer, withOwnId(seed('parking')));
    expect(Object.keys(await adsOf(customer))).toEqual(['fuel']);
    expect(await adsOf(customer, { visibilityStates: ['PARKED'] })).toEqual({
      coffee: {
        adId: 'coffee',
        adServeToken: TOKEN,
        merchantName: 'Joe’s',
        activationState: 'ACTIVATED',
        visibilityState: 'PARKED',
      },
    });
    await say(customer, withOwnId(seed('parking')).replace('ParkOffer', 'UnParkOffer'));
    expect(await adsOf(customer)).toMatchObject({ coffee: { visibilityState: 'VISIBLE' } });
  });

  test('other activity is stored, and what is odd about it is told', async () => {
    const { status, body } = await say(customer, withOwnId(seed('other-activity')));
    expect([status, body]).toEqual([
      200,
      {
        requestId: expect.any(String),
        warnings: [
          {
            index: 1,
            clientEventId: '7a26012c-8ede-4375-a956-8af1c27f5280',
            message: 'clientEvent is not among the published names',
          },
          {
            index: 2,
            clientEventId: 'ad664ef4-5bcb-4a54-b787-efa500e723fd',
            message: 'clientEventType of this clientEvent is CustomerProfileAction as published',
          },
        ],
      },
    ]);
    expect(await stored(collector, '7a26012c-8ede-4375-a956-8af1c27f5280')).toMatchObject({
      event_type: 'ExpandRedemption',
      payload: { clientEventType: 'CustomerProfileAction' },
    });
  });

  test('as they stand they share an id: the first one stays, and each other is a conflict that is recorded', async () => {
    const before = await adsOf(customer);
    for (const name of ['activation', 'parking', 'other-activity'])
      expect((await say(customer, seed(name))).body.duplicate).toContain(ID);
    const { body } = await read<{ rejections: { code: string; eid: string; event_type: string }[] }>(
      collector,
      '/v1/rejections',
    );
    const conflicts = body.rejections.filter(({ code, eid }) => code === 'eid_conflict' && eid === ID);
    expect(conflicts.map(({ event_type }) => event_type).sort()).toEqual([
      'ActivateOffer',
      'LogEnrollment',
      'ParkOffer',
    ]);
    expect(await stored(collector, ID)).toMatchObject({ event_type: 'AdViewableImpression' });
    expect(await adsOf(customer)).toEqual(before);
  });

  test('a conflict says whether a server or a session’s token sent it', async () => {
    const clientEventId = newId();
    await say(customer, event({ clientEventId }));
    const changed = event({ clientEventId, clientEvent: 'LogLogin' });
    await say(customer, changed);
    await post('events/clientEvent', changed, { 'x-cdlx-session-token': await sessionOf(customer) });
    const { body } = await read<{ rejections: { from: string; eid: string }[] }>(collector, '/v1/rejections');
    const conflicts = body.rejections.filter(({ eid }) => eid === clientEventId);
    expect(conflicts.map(({ from }) => from)).toEqual(['browser', 'server']);
  });

  test('sent again unchanged, the first is a duplicate and no conflict', async () => {
    expect((await say(customer, seed('impression'))).body).toEqual({ requestId: expect.any(String), duplicate: [ID] });
  });
});

describe('ads', () => {
  test('stand to each customer for themselves', async () => {
    await say('bela', event({ clientEvent: 'ParkOffer', clientEventMetadata: { serveToken: TOKEN } }));
    expect(Object.keys(await adsOf('bela'))).toEqual(['fuel']);
    expect(Object.keys(await adsOf('cili'))).toEqual(['coffee', 'fuel']);
  });

  test('that activate by themselves say so, and are active once they were seen', async () => {
    const seen = { clientEvent: 'AdViewableImpression', clientEventMetadata: { serveToken: 'fuel-token' } };
    await say('dora', event(seen));
    expect(await adsOf('dora')).toMatchObject({
      fuel: { activationState: 'ACTIVATED', activationModel: 'AUTO_ACTIVATED' },
      coffee: { activationState: 'NEW' },
    });
  });

  test('are answered of the states that are asked for, and no more than are asked for', async () => {
    expect(Object.keys(await adsOf('dora', { activationStates: ['NEW', 'SERVED'] }))).toEqual(['coffee']);
    expect(Object.keys(await adsOf('dora', { maxAdLimit: 1 }))).toEqual(['coffee']);
    expect(Object.keys(await adsOf('dora', { visibilityStates: ['VISIBLE', 'PARKED'], channel: 'OLB' }))).toHaveLength(
      2,
    );
  });

  test('are answered to a question without a body, and to nobody in particular', async () => {
    const { status, body } = await post<Ads>('ads/getAds', undefined, asServer('no-user-available'));
    expect([status, Object.keys(body.ads)]).toEqual([200, ['coffee', 'fuel']]);
  });

  test.each<[object, string]>([
    [{ activationStates: ['OLD'] }, 'activationStates: must be a list of NEW, SERVED, ACTIVATED'],
    [{ visibilityStates: 'PARKED' }, 'visibilityStates: must be a list of VISIBLE, PARKED'],
    [{ visibilityStates: [] }, 'visibilityStates: must be a list of VISIBLE, PARKED'],
    [{ maxAdLimit: 0 }, 'maxAdLimit: must be a whole number from 1'],
    [[], 'body: must be an object'],
  ])('are refused to %j', async (query, message) => {
    const { status, body } = await post('ads/getAds', JSON.stringify(query), asServer('dora'));
    expect([status, body.type, body.validationErrors]).toEqual([400, 'ValidationException', [message]]);
  });
});

describe('a session', () => {
  test('is started by a server and speaks for its customer, in either header', async () => {
    const started = Date.now();
    const { status, headers, body } = await post<{ sessionToken: string; sessionExpirationTimestamp: string }>(
      'session/startSession',
      '{}',
      asServer('emil'),
    );
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    const minutes = (Date.parse(body.sessionExpirationTimestamp) - started) / 60_000;
    expect(Math.round(minutes)).toBe(15);
    for (const header of [
      { authorization: `Bearer ${body.sessionToken}` },
      { 'x-cdlx-session-token': body.sessionToken },
    ]) {
      const id = newId();
      const told = await post('events/clientEvent', event({ clientEventId: id }), header as Record<string, string>);
      expect(told.status).toBe(200);
      expect(await stored(collector, id)).toMatchObject({ user_ext_id: 'emil', trust: 'verified', source: 'api' });
    }
  });

  test('is started by the key and the customer of a body as well', async () => {
    const body = JSON.stringify({ clientId: 'bank', secret: 'demo-secret', sourceCustomerId: 'emil' });
    expect((await post('session/startSession', body, {})).status).toBe(200);
  });

  test('speaks for nobody else', async () => {
    const headers = { 'x-cdlx-session-token': await sessionOf('emil'), 'x-source-customer-id': 'anna' };
    const { status, body } = await post('events/clientEvent', event(), headers);
    expect([status, body.type]).toEqual([401, 'SessionValidationException']);
  });

  test('may be spoken of by the label’s pages, and by no others', async () => {
    const token = await sessionOf('emil');
    const from = (origin: string) => post('ads/getAds', '{}', { 'x-cdlx-session-token': token, origin });
    const own = await from('https://bank.example');
    expect([own.status, own.headers.get('access-control-allow-origin')]).toEqual([200, 'https://bank.example']);
    expect((await from('https://evil.example')).status).toBe(403);
  });

  test('is over after fifteen minutes, and no other signature is ours', () => {
    let now = 1_000_000;
    const tokens = createSessionTokens(Buffer.alloc(32, 1), () => now);
    const { token } = tokens.start('bank', 'anna');
    expect(tokens.read(token)).toMatchObject({ label: 'bank', customer: 'anna' });
    const [header = '', claims = '', signature = ''] = token.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const others = [
      createSessionTokens(Buffer.alloc(32, 2), () => now).start('bank', 'anna').token,
      `${none}.${claims}.`,
      `${none}.${claims}.${signature}`,
      `${header}.${claims}.`,
      `${header}.${claims}x.${signature}`,
      `${token}.${signature}`,
      `${header}.${Buffer.from('{"aud":"bank","sub":"bob","exp":9999999999}').toString('base64url')}.${signature}`,
      '',
      '..',
    ];
    expect(others.map((one) => tokens.read(one))).toEqual(others.map(() => undefined));
    now += 15 * 60_000 - 1_000;
    expect(tokens.read(token)).toBeTypeOf('object');
    now += 1_000;
    expect(tokens.read(token)).toBe('expired');
  });
});

describe('what a request says of itself', () => {
  test('is answered with its own id, or one of ours', async () => {
    const given = await say('anna', event(), { 'x-cdlx-request-id': '56d5d70e-7fb8-43d3-8331-19bb6930bbdb' });
    expect(given.body.requestId).toBe('56d5d70e-7fb8-43d3-8331-19bb6930bbdb');
    const ours = await say('anna', event(), { 'x-cdlx-request-id': 'a b'.repeat(200) });
    expect(ours.body.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('stands with its events, the meta data cut', async () => {
    const id = newId();
    const headers = { 'x-cdlx-session': 'session-7', 'x-cdlx-meta': 'm'.repeat(600) };
    await say('anna', event({ clientEventId: id }), headers);
    const { payload } = (await stored(collector, id)) as ShownEvent;
    expect(payload.request).toEqual({ session: 'session-7', meta: 'm'.repeat(512) });
  });

  test('mock data is judged, answered and not stored', async () => {
    const id = newId();
    const mock = { 'x-mock-data': 'true' };
    const seen = { clientEventId: id, clientEvent: 'ParkOffer', clientEventMetadata: { serveToken: TOKEN } };
    expect((await say('flora', event(seen), mock)).status).toBe(200);
    expect((await say('flora', event({ clientEventId: '' }), mock)).status).toBe(400);
    expect(await stored(collector, id)).toBeUndefined();
    expect(Object.keys(await adsOf('flora'))).toEqual(['coffee', 'fuel']);
  });
});

describe('an error', () => {
  const everyError = (body: PublisherError) => {
    const { rejected, ...form } = body;
    expect(Object.keys(form).sort()).toEqual(['requestId', 'status', 'title', 'type', 'validationErrors']);
  };

  test('of some events leaves the others stored', async () => {
    const good = newId();
    const { clientEvents } = JSON.parse(event({ clientEventId: good })) as { clientEvents: object[] };
    const bad = { ...clientEvents[0], clientEventId: newId(), clientEventTimestamp: 'yesterday' };
    const { status, body } = await say('anna', JSON.stringify({ clientEvents: [bad, ...clientEvents] }));
    expect([status, body]).toEqual([
      200,
      {
        requestId: expect.any(String),
        rejected: [
          {
            index: 0,
            clientEventId: bad.clientEventId,
            code: 'bad_event_date',
            message: 'clientEvents[0].clientEventTimestamp: must be ISO 8601, got string',
          },
        ],
      },
    ]);
    expect(await stored(collector, good)).toBeDefined();
  });

  test('of every event is a 400 that names the fields', async () => {
    const { status, body } = await say('anna', event({ clientEventType: 'Impression' }));
    everyError(body);
    expect([status, body]).toMatchObject([
      400,
      {
        type: 'ValidationException',
        status: 400,
        validationErrors: [expect.stringContaining('clientEvents[0].clientEventType')],
        rejected: [{ index: 0, code: 'bad_event_type' }],
      },
    ]);
  });

  test.each<[string, string, string | undefined, Record<string, string>, number, string]>([
    [
      'without a key',
      'events/clientEvent',
      event(),
      { 'x-source-customer-id': 'anna' },
      401,
      'SessionValidationException',
    ],
    [
      'with a wrong key',
      'ads/getAds',
      '{}',
      { authorization: 'Bearer nonsense', 'x-source-customer-id': 'a' },
      401,
      'SessionValidationException',
    ],
    [
      'with an admin key',
      'session/startSession',
      '{}',
      { authorization: 'Bearer demo-admin', 'x-source-customer-id': 'a' },
      401,
      'SessionValidationException',
    ],
    [
      'with a token that is none',
      'events/clientEvent',
      event(),
      { 'x-cdlx-session-token': 'abc' },
      401,
      'SessionValidationException',
    ],
    [
      'with a secret key in a page',
      'events/clientEvent',
      event(),
      { ...asServer('anna'), origin: 'https://bank.example' },
      403,
      'Forbidden',
    ],
    [
      'without a customer',
      'session/startSession',
      '{}',
      { authorization: 'Bearer demo-secret' },
      400,
      'ValidationException',
    ],
    ['for a customer of 10 kB', 'session/startSession', '{}', asServer('c'.repeat(10_000)), 400, 'ValidationException'],
    [
      'for who has no account',
      'events/clientEvent',
      event(),
      asServer('no-user-available'),
      400,
      'ValidationException',
    ],
    ['without a body', 'events/clientEvent', undefined, asServer('anna'), 400, 'HttpMessageNotReadable'],
    [
      'with a body cut short',
      'events/clientEvent',
      '{"clientEvents": [',
      asServer('anna'),
      400,
      'HttpMessageNotReadable',
    ],
    ['with no events', 'events/clientEvent', '{"clientEvents": []}', asServer('anna'), 400, 'ValidationException'],
    [
      'with too many events',
      'events/clientEvent',
      `{"clientEvents": [${new Array(1001).fill(0)}]}`,
      asServer('anna'),
      413,
      'PayloadTooLarge',
    ],
    [
      'with XML',
      'events/clientEvent',
      '<clientEvents/>',
      { ...asServer('anna'), 'content-type': 'text/xml' },
      415,
      'UnsupportedMediaType',
    ],
    ['at an address that does not exist', 'events/clientEvents', event(), asServer('anna'), 404, 'NotFound'],
  ])('is told %s', async (_, path, body, headers, status, type) => {
    const told = await post(path, body, { 'x-cdlx-request-id': 'trace-of-error', ...headers });
    everyError(told.body);
    expect([told.status, told.body]).toMatchObject([status, { status, type, requestId: 'trace-of-error' }]);
  });

  test('is told to who asks with another method, and which one it is', async () => {
    const response = await fetch(`${collector.url}/v2/events/clientEvent`);
    everyError((await response.json()) as PublisherError);
    expect([response.status, response.headers.get('allow')]).toEqual([405, expect.stringContaining('POST')]);
  });

  test('of too many requests says when to come back', async () => {
    const rates = { address: { perSecond: 1, burst: 1 } };
    const narrow = await startHere({ label: { rates } });
    const ask = () => fetch(`${narrow.url}/v2/ads/getAds`, { method: 'POST', headers: asServer('anna') });
    await ask();
    const response = await ask();
    everyError((await response.json()) as PublisherError);
    expect([response.status, Number(response.headers.get('retry-after'))]).toEqual([
      429,
      expect.toSatisfy((s) => s > 0),
    ]);
    await narrow.stop();
  });
});

test('a page may ask first whether it may: its headers are allowed', async () => {
  const response = await fetch(`${collector.url}/v2/events/clientEvent`, {
    method: 'OPTIONS',
    headers: { origin: 'https://bank.example', 'access-control-request-headers': 'x-cdlx-session-token,content-type' },
  });
  expect([response.status, response.headers.get('access-control-allow-headers')]).toEqual([
    204,
    'x-cdlx-session-token,content-type',
  ]);
});
