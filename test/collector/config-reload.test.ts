/** A collector whose config is swapped while it serves: what follows at once, what is let go of, and what is told of it. */
import { afterEach, expect, test } from 'vitest';
import type { Label } from '../../src/collector/config/config.ts';
import { parseConfig } from '../../src/collector/config/config.ts';
import { batch, browserEvent, read, send } from '../support/batches.ts';
import { type CollectorHere, startHere } from '../support/collector-here.ts';
import { closeClients, connectClient, connectCustomer } from '../support/socket-client.ts';
import { patiently } from '../support/until.ts';

let collector: CollectorHere;
afterEach(async () => {
  await closeClients();
  await collector.stop();
});

const demo = {
  name: 'Demo casino',
  keys: { public: ['demo-label'], secret: ['demo-secret'], admin: ['demo-admin'] },
  brands: ['demo-brand'],
  origins: ['self'],
};
const swap = (...labels: object[]): void => {
  const parsed = parseConfig({ labels });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes));
  collector.settings.replace(parsed, 5);
};
const statusOf = async (label_key: string): Promise<number> =>
  (await send(collector, batch([browserEvent()], { label_key }))).status;

test('keys come and go with the config', async () => {
  collector = await startHere();
  expect([await statusOf('demo-label'), await statusOf('new-label')]).toEqual([200, 401]);
  swap({ ...demo, keys: { public: ['new-label'], admin: ['new-admin'] } });
  expect([await statusOf('demo-label'), await statusOf('new-label')]).toEqual([401, 200]);
  expect((await read(collector, '/v1/label', 'demo-admin')).status).toBe(401);
  expect((await read(collector, '/v1/label', 'new-admin')).status).toBe(200);
});

test('an open socket goes on under the new rules, and is told when its label’s key is gone', async () => {
  collector = await startHere();
  const client = await connectCustomer(collector, 'anna');
  const say = () => client.ask({ cid: 9, eventType: 'x', payload: { 'a-b': 1 } });
  expect(await say()).toMatchObject({ errCode: 0 });
  swap({ ...demo, strictFieldCodes: true });
  expect(await say()).toMatchObject({ errMsg: expect.stringContaining('bad_field_code') });
  swap({ ...demo, keys: { public: ['new-label'], admin: ['demo-admin'] } });
  expect(await say()).toMatchObject({ errMsg: expect.stringContaining('unknown_label') });
  expect(await client.ask({ cid: 3, label_key: 'new-label' })).toMatchObject({ errCode: 0 });
});

test('a page of an origin that is not listed any more is told so on its socket', async () => {
  collector = await startHere({ label: { origins: ['https://op.example'] } });
  const client = await connectClient(collector, { origin: 'https://op.example' });
  expect(await client.ask({ cid: 3, label_key: 'demo-label' })).toMatchObject({ errCode: 0 });
  swap(demo);
  expect(await client.ask({ cid: 1 })).toMatchObject({ errCode: 0 });
  expect(await client.ask({ cid: 5, ext_user_id: 'anna' })).toMatchObject({
    errMsg: expect.stringContaining('origin_not_allowed'),
  });
});

test('whoever watches with a key that is gone watches no more, and others go on', async () => {
  collector = await startHere({ label: { keys: { ...demo.keys, admin: ['demo-admin', 'old-admin'] } } });
  const watch = (key: string) => fetch(`${collector.url}/v1/live`, { headers: { authorization: `Bearer ${key}` } });
  const [gone, other] = await Promise.all([watch('old-admin'), watch('other-admin')]);
  const ended = gone.text();
  swap(demo, { ...demo, name: 'Other casino', keys: { public: ['other-label'], admin: ['other-admin'] } });
  await ended;
  const reader = other.body!.getReader();
  await send(collector, batch([browserEvent()], { label_key: 'other-label' }));
  const { value } = await reader.read();
  expect(new TextDecoder().decode(value)).not.toBe('');
  await reader.cancel();
});

interface ConfigState {
  since: number;
  refused: { mistakes: { path: string }[]; others: number } | null;
  warnings: { path: string }[];
  label: Partial<Label>;
}
const stateOf = async (key: string): Promise<ConfigState> =>
  (await read<ConfigState>(collector, '/v1/config', key)).body;

test('the API shows what is in force without its secrets, and of a refused file each label its own mistakes', async () => {
  collector = await startHere({
    label: {
      linkKeys: ['link-secret'],
      campaigns: { A: { on: { event: 'X' }, steps: [{ tag: 'a' }] } },
      messages: {
        email: { from: 'a@op.example', smtp: 'smtps://me:smtp-secret@mail.op.example' },
        sms: { url: 'https://sms.op.example', key: 'sms-secret-of-16' },
        webhooks: { key: 'webhook-secret-16' },
      },
    },
  });
  const state = await stateOf('demo-admin');
  expect(state).toMatchObject({
    refused: null,
    warnings: [{ path: 'labels[0].hashes.salts[0]' }],
    label: { name: 'Demo casino', campaigns: { A: { on: { event: 'X' }, steps: [{ tag: 'a' }] } } },
  });
  expect(JSON.stringify(state)).not.toMatch(/-secret|demo-admin|demo-label|demo-salt/);

  collector.settings.refuse({
    at: 7,
    labels: ['Other casino', 'Demo casino'],
    mistakes: [
      { path: 'labels[0].brands', reason: 'r' },
      { path: 'labels[1].campaigns.A.on', reason: 'r' },
      { path: 'trustedProxies[0]', reason: 'r' },
    ],
  });
  expect((await stateOf('demo-admin')).refused).toEqual({
    at: 7,
    mistakes: [
      { path: 'labels[1].campaigns.A.on', reason: 'r' },
      { path: 'trustedProxies[0]', reason: 'r' },
    ],
    others: 1,
  });
  expect((await stateOf('other-admin')).refused).toMatchObject({ others: 1 });
});

test('the schema is anybody’s to read, and kept for an hour', async () => {
  collector = await startHere();
  const response = await fetch(`${collector.url}/config.schema.json`);
  expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([
    200,
    expect.stringContaining('application/schema+json'),
    'public, max-age=3600',
  ]);
  expect(await response.json()).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#' });
});

test('campaigns follow the config without a restart', async () => {
  collector = await startHere();
  const client = await connectCustomer(collector, 'anna');
  swap({ ...demo, campaigns: { A: { on: { event: 'X' }, steps: [{ popup: { title: 'Hello' } }] } } });
  await send(collector, batch([browserEvent({ user_ext_id: 'anna', payload: { client_action: 'X' } })]));
  await expect
    .poll(() => client.told, patiently)
    .toContainEqual(expect.objectContaining({ cid: 110, popup: expect.objectContaining({ title: 'Hello' }) }));
});
