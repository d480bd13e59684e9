/** A client that was written against the published protocol: every message of its day, in order, and what it is told. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { batch, browserEvent, md5Hash, send, stored } from '../support/batches.ts';
import { type CollectorHere, startHere } from '../support/collector-here.ts';
import { closeClients, connectClient, connectCustomer } from '../support/socket-client.ts';
import { patiently, until } from '../support/until.ts';

let collector: CollectorHere;
beforeAll(async () => {
  collector = await startHere({
    label: { suspendOn: ['/deposit*', '/cashier'], segments: { VIP: { tag: 'VIP' }, 7: { entryPoint: 'mail' } } },
  });
});
afterAll(() => collector.stop());
afterEach(closeClients);

/** An operator's request about one customer. */
const post = async (path: string, body: object): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await fetch(`${collector.url}${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer demo-admin', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

test('a day of a client: INIT, IDENTIFY, LOGIN, EVENT, a question, PING, LOGOUT', async () => {
  const client = await connectClient(collector);
  const ts = Date.now();

  const uuid = randomUUID();
  const settings = { INBOX_PUBLIC_CDN: `${collector.url}/inbox/demo-label/`, CONTENT_URL: expect.any(String) };
  expect(await client.ask({ cid: 3, uuid, ts, label_key: 'demo-label', brand_key: 'demo-brand' })).toEqual({
    cid: 4,
    uuid,
    ts,
    errCode: 0,
    settings: expect.objectContaining({ ...settings, FRONT_DISABLE_POPUP_INBOX_ON_URLS: '/deposit*,/cashier' }),
    products: [],
    label_id: expect.any(Number),
  });

  expect(await client.ask({ cid: 5, ext_user_id: 'day-1', hash: '' })).toMatchObject({
    cid: 6,
    errCode: 0,
    user_id: expect.any(Number),
    ext_user_id: 'day-1',
    public_username: null,
    avatar_id: null,
    pubic_username_set: false,
    props: { core_public_tags: [], is_visitor: false, ach_gamification_in_control_group: false },
  });

  const login = randomUUID();
  const entry = { core_last_login_entry: 'mail', language: 'EN' };
  expect(await client.ask({ cid: 7, uuid: login, payload: entry })).toMatchObject({ cid: 11, errCode: 0 });
  expect(await stored(collector, login)).toMatchObject({
    event_type: 'login',
    user_ext_id: 'day-1',
    ext_brand_id: 'demo-brand',
    payload: entry,
  });

  const event = randomUUID();
  expect(
    await client.ask({ cid: 9, uuid: event, ts, eventType: 'deposit_started', payload: { amount: 5 } }),
  ).toMatchObject({ cid: 10, errCode: 0 });
  expect(await stored(collector, event)).toMatchObject({
    event_type: 'deposit_started',
    event_date: ts,
    payload: { amount: 5 },
    source: 'api',
    trust: 'unverified',
  });

  // What the login said is told once it is part of the customer.
  expect(await client.next(108)).toMatchObject({ props: { core_user_language: 'en' } });
  expect(await client.ask({ cid: 161, segment_id: [7, 'VIP', 'unknown', 7] })).toMatchObject({
    cid: 162,
    segments: [
      { segment_id: 7, is_matching: true },
      { segment_id: 'VIP', is_matching: false },
      { segment_id: 'unknown', is_matching: false, is_unknown: true },
    ],
  });
  expect(await client.ask({ cid: 161, segment_id: 7 })).toMatchObject({
    segments: [{ segment_id: 7, is_matching: true }],
  });
  expect(await client.ask({ cid: 527 })).toMatchObject({
    cid: 528,
    errCode: 0,
    points_balance: 0,
    gems_balance: 0,
    diamonds_balance: 0,
    points_ever: 0,
    current_level: 'Bronze',
    level_counter_1: 0,
  });
  expect(await client.ask({ cid: 1 })).toMatchObject({ cid: 2 });
  expect(await client.ask({ cid: 8, payload: { reason: 'button' } })).toMatchObject({ cid: 12, errCode: 0 });
  expect(await client.ask({ cid: 4242 })).toMatchObject({ cid: 99999, errCode: 99999, errMsg: expect.any(String) });
});

describe('who somebody is', () => {
  test('on a label that requires hashes, only a right and current one identifies', async () => {
    const identify = async (hash?: string) => {
      const client = await connectClient(collector);
      await client.ask({ cid: 3, label_key: 'other-label', device_id: 'device-of-test' });
      return client.ask({ cid: 5, ext_user_id: 'anna', ...(hash === undefined ? {} : { hash }) });
    };
    const tomorrow = Date.now() + 86_400_000;
    expect(await identify(md5Hash('anna', 'other-salt', tomorrow))).toMatchObject({ cid: 6, errCode: 0 });
    expect(await identify()).toMatchObject({
      cid: 6,
      errCode: 4011,
      errMsg: expect.stringMatching(/^identity_unverified: /),
    });
    expect(await identify(md5Hash('bob', 'other-salt', tomorrow))).toMatchObject({ errCode: 4011 });
    expect(await identify('nonsense')).toMatchObject({ errCode: 4011 });
    expect(await identify(md5Hash('anna', 'other-salt', Date.now() - 1))).toMatchObject({
      errCode: 4012,
      errMsg: expect.stringMatching(/^identity_expired: /),
    });
  });

  test('what a proven customer says is stored as proven', async () => {
    const hash = md5Hash('proven', 'other-salt', Date.now() + 60_000);
    const client = await connectCustomer(collector, 'proven', { label_key: 'other-label', hash });
    const uuid = randomUUID();
    expect(await client.ask({ cid: 9, uuid, eventType: 'x', payload: {} })).toMatchObject({ errCode: 0 });
    expect(await stored(collector, uuid, 'other-admin')).toMatchObject({ trust: 'verified', user_ext_id: 'proven' });
  });

  test('a client without a name may ask as the visitor of its device, and has no profile to change', async () => {
    const visitor = await connectClient(collector);
    await visitor.ask({ cid: 3, label_key: 'demo-label', device_id: 'device-visitor' });
    expect(await visitor.ask({ cid: 513 })).toMatchObject({ cid: 514, errCode: 0, log: [] });
    expect(await visitor.ask({ cid: 161, segment_id: ['VIP'] })).toMatchObject({ cid: 162, errCode: 0 });
    expect(await visitor.ask({ cid: 1003, token: 'native-token', platform: 7 })).toMatchObject({ cid: 2003 });
    for (const message of [
      { cid: 7 },
      { cid: 157, avatar_id: 'https://op.example/a.png' },
      { cid: 159, public_username_custom: 'Lucky' },
    ])
      expect(await visitor.ask(message)).toMatchObject({ errCode: 4013 });
    const uuid = randomUUID();
    expect(await visitor.ask({ cid: 9, uuid, eventType: 'look', payload: {} })).toMatchObject({ cid: 10, errCode: 0 });
    expect(await stored(collector, uuid)).toMatchObject({ user_ext_id: null, device_id: 'device-visitor' });
  });

  test('without a name and a device nobody can be asked about', async () => {
    const nobody = await connectClient(collector);
    await nobody.ask({ cid: 3, label_key: 'demo-label' });
    expect(await nobody.ask({ cid: 513 })).toMatchObject({ cid: 514, errCode: 4013 });
  });

  test('a client that becomes somebody else hears nothing more of the first', async () => {
    const client = await connectCustomer(collector, 'first-user');
    await client.ask({ cid: 5, ext_user_id: 'second-user' });
    await post('/v1/customers/first-user/tags', { operation: 'add', tags: ['FIRST'] });
    await post('/v1/customers/second-user/tags', { operation: 'add', tags: ['SECOND'] });
    expect(await client.next(108)).toMatchObject({ props: { core_public_tags: ['SECOND'] } });
    expect(client.told.filter(({ cid }) => cid === 108)).toHaveLength(1);
  });

  test('a client that fails to become somebody else is nobody, and after LOGOUT it is nobody again', async () => {
    const hash = md5Hash('anna', 'other-salt', Date.now() + 60_000);
    const client = await connectCustomer(collector, 'anna', { label_key: 'other-label', hash });
    expect(await client.ask({ cid: 7 })).toMatchObject({ cid: 11, errCode: 0 });
    expect(await client.ask({ cid: 5, ext_user_id: 'bob', hash })).toMatchObject({ cid: 6, errCode: 4011 });
    expect(await client.ask({ cid: 7 })).toMatchObject({ cid: 11, errCode: 4013 });
    await client.ask({ cid: 5, ext_user_id: 'anna', hash });
    expect(await client.ask({ cid: 8 })).toMatchObject({ cid: 12, errCode: 0 });
    expect(await client.ask({ cid: 159, public_username_custom: 'Late' })).toMatchObject({ errCode: 4013 });
    expect(await client.ask({ cid: 5, ext_user_id: 'anna', hash })).toMatchObject({ cid: 6, errCode: 0 });
  });
});

describe('what changes a customer', () => {
  test('a page’s event reaches the customer’s open pages as the props that changed', async () => {
    const client = await connectCustomer(collector, 'tagged');
    const add = browserEvent({
      user_ext_id: 'tagged',
      event_type: 'core_public_tags_update',
      payload: { operation: 'add', tags: ['vip'] },
    });
    await send(collector, batch([add]));
    expect(await client.next(108)).toEqual({ cid: 108, props: { core_public_tags: ['VIP'] } });
    const again = await connectClient(collector);
    await again.ask({ cid: 3, label_key: 'demo-label' });
    expect(await again.ask({ cid: 5, ext_user_id: 'TAGGED' })).toMatchObject({ props: { core_public_tags: ['VIP'] } });
  });

  test('an avatar and a nickname are stored, answered, and told to the other pages', async () => {
    const [one, other] = [await connectCustomer(collector, 'nick'), await connectCustomer(collector, 'nick')];
    const avatar_id = 'https://cdn.op.example/a.png';
    expect(await one.ask({ cid: 157, avatar_id })).toMatchObject({ cid: 158, errCode: 0, avatar_id });
    expect(await one.ask({ cid: 159, public_username_custom: ' Lucky ' })).toMatchObject({
      cid: 160,
      public_username_custom: 'Lucky',
    });
    await until(() => other.told.some((push) => JSON.stringify(push).includes('Lucky')));
    const props = Object.assign({}, ...other.told.filter(({ cid }) => cid === 108).map(({ props }) => props));
    expect(props).toEqual({ avatar_id, public_username: 'Lucky' });
    expect(await one.ask({ cid: 5, ext_user_id: 'nick' })).toMatchObject({
      public_username: 'Lucky',
      avatar_id,
      pubic_username_set: true,
    });
    for (const bad of ['javascript:alert(1)', '/a.png', 'dp:inbox', ''])
      expect(await one.ask({ cid: 157, avatar_id: bad })).toMatchObject({ cid: 158, errCode: 400 });
  });

  test('an event that came before is a success again, and is stored once', async () => {
    const client = await connectCustomer(collector, 'again');
    const uuid = randomUUID();
    for (let n = 0; n < 2; n++)
      expect(await client.ask({ cid: 9, uuid, ts: 5_000, eventType: 'once', payload: {} })).toMatchObject({
        cid: 10,
        errCode: 0,
      });
    const response = await fetch(`${collector.url}/v1/events?event_type=once`, {
      headers: { authorization: 'demo-admin' },
    });
    expect(((await response.json()) as { events: unknown[] }).events).toHaveLength(1);
    const losses = await fetch(`${collector.url}/v1/losses`, { headers: { authorization: 'demo-admin' } });
    expect(((await losses.json()) as { gaps: unknown[] }).gaps).toEqual([]);
  });

  test.each([
    ['no id', { uuid: null, eventType: 'x' }, 400, 'uuid'],
    ['an id that is too short', { uuid: 'abc', eventType: 'x' }, 422, 'bad_eid'],
    ['no type', {}, 400, 'eventType'],
    ['a payload that is a list', { eventType: 'x', payload: [1] }, 400, 'payload'],
    ['an action without a name', { eventType: 'client_action', payload: {} }, 422, 'empty_action'],
    ['a time that is none', { ts: -1, eventType: 'x' }, 422, 'bad_event_date'],
  ])('an event with %s is told so', async (_, message, errCode, word) => {
    const client = await connectCustomer(collector, 'bad-events');
    client.say({ cid: 9, uuid: randomUUID(), ts: Date.now(), ...message });
    expect(await client.next(10)).toMatchObject({ errCode, errMsg: expect.stringContaining(word) });
  });
});

describe('what is sent to a customer', () => {
  const popup = { kind: 'popup', title: 'Welcome', body: 'Ten free spins', buttons: [{ text: 'Go', action: '/x' }] };

  test('reaches the open page, and a page that comes later, until one of them says that it was shown', async () => {
    const client = await connectCustomer(collector, 'shown');
    const { body } = await post('/v1/customers/shown/engagements', popup);
    expect(body).toMatchObject({ engagement_uid: expect.any(String), delivered: 1 });
    const engagement_uid = String(body.engagement_uid);
    expect(await client.next(110)).toMatchObject({ engagement_uid, activityType: 30, popup: { title: 'Welcome' } });

    const later = await connectCustomer(collector, 'shown');
    expect(await later.next(110)).toMatchObject({ engagement_uid });
    later.say({ cid: 103, uuid: randomUUID(), ts: Date.now(), engagement_uid, activityType: 30 });
    later.say({ cid: 104, uuid: randomUUID(), ts: Date.now(), engagement_uid, activityType: 30, action: '/x' });
    await later.ask({ cid: 1 });
    const statusNow = async (): Promise<unknown> => {
      const response = await fetch(`${collector.url}/v1/customers/shown`, { headers: { authorization: 'demo-admin' } });
      return ((await response.json()) as { engagements: { status: string }[] }).engagements[0]?.status;
    };
    await expect.poll(statusNow, patiently).toBe('clicked');

    const after = await connectCustomer(collector, 'shown');
    await after.ask({ cid: 1 });
    expect(after.told.filter(({ cid }) => cid === 110)).toEqual([]);
    // A report is answered by nothing but the silence after it.
    expect(later.told.map(({ cid }) => cid)).not.toContain(104);
  });

  test('an inbox message is listed with its body, read, starred and deleted, and other pages see the count', async () => {
    const [one, other] = [await connectCustomer(collector, 'reader'), await connectCustomer(collector, 'reader')];
    const sent: string[] = [];
    for (const title of ['First', 'Second']) {
      const { body } = await post('/v1/customers/reader/engagements', { kind: 'inbox', title, body: 'Text' });
      sent.push(String(body.engagement_uid));
    }
    const [first, second] = sent as [string, string];
    const list = await one.ask({ cid: 513, limit: 20, offset: 0 });
    expect(list).toMatchObject({
      cid: 514,
      errCode: 0,
      unread_count: 2,
      log: [
        {
          engagement_uid: second,
          is_read: false,
          is_starred: false,
          is_deleted: false,
          createDate: expect.stringMatching(/^\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d$/),
          body: { title: 'Second', body: 'Text' },
        },
        { engagement_uid: first },
      ],
    });
    expect(await one.ask({ cid: 513, from: 1, to: 2 })).toMatchObject({ log: [{ engagement_uid: first }] });

    expect(await one.ask({ cid: 529, engagement_uid: first })).toMatchObject({ cid: 530, errCode: 0, unread_count: 1 });
    expect(await one.ask({ cid: 529, message_guid: first })).toMatchObject({ cid: 530, errCode: 0, unread_count: 1 });
    expect(await one.ask({ cid: 513, read_status: 1 })).toMatchObject({ log: [{ engagement_uid: second }] });
    expect(await one.ask({ cid: 531, engagement_uid: first, is_starred: true })).toMatchObject({ cid: 532 });
    expect(await one.ask({ cid: 513, starred_only: true })).toMatchObject({ log: [{ engagement_uid: first }] });
    expect(await one.ask({ cid: 529, all_read: true })).toMatchObject({ unread_count: 0 });
    expect(await one.ask({ cid: 535, engagement_uid: first })).toMatchObject({ cid: 536, errCode: 0 });
    expect(await one.ask({ cid: 535, engagement_uid: first })).toMatchObject({ cid: 536, errCode: 0 });
    expect(await one.ask({ cid: 529, engagement_uid: first })).toMatchObject({ cid: 530, errCode: 404 });
    expect(await one.ask({ cid: 535, all_deleted: true })).toMatchObject({ cid: 536 });
    expect(await one.ask({ cid: 513 })).toMatchObject({ log: [], unread_count: 0 });
    expect(await one.ask({ cid: 513, read_status: 9 })).toMatchObject({ cid: 514, errCode: 400 });
    const counts = other.told.filter(({ cid, props }) => cid === 108 && props).map(({ props }) => props);
    expect(counts.at(-1)).toEqual({ core_inbox_unread_count: 0 });
  });
});

test('a push subscription is kept with the customer, the newest first and each once', async () => {
  const client = await connectCustomer(collector, 'subscriber');
  const subscription = { endpoint: 'https://push.example/abc', keys: { p256dh: 'p', auth: 'a' } };
  for (const platform of [0, 1])
    expect(await client.ask({ cid: 1003, subscription, platform })).toMatchObject({ cid: 2003, errCode: 0 });
  expect(await client.ask({ cid: 1003, token: 'native', platform: 7 })).toMatchObject({ cid: 2003 });
  expect((await collector.users.get('Demo casino', 'u:subscriber'))?.state.push).toMatchObject([
    { id: 'native', platform: 7, subscription: null },
    { id: subscription.endpoint, platform: 1, subscription },
  ]);
  for (const bad of [{}, { subscription: { endpoint: 'http://push.example' } }, { token: 'x'.repeat(3_000) }])
    expect(await client.ask({ cid: 1003, ...bad })).toMatchObject({ cid: 2003, errCode: 400 });
});
