/** Pages and live views of one collector, and what happens at another: two processes and a server, nothing stubbed. */
import { randomUUID } from 'node:crypto';
import { connect } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { namesOf } from '../../../src/collector/cluster/names.ts';
import { batch, browserEvent } from '../../support/batches.ts';
import { type RunningCollector, startCollector } from '../../support/collector.ts';
import { liveEvents } from '../../support/live-events.ts';
import { type NatsServers, startNats } from '../../support/nats.ts';
import { closeClients, connectCustomer } from '../../support/socket-client.ts';
import { until } from '../../support/until.ts';

let nats: NatsServers;
let here: RunningCollector;
let there: RunningCollector;
beforeAll(async () => {
  nats = await startNats();
  const env = { STORE: nats.store() };
  [here, there] = await Promise.all([startCollector({ env }), startCollector({ env })]);
}, 60_000);
afterEach(closeClients);
afterAll(async () => {
  await Promise.all([here.stop(), there.stop()]);
  await nats.stop();
});

const order = async (what: string, body: object): Promise<unknown> => {
  const answer = await fetch(`${there.url}/v1/customers/${what}`, {
    method: 'POST',
    headers: { authorization: 'demo-admin', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBeLessThan(300);
  return answer.json();
};
const act = async (collector: RunningCollector): Promise<string> => {
  const event = browserEvent();
  const answer = await fetch(`${collector.url}/v1/events`, { method: 'POST', body: JSON.stringify(batch([event])) });
  expect(await answer.json()).toMatchObject({ rejected: [] });
  return event.eid;
};

test('a page hears at its own collector what an operator does at another: a tag, a popup with its words', async () => {
  const user = randomUUID();
  const page = await connectCustomer(here, user);
  await order(`${user}/tags`, { operation: 'add', tags: ['VIP'] });
  expect(await page.next(108)).toMatchObject({ props: { core_public_tags: ['VIP'] } });
  const sent = await order(`${user}/engagements`, { kind: 'popup', title: 'Hello' });
  expect(sent).toMatchObject({ delivered: 0 });
  expect(await page.next(110)).toMatchObject({ popup: { title: 'Hello' } });
});

test('a live view is told what every collector stores, and goes on at another where it left off', async () => {
  const view = await liveEvents(here, 'demo-admin');
  const eids = [await act(there), await act(here), await act(there)];
  const seen = [await view.next('stored'), await view.next('stored'), await view.next('stored')];
  view.end();
  expect(seen.map(({ value }) => value.eid)).toEqual(eids);
  const missed = await act(here);
  const elsewhere = await liveEvents(there, 'demo-admin', seen.at(-1)!.id);
  expect((await elsewhere.next('stored')).value.eid).toBe(missed);
  elsewhere.end();
});

test('what somebody else says on the subject of pushes is counted and told once, and no page is harmed', async () => {
  const user = randomUUID();
  const page = await connectCustomer(here, user);
  const stranger = await connect({ servers: nats.servers.map(({ port }) => `127.0.0.1:${port}`) });
  const subject = namesOf('openaction').push('Demo casino', `u:${user}`);
  for (let n = 0; n < 3; n++) stranger.publish(subject, 'no JSON');
  await stranger.flush();
  await stranger.close();
  const counted = async (): Promise<boolean> =>
    /^openaction_refused_pushes 3$/m.test(await (await fetch(`${here.url}/metrics`)).text());
  for (let is = false; !is; is = await counted());
  await order(`${user}/tags`, { operation: 'add', tags: ['FINE'] });
  expect(await page.next(108)).toMatchObject({ props: { core_public_tags: ['FINE'] } });
  await until(() => here.log.includes('is no news for pages'));
  expect(here.log.match(/is no news for pages/g)).toHaveLength(1);
});
