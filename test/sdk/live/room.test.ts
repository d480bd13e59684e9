// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cids } from '../../../src/wire/protocol.ts';
import { liveOn, propsOf, scriptedSockets } from '../../support/live-page.ts';
import { type Device, device } from '../../support/sdk-platform.ts';
import { until } from '../../support/until.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

const page = (more: Parameters<typeof liveOn>[1] = {}) => {
  const made = liveOn(here, more);
  made.smartico.init('label', { brand_key: 'brand' });
  return made;
};
const known = async (more: Parameters<typeof liveOn>[1] = {}) => {
  const made = page(more);
  void made.smartico.identify('u1', 'h1');
  await made.identified();
  return made;
};

describe('logins', () => {
  test('of one user are not made for the next', async () => {
    const { smartico, sockets, identified, stored } = page();
    sockets.answer(cids.identify, ({ ext_user_id }) => (ext_user_id === 'u2' ? { props: propsOf('u2') } : undefined));
    void smartico.online('u1');
    await until(() => sockets.saidOf(cids.identify).length);
    void smartico.identify('u2');
    await identified();
    expect(await stored()).toEqual([]);
  });

  test('are one for all tabs that are open', async () => {
    const [one, two] = [page(), page()];
    void one.smartico.online('u1');
    await one.identified();
    void two.smartico.online('u1');
    await two.identified();
    await one.smartico.flush();
    await two.smartico.flush();
    const logins = [...one.collector.stored, ...two.collector.stored].filter(
      ({ event_type }) => event_type === 'login',
    );
    expect(logins).toHaveLength(1);
  });
});

describe('what the collector sends', () => {
  const link = { cid: 105, engagement_uid: 'e-link-0001', payload: { dp: 'dp:action&action=FromServer' } };

  test('A6 where links come from: one that the server sends runs once, also when a second identify delivers it again', async () => {
    const { sockets, root, stored } = await known();
    sockets.push(link);
    sockets.drop();
    root.dispatchEvent(new root.Event('online'));
    await until(() => sockets.saidOf(cids.identify).length === 2);
    sockets.push(link);
    expect((await stored()).map(([type]) => type)).toEqual(['engagement_impression', 'client_action']);
  });

  test('a popup fetches the drawing room; one that does not come is told, and tried with the next', async () => {
    const asked: string[] = [];
    const shown: unknown[] = [];
    const sockets = scriptedSockets();
    const room = {
      createUi: () => ({
        popup: (push: { engagement_uid: string }) => shown.push(push.engagement_uid),
        resume: () => {},
      }),
    };
    const { console, smartico } = here.load({
      before: { WebSocket: sockets.WebSocket },
      rooms: {
        scriptUrl: (address) => address,
        async load(name) {
          if (name === 'live') return import('../../../src/sdk/live/room.ts') as never;
          asked.push(name);
          if (asked.length === 1) throw new Error('network');
          return room as never;
        },
      },
    });
    smartico.init('label');
    void smartico.identify('u1');
    await until(() => smartico.checkSuccessfullyIdentify());
    expect(asked).toEqual([]);
    const popup = (uid: string) => ({ cid: 110, engagement_uid: uid, activityType: 30, popup: { title: uid } });
    sockets.push(popup('e-popup-1'));
    await until(() => console.length);
    sockets.push(popup('e-popup-2'));
    await until(() => shown.length);
    expect([asked, shown, console]).toEqual([
      ['ui', 'ui'],
      ['e-popup-2'],
      [expect.stringContaining('room_unavailable: ui')],
    ]);
  });
});

describe('links', () => {
  test('that lead elsewhere are held until the user is identified, and go through the label’s check', async () => {
    const { smartico, sockets, root, identified, console } = page();
    sockets.answer(cids.init, () => ({
      settings: { LINK_HOSTS: 'shop.op.example', DEEP_LINKS: '{"deposit":"/cashier"}' },
    }));
    const went = vi.spyOn(root.location, 'assign').mockImplementation(() => {});
    smartico.dp('https://shop.op.example/x');
    smartico.dp('dp:deposit');
    smartico.dp('https://evil.example/');
    void smartico.identify('u1');
    await identified();
    await until(() => went.mock.calls.length === 2 && console.length);
    expect(went.mock.calls).toEqual([['https://shop.op.example/x'], ['https://op.example/cashier']]);
    expect(console).toEqual(['[smartico] link_dropped: https://evil.example/']);
  });

  test('of the operator’s own are handled by the page', async () => {
    const { smartico } = await known();
    const heard: unknown[] = [];
    smartico.on('dp:cashier', (link) => void heard.push(link));
    smartico.dp('dp:cashier&tab=deposit');
    await until(() => heard.length);
    expect(heard).toEqual([{ verb: 'cashier', params: { tab: 'deposit' } }]);
  });
});

describe('calls of other products', () => {
  test.each([
    'miniGame',
    'gamificationBlock',
    'showBanner',
    'sendDataToBanner',
    'showVisitorGame',
    'convertVisitorGame',
  ] as const)(
    'A7 miniGame, gamificationBlock, showBanner, sendDataToBanner, showVisitorGame, convertVisitorGame: %s rejects `not_available`',
    async (method) => {
      const { smartico, console } = await known();
      const call = smartico[method] as (argument: object) => Promise<unknown>;
      for (let times = 0; times < 2; times++) await expect(call({})).rejects.toMatchObject({ code: 'not_available' });
      expect(console).toEqual([`[smartico] not_available: ${method}`]);
    },
  );

  test('one that the page does not wait for is no unhandled rejection', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const { smartico } = await known();
    void smartico.miniGame(1);
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('in debug mode', () => {
  test('an unknown call is told once, with the nearest that exists', async () => {
    const { smartico, root, console } = liveOn(here);
    root._smartico = smartico;
    smartico.init('label', { debug: true });
    await smartico.ready();
    const open = root._smartico as unknown as { [name: string]: unknown };
    expect([open.setUserName, open.setUserName]).toEqual([undefined, undefined]);
    expect(console).toEqual([expect.stringMatching(/unknown_method: _smartico.setUserName: did you mean set/)]);
  });
});

describe('suspension', () => {
  test('A7 suspendPopups, suspendInbox, suspendMiniGames: latched before identify, kept with the tab', async () => {
    const { smartico, platform } = page();
    smartico.suspendPopups(true);
    smartico.suspendInbox(true, { reason: 'cashier' });
    smartico.suspendMiniGames(true);
    smartico.suspendMiniGames(false);
    await smartico.ready();
    expect(JSON.parse(`${platform.session.get('_smartico:holds')}`)).toEqual([
      ['popups', '', 0],
      ['inbox', 'cashier', 0],
    ]);
  });
});
