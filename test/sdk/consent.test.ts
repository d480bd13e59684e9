// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { scriptedCollector } from '../support/scripted-collector.ts';
import { coreAlone, type Device, device, newTab } from '../support/sdk-platform.ts';
import { until } from '../support/until.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

const SRC = 'https://events.op.example/smartico.js';
/** A page whose tag asks for consent. */
const asking = (more: Parameters<Device['load']>[0] = {}) =>
  here.load({ script: { src: SRC, label: 'label', brand: 'brand', consent: 'required' }, ...more });
const databases = async () => (await indexedDB.databases()).map(({ name }) => name);
/** Everything that this device keeps for the tab, the answer itself excepted. */
const traces = async (tab = newTab()) => [
  ...Object.keys(here.disk).filter((key) => key !== '_smartico:consent'),
  ...tab.session.keys(''),
  ...(await databases()),
];
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
describe('before consent', () => {
  test('what an event left on disk before `init` asked for it goes back to memory, and on after a yes', async () => {
    const { smartico, collector } = here.load({ script: { src: SRC } });
    smartico.action('Early');
    expect(await traces()).not.toEqual([]);
    smartico.init('label', { consent: 'required' });
    expect(await traces()).toEqual([]);
    smartico.consent(true);
    await smartico.flush();
    expect(collector.stored).toMatchObject([{ payload: { client_action: 'Early' } }]);
  });

  test('nothing is in localStorage, sessionStorage, IndexedDB or on the wire, whatever the page calls', async () => {
    const tab = newTab();
    const load = vi.fn();
    const { smartico, collector, root } = asking({
      tab,
      url: 'https://op.example/#_smartico_dp=dp:action&action=Gift',
      before: { _smartico_user_id: 'u1', _smartico_language: 'de' },
      rooms: { ...coreAlone, load: async (room) => load(room) },
    });
    smartico.action('Buy');
    smartico.event('large', { text: 'x'.repeat(40_000) });
    void smartico.online('u2', 'en', 'hash');
    smartico.setSkin('dark');
    smartico.suspendPopups(true);
    smartico.dp('dp:inbox');
    smartico.updatePublicTags('add', ['vip']);
    await smartico.flush();
    root.dispatchEvent(new root.Event('pagehide'));
    await settled();
    expect([await traces(tab), Object.keys(here.disk), collector.requests, load.mock.calls]).toEqual([[], [], [], []]);
  });

  test('the console says once that the events wait', () => {
    const { smartico, console } = asking();
    smartico.action('Buy');
    smartico.action('Buy');
    expect(console).toEqual([
      '[smartico] consent_missing: init waits for consent(true)',
      '[smartico] consent_missing: events wait in memory for consent(true)',
    ]);
  });

  test.each([
    ['the script tag', {}],
    ['a global that the page set', { script: { src: SRC, label: 'label' }, before: { _smartico_consent: 'required' } }],
  ])('is asked for by %s', async (_name, more) => {
    const { smartico, collector } = asking(more);
    smartico.action('Buy');
    await smartico.flush();
    expect([collector.requests, await traces()]).toEqual([[], []]);
  });

  test('is asked for by init as well', async () => {
    const { smartico, collector } = here.load();
    smartico.init('label', { consent: 'required' });
    smartico.action('Buy');
    await smartico.flush();
    expect([collector.requests, await traces()]).toEqual([[], []]);
    smartico.consent(true);
    await smartico.flush();
    expect(collector.stored).toMatchObject([{ payload: { client_action: 'Buy' } }]);
  });
});

describe('consent(true)', () => {
  test('delivers what was captured before it, with its own time, user and order', async () => {
    const { smartico, collector } = asking();
    const began = Date.now();
    smartico.action('Visitor');
    void smartico.identify('u1', 'h1');
    smartico.action('User');
    const captured = Date.now();
    here.clock.ahead = 60_000;
    smartico.consent(true);
    smartico.action('Afterwards');
    expect(await smartico.flush()).toMatchObject({ stored: 3, pending: 0 });
    expect(collector.stored.map(({ user_ext_id, payload, seq }) => [user_ext_id, payload.client_action, seq])).toEqual([
      [null, 'Visitor', 1],
      ['u1', 'User', 2],
      ['u1', 'Afterwards', 3],
    ]);
    const dates = collector.stored.map(({ event_date }) => event_date);
    expect(dates.map((date) => date >= began && date <= captured)).toEqual([true, true, false]);
    expect(collector.requests[0]?.batch.hashes).toEqual({ u1: 'h1' });
  });

  test('is remembered: the next page starts at once', async () => {
    asking().smartico.consent(true);
    const { smartico, collector, console } = asking();
    smartico.action('Buy');
    expect(await smartico.flush()).toMatchObject({ stored: 1 });
    expect([collector.stored.length, console]).toEqual([1, []]);
  });

  test('runs the link with which the visitor came', async () => {
    const { smartico, collector, root } = asking({ url: 'https://op.example/#_smartico_dp=dp:action&action=Gift' });
    void smartico.online('u1');
    smartico.consent(true);
    await smartico.flush();
    expect(collector.stored).toMatchObject([{ source: 'deep_link', payload: { client_action: 'Gift' } }]);
    expect(root.location.hash).toBe('');
  });

  test('in another tab starts this one', async () => {
    const collector = scriptedCollector();
    const { smartico, root } = asking({ collector });
    smartico.action('Buy');
    asking({ collector }).smartico.consent(true);
    root.dispatchEvent(Object.assign(new root.Event('storage'), { key: '_smartico:consent', newValue: 'yes' }));
    await until(() => collector.stored.length);
    expect(collector.stored).toMatchObject([{ payload: { client_action: 'Buy' } }]);
    await until(async () => (await smartico.receipts()).pending === 0);
  });
});

describe('Global Privacy Control', () => {
  const withGpc = (globalPrivacyControl: boolean, script: object) => {
    const page = here.openPage();
    Object.defineProperty(Object.getPrototypeOf(page.root.navigator), 'globalPrivacyControl', {
      configurable: true,
      value: globalPrivacyControl,
    });
    return here.load({ script: { src: SRC, label: 'label', ...script } });
  };

  test.each([
    ['is a refusal where the tag honours it', true, { gpc: 'honor' }, 0],
    ['does nothing where nobody asked to honour it', true, {}, 1],
    ['that is off refuses nothing', false, { gpc: 'honor' }, 1],
  ])('%s', async (_name, control, script, stored) => {
    const { smartico, collector } = withGpc(control, script);
    smartico.action('Buy');
    await smartico.flush();
    expect(collector.stored).toHaveLength(stored);
  });

  test('is a refusal where init honours it, until the visitor says otherwise', async () => {
    const { smartico, collector } = withGpc(true, { label: undefined });
    smartico.init('label', { gpc: 'honor' });
    smartico.action('Buy');
    await smartico.flush();
    expect(collector.requests).toEqual([]);
    smartico.consent(true);
    await smartico.flush();
    expect(collector.stored).toHaveLength(1);
  });
});

describe('what the stub kept', () => {
  const row = JSON.stringify({
    eid: 'stub-row-1',
    event_date: 5,
    user_ext_id: 'u1',
    event_type: 'view',
    payload: {},
    page_id: 'p-stub-0001',
    seq: 1,
    source: 'api',
  });

  test('waits on disk for the answer, and is delivered with its own time and user', async () => {
    here.disk['_smartico::q:stub-row-1'] = row;
    const { smartico, collector } = asking();
    await smartico.flush();
    expect(collector.requests).toEqual([]);
    smartico.consent(true);
    await smartico.flush();
    expect(collector.stored).toMatchObject([{ eid: 'stub-row-1', event_date: 5, user_ext_id: 'u1' }]);
  });

  test('goes with a refusal', () => {
    here.disk['_smartico::q:stub-row-1'] = row;
    asking().smartico.consent(false);
    expect(Object.keys(here.disk)).toEqual(['_smartico:consent']);
  });
});
