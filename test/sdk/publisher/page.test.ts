// @vitest-environment node
/** `init(label, { format: 'clientEvents' })`: the whole page, its queue going to a publisher's own endpoint. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Rooms } from '../../../src/sdk/rooms.ts';
import type { ClientEvents } from '../../../src/wire/client-event.ts';
import { coreAlone, type Device, device } from '../../support/sdk-platform.ts';
import { until } from '../../support/until.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

const page = () => {
  const fetched: string[] = [];
  const asked: { url: string; token: string; names: string[] }[] = [];
  const door = { open: true };
  const rooms: Rooms = {
    ...coreAlone,
    async load(room, address) {
      fetched.push(`${room} from ${address}`);
      if (!door.open) throw new Error('blocked');
      return import('../../../src/sdk/publisher/room.ts') as never;
    },
  };
  const fetch = async (url: string, { body, headers }: { body: string; headers: Record<string, string> }) => {
    const { clientEvents } = JSON.parse(body) as ClientEvents;
    asked.push({ url, token: `${headers.Authorization}`, names: clientEvents.map(({ clientEvent }) => clientEvent) });
    return new Response(JSON.stringify({ requestId: headers['X-CDLX-Request-Id'] }));
  };
  const made = here.load({ rooms, before: { fetch } });
  const start = () =>
    made.smartico.init('bank', {
      format: 'clientEvents',
      collector: 'https://publisher.example/',
      sessionToken: (user) => user && `token of ${user}`,
    });
  return { ...made, fetched, asked, door, start };
};

test('events go to the publisher in its form, and nothing else is asked of it', async () => {
  const { smartico, start, asked, fetched } = page();
  start();
  void smartico.identify('anna');
  const eid = smartico.event('AdViewableImpression', { serveToken: 't' });
  smartico.action('UrlLinkClicked');
  expect(await smartico.flush()).toEqual({ stored: 2, duplicate: 0, rejected: 0, pending: 0 });
  expect(asked).toEqual([
    {
      url: 'https://publisher.example/v2/events/clientEvent',
      token: 'Bearer token of anna',
      names: ['AdViewableImpression', 'UrlLinkClicked'],
    },
  ]);
  expect((await smartico.receipts()).recent[0]).toMatchObject({ eid, verdict: 'stored' });
  expect(fetched).toEqual(['publisher from https://events.op.example']);
});

test('a session is one customer’s: what another one did waits until they are back', async () => {
  const { smartico, start, asked } = page();
  start();
  smartico.event('as_visitor');
  void smartico.identify('anna');
  smartico.event('of_anna');
  void smartico.identify('bela');
  smartico.event('of_bela');
  expect(await smartico.flush()).toMatchObject({ stored: 1, pending: 2 });
  void smartico.identify('anna');
  expect(await smartico.flush()).toMatchObject({ stored: 1, pending: 1 });
  expect(asked.map(({ token, names }) => [token, names])).toEqual([
    ['Bearer token of bela', ['of_bela']],
    ['Bearer token of anna', ['of_anna']],
  ]);
});

test('while the room cannot be had events wait, and they are sent when it can', async () => {
  const { smartico, start, asked, door, console, root } = page();
  door.open = false;
  start();
  void smartico.identify('anna');
  smartico.event('deposit');
  expect(await smartico.flush()).toMatchObject({ stored: 0, pending: 1 });
  expect(console.join('\n')).toContain('room_unavailable: publisher');
  door.open = true;
  root.dispatchEvent(new root.Event('online'));
  await until(() => asked.length === 1);
});

test('a page that leaves sends what is the present customer’s, and nobody else’s', async () => {
  const { smartico, start, asked, root } = page();
  start();
  await smartico.flush();
  void smartico.identify('bela');
  smartico.event('of_bela');
  void smartico.identify('anna');
  smartico.event('of_anna');
  root.dispatchEvent(new root.Event('pagehide'));
  await until(() => asked.length === 1);
  expect(asked[0]!.names).toEqual(['of_anna']);
});
