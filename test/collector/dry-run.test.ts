/** A campaign tried on what happened already: for whom it would have begun, why not for others, and nothing else. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { envelope, read, sendFromServer } from '../support/batches.ts';
import { type CollectorHere, startHere } from '../support/collector-here.ts';
import { patiently } from '../support/until.ts';

const DAY = 86_400_000;
interface DryRun {
  events: number;
  customers: number;
  fired: { user_ext_id: string | null; device_id: string | null; eid: string; at: number }[];
  refused: { why: string; count: number }[];
  more: boolean;
  code: string;
  message: string;
}

let collector: CollectorHere;
beforeAll(async () => {
  collector = await startHere({
    label: {
      segments: { RICH: { property: 'balance', where: { $gte: 100 } } },
      campaigns: {
        'big-deposit': {
          on: { event: 'deposit' },
          where: { amount: { $gte: 50 } },
          enabled: false,
          steps: [{ tag: 'BIG' }, { popup: { title: 'Thank you' } }],
        },
      },
      missions: {},
    },
  });
});
afterAll(() => collector.stop());

const dryRun = async (body: unknown): Promise<{ status: number; body: DryRun }> => {
  const response = await fetch(`${collector.url}/v1/campaigns/dry-run`, {
    method: 'POST',
    headers: { authorization: 'Bearer demo-admin' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as DryRun };
};
const tell = async (user: string | null, event_type: string, payload: object = {}, more: object = {}) => {
  const event = envelope({ user_ext_id: user, event_type, payload, ...more });
  expect((await sendFromServer(collector, event)).body.rejected).toEqual([]);
  return event.eid;
};
const firedFor = ({ fired }: DryRun) => fired.map(({ user_ext_id }) => user_ext_id);

describe('over events that are stored', () => {
  let big: string;
  beforeAll(async () => {
    await tell('anna', 'deposit', { amount: 10 });
    big = await tell('anna', 'deposit', { amount: 60 });
    await tell('bela', 'deposit', { amount: 5 });
    await tell('bela', 'withdrawal', { amount: 99 });
  });

  test('a campaign of the config says for whom it would have begun, and the first condition that said no', async () => {
    const { status, body } = await dryRun({ campaign: 'big-deposit' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ customers: 2, more: false });
    expect(body.fired).toEqual([{ user_ext_id: 'anna', device_id: null, eid: big, at: expect.any(Number) }]);
    expect(body.refused).toHaveLength(2);
    for (const { why } of body.refused) expect(why).toMatch(/^amount: (5|10) /);
  });

  test('nothing is stored or sent by it', async () => {
    await dryRun({ campaign: 'big-deposit' });
    expect((await read<{ deliveries: object[] }>(collector, '/v1/deliveries')).body.deliveries).toEqual([]);
    expect((await read<{ tags: string[] }>(collector, '/v1/customers/anna')).body.tags).toEqual([]);
  });

  test('a definition that is in no config yet is tried the same way', async () => {
    const { body } = await dryRun({ campaign: { on: { event: 'withdrawal' }, steps: [{ points: 1 }] } });
    expect(firedFor(body)).toEqual(['bela']);
  });

  test('only what came between two moments begins it', async () => {
    const before = await dryRun({ campaign: 'big-deposit', to: Date.now() - DAY });
    expect(before.body).toMatchObject({ events: 0, fired: [] });
    const after = await dryRun({ campaign: 'big-deposit', from: Date.now() + DAY, to: Date.now() + 2 * DAY });
    expect(after.body).toMatchObject({ events: 0, fired: [] });
  });

  test('a mistake is told with its path, and what is not there is not found', async () => {
    const wrong = await dryRun({ campaign: { on: { event: 'x' }, where: { 'bad-code': 1 }, steps: [{ points: 1 }] } });
    expect([wrong.status, wrong.body.code]).toEqual([400, 'bad_definition']);
    expect(wrong.body.message).toContain('campaign.where');
    expect((await dryRun({ campaign: 'none' })).status).toBe(404);
    expect((await dryRun({ campaign: 'big-deposit', from: 'yesterday' })).body.code).toBe('bad_request');
    expect((await dryRun({})).body.message).toBe('campaign is missing');
  });
});

describe('rules over the customer', () => {
  test('see what was known when the event came, and no later', async () => {
    await tell('cleo', 'spin');
    await tell('cleo', 'update_profile', { balance: 200 });
    const second = await tell('cleo', 'spin');
    await tell('cleo', 'update_profile', { balance: 1 });
    const { body } = await dryRun({
      campaign: { on: { event: 'spin' }, customer: { segment: 'RICH' }, steps: [{ points: 1 }] },
    });
    expect(body.fired.map(({ eid }) => eid)).toEqual([second]);
  });

  test('see what happened before the stretch that is replayed', async () => {
    const start = Date.now();
    await tell('dora', 'viewed', { item: 'lamp' });
    while (Date.now() < start + 3) await new Promise(setImmediate);
    const from = Date.now();
    await tell('dora', 'bought', { item: 'lamp' });
    await tell('emil', 'bought', { item: 'lamp' });
    const { body } = await dryRun({
      campaign: {
        on: { event: 'bought' },
        customer: { event: 'viewed', where: { item: '$item' } },
        steps: [{ points: 1 }],
      },
      from,
    });
    expect(firedFor(body)).toEqual(['dora']);
  });

  test('see what the campaign itself did: its caps and its steps count', async () => {
    for (const _ of [1, 2, 3]) await tell('finn', 'knock');
    const knocks = async (more: object) =>
      (await dryRun({ campaign: { on: { event: 'knock' }, steps: [{ tag: 'KNOCKED' }], ...more } })).body.fired.length;
    expect(await knocks({})).toBe(3);
    expect(await knocks({ cap: { times: 2 } })).toBe(2);
    expect(await knocks({ customer: { not: { tag: 'KNOCKED' } } })).toBe(1);
  });
});

test('a system event is asked of everybody as they are known', async () => {
  await tell('gina', 'viewed', { item: 'vase' });
  await tell(null, 'in_stock', { item: 'vase' }, { scope: 'system' });
  const told = async () => {
    const { body } = await dryRun({
      campaign: {
        on: { system: 'in_stock' },
        customer: { event: 'viewed', where: { item: '$item' } },
        steps: [{ inbox: { title: 'Back', body: 'It is back' } }],
      },
    });
    return [firedFor(body), body.refused.map(({ why }) => why)];
  };
  const lacking = expect.stringContaining('customer: never had viewed');
  await expect.poll(told, patiently).toEqual([['gina'], expect.arrayContaining([lacking])]);
});

test('a segment that is entered begins what waits for it', async () => {
  const eid = await tell('hugo', 'update_profile', { balance: 500 });
  const { body } = await dryRun({ campaign: { on: { entered: 'RICH' }, steps: [{ points: 1 }] } });
  expect(body.fired).toContainEqual(expect.objectContaining({ user_ext_id: 'hugo', eid }));
});
