/** What an operator reads of campaigns: what they are, what became of them, what was sent and why. Over HTTP. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  CampaignDetail,
  CampaignList,
  SentMessage,
  SentPage,
  TraceList,
} from '../../src/collector/live/campaign-shapes.ts';
import { batch, browserEvent, envelope, newEid, read, send, sendFromServer } from '../support/batches.ts';
import { type CollectorHere, startHere } from '../support/collector-here.ts';
import { patiently, until } from '../support/until.ts';

const welcome = {
  on: { event: 'signed_up' },
  where: { plan: 'gold' },
  steps: [{ popup: { title: 'Welcome, {{ event.plan }} member' } }, { tag: 'WELCOME' }],
};
let collector: CollectorHere;
const get = async <Answer>(path: string) => (await read<Answer>(collector, path)).body;
const tell = async (user: string, payload: object): Promise<string> => {
  const event = envelope({ user_ext_id: user, event_type: 'signed_up', payload });
  await sendFromServer(collector, event);
  return event.eid;
};

let gold: string;
let silver: string;
beforeAll(async () => {
  collector = await startHere({
    label: {
      segments: { NOBODY: { tag: 'NOBODY' } },
      campaigns: {
        welcome,
        sleeping: { on: { left: 'NOBODY' }, enabled: false, steps: [{ points: 1 }] },
        news: { on: { system: 'news' }, steps: [{ points: 1 }] },
      },
      missions: { clicker: { title: 'Click', tasks: [{ event: 'click', count: 3 }], reward: [{ points: 5 }] } },
    },
  });
  gold = await tell('Anna', { plan: 'gold' });
  silver = await tell('bela', { plan: 'silver' });
  const visitor = browserEvent({ event_type: 'signed_up', payload: { plan: 'gold' } });
  await send(collector, batch([visitor], { device_id: 'device-of-visitor' }));
  await until(async () => (await get<SentPage>('/v1/deliveries?channel=popup')).deliveries.length === 2);
});
afterAll(() => collector.stop());

test('every campaign with what begins it and what became of it, and every mission', async () => {
  const { campaigns, missions } = await get<CampaignList>('/v1/campaigns');
  expect(campaigns).toEqual([
    {
      name: 'welcome',
      enabled: true,
      on: { event: 'signed_up' },
      counts: expect.arrayContaining([{ channel: 'popup', status: 'pending', count: 2 }]),
    },
    { name: 'sleeping', enabled: false, on: { left: 'NOBODY' }, counts: [] },
    { name: 'news', enabled: true, on: { system: 'news' }, counts: [] },
  ]);
  expect(missions).toEqual([{ name: 'clicker', title: 'Click', tasks: [{ event: 'click', count: 3 }], counts: [] }]);
});

test('one of them as the config says it, with what it made, newest first and page by page', async () => {
  const first = await get<CampaignDetail>('/v1/campaigns/welcome?limit=1');
  expect(first).toMatchObject({ name: 'welcome', definition: welcome, next: expect.any(String) });
  const rows = [...first.deliveries];
  for (let next: string | null = first.next; next !== null; ) {
    const page: CampaignDetail = await get(`/v1/campaigns/welcome?limit=1&after=${encodeURIComponent(next)}`);
    rows.push(...page.deliveries);
    next = page.next;
  }
  const popups = rows.filter(({ channel }) => channel === 'popup');
  expect(popups.map(({ user_ext_id, device_id }) => user_ext_id ?? device_id).sort()).toEqual([
    'Anna',
    'device-of-visitor',
  ]);
  expect(new Set(rows.map(({ uid }) => uid)).size).toBe(rows.length);
  expect(await get('/v1/campaigns/mission: clicker')).toMatchObject({ definition: { title: 'Click' }, deliveries: [] });
  expect(await get('/v1/campaigns/none')).toMatchObject({ code: 'not_found' });
  expect(await get('/v1/campaigns/constructor')).toMatchObject({ code: 'not_found' });
});

test('what was made for one customer, and the words that went out', async () => {
  const { deliveries } = await get<SentPage>('/v1/deliveries?user_ext_id=anna&channel=popup');
  expect(deliveries).toMatchObject([{ user_ext_id: 'Anna', campaign: 'welcome', eid: gold, status: 'pending' }]);
  const message = await get<SentMessage>(`/v1/deliveries/${deliveries[0]!.uid}`);
  expect(message.words).toMatchObject({ kind: 'popup', popup: { title: 'Welcome, gold member' } });
  const ofVisitor = await get<SentPage>('/v1/deliveries?device_id=device-of-visitor&campaign=welcome');
  expect(ofVisitor.deliveries.map(({ device_id }) => device_id)).toContain('device-of-visitor');
  expect(await get('/v1/deliveries/none-of-this-id')).toMatchObject({ code: 'not_found' });
  expect(await get('/v1/deliveries?channel=smoke')).toMatchObject({ code: 'bad_query' });
});

test('the trace of an event says what every campaign said to it, and that of a customer the newest first', async () => {
  const [no] = (await get<TraceList>(`/v1/traces?eid=${silver}`)).traces;
  expect(no).toMatchObject({
    user_ext_id: 'bela',
    device_id: null,
    eid: silver,
    verdicts: [{ campaign: 'welcome', fired: false, why: expect.stringMatching(/^plan: "silver" /) }],
  });
  const { traces } = await get<TraceList>('/v1/traces?user_ext_id=Anna');
  expect(traces).toMatchObject([{ eid: gold, verdicts: [{ campaign: 'welcome', fired: true }] }]);
  expect(await get(`/v1/traces?eid=${newEid()}`)).toEqual({ traces: [], more: false });
  expect(await get('/v1/traces')).toMatchObject({ code: 'bad_query' });
});

test('a customer shows their campaigns, missions and tags; a visitor shows the same', async () => {
  await sendFromServer(
    collector,
    [1, 2].map(() => envelope({ user_ext_id: 'Anna', event_type: 'click' })),
  );
  const anna = () => get('/v1/customers/Anna');
  await expect.poll(anna, patiently).toMatchObject({
    tags: ['WELCOME'],
    missions: [{ name: 'clicker', title: 'Click', tasks: [{ event: 'click', done: 2, count: 3 }], completed_at: null }],
    campaigns: [{ name: 'welcome', began: [expect.any(Number)], waits_until: null }],
    engagements: [{ kind: 'popup', from: 'welcome' }],
    badges: {},
    unsubscribed: [],
  });
  expect(await get('/v1/visitors/device-of-visitor')).toMatchObject({
    device_id: 'device-of-visitor',
    tags: ['WELCOME'],
    timeline: [{ event_type: 'signed_up' }],
  });
});

test('a visitor is sent to by hand like anybody', async () => {
  const response = await fetch(`${collector.url}/v1/visitors/device-of-visitor/engagements`, {
    method: 'POST',
    headers: { authorization: 'Bearer demo-admin' },
    body: JSON.stringify({ kind: 'popup', title: 'Hello' }),
  });
  expect(response.status).toBe(201);
  const { engagements } = await get<{ engagements: object[] }>('/v1/visitors/device-of-visitor');
  expect(engagements).toContainEqual(expect.objectContaining({ about: 'Hello', from: 'admin' }));
  expect(await get('/v1/visitors/x')).toMatchObject({ code: 'bad_request' });
});

test('a system event, told to more customers than are asked for, says that there are more', async () => {
  const eid = newEid();
  await sendFromServer(collector, [envelope({ eid, user_ext_id: undefined, event_type: 'news', scope: 'system' })]);
  const asked = (limit: number) => get<TraceList>(`/v1/traces?eid=${eid}&limit=${limit}`);
  await expect.poll(async () => (await asked(3)).traces.length, patiently).toBe(3);
  expect((await asked(2)).traces).toHaveLength(2);
  expect([(await asked(2)).more, (await asked(3)).more]).toEqual([true, false]);
});

test('every reading needs the admin key, and one label’s reads nothing of another', async () => {
  for (const path of ['campaigns', 'campaigns/welcome', 'segments', 'segments/NOBODY', 'traces?eid=x', 'deliveries'])
    expect([path, (await read(collector, `/v1/${path}`, 'nobody')).status]).toEqual([path, 401]);
  const { body } = await read<SentPage>(collector, '/v1/deliveries', 'other-admin');
  expect(body.deliveries).toEqual([]);
  expect((await read(collector, '/v1/visitors/device-of-visitor', 'other-admin')).status).toBe(404);
});
