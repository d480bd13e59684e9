/** A customer taken along, and taken away: everything goes, and a receipt that names nobody stays. Over HTTP. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stateBounds } from '../../src/collector/engine/customer-state.ts';
import { cids } from '../../src/wire/protocol.ts';
import {
  batch,
  browserEvent,
  envelope,
  newEid,
  newPage,
  read,
  type ShownEvent,
  send,
  sendFromServer,
} from '../support/batches.ts';
import { type CollectorHere, startHere } from '../support/collector-here.ts';
import { connectCustomer } from '../support/socket-client.ts';
import { until } from '../support/until.ts';

let collector: CollectorHere;
beforeAll(async () => {
  collector = await startHere({
    label: {
      segments: {},
      missions: {},
      campaigns: { thanks: { on: { event: 'deposit' }, steps: [{ popup: { title: 'Thanks, {{ event.from }}' } }] } },
    },
  });
});
afterAll(() => collector.stop());

interface Customer {
  timeline: (ShownEvent & { linked_from?: string })[];
  devices: object;
  engagements: { uid: string }[];
}
const get = async <Answer>(path: string) => (await read<Answer>(collector, path)).body;
const erase = async (path: string) => {
  const response = await fetch(collector.url + path, {
    method: 'DELETE',
    headers: { authorization: 'Bearer demo-admin' },
  });
  return {
    status: response.status,
    body: (await response.json()) as { receipt: string; events: number; code?: string },
  };
};
const customer = (user: string) => get<Customer>(`/v1/customers/${user}`);

/** Somebody who looked around as a visitor, logged in and paid. */
const arrive = async (): Promise<{ user: string; device_id: string }> => {
  const user = `Person-${newEid()}`;
  const device_id = `device-${newEid()}`;
  const page = newPage();
  const send_ = (events: object[]) => send(collector, batch(events, { device_id }));
  await send_([
    page({ event_type: 'looked', payload: { at: `${user}'s wish` } }),
    page({ event_type: 'update_profile', payload: { city: `${user}'s city` } }),
  ]);
  await send_([page({ event_type: 'login', user_ext_id: user, payload: {} })]);
  await sendFromServer(collector, envelope({ user_ext_id: user, event_type: 'deposit', payload: { from: user } }));
  await until(async () => Object.keys((await customer(user)).devices ?? {}).length > 0);
  await until(async () => (await customer(user)).engagements.length > 0);
  return { user, device_id };
};

test('the timeline has what the customer did as a visitor, marked with the device', async () => {
  const { user, device_id } = await arrive();
  const { timeline } = await customer(user);
  const looked = timeline.find(({ event_type }) => event_type === 'looked');
  expect(looked).toMatchObject({ linked_from: device_id, user_ext_id: null });
  expect(timeline.find(({ event_type }) => event_type === 'deposit')).not.toHaveProperty('linked_from');
  const cursors = timeline.map(({ cursor }) => cursor);
  expect(cursors).toEqual([...cursors].sort((a, b) => b - a));

  const paged: string[] = [];
  for (let next: number | null | undefined; next !== null; ) {
    const page: Customer & { next: number | null } = await get(
      `/v1/customers/${user}?limit=1${next === undefined ? '' : `&after=${next}`}`,
    );
    paged.push(...page.timeline.map(({ eid }) => eid));
    next = page.next;
  }
  expect(paged).toEqual(timeline.map(({ eid }) => eid));
});

test('of a device that two logged in on, each has what was done before their own login', async () => {
  const { user, device_id } = await arrive();
  const page = newPage();
  const next = `Next-${newEid()}`;
  const since = Date.now();
  await until(() => Date.now() > since + 1);
  await send(collector, batch([page({ event_type: 'looked', payload: { at: 'theirs' } })], { device_id }));
  await send(collector, batch([page({ event_type: 'login', user_ext_id: next, payload: {} })], { device_id }));
  const looks = async (name: string) =>
    (await customer(name)).timeline
      .filter(({ event_type }) => event_type === 'looked')
      .map(({ payload }) => payload.at);
  await until(async () => (await looks(next)).length > 0);
  expect(await looks(next)).toEqual(['theirs']);
  expect(await looks(user)).toEqual([`${user}'s wish`]);
});

test('an export is one document with everything, to be kept', async () => {
  const { user } = await arrive();
  const response = await fetch(`${collector.url}/v1/customers/${user}/export`, {
    headers: { authorization: 'Bearer demo-admin' },
  });
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="customer.json"');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.json()).toMatchObject({
    user_ext_id: user,
    known: { user, properties: { city: { value: `${user}'s city` } } },
    events: expect.arrayContaining([
      expect.objectContaining({ event_type: 'deposit', payload: { from: user } }),
      expect.objectContaining({ event_type: 'looked' }),
    ]),
    deliveries: expect.arrayContaining([
      expect.objectContaining({
        channel: 'popup',
        words: expect.objectContaining({ popup: expect.objectContaining({ title: `Thanks, ${user}` }) }),
      }),
    ]),
    traces: [expect.objectContaining({ verdicts: [{ campaign: 'thanks', fired: true, why: expect.any(String) }] })],
  });
  expect((await read(collector, '/v1/customers/nobody/export')).status).toBe(404);
});

describe('an erased customer', () => {
  test('is nowhere any more, and neither is the visitor who they were; the receipt names nobody and stays', async () => {
    const { user, device_id } = await arrive();
    const { engagements } = await customer(user);
    const words = `/content/demo-label/${engagements[0]!.uid}`;
    const other = await arrive();

    const { status, body: receipt } = await erase(`/v1/customers/${user}`);
    expect(status).toBe(200);
    expect(receipt).toEqual({
      receipt: expect.any(String),
      at: expect.any(Number),
      events: expect.any(Number),
      customers: 2,
      deliveries: expect.any(Number),
      traces: 1,
      contents: 1,
    });
    expect(receipt.events).toBeGreaterThanOrEqual(4);
    for (const path of [`/v1/customers/${user}`, `/v1/visitors/${device_id}`])
      expect([path, (await read(collector, path)).status]).toEqual([path, 404]);
    expect((await fetch(collector.url + words)).status).toBe(404);
    const everything = await Promise.all(
      [
        '/v1/events?limit=1000&order=desc',
        '/v1/deliveries',
        '/v1/rejections',
        '/v1/segments',
        `/v1/receipts/${receipt.receipt}`,
      ].map((path) => get(path)),
    );
    for (const name of [user, device_id]) expect(JSON.stringify(everything)).not.toContain(name);
    expect(await get(`/v1/receipts/${receipt.receipt}`)).toEqual(receipt);
    expect((await customer(other.user)).timeline.length).toBeGreaterThan(2);
  });

  test('is not found a second time; nor is a receipt that was never given, or is another label’s', async () => {
    const { user } = await arrive();
    const { body } = await erase(`/v1/customers/${user}`);
    const again = await erase(`/v1/customers/${user}`);
    expect([again.status, again.body.code]).toEqual([404, 'not_found']);
    expect((await read(collector, '/v1/receipts/none')).status).toBe(404);
    expect((await read(collector, `/v1/receipts/${body.receipt}`, 'other-admin')).status).toBe(404);
  });

  test('goes from every device, also from those that their document no longer remembers', async () => {
    const user = `Person-${newEid()}`;
    const devices = Array.from({ length: stateBounds.devices + 1 }, () => `device-${newEid()}`);
    for (const device_id of devices) {
      const page = newPage();
      const looked = page({ event_type: 'update_profile', payload: { city: user } });
      const login = page({ event_type: 'login', user_ext_id: user, payload: {} });
      await send(collector, batch([looked, login], { device_id }));
      await until(async () => device_id in ((await customer(user)).devices ?? {}));
    }
    expect(Object.keys((await customer(user)).devices)).toHaveLength(stateBounds.devices);
    await erase(`/v1/customers/${user}`);
    for (const device_id of devices) expect((await read(collector, `/v1/visitors/${device_id}`)).status).toBe(404);
  });

  test('goes in every spelling that means them', async () => {
    const user = `Bob-${newEid()}`;
    for (const spelling of [user, user.toUpperCase(), user.toLowerCase()])
      await sendFromServer(
        collector,
        envelope({ user_ext_id: spelling, event_type: 'update_profile', payload: { a: 1 } }),
      );
    await sendFromServer(collector, envelope({ user_ext_id: `${user}-else`, payload: { about: user } }));
    expect((await erase(`/v1/customers/${user.toLowerCase()}`)).body.events).toBe(3);
    for (const spelling of [user, user.toUpperCase()])
      expect((await read(collector, `/v1/customers/${spelling}`)).status).toBe(404);
    expect((await read(collector, `/v1/customers/${user}-else`)).status).toBe(200);
  });

  test('is told to the pages that are still open: they show nothing of them any more', async () => {
    const { user } = await arrive();
    const tags = { operation: 'add', tags: ['gold'] };
    await sendFromServer(
      collector,
      envelope({ user_ext_id: user, event_type: 'core_public_tags_update', payload: tags }),
    );
    await until(async () => JSON.stringify(await customer(user)).includes('GOLD'));
    const page = await connectCustomer(collector, user);
    await erase(`/v1/customers/${user}`);
    expect(await page.next(cids.propsPush)).toMatchObject({ props: { core_public_tags: [] } });
    await page.close();
  });

  test('who comes again is somebody new', async () => {
    const { user } = await arrive();
    await erase(`/v1/customers/${user}`);
    await sendFromServer(collector, envelope({ user_ext_id: user, event_type: 'update_profile', payload: { b: 2 } }));
    await until(async () =>
      JSON.stringify((await get<{ properties?: object }>(`/v1/customers/${user}`)).properties ?? {}).includes('b'),
    );
    expect(await customer(user)).toMatchObject({ properties: { b: { value: 2 } }, devices: {}, engagements: [] });
    expect((await customer(user)).timeline).toHaveLength(1);
  });

  test('who comes again with an event that nobody waits for is known again, too', async () => {
    const { user } = await arrive();
    await erase(`/v1/customers/${user}`);
    await sendFromServer(collector, envelope({ user_ext_id: user, event_type: 'hello' }));
    await until(() => collector.users.get(collector.label.name, `u:${user.toLowerCase()}`));
  });

  test('may be a visitor who never logged in, known by the device', async () => {
    const device_id = `device-${newEid()}`;
    await send(collector, batch([browserEvent(), browserEvent()], { device_id }));
    const { body } = await erase(`/v1/visitors/${device_id}`);
    expect(body.events).toBe(2);
    expect((await read(collector, `/v1/visitors/${device_id}`)).status).toBe(404);
  });
});
