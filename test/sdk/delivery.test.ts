// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Smartico } from '../../src/sdk/api.ts';
import { lostAnswer, networkError, page, refusal, scriptedCollector } from '../support/scripted-collector.ts';
import { type Device, device } from '../support/sdk-platform.ts';
import { until } from '../support/until.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

const start = (collector = scriptedCollector()) => {
  const loaded = here.load({ collector });
  loaded.smartico.init('label', { brand_key: 'brand' });
  return loaded;
};

describe('every event is stored once', () => {
  test('a burst of 1,000 in one task, in the order of the calls', async () => {
    const { smartico, collector } = start();
    const eids = Array.from({ length: 1_000 }, (_, index) => smartico.action('Click', { index }));
    expect(await smartico.flush()).toEqual({ stored: 1_000, duplicate: 0, rejected: 0, pending: 0 });
    expect(collector.stored.map(({ eid }) => eid)).toEqual(eids);
    expect(collector.stored.map(({ seq }) => seq)).toEqual(eids.map((_, index) => index + 1));
    expect(collector.requests.length).toBeLessThanOrEqual(3);
  });

  test('when the answer is lost after the collector has stored them', async () => {
    const collector = scriptedCollector();
    collector.next(lostAnswer(collector));
    const { smartico } = start(collector);
    const eid = smartico.action('Click');
    expect(await smartico.flush()).toMatchObject({ stored: 0, pending: 1 });
    expect(await smartico.flush()).toEqual({ stored: 0, duplicate: 1, rejected: 0, pending: 0 });
    expect(collector.stored.map((event) => event.eid)).toEqual([eid]);
  });

  test.each([
    ['the network is gone', networkError],
    ['a proxy has its own page', page(404)],
    ['a captive portal says 200', page(200)],
    ['the collector is overloaded', refusal(503, 'overloaded')],
  ])('when %s, and the page is loaded anew before it is better', async (_name, trouble) => {
    const down = scriptedCollector();
    down.always(trouble);
    const first = start(down);
    const eids = [first.smartico.action('One'), first.smartico.action('Two')];
    expect(await first.smartico.flush()).toMatchObject({ stored: 0, pending: 2 });
    const { smartico, collector } = start();
    eids.push(smartico.action('Three'));
    expect(await smartico.flush()).toMatchObject({ stored: 3, pending: 0 });
    expect(collector.stored.map(({ eid }) => eid)).toEqual(eids);
  });

  test('when two tabs share one queue and flush at the same time', async () => {
    const collector = scriptedCollector();
    const [one, two] = [start(collector), start(collector)];
    for (let times = 0; times < 20; times++) {
      one.smartico.action('One');
      two.smartico.action('Two');
    }
    await Promise.all([one.smartico.flush(), two.smartico.flush()]);
    expect(new Set(collector.stored.map(({ eid }) => eid)).size).toBe(40);
    expect(collector.stored).toHaveLength(40);
  });

  test('when the page leaves at once: one last request, and the next page has nothing to send again', async () => {
    const { smartico, collector, root } = start();
    const eid = smartico.action('Leave');
    root.dispatchEvent(new root.Event('pagehide'));
    await until(() => collector.requests.length);
    expect(collector.requests[0]).toMatchObject({ init: { keepalive: true }, gzip: false });
    await smartico.flush();
    expect(collector.stored.map((event) => event.eid)).toEqual([eid]);
  });
});

describe('tabs tell each other', () => {
  test('what was stored: a tab that leaves does not send again what another has sent for it', async () => {
    const down = scriptedCollector();
    down.always(networkError);
    const [one, two] = [start(), start(down)];
    await until(() => here.listening() === 2);
    const eid = two.smartico.action('Buy');
    await two.smartico.flush();
    await one.smartico.flush();
    await until(async () => (await two.smartico.receipts()).recent.length);
    const asked = down.requests.length;
    two.root.dispatchEvent(new two.root.Event('pagehide'));
    expect([down.requests.length, (await two.smartico.receipts()).recent]).toMatchObject([
      asked,
      [{ eid, verdict: 'stored' }],
    ]);
  });

  test('and a page in the back-forward cache is told nothing, which would throw it out, until it is back', async () => {
    const collector = scriptedCollector();
    const [one, two] = [start(collector), start(collector)];
    await until(() => here.listening() === 2);
    two.root.dispatchEvent(new two.root.Event('pagehide'));
    one.smartico.action('Meanwhile');
    await one.smartico.flush();
    two.root.dispatchEvent(new two.root.Event('pageshow'));
    const eid = one.smartico.action('Afterwards');
    await one.smartico.flush();
    await until(async () => (await two.smartico.receipts()).recent.length);
    expect((await two.smartico.receipts()).recent.map((receipt) => receipt.eid)).toEqual([eid]);
  });
});

describe('one bad row does not hold up the others', () => {
  test('a row that storage spoilt is a dead letter; the rest are stored', async () => {
    const { smartico, collector } = here.load();
    smartico.action('Good');
    here.disk['_smartico::q:spoilt00'] = '{"cut off';
    smartico.init('label');
    expect(await smartico.flush()).toEqual({ stored: 1, duplicate: 0, rejected: 1, pending: 0 });
    expect(collector.stored).toMatchObject([{ payload: { client_action: 'Good' } }]);
    expect((await smartico.receipts()).dead).toMatchObject([{ eid: 'spoilt00', code: 'bad_eid' }]);
  });

  test('a payload that the collector refuses is a dead letter with its reason; the console says so', async () => {
    const { smartico, console } = start();
    const deep = JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`);
    const eids = [smartico.action('Good'), smartico.event('deep', deep), smartico.action('Also good')];
    expect(await smartico.flush()).toEqual({ stored: 2, duplicate: 0, rejected: 1, pending: 0 });
    const { recent, dead, pending } = await smartico.receipts();
    expect(recent.map(({ eid, verdict }) => [eid, verdict])).toEqual([
      [eids[0], 'stored'],
      [eids[1], 'rejected'],
      [eids[2], 'stored'],
    ]);
    expect([dead, pending]).toMatchObject([[{ eid: eids[1], code: 'too_deep' }], 0]);
    expect(console).toEqual(['[smartico] event_rejected: too_deep: must nest at most 32 levels']);
  });
});

describe('what is lost is told', () => {
  test('in losses(), and to the collector with the next batch', async () => {
    const { smartico, collector } = start();
    expect(smartico.event('large', { text: 'x'.repeat(40_000) })).toBeUndefined();
    expect(await smartico.losses()).toEqual({ too_large: 1 });
    smartico.action('Next');
    await smartico.flush();
    const { lost, events } = collector.requests[0]?.batch ?? {};
    expect(lost).toMatchObject([{ page_id: events?.[0]?.page_id, reason: 'too_large', from: 1, to: 1 }]);
    expect(events?.[0]?.seq).toBe(2);
    smartico.action('After');
    await smartico.flush();
    expect([collector.requests[1]?.batch.lost, await smartico.losses()]).toEqual([[], { too_large: 1 }]);
  });

  test('a page whose events never arrived is reported by the next one, until the collector has heard of it', async () => {
    const down = scriptedCollector();
    down.always(networkError);
    const first = start(down);
    first.smartico.action('One');
    first.smartico.action('Two');
    await first.smartico.flush();
    indexedDB.deleteDatabase('_smartico:label:');
    for (const key of Object.keys(here.disk)) if (key.includes(':q:')) delete here.disk[key];
    const { smartico, collector } = start();
    smartico.action('Three');
    await smartico.flush();
    expect(collector.requests[0]?.batch.pages.map(({ seq }) => seq).sort()).toEqual([1, 2]);
    smartico.action('Four');
    await smartico.flush();
    expect(collector.requests[1]?.batch.pages.map(({ seq }) => seq)).toEqual([2]);
  });

  test('a wrong key stops the sending and says why; events stay, and nothing is asked again', async () => {
    const collector = scriptedCollector();
    collector.always(refusal(401, 'unknown_label'));
    const { smartico, console } = start(collector);
    smartico.action('One');
    await smartico.flush();
    smartico.action('Two');
    expect(await smartico.flush()).toMatchObject({ stored: 0, pending: 2 });
    expect([collector.requests.length, console]).toEqual([
      1,
      ['[smartico] sending_stopped: unknown_label: it is unknown_label'],
    ]);
  });
});

describe('both forms of call', () => {
  test('are one: `x(method, ...)` and `x.method(...)`', async () => {
    const { smartico, collector } = start();
    const eid = smartico('action', 'Buy', { amount: 1 });
    smartico('setEntryPoint', 'lobby-banner');
    smartico.setLoginEntry('deposit-page');
    await smartico('flush');
    expect(collector.stored.map(({ event_type, payload }) => [event_type, payload])).toEqual([
      ['client_action', { client_action: 'Buy', amount: 1 }],
      ['core_set_last_login_entry', { core_last_login_entry: 'lobby-banner' }],
      ['core_set_last_login_entry', { core_last_login_entry: 'deposit-page' }],
    ]);
    expect(collector.stored[0]?.eid).toBe(eid);
  });

  test.each(['nonsense', '__proto__', 'constructor', 'call', 'toString', 'version', '', undefined])(
    'an unknown method (%s) is told and disturbs nothing',
    (method) => {
      const { smartico, console } = start();
      expect((smartico as unknown as (method: unknown) => unknown)(method)).toBeUndefined();
      expect(console).toEqual([`[smartico] unknown_method: ${method}`.trim()]);
    },
  );

  test('the object stays open: what a page adds to it can be called', () => {
    const { smartico } = start();
    const added = Object.assign(smartico as Smartico & { mine?: unknown }, { mine: (word: string) => `${word}!` });
    expect((added as unknown as (...words: string[]) => unknown)('mine', 'yes')).toBe('yes!');
  });

  test('A6 dp(link): a link is opened; before init it waits, and is told to', async () => {
    const { smartico, collector, console } = here.load();
    smartico.dp('dp:action&action=Early');
    smartico.init('label', { visitor_mode: true });
    smartico.dp('dp:action&action=Gift');
    smartico.dp('javascript:alert(1)');
    await smartico.flush();
    expect(collector.stored).toMatchObject([
      { source: 'deep_link', payload: { client_action: 'Early' } },
      { source: 'deep_link', payload: { client_action: 'Gift' } },
    ]);
    expect(console).toEqual([
      '[smartico] no_label: links wait for init(label)',
      '[smartico] link_dropped: javascript:alert(1)',
    ]);
  });
});
