// @vitest-environment node
/** The queue in a publisher's format, against a real endpoint of that format: the collector's own. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { guidOf } from '../../../src/sdk/publisher/messages.ts';
import type { Rooms } from '../../../src/sdk/rooms.ts';
import { stored } from '../../support/batches.ts';
import { type CollectorHere, startHere } from '../../support/collector-here.ts';
import { coreAlone, type Device, device } from '../../support/sdk-platform.ts';

let collector: CollectorHere;
let here: Device;
beforeAll(async () => {
  collector = await startHere();
});
afterAll(() => collector.stop());
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

/** As the operator's server does it, for the user that is logged in there. */
const startSession = async (user: string | null): Promise<string> => {
  const headers = { authorization: 'Bearer demo-secret', 'x-source-customer-id': `${user}` };
  const response = await fetch(`${collector.url}/v2/session/startSession`, { method: 'POST', headers });
  return ((await response.json()) as { sessionToken: string }).sessionToken;
};
const page = (request: typeof fetch = fetch) => {
  const rooms: Rooms = { ...coreAlone, load: () => import('../../../src/sdk/publisher/room.ts') as never };
  const { smartico } = here.load({ rooms, before: { fetch: request } });
  smartico.init('bank', { format: 'clientEvents', collector: collector.url, sessionToken: startSession });
  void smartico.identify('anna');
  return smartico;
};
const ad = { serveToken: 't', section: 'LatestOffers', channel: 'MobileWeb' };

test('events are stored as the customer’s, and one that is wrong is a dead letter that says why', async () => {
  const smartico = page();
  const seen = smartico.event('AdViewableImpression', { ...ad, displayPosition: 2 });
  const wrong = smartico.event('ActivateOffer', { serveToken: 't' });
  const clicked = smartico.action('deposit', { amount: 5 });
  expect(await smartico.flush()).toEqual({ stored: 2, duplicate: 0, rejected: 1, pending: 0 });
  expect(await stored(collector, guidOf(`${seen}`))).toMatchObject({
    user_ext_id: 'anna',
    event_type: 'AdViewableImpression',
    trust: 'verified',
    payload: { clientEventType: 'AdImpression', ...ad, displayPosition: 2 },
  });
  expect(await stored(collector, guidOf(`${clicked}`))).toMatchObject({
    event_type: 'deposit',
    payload: { clientEventType: 'SessionAction', amount: 5 },
  });
  expect((await smartico.receipts()).dead).toMatchObject([
    { eid: wrong, code: 'bad_event', message: expect.stringContaining('clientEventMetadata.section') },
  ]);
});

test('a body of which nothing is valid is a verdict on each event, too', async () => {
  const smartico = page();
  smartico.event('ActivateOffer');
  smartico.event('ParkOffer', { section: 'x' });
  expect(await smartico.flush()).toMatchObject({ stored: 0, rejected: 2, pending: 0 });
});

test('an answer that is lost costs nothing: what is sent again is a duplicate', async () => {
  let lost = 0;
  const smartico = page(async (...what) => {
    const response = await fetch(...what);
    if (lost++ === 0) throw new Error('the network went away');
    return response;
  });
  const eid = smartico.event('LogEnrollment');
  expect(await smartico.flush()).toMatchObject({ stored: 0, duplicate: 0 });
  expect(await smartico.flush()).toEqual({ stored: 0, duplicate: 1, rejected: 0, pending: 0 });
  expect((await smartico.receipts()).recent).toMatchObject([{ eid, verdict: 'duplicate' }]);
});
