/** What an operator reads of segments, over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { batch, browserEvent, envelope, read, send, sendFromServer } from '../support/batches.ts';
import { type CollectorHere, startHere } from '../support/collector-here.ts';
import { patiently } from '../support/until.ts';

let collector: CollectorHere;
beforeAll(async () => {
  collector = await startHere({
    label: {
      segments: { VIP: { tag: 'VIP' }, BUYERS: { event: 'bought', count: { min: 2 }, within: '7d' } },
      campaigns: {},
      missions: {},
    },
  });
  for (const user of ['Anna', 'bela'])
    await sendFromServer(collector, [
      envelope({ user_ext_id: user, event_type: 'bought', payload: { amount: 5 } }),
      envelope({ user_ext_id: user, event_type: 'update_profile', payload: { city: 'Wien', 'post-code': '1010' } }),
    ]);
  await sendFromServer(collector, envelope({ user_ext_id: 'Anna', event_type: 'bought', payload: { amount: 7 } }));
  const tags = { operation: 'add', tags: ['vip'] };
  const visitor = browserEvent({ event_type: 'core_public_tags_update', payload: tags });
  await send(collector, batch([visitor], { device_id: 'device-of-visitor' }));
});
afterAll(() => collector.stop());

const post = async (path: string, body: unknown) => {
  const response = await fetch(collector.url + path, {
    method: 'POST',
    headers: { authorization: 'Bearer demo-admin' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as { [name: string]: unknown } };
};
const get = async <Answer>(path: string) => (await read<Answer>(collector, path)).body;

test('every segment with its rule as the config says it, and how many are in it', async () => {
  const segments = () => get('/v1/segments');
  await expect.poll(segments, patiently).toEqual({
    segments: [
      { name: 'VIP', rule: { tag: 'VIP' }, customers: 1 },
      { name: 'BUYERS', rule: { event: 'bought', count: { min: 2 }, within: '7d' }, customers: 1 },
    ],
  });
});

test('who is in one: customers as they were first written, and visitors', async () => {
  const buyers = () => get('/v1/segments/BUYERS');
  await expect
    .poll(buyers, patiently)
    .toEqual({ members: [{ user_ext_id: 'Anna', device_id: null, since: expect.any(Number) }], next: null });
  expect(await get('/v1/segments/VIP')).toMatchObject({
    members: [{ user_ext_id: null, device_id: 'device-of-visitor' }],
  });
  expect((await read(collector, '/v1/segments/NONE')).body.code).toBe('not_found');
  expect((await read(collector, '/v1/segments/toString')).body.code).toBe('not_found');
});

test('why somebody is in one or not', async () => {
  const why = (query: string) => get<{ matches: boolean; why: string }>(`/v1/segments/BUYERS/why?${query}`);
  await expect.poll(() => why('user_ext_id=anna'), patiently).toMatchObject({ matches: true });
  expect(await why('user_ext_id=bela')).toMatchObject({ matches: false, why: expect.stringContaining('bought') });
  expect(await why('device_id=device-of-visitor')).toMatchObject({ matches: false });
  expect(await why('')).toMatchObject({ code: 'bad_query' });
  expect(await why('user_ext_id=a&device_id=device-of-visitor')).toMatchObject({ code: 'bad_query' });
});

test('a customer shows what they are in, since when and why', async () => {
  const anna = () => get('/v1/customers/Anna');
  await expect.poll(anna, patiently).toMatchObject({
    segments: ['BUYERS'],
    memberships: [{ segment: 'BUYERS', since: expect.any(Number), why: expect.stringContaining('bought') }],
  });
  expect(await get('/v1/visitors/device-of-visitor')).toMatchObject({
    user_ext_id: null,
    device_id: 'device-of-visitor',
    tags: ['VIP'],
    segments: ['VIP'],
  });
});

describe('a rule that is in no config yet', () => {
  const preview = (rule: unknown, more: object = {}) => post('/v1/segments/preview', { rule, ...more });

  test('is asked of everybody, with the reason', async () => {
    const wien = () => preview({ property: 'city', is: 'Wien' });
    await expect.poll(wien, patiently).toMatchObject({
      status: 200,
      body: {
        customers: [
          { user_ext_id: 'Anna', device_id: null, why: expect.stringContaining('city') },
          { user_ext_id: 'bela', device_id: null, why: expect.stringContaining('city') },
        ],
        checked: 3,
        more: false,
      },
    });
    expect((await preview({ not: { segment: 'VIP' } }, { limit: 1 })).body).toMatchObject({ more: true });
    expect((await preview({ segment: 'VIP' })).body).toMatchObject({ checked: 3, customers: [{ user_ext_id: null }] });
  });

  test.each([
    ['I43: SQL in the place of a field', { event: 'bought', where: { 'amount) OR 1=1 --': 1 } }, 'rule.where'],
    ['a regular expression', { event: 'bought', where: { item: { $regex: '^(a+)+$' } } }, 'rule.where'],
    ['code', { event: 'bought', where: { $where: 'sleep(1000)' } }, 'rule.where'],
    ['a prototype', { event: 'bought', where: { '__proto__.polluted': 1 } }, 'rule.where'],
    ['a field with a hyphen', { event: 'bought', where: { 'post-code': 1 } }, 'rule.where'],
    ['a segment that is not there', { segment: 'VPI' }, 'rule'],
    ['two rules at once', { tag: 'A', language: 'de' }, 'rule'],
    ['no rule', null, 'rule'],
  ])('with %s is refused with its place, and nothing else happens', async (_, rule, path) => {
    const { status, body } = await preview(rule);
    expect([status, body.code]).toEqual([400, 'bad_definition']);
    expect(body.message).toContain(path);
    expect((body.mistakes as { path: string }[]).every((one) => one.path.startsWith('rule'))).toBe(true);
    expect((await get<{ segments: object[] }>('/v1/segments')).segments).toHaveLength(2);
  });

  test('that is not said at all, or a limit that is none, is a bad request', async () => {
    expect((await post('/v1/segments/preview', {})).body).toMatchObject({ code: 'bad_request' });
    expect((await preview({ tag: 'A' }, { limit: 0 })).body).toMatchObject({ code: 'bad_request' });
  });
});

test('a customer id of 10 kB is told to be too long, wherever it stands', async () => {
  const long = 'x'.repeat(10_240);
  for (const path of [
    `/v1/customers/${long}`,
    `/v1/customers/${long}/export`,
    `/v1/events?user_ext_id=${long}`,
    `/v1/traces?user_ext_id=${long}`,
    `/v1/deliveries?user_ext_id=${long}`,
    `/v1/segments/VIP/why?user_ext_id=${long}`,
  ]) {
    const { status, body } = await read(collector, path);
    expect([path.slice(0, 30), status, body.message]).toEqual([
      path.slice(0, 30),
      400,
      'user_ext_id must be a string of 1 to 256 characters',
    ]);
  }
  expect((await post(`/v1/customers/${long}/engagements`, {})).body.code).toBe('bad_request');
  const { body } = await sendFromServer(collector, envelope({ user_ext_id: long }));
  expect(body.rejected).toMatchObject([{ code: 'bad_user' }]);
});
