/**
 * Whatever the collector gave out under one label is worth nothing at the doors of another, where a customer of the same name
 * lives; and the other way round.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createUnsubscribeLinks, keptUnsubscribeKey } from '../../src/collector/effects/unsubscribe-links.ts';
import {
  batch,
  browserEvent,
  envelope,
  md5Hash,
  newEid,
  read,
  send,
  sendFromServer,
  stored,
} from '../support/batches.ts';
import { type CollectorHere, startHere } from '../support/collector-here.ts';
import { closeClients, connectCustomer } from '../support/socket-client.ts';

const demo = {
  name: 'Demo casino',
  publicKey: 'demo-label',
  secretKey: 'demo-secret',
  adminKey: 'demo-admin',
  salt: 'demo-salt',
};
const other = {
  name: 'Other casino',
  publicKey: 'other-label',
  secretKey: 'other-secret',
  adminKey: 'other-admin',
  salt: 'other-salt',
};
type Tenant = typeof demo;

let collector: CollectorHere;
beforeAll(async () => {
  collector = await startHere({ label: { hashes: { salts: [demo.salt], required: true } } });
});
afterAll(async () => {
  await closeClients();
  await collector.stop();
});

const post = async (path: string, body: unknown, headers: Record<string, string>) => {
  const answer = await fetch(collector.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as { [name: string]: unknown } };
};
const asOperator = ({ adminKey }: Tenant) => ({ authorization: `Bearer ${adminKey}` });
describe.each([
  ['the first label', demo, other, 'anna'],
  ['the second label', other, demo, 'bert'],
])('given out under %s', (_, a, b, user) => {
  beforeAll(async () => {
    for (const { secretKey } of [a, b]) {
      const { body } = await sendFromServer(collector, envelope({ user_ext_id: user }), { authorization: secretKey });
      expect(body.rejected).toEqual([]);
    }
  });
  const proof = md5Hash(user, a.salt, Date.now() + 86_400_000);
  const customerAt = async ({ adminKey }: Tenant) =>
    (
      await read<{ push: unknown[]; unsubscribed: string[]; timeline: unknown[] }>(
        collector,
        `/v1/customers/${user}`,
        adminKey,
      )
    ).body;

  test('a session speaks at the other label’s doors for its own label’s customer, whatever stands beside it', async () => {
    const { sessionToken } = (
      await post('/v2/session/startSession', { secret: a.secretKey, sourceCustomerId: user }, {})
    ).body;
    const said = async (headers: Record<string, string>) => {
      const clientEventId = newEid();
      const clientEvent = {
        clientEventId,
        clientEventType: 'SessionAction',
        clientEvent: 'LogEnrollment',
        clientEventTimestamp: new Date().toISOString(),
        clientEventMetadata: null,
      };
      const { status } = await post('/v2/events/clientEvent', { clientEvents: [clientEvent] }, headers);
      const kept = await Promise.all([a, b].map(({ adminKey }) => stored(collector, clientEventId, adminKey)));
      return [status, ...kept.map((one) => one?.user_ext_id)];
    };
    const token = String(sessionToken);
    const own = { 'x-cdlx-session-token': token };
    expect(await said(own)).toEqual([200, user, undefined]);
    expect(await said({ ...own, authorization: b.secretKey, 'x-source-customer-id': user })).toEqual([
      200,
      user,
      undefined,
    ]);
    const [head, claims = '', signature] = token.split('.');
    const claim = JSON.parse(Buffer.from(claims, 'base64url').toString()) as object;
    const turned = Buffer.from(JSON.stringify({ ...claim, aud: b.name })).toString('base64url');
    expect((await said({ 'x-cdlx-session-token': `${head}.${turned}.${signature}` }))[0]).toBe(401);
    for (const path of ['/v1/losses', '/v1/events', '/v1/registry'])
      expect((await read(collector, path, token)).status).toBe(401);
  });

  test('a link that refuses e-mails leaves those of the other label as they are, and cannot be turned to them', async () => {
    const links = createUnsubscribeLinks(await keptUnsubscribeKey(collector.users), () => collector.url);
    const linkOf = ({ name }: Tenant) => links.urlOf({ label: name, customer: `u:${user}`, channel: 'email' });
    const [mine, theirs] = [linkOf(a).split('.'), linkOf(b).split('.')];
    const turned = [...theirs.slice(0, -1), mine.at(-1)].join('.');
    expect((await fetch(turned, { method: 'POST' })).status).toBe(404);
    expect((await customerAt(b)).unsubscribed).toEqual([]);
    expect((await fetch(linkOf(a), { method: 'POST' })).status).toBe(200);
    expect([(await customerAt(a)).unsubscribed, (await customerAt(b)).unsubscribed]).toEqual([['email'], []]);
  });

  test('a place for pushes is none of the other label’s customer', async () => {
    const client = await connectCustomer(collector, user, { label_key: a.publicKey, hash: proof });
    expect(await client.ask({ cid: 1003, token: 'native-token', platform: 7 })).toMatchObject({ errCode: 0 });
    expect([(await customerAt(a)).push.length, (await customerAt(b)).push.length]).toEqual([1, 0]);
    const sent = await post(`/v1/customers/${user}/push`, { title: 'T', body: 'B' }, asOperator(b));
    expect(sent.body).toMatchObject({ sent: 0, failed: [], native: 0 });
  });

  test('a customer’s proof is none at the other label: on the live channel, in a request of the same, in a batch', async () => {
    const client = await connectCustomer(collector, user, { label_key: b.publicKey });
    expect((await client.ask({ cid: 5, ext_user_id: user, hash: proof })).errMsg).toMatch(/^identity_unverified/);
    const spoken = { cid: 527, label_key: b.publicKey, api_key: b.publicKey, ext_user_id: user, hash: proof };
    expect(JSON.stringify((await post('/s2s-api', spoken, {})).body)).toMatch(/identity_unverified/);
    const sent = batch([browserEvent({ user_ext_id: user })], { label_key: b.publicKey, hashes: { [user]: proof } });
    expect((await send(collector, sent)).body.rejected).toMatchObject([{ code: 'identity_unverified' }]);
  });

  test('what was sent is at no address of the other label, and one id says to each label what its own operator wrote', async () => {
    const uid = `${newEid()}-${a.publicKey}`;
    const write = ({ name }: Tenant) => ({
      kind: 'inbox',
      title: name,
      body: name,
      html: `<p>${name}</p>`,
      engagement_uid: uid,
    });
    expect((await post(`/v1/customers/${user}/engagements`, write(a), asOperator(a))).status).toBe(201);
    const at = async ({ publicKey }: Tenant) => {
      const paths = [`/content/${publicKey}/${uid}`, `/inbox/${publicKey}/${uid}.json`];
      return Promise.all(paths.map(async (path) => (await fetch(collector.url + path)).text()));
    };
    expect((await at(b)).map((text) => JSON.parse(text).code)).toEqual(['not_found', 'not_found']);
    expect((await read(collector, `/v1/deliveries/${uid}`, b.adminKey)).status).toBe(404);
    expect((await post(`/v1/customers/${user}/engagements`, write(b), asOperator(b))).status).toBe(201);
    for (const [own, foreign] of [
      [a, b],
      [b, a],
    ] as const)
      for (const text of await at(own))
        expect([text.includes(own.name), text.includes(foreign.name)]).toEqual([true, false]);
  });

  test('the receipt of an erasure is not shown to the other label, whose customer stays', async () => {
    const erased = await fetch(`${collector.url}/v1/customers/${user}`, { method: 'DELETE', headers: asOperator(a) });
    const { receipt } = (await erased.json()) as { receipt: string };
    expect((await read(collector, `/v1/receipts/${receipt}`, a.adminKey)).status).toBe(200);
    expect((await read(collector, `/v1/receipts/${receipt}`, b.adminKey)).status).toBe(404);
    expect((await customerAt(b)).timeline).toHaveLength(1);
  });
});
