/** Something is sent to a customer: what is kept, what is told, and what a second time does. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createChannel } from '../../../src/collector/channel.ts';
import type { Label } from '../../../src/collector/config/config.ts';
import { type Customers, createCustomers } from '../../../src/collector/customers.ts';
import { createEngagements, type Engagements } from '../../../src/collector/engagement/engagements.ts';
import { pendingPushes } from '../../../src/collector/engagement/pending.ts';
import { userCustomer } from '../../../src/collector/engine/customer-key.ts';
import { noDefinitions } from '../../../src/collector/engine/no-definitions.ts';
import { createQuota } from '../../../src/collector/following/quota.ts';
import { tellPages } from '../../../src/collector/page-news.ts';
import { createMemoryUsers } from '../../../src/collector/store/memory-users.ts';
import type { UserStore } from '../../../src/collector/store/user-store.ts';

const ann = userCustomer('Ann', false);
const label = {
  name: 'casino',
  gamificationShare: 100,
  linkHosts: [],
  assetHosts: [],
  messages: noDefinitions.messages,
} as unknown as Label;
const popup = (more: object = {}) => ({ kind: 'popup', title: 'Hello', ...more });
const inbox = (more: object = {}) => ({ kind: 'inbox', title: 'News', body: 'Read on', ...more });

let now: number;
let users: UserStore;
let customers: Customers;
let engagements: Engagements;
let heard: { cid: number; engagement_uid?: string }[];

beforeEach(() => {
  now = 1_000_000;
  users = createMemoryUsers();
  const channel = createChannel(() => undefined);
  heard = [];
  channel.join('casino', ann.key, { write: (text) => heard.push(JSON.parse(text)) > 0, end: () => undefined });
  customers = createCustomers(
    users,
    tellPages(channel, () => now),
    () => now,
  );
  let made = 0;
  engagements = createEngagements({
    users,
    customers,
    channel,
    quota: createQuota(users, () => now),
    ownOrigins: new Set(),
    newUid: () => `made-uid-${++made}`,
    now: () => now,
  });
});
afterEach(() => users.close());

const pending = async () => pendingPushes(users, 'casino', await customers.read(label, ann), now);

test('a popup is in the state, and an open page has its words and never its HTML', async () => {
  const sent = await engagements.send(label, ann, popup({ html: '<b>x</b>', buttons: [{ text: 'Go', action: '/x' }] }));
  expect(sent).toEqual({ is: 'sent', engagement_uid: 'made-uid-1', delivered: 1, removed: [] });
  expect((await customers.read(label, ann)).engagements).toMatchObject([
    { uid: 'made-uid-1', kind: 'popup', status: 'pending', from: 'admin', about: 'Hello', expires_at: null },
  ]);
  expect(heard).toMatchObject([
    { cid: 110, activityType: 30, popup: { title: 'Hello', has_html: true, buttons: [{ text: 'Go', action: '/x' }] } },
  ]);
  expect(JSON.stringify(heard)).not.toContain('<b>');
});

test('an inbox message is unread, and open pages learn of it and of the new count', async () => {
  await engagements.send(label, ann, inbox({ category_id: 2 }));
  expect((await customers.read(label, ann)).inbox).toMatchObject([{ category_id: 2, read: false, starred: false }]);
  expect(heard).toEqual([
    { cid: 108, props: { core_inbox_unread_count: 1 } },
    { cid: 110, engagement_uid: 'made-uid-1', activityType: 31 },
  ]);
});

test('a deep link is told as it is', async () => {
  await engagements.send(label, ann, { kind: 'deep_link', dp: 'dp:inbox' });
  expect(heard).toEqual([{ cid: 105, engagement_uid: 'made-uid-1', payload: { dp: 'dp:inbox' } }]);
});

describe('the same id again', () => {
  const once = popup({ engagement_uid: 'promo-2024' });

  test('changes nothing for a customer who has it', async () => {
    await engagements.send(label, ann, once);
    const before = await customers.read(label, ann);
    expect(await engagements.send(label, ann, once)).toMatchObject({ is: 'known', delivered: 0 });
    expect(await customers.read(label, ann)).toEqual(before);
    expect(heard).toHaveLength(1);
  });

  test('changes nothing either when it has expired since', async () => {
    const short = { ...once, expires_at: now + 10 };
    await engagements.send(label, ann, short);
    now += 10;
    expect(await engagements.send(label, ann, short)).toMatchObject({ is: 'known', engagement_uid: 'promo-2024' });
  });

  test('sent many times at once is one engagement', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => engagements.send(label, ann, once)));
    expect(all.filter(({ is }) => is === 'sent')).toHaveLength(1);
    expect((await customers.read(label, ann)).engagements).toHaveLength(1);
    expect(heard).toHaveLength(1);
  });

  test('goes to another customer with the same words, and with no others', async () => {
    const bob = userCustomer('Bob', false);
    await engagements.send(label, ann, once);
    expect(await engagements.send(label, bob, once)).toMatchObject({ is: 'sent' });
    await expect(
      engagements.send(label, userCustomer('Eve', false), { ...once, title: 'Other' }),
    ).rejects.toMatchObject({
      code: 'bad_engagement',
      details: { mistakes: [{ path: 'engagement_uid', code: 'uid_taken' }] },
    });
    expect((await customers.find(label, userCustomer('Eve', false)))?.engagements ?? []).toEqual([]);
  });
});

test('whoever identifies is told what waits, oldest first, and what has expired no more', async () => {
  await engagements.send(label, ann, popup({ title: 'First' }));
  await engagements.send(label, ann, popup({ title: 'Soon over', expires_at: now + 10 }));
  await engagements.send(label, ann, { kind: 'deep_link', dp: 'dp:inbox' });
  await engagements.send(label, ann, inbox());
  expect(await pending()).toMatchObject([
    { popup: { title: 'First' } },
    { popup: { title: 'Soon over' } },
    { payload: { dp: 'dp:inbox' } },
  ]);
  now += 10;
  expect(await pending()).toHaveLength(2);
});

test('however much waits, an identify is told twenty, those that wait longest', async () => {
  for (let n = 0; n < 30; n++) await engagements.send(label, ann, popup({ title: `t${n}` }));
  expect(await pending()).toMatchObject(Array.from({ length: 20 }, (_, n) => ({ popup: { title: `t${n}` } })));
});

test('a document of a customer has a bound: the oldest go', async () => {
  for (let n = 0; n < 205; n++) await engagements.send(label, ann, popup({ title: `t${n}` }));
  const state = await customers.read(label, ann);
  expect([state.engagements.length, state.engagements[0]?.about]).toEqual([200, 't204']);
});

test('what is sent is a row of the report, and what becomes of it is the same row', async () => {
  await engagements.send(label, ann, popup());
  await customers.change(label, ann, (state) => ({
    ...state,
    engagements: state.engagements.map((one) => ({ ...one, status: 'shown' as const, status_at: now + 5 })),
  }));
  const { deliveries } = await users.deliveries('casino', { limit: 10 });
  expect(deliveries).toMatchObject([
    { uid: 'made-uid-1', campaign: 'admin', channel: 'popup', status: 'shown', at: now, status_at: now + 5 },
  ]);
});

test('an inbox message above the month’s limit is refused and counted, and one that is there already stays what it is', async () => {
  const limited = { ...label, messages: { ...label.messages, inboxPerMonth: 2 } };
  const first = inbox({ engagement_uid: 'first-message' });
  await Promise.all(Array.from({ length: 5 }, () => engagements.send(limited, ann, first).catch(() => undefined)));
  await engagements.send(limited, ann, inbox());
  await expect(engagements.send(limited, ann, inbox())).rejects.toMatchObject({
    details: { mistakes: [{ path: 'kind', code: 'over_limit' }] },
  });
  await engagements.send(limited, ann, popup());
  expect((await customers.read(label, ann)).inbox).toHaveLength(2);
  expect(await users.funnel('casino', { channel: 'inbox' })).toMatchObject([
    { status: 'over_limit' },
    { status: 'pending', count: 2 },
  ]);
});

test('a preview keeps nothing, tells nobody, and says what would be taken out', async () => {
  expect(engagements.preview(label, popup({ html: '<p onclick=x>a</p>' }))).toMatchObject({
    mistakes: [],
    removed: [{ what: 'p[onclick]' }],
  });
  expect(engagements.preview(label, popup({ title: '' }))).toMatchObject({
    mistakes: [{ path: 'title' }],
    removed: [],
  });
  expect([heard, await customers.find(label, ann)]).toEqual([[], undefined]);
});
