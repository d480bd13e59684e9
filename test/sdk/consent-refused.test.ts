// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LiveModule } from '../../src/sdk/live/live.ts';
import type { Rooms } from '../../src/sdk/rooms.ts';
import { slowIndexedDb } from '../support/indexeddb.ts';
import { networkError, scriptedCollector } from '../support/scripted-collector.ts';
import { coreAlone, type Device, device, newTab } from '../support/sdk-platform.ts';
import { until } from '../support/until.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

const SRC = 'https://events.op.example/smartico.js';
const databases = async () => (await indexedDB.databases()).map(({ name }) => name);
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
/** A live room of which only the visits are known. */
const visited = () => {
  const visits: string[] = [];
  const module = {
    createLive: () => ({
      sync: () => visits.push('sync'),
      stop: () => visits.push('stop'),
      login: () => {},
      navigated: () => {},
    }),
  } as unknown as LiveModule;
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const rooms: Rooms = { ...coreAlone, load: () => arrived.then(() => module as never) };
  return { visits, rooms, arrive };
};

describe('consent(false)', () => {
  const started = (more: Parameters<Device['load']>[0] = {}) =>
    here.load({ script: { src: SRC, label: 'label' }, ...more });
  const down = () => {
    const collector = scriptedCollector();
    collector.always(networkError);
    return collector;
  };

  test('purges what waits and what we kept, and leaves the page’s own', async () => {
    here.disk.cart = 'the page’s own';
    here.disk['_smarticohouse:q'] = 'another script’s';
    const tab = newTab();
    tab.session.set('_smartico:dp', 'dp:inbox');
    const { smartico } = started({ tab, collector: down() });
    smartico.action('Buy');
    await smartico.flush();
    smartico.consent(false);
    await until(async () => (await smartico.receipts()).pending === 0);
    expect(Object.keys(here.disk).sort()).toEqual(['_smartico:consent', '_smarticohouse:q', 'cart']);
    expect(tab.session.keys('')).toEqual([]);
  });

  test('in one of two tabs is remembered by the next page', async () => {
    const tabs = [started({ collector: down() }), started({ collector: down() })];
    tabs[0]?.smartico.consent(false);
    tabs[1]?.root.dispatchEvent(
      Object.assign(new tabs[1].root.Event('storage'), { key: '_smartico:consent', newValue: 'no' }),
    );
    const { smartico, collector } = started();
    await settled();
    smartico.action('Buy');
    await smartico.flush();
    expect([collector.requests, Object.keys(here.disk)]).toEqual([[], ['_smartico:consent']]);
  });

  test.each(['denied', 'granted', 'false', 1, undefined])('is what %j means: only `true` is a yes', async (answer) => {
    const { smartico, collector, console } = started();
    smartico.consent(answer as never);
    expect(smartico.action('Buy')).toBeUndefined();
    await smartico.flush();
    expect([collector.requests, console[0]]).toEqual([[], expect.stringContaining('bad_argument')]);
  });

  test('before anything was sent: nothing ever is', async () => {
    const { smartico, collector, root } = started();
    smartico.action('Buy');
    smartico.consent(false);
    expect(await smartico.flush()).toMatchObject({ stored: 0 });
    root.dispatchEvent(new root.Event('pagehide'));
    root.dispatchEvent(new root.Event('online'));
    await settled();
    expect([collector.requests, (await smartico.receipts()).pending]).toEqual([[], 0]);
  });

  test('at any moment of a flush: no request leaves after it', async () => {
    const late: number[] = [];
    for (let turns = 0; turns < 30; turns++) {
      const collector = scriptedCollector();
      let refused = false;
      const fetch: typeof globalThis.fetch = (...request) => {
        if (refused) late.push(turns);
        return collector.fetch(...request);
      };
      const { smartico } = here.load({
        script: { src: SRC, label: `label-${turns}`, consent: 'required' },
        collector: { ...collector, fetch },
      });
      smartico.consent(true);
      await until(async () => (await databases()).includes(`_smartico:label-${turns}:`));
      smartico.action('Buy');
      const flushed = smartico.flush();
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      refused = true;
      smartico.consent(false);
      await flushed;
    }
    expect(late).toEqual([]);
  });

  test('while the database still opens: what an earlier page left there goes too', async () => {
    const earlier = started({ collector: down() });
    earlier.smartico.action('Earlier');
    await earlier.smartico.flush();
    await until(() => !Object.keys(here.disk).some((key) => key.includes(':q:')));
    const opens = slowIndexedDb();
    const { smartico, collector } = started();
    smartico.consent(false);
    await settled();
    opens();
    await until(async () => (await earlier.smartico.receipts()).pending === 0);
    expect(collector.requests).toEqual([]);
  });

  test('stops: what is called afterwards is captured no more, and the console says why', async () => {
    const { smartico, console } = started();
    smartico.consent(false);
    expect([smartico.action('Buy'), smartico.event('view')]).toEqual([undefined, undefined]);
    expect(console).toEqual(['[smartico] consent_missing: refused']);
  });

  test('survives a reload, also where the tag does not ask for consent', async () => {
    started().smartico.consent(false);
    const { smartico, collector, root } = started();
    smartico.action('Buy');
    await settled();
    smartico.action('Buy');
    root.dispatchEvent(new root.Event('pagehide'));
    await settled();
    expect([collector.requests, Object.keys(here.disk), (await smartico.receipts()).pending]).toEqual([
      [],
      ['_smartico:consent'],
      0,
    ]);
  });

  test('ends the line to the collector: another user or language afterwards opens none', async () => {
    const { visits, rooms, arrive } = visited();
    arrive();
    const { smartico } = started({ rooms });
    await until(() => visits.length);
    smartico.consent(false);
    void smartico.online('u2', 'de');
    smartico.changeLanguage('fr');
    expect(visits).toEqual(['sync', 'stop']);
  });

  test('a live room that arrives after it is not sent to look for anybody', async () => {
    const { visits, rooms, arrive } = visited();
    const { smartico } = started({ rooms });
    smartico.consent(false);
    arrive();
    await settled();
    expect(visits).not.toContain('sync');
    smartico.consent(true);
    await until(() => visits.includes('sync'));
  });

  test('in another tab stops this one', async () => {
    const { visits, rooms, arrive } = visited();
    arrive();
    const { smartico, root } = started({ rooms });
    await until(() => visits.length);
    root.dispatchEvent(Object.assign(new root.Event('storage'), { key: '_smartico:consent', newValue: 'no' }));
    expect([visits, smartico.action('Buy')]).toEqual([['sync', 'stop'], undefined]);
  });

  test('may be taken back: the page goes on, and nothing of before comes again', async () => {
    const { smartico, collector } = started();
    smartico.action('Before');
    smartico.consent(false);
    smartico.action('Refused');
    await until(async () => (await smartico.receipts()).pending === 0);
    smartico.consent(true);
    smartico.action('After');
    await smartico.flush();
    expect(collector.stored.map(({ payload }) => payload.client_action)).toEqual(['After']);
  });
});
