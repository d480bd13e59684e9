// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Device, device, newTab } from '../support/sdk-platform.ts';
import { until } from '../support/until.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());
const LOCAL = 'http://localhost:8080/';

describe('init', () => {
  test('with a label is enough: events travel to where the script came from', async () => {
    const { smartico, collector } = here.load();
    smartico.init('label', { brand_key: 'brand' });
    const eid = smartico.action('Buy', { amount: 5 });
    expect(await smartico.flush()).toEqual({ stored: 1, duplicate: 0, rejected: 0, pending: 0 });
    expect(collector.requests[0]).toMatchObject({
      url: 'https://events.op.example/v1/events',
      batch: { label_key: 'label', losses: {} },
    });
    expect(collector.stored).toMatchObject([
      { eid, ext_brand_id: 'brand', event_type: 'client_action', payload: { client_action: 'Buy', amount: 5 }, seq: 1 },
    ]);
  });

  test('twice with one label does nothing, whatever the options say', async () => {
    const { smartico, collector } = here.load();
    smartico.init('label', { brand_key: 'brand' });
    smartico.init('label', { brand_key: 'other', collector: 'https://other.example' });
    smartico.action('Buy');
    await smartico.flush();
    expect(collector.requests[0]?.url).toBe('https://events.op.example/v1/events');
    expect(collector.stored).toMatchObject([{ ext_brand_id: 'brand' }]);
  });

  test('with another label starts over; what waited for the first is still delivered under its own', async () => {
    const { smartico, collector } = here.load();
    smartico.init('label-1', { brand_key: 'brand-1' });
    smartico.action('One');
    smartico.init('label-2', { brand_key: 'brand-2' });
    smartico.action('Two');
    await smartico.flush();
    await until(() => collector.stored.length === 2);
    const sent = collector.requests.map(({ batch }) => [
      batch.label_key,
      ...batch.events.map(({ ext_brand_id, payload }) => [ext_brand_id, payload.client_action]),
    ]);
    expect(sent.sort()).toEqual([
      ['label-1', ['brand-1', 'One']],
      ['label-2', ['brand-2', 'Two']],
    ]);
  });

  test('with another label vouches for its user there alone: what waits for the first keeps the hash it was made with', async () => {
    const { smartico, collector } = here.load();
    smartico.init('label-1', { brand_key: 'brand-1' });
    smartico.online('ann', 'en', 'first:100');
    smartico.action('One');
    smartico.init('label-2', { brand_key: 'brand-2' });
    smartico.online('ann', 'en', 'second:200');
    smartico.action('Two');
    await smartico.flush();
    await until(() => collector.stored.some(({ payload }) => payload.client_action === 'One'));
    await until(() => collector.stored.some(({ payload }) => payload.client_action === 'Two'));
    const vouched = collector.requests.map(({ batch }) => `${batch.label_key} ${Object.values(batch.hashes)}`);
    expect([...new Set(vouched)].sort()).toEqual(['label-1 first:100', 'label-2 second:200']);
  });

  test.each([
    ['no label', '', {}, 'no_label: init(label, { brand_key })'],
    ['no collector', 'label', { collector: 'nowhere' }, 'bad_collector: nowhere is no web address'],
  ])('with %s is told and leaves the SDK as it was', async (_name, label, options, word) => {
    const { smartico, console, collector } = here.load();
    smartico.init('first');
    smartico.init(label, options);
    smartico.action('Buy');
    await smartico.flush();
    expect([console, collector.requests[0]?.batch.label_key]).toEqual([[`[smartico] ${word}`], 'first']);
  });

  test('by the script tag alone is a whole integration', async () => {
    const script = { src: 'https://cdn.example/s.js', label: 'label', brand: 'brand', collector: 'https://c.example' };
    const { smartico, collector } = here.load({ script });
    smartico.action('Buy');
    await smartico.flush();
    expect(collector.requests[0]?.url).toBe('https://c.example/v1/events');
    expect(collector.stored).toMatchObject([{ ext_brand_id: 'brand' }]);
  });

  test.each(['__proto__', 'constructor', 'a/b:c?', 'p'])('takes any label: %s', async (label) => {
    const { smartico, collector } = here.load();
    smartico.init(label);
    smartico.action('Buy');
    expect(await smartico.flush()).toMatchObject({ stored: 1 });
    expect(collector.requests[0]?.batch).toMatchObject({ label_key: label, pages: [{ seq: 1 }] });
  });
});

describe('before init', () => {
  test('events wait, the console says for what, and then take the brand and the session', async () => {
    const { smartico, collector, console } = here.load({ before: { _smartico_user_id: 'u1' } });
    const eids = [smartico.action('Early'), smartico.event('page_view', { path: '/' })];
    expect(await smartico.flush()).toMatchObject({ stored: 0, pending: 2 });
    expect((await smartico.receipts()).pending).toBe(2);
    smartico.init('label', { brand_key: 'brand' });
    expect(await smartico.flush()).toMatchObject({ stored: 2, pending: 0 });
    expect(collector.stored).toMatchObject([
      { eid: eids[0], ext_brand_id: 'brand', user_ext_id: 'u1', seq: 1 },
      { eid: eids[1], ext_brand_id: 'brand', user_ext_id: 'u1', seq: 2 },
    ]);
    expect(console).toEqual(['[smartico] no_label: events wait for init(label)']);
  });

  test('events wait across a reload', async () => {
    here.load().smartico.action('Early');
    const { smartico, collector } = here.load();
    smartico.init('label');
    await smartico.flush();
    expect(collector.stored).toMatchObject([{ payload: { client_action: 'Early' } }]);
  });
});

describe('on somebody’s own machine', () => {
  const refusal = ['[smartico] localhost_refused: set window._smartico_allow_localhost = true'];
  test.each([
    'http://localhost:8080/',
    'http://shop.localhost/',
    'https://127.0.0.1/',
    'http://127.9.9.9:3000/x',
    'http://[::1]:8080/',
  ])('A12 localhost: at %s nothing is captured or sent, and one notice says how to allow it', async (url) => {
    const { smartico, console, collector } = here.load({ url });
    smartico.init('label');
    expect([smartico.action('Buy'), smartico.event('view')]).toEqual([undefined, undefined]);
    expect(await smartico.flush()).toMatchObject({ stored: 0, pending: 0 });
    expect([console, collector.requests]).toEqual([refusal, []]);
    expect(Object.keys(here.disk).filter((key) => key.includes(':q:'))).toEqual([]);
  });

  test.each([
    'https://localhost.evil.example/',
    'https://mylocalhost/',
    'https://127.0.0.1.example/',
    'https://op.example/?localhost',
  ])('%s is no such machine', (url) => {
    const { smartico, console } = here.load({ url });
    expect([typeof smartico.action('Buy'), console.some((word) => word.includes('localhost'))]).toEqual([
      'string',
      false,
    ]);
  });

  test('A2 _smartico_allow_localhost: the flag allows it', async () => {
    const { smartico, console } = here.load({ url: LOCAL, before: { _smartico_allow_localhost: true } });
    smartico.init('label');
    smartico.action('Buy');
    expect(await smartico.flush()).toMatchObject({ stored: 1 });
    expect(console).toEqual([]);
  });

  test('the flag set after init lets that init through; anything but true does not', async () => {
    const { smartico, root } = here.load({ url: LOCAL });
    smartico.init('label');
    Object.assign(root, { _smartico_allow_localhost: 'yes' });
    expect(smartico.action('Buy')).toBeUndefined();
    root._smartico_allow_localhost = true;
    expect(typeof smartico.action('Buy')).toBe('string');
    expect(await smartico.flush()).toMatchObject({ stored: 1 });
  });
});

describe('the user', () => {
  const LINK = 'https://op.example/#_smartico_dp=dp:action&action=Gift';
  test('whom the window names, before or after load, is the user of what follows; hashes travel along', async () => {
    const { smartico, root, collector } = here.load({ before: { _smartico_user_hash: 'h1', _smartico_user_id: 1 } });
    smartico.init('label');
    smartico.action('A');
    root._smartico_user_id = 'u2';
    smartico.action('B');
    root._smartico_user_id = null;
    smartico.action('C');
    await smartico.flush();
    expect(collector.stored.map(({ event_type, user_ext_id }) => [event_type, user_ext_id])).toEqual([
      ['client_action', '1'],
      ['client_action', 'u2'],
      ['logout', 'u2'],
      ['client_action', null],
    ]);
    expect(collector.requests[0]?.batch.hashes).toMatchObject({ '1': 'h1' });
  });

  test('by online, identify and logout; nobody is a mistake', async () => {
    const { smartico, collector } = here.load();
    smartico.init('label');
    void smartico.online(5, 'EN', 'h5');
    smartico.action('A');
    void smartico.identify('u6');
    smartico.action('B');
    smartico.logout();
    smartico.action('C');
    expect(() => smartico.online('')).toThrow(expect.objectContaining({ code: 'empty_user_id' }));
    expect(() => smartico.identify('undefined')).toThrow(expect.objectContaining({ code: 'empty_user_id' }));
    await smartico.flush();
    expect(collector.stored.map(({ event_type, user_ext_id }) => [event_type, user_ext_id])).toEqual([
      ['client_action', '5'],
      ['client_action', 'u6'],
      ['logout', 'u6'],
      ['client_action', null],
    ]);
    expect(collector.requests[0]?.batch.hashes).toEqual({ '5': 'h5' });
  });

  test('A6 action: its event waits for the user across a login page, and is stored as made by a link', async () => {
    const tab = newTab();
    const first = here.load({ url: LINK, tab });
    first.smartico.init('label');
    expect(first.root.location.href).toBe('https://op.example/');
    const { smartico, collector } = here.load({ url: 'https://op.example/account', tab });
    smartico.init('label');
    void smartico.online('u1');
    await smartico.flush();
    expect(collector.stored).toMatchObject([
      { user_ext_id: 'u1', source: 'deep_link', payload: { client_action: 'Gift' } },
    ]);
  });

  test('is not waited for where everybody is a visitor; a signature travels with its link', async () => {
    const { smartico, collector } = here.load({ url: `${LINK}&exp=5&sig=abc` });
    smartico.init('label', { visitor_mode: true });
    await smartico.flush();
    expect(collector.stored).toMatchObject([{ user_ext_id: null, source: 'deep_link', link: { exp: 5, sig: 'abc' } }]);
  });
});
