/**
 * The samples of `deploy/cluster` as they are: three NATS servers, collectors that come in as their user `collector`, nginx in
 * front of them. What a client sees of it when a collector dies, and what that user may not.
 */

import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parseClusterAddress } from '../../src/collector/cluster/address.ts';
import { batch, browserEvent, type ShownEvent, send, stored } from '../support/batches.ts';
import { type RunningCollector, startCollector } from '../support/collector.ts';
import { type SampleServers, startSampleServers } from '../support/nats-sample.ts';
import { freePort, hasNginx, type Nginx, startNginxOfCluster } from '../support/nginx.ts';
import { closeClients, connectCustomer } from '../support/socket-client.ts';
import { until } from '../support/until.ts';

describe.skipIf(!hasNginx)('a cluster by the samples (skipped where there is no nginx)', () => {
  let servers: SampleServers;
  let collectors: RunningCollector[] = [];
  let nginx: Nginx;
  const front = () => ({ url: `http://127.0.0.1:${nginx.port}` });
  const isWell = async () => (await fetch(`${front().url}/healthz`)).ok;

  beforeAll(async () => {
    servers = await startSampleServers();
    const env = { STORE: servers.store('collector') };
    collectors = await Promise.all([startCollector({ env }), startCollector({ env })]);
    // The third is a machine that is not there.
    nginx = await startNginxOfCluster([...collectors.map(({ port }) => port), await freePort()]);
    await until(isWell);
  });
  afterEach(closeClients);
  afterAll(async () => {
    await nginx?.close();
    await Promise.all(collectors.map((one) => one.stop()));
    await servers?.stop();
  });

  const everywhere = async (eid: string): Promise<(ShownEvent | undefined)[]> =>
    Promise.all(collectors.map((one) => stored(one, eid)));

  test('events that come through nginx are stored once and read at every collector, under one cursor', async () => {
    const events = Array.from({ length: 20 }, () => browserEvent());
    const answers = await Promise.all([...events, ...events].map((event) => send(front(), batch([event]))));
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    for (const { eid } of events) {
      await expect.poll(() => everywhere(eid)).toEqual([expect.anything(), expect.anything()]);
      const [here, there] = await everywhere(eid);
      expect(here).toEqual(there);
    }
  });

  test('whoever sends events does not notice that a collector is killed, and a socket is opened again at the other', async () => {
    const pages = await Promise.all(['ann', 'ben', 'cem', 'dia'].map((user) => connectCustomer(front(), user)));
    // Half of the requests are with it when it dies.
    collectors[0]!.freeze();
    const events = Array.from({ length: 20 }, () => browserEvent());
    const sending = events.map((event) => send(front(), batch([event])));
    await Promise.race(sending);
    await collectors[0]!.kill('SIGKILL');
    expect((await Promise.all(sending)).map(({ status }) => status)).toEqual(events.map(() => 200));
    const fell = await Promise.race(pages.map(async (page) => (await page.closed) && page));
    expect(pages).toContain(fell);
    const again = await connectCustomer(front(), 'ann');
    expect((await again.ask({ cid: 1 })).cid).toBe(2);
    await collectors[0]!.restart();
    await expect.poll(() => everywhere(events[0]!.eid)).toEqual([expect.anything(), expect.anything()]);
  });

  test('its user may do all that a collector does, and neither take a stream away nor hear anybody else', async () => {
    const gone = browserEvent({ user_ext_id: 'eve' });
    await send(front(), batch([gone]));
    await expect.poll(() => everywhere(gone.eid)).toEqual([expect.anything(), expect.anything()]);
    const headers = { authorization: 'Bearer demo-admin' };
    expect((await fetch(`${front().url}/v1/customers/eve`, { method: 'DELETE', headers })).status).toBe(200);
    await expect.poll(() => everywhere(gone.eid)).toEqual([undefined, undefined]);
    expect(await servers.log()).not.toMatch(/violation/i);
    const parsed = parseClusterAddress(servers.store('collector'));
    if (!parsed.ok) throw new Error('the sample has no address');
    const { servers: at, user, password } = parsed.address;
    const connection = await connect({ servers: at, user: user!, pass: password! });
    const manager = await jetstreamManager(connection, { checkAPI: false });
    await expect(manager.streams.delete('openaction_events')).rejects.toThrow(/permissions/i);
    await expect(manager.streams.update('openaction_events', { max_msgs: 1 })).rejects.toThrow(/permissions/i);
    const heard = connection.subscribe('>')[Symbol.asyncIterator]().next();
    await expect(heard).rejects.toThrow(/permissions/i);
    await connection.close();
  });

  test('where no collector is left a page reads in the form of any refusal when to come again', async () => {
    await Promise.all(collectors.map((one) => one.kill('SIGKILL')));
    const { status, headers, body } = await send(front(), batch([browserEvent()]), { origin: 'https://op.example' });
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'overloaded', '5']);
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });
});
