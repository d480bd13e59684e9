/** The published protocol over HTTP: who may speak for whom, and what they are answered. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ErrorBody } from '../../src/wire/event.ts';
import type { Answer } from '../../src/wire/protocol.ts';
import { md5Hash, stored } from '../support/batches.ts';
import { type CollectorHere, startHere } from '../support/collector-here.ts';
import { closeClients, connectCustomer } from '../support/socket-client.ts';
import { patiently } from '../support/until.ts';

let collector: CollectorHere;
beforeAll(async () => {
  collector = await startHere({
    label: {
      origins: ['self', 'https://op.example'],
      segments: { VIP: { tag: 'VIP' }, RICH: { property: 'rich', is: true } },
    },
  });
});
afterAll(() => collector.stop());
afterEach(closeClients);

interface Told {
  status: number;
  headers: Headers;
  body: Answer & ErrorBody;
}
const ask = async (message: unknown, headers: Record<string, string> = {}): Promise<Told> => {
  const response = await fetch(`${collector.url}/s2s-api`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof message === 'string' ? message : JSON.stringify(message),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Told['body'] };
};
const asServer = (message: object): Promise<Told> =>
  ask({ api_key: 'demo-secret', brand_key: 'demo-brand', ...message });
const other = (message: object): Promise<Told> => ask({ api_key: 'other-label', ...message });
const hashOf = (user: string): string => md5Hash(user, 'other-salt', Date.now() + 60_000);

describe('a secret key', () => {
  test('asks about any customer, and is answered with the message’s own id and time', async () => {
    const uuid = randomUUID();
    const { status, body } = await asServer({ ext_user_id: 'anna', cid: 527, uuid, ts: 5 });
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({ cid: 528, uuid, ts: 5, errCode: 0, points_balance: 0, current_level: 'Bronze' }),
    ]);
  });

  test('says what happened with the trust of a server', async () => {
    const uuid = randomUUID();
    const event = { cid: 9, uuid, eventType: 'deposit_approved', payload: { amount: 5 } };
    expect((await asServer({ ext_user_id: 'payer', ...event })).body).toMatchObject({ cid: 10, errCode: 0 });
    expect(await stored(collector, uuid)).toMatchObject({ trust: 'server', source: 'server', user_ext_id: 'payer' });
  });

  test('changes a customer whose pages are open, and they hear of it', async () => {
    const page = await connectCustomer(collector, 'watched');
    const payload = { operation: 'add', tags: ['vip'] };
    const event = { cid: 9, uuid: randomUUID(), eventType: 'core_public_tags_update', payload };
    await asServer({ ext_user_id: 'watched', ...event });
    expect(await page.next(108)).toMatchObject({ props: { core_public_tags: ['VIP'] } });
    expect((await asServer({ ext_user_id: 'watched', cid: 161, segment_id: ['VIP'] })).body).toMatchObject({
      cid: 162,
      segments: [{ segment_id: 'VIP', is_matching: true }],
    });
  });

  test('changes a segment by what pages do not see, and they hear that something did', async () => {
    const page = await connectCustomer(collector, 'rich');
    const event = { cid: 9, uuid: randomUUID(), eventType: 'update_profile', payload: { rich: true } };
    await asServer({ ext_user_id: 'rich', ...event });
    expect(await page.next(108)).toMatchObject({ props: {} });
    expect(await page.ask({ cid: 161, segment_id: ['RICH'] })).toMatchObject({ segments: [{ is_matching: true }] });
  });

  test('has no place in another site’s page', async () => {
    const { status, body } = await ask(
      { api_key: 'demo-secret', ext_user_id: 'anna', cid: 527 },
      { origin: 'https://op.example' },
    );
    expect([status, body.code]).toEqual([403, 'key_not_for_browsers']);
  });

  test('needs a customer to speak about', async () => {
    expect((await asServer({ cid: 527 })).body).toMatchObject({ cid: 528, errCode: 4013 });
  });
});

describe('a label’s key', () => {
  test('speaks for the customer whose hash comes with it, and for nobody else', async () => {
    const profile = { ext_user_id: 'anna', cid: 527 };
    expect((await other({ ...profile, hash: hashOf('anna') })).body).toMatchObject({ cid: 528, errCode: 0 });
    expect((await other(profile)).body).toMatchObject({ cid: 528, errCode: 4011 });
    expect((await other({ ...profile, hash: hashOf('bob') })).body).toMatchObject({ cid: 528, errCode: 4011 });
    const expired = md5Hash('anna', 'other-salt', Date.now() - 1);
    expect((await other({ ...profile, hash: expired })).body).toMatchObject({ cid: 528, errCode: 4012 });
  });

  test('needs no hash on a label that requires none', async () => {
    const { body } = await ask({ api_key: 'demo-label', ext_user_id: 'anna', cid: 513 });
    expect(body).toMatchObject({ cid: 514, errCode: 0, log: [] });
  });

  test('speaks for the visitor of a device', async () => {
    const visitor = { api_key: 'demo-label', device_id: 'device-over-http' };
    expect((await ask({ ...visitor, cid: 513 })).body).toMatchObject({ cid: 514, errCode: 0 });
    expect((await ask({ ...visitor, cid: 7, uuid: randomUUID() })).body).toMatchObject({ cid: 11, errCode: 4013 });
    expect((await ask({ api_key: 'demo-label', cid: 513 })).body).toMatchObject({ cid: 514, errCode: 4013 });
  });

  test('is for the pages that the label lists, and each of them may read the answer', async () => {
    const message = { api_key: 'demo-label', ext_user_id: 'anna', cid: 527 };
    const { status, headers } = await ask(message, { origin: 'https://op.example' });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, 'https://op.example']);
    const refused = await ask(message, { origin: 'https://evil.example' });
    expect([refused.status, refused.body.code]).toEqual([403, 'origin_not_allowed']);
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://evil.example');
  });

  test('is let through by a browser’s preflight', async () => {
    const response = await fetch(`${collector.url}/s2s-api`, {
      method: 'OPTIONS',
      headers: { origin: 'https://op.example', 'access-control-request-headers': 'content-type' },
    });
    expect([response.status, response.headers.get('access-control-allow-headers')]).toEqual([204, 'content-type']);
  });
});

test('neither a key nor a hash is stored with what is said by them', async () => {
  const uuid = randomUUID();
  const proof = { brand_key: 'other-brand', ext_user_id: 'anna', device_id: 'device-over-http', hash: hashOf('anna') };
  await other({ ...proof, cid: 155, uuid, activity: 'opened' });
  expect((await stored(collector, uuid, 'other-admin'))?.payload).toEqual({ activity: 'opened' });
});

test('IDENTIFY brings what a socket would have pushed, and INIT what a page needs', async () => {
  const engagement = { kind: 'deep_link', dp: 'dp:inbox', engagement_uid: 'polled-engagement' };
  await fetch(`${collector.url}/v1/customers/poller/engagements`, {
    method: 'POST',
    headers: { authorization: 'demo-admin', 'content-type': 'application/json' },
    body: JSON.stringify(engagement),
  });
  const page = { api_key: 'demo-label', ext_user_id: 'poller' };
  const identified = await ask({ ...page, cid: 5 });
  expect(identified.body).toMatchObject({
    cid: 6,
    errCode: 0,
    ext_user_id: 'poller',
    props: { is_visitor: false },
    pending: [{ cid: 105, engagement_uid: 'polled-engagement', payload: { dp: 'dp:inbox' } }],
  });
  const shown = { engagement_uid: 'polled-engagement', activityType: 34 };
  expect((await ask({ ...page, cid: 103, uuid: randomUUID(), ...shown })).body).toMatchObject({ cid: 103, errCode: 0 });
  await expect.poll(async () => (await ask({ ...page, cid: 5 })).body.pending, patiently).toEqual([]);
  expect((await ask({ ...page, cid: 3 })).body).toMatchObject({ cid: 4, settings: { DEEP_LINKS: expect.any(String) } });
  expect((await ask({ ...page, cid: 1 })).body).toMatchObject({ cid: 2, errCode: 0 });
});

test.each<[string, unknown, number, string]>([
  ['no body', '', 400, 'empty_body'],
  ['a body that is not JSON', '{', 400, 'bad_json'],
  ['a list', [], 400, 'bad_request'],
  ['no number', { api_key: 'demo-secret' }, 400, 'bad_request'],
  ['no key', { cid: 527 }, 401, 'unknown_key'],
  ['a key that nobody has', { api_key: 'nobody', cid: 527 }, 401, 'unknown_key'],
  ['a key that is no text', { api_key: { $ne: null }, cid: 527 }, 401, 'unknown_key'],
  ['an admin key', { api_key: 'demo-admin', cid: 527 }, 401, 'unknown_key'],
])('%s is refused as everywhere', async (_, message, status, code) => {
  const told = await ask(message);
  expect([told.status, told.body.code]).toEqual([status, code]);
});

test.each<[string, object, number]>([
  ['an unknown message', { cid: 4242 }, 99999],
  ['a brand that is not the label’s', { cid: 527, brand_key: 'other-brand' }, 404],
  ['a customer’s id that is none', { cid: 527, ext_user_id: ' ' }, 400],
  ['an event without an id', { cid: 9, eventType: 'x' }, 400],
  ['a segment that is an object', { cid: 161, segment_id: [{}] }, 400],
])('%s is answered in the protocol’s own words', async (_, message, errCode) => {
  const { status, body } = await asServer({ ext_user_id: 'anna', ...message });
  expect([status, body.errCode]).toEqual([200, errCode]);
  expect(body.errMsg).toMatch(/^[a-z_]+: /);
});
