/** A label that takes Global Privacy Control for a refusal stores nothing of a browser that sends it, whichever way it speaks. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Message } from '../../src/wire/protocol.ts';
import { read, stored } from '../support/batches.ts';
import { type CollectorHere, startHere } from '../support/collector-here.ts';
import { closeClients, connectClient } from '../support/socket-client.ts';

let collector: CollectorHere;
beforeAll(async () => {
  collector = await startHere({ label: { honorGpc: true } });
});
afterAll(() => collector.stop());
afterEach(closeClients);

const gpc = { 'sec-gpc': '1' };
const said = (uuid: string): Message => ({ cid: 9, uuid, eventType: 'click', payload: {} });
const overHttp = async (message: Message & { api_key: string }) => {
  const body = JSON.stringify({ ext_user_id: 'refuser', ...message });
  const headers = { 'content-type': 'application/json', ...gpc };
  const response = await fetch(`${collector.url}/s2s-api`, { method: 'POST', headers, body });
  return { status: response.status, body: (await response.json()) as { code?: string; settings?: object } };
};
const isUnknown = async (eid: string): Promise<void> => {
  expect(await stored(collector, eid)).toBeUndefined();
  expect((await read(collector, '/v1/customers/refuser')).status).toBe(404);
};

test('on a socket', async () => {
  const uuid = randomUUID();
  const page = await connectClient(collector, gpc);
  const init = await page.ask({ cid: 3, label_key: 'demo-label', device_id: 'device-that-refuses' });
  expect(init).toMatchObject({ errCode: 0, settings: { HONOR_GPC: '1' } });
  expect(await page.ask({ cid: 5, ext_user_id: 'refuser' })).toMatchObject({ cid: 6, errCode: 4031 });
  expect(await page.ask(said(uuid))).toMatchObject({ cid: 10, errCode: 4031 });
  await isUnknown(uuid);
});

test('message by message', async () => {
  const uuid = randomUUID();
  const page = { api_key: 'demo-label' };
  expect((await overHttp({ ...page, cid: 3 })).body.settings).toMatchObject({ HONOR_GPC: '1' });
  for (const message of [{ cid: 5 }, said(uuid)]) {
    const { status, body } = await overHttp({ ...page, ...message });
    expect([status, body.code]).toEqual([403, 'consent_refused']);
  }
  await isUnknown(uuid);
});

test('a server’s word is no browser’s', async () => {
  const uuid = randomUUID();
  await overHttp({ api_key: 'demo-secret', ...said(uuid) });
  expect(await stored(collector, uuid)).toMatchObject({ user_ext_id: 'refuser' });
});
