// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Smartico } from '../../src/sdk/api.ts';
import { loadScript, pasteStub } from '../support/bundles.ts';
import { scriptedCollector } from '../support/scripted-collector.ts';
import { type Device, device, SITE } from '../support/sdk-platform.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

/** A page with the stub in its head; the script comes when it is told to. */
const pageWithStub = (url = SITE, before: object = {}) => {
  const page = here.openPage(url);
  Object.assign(page.root, before);
  pasteStub(here, page);
  const collector = scriptedCollector();
  page.root.fetch = collector.fetch;
  return {
    page,
    collector,
    call: page.root._smartico as Smartico & { q: unknown[]; on?: unknown },
    arrives: (dataset: object = { label: 'label', brand: 'brand' }) => {
      loadScript(here, page, dataset);
      return page.root._smartico as Smartico;
    },
  };
};
const rows = () => Object.keys(here.disk).filter((key) => key.startsWith('_smartico::q:'));

describe('before the script has loaded', () => {
  test('an action is on disk when the call returns', () => {
    const { call } = pageWithStub();
    call('action', 'Early', { amount: 5 });
    expect(rows().map((key) => JSON.parse(`${here.disk[key]}`))).toMatchObject([
      { event_type: 'client_action', payload: { amount: 5, client_action: 'Early' }, seq: 1 },
    ]);
  });

  test('the stub can be told from the SDK: a function without `.on`', () => {
    const { call } = pageWithStub();
    expect([typeof call, call.on]).toEqual(['function', undefined]);
  });

  test('a stub pasted twice, or after the SDK, changes nothing', () => {
    const { page, call, arrives } = pageWithStub();
    pasteStub(here, page);
    expect(page.root._smartico).toBe(call);
    const sdk = arrives();
    pasteStub(here, page);
    expect(page.root._smartico).toBe(sdk);
  });

  test.each<[string, unknown[]]>([
    [
      'an extra whose getter throws',
      ['X', Object.defineProperty({}, 'a', { enumerable: true, get: () => expect.fail() })],
    ],
    ['a cycle', ['X', ((cycle: { self?: unknown }) => Object.assign(cycle, { self: cycle }))({})]],
    ['a BigInt', ['X', { a: 5n }]],
    ['a symbol for a name', [Symbol('X')]],
    ['a name that cannot be said', [Object.create(null)]],
    ['nothing', []],
  ])('%s does not disturb the page, and the call still waits', (_name, args) => {
    const { call } = pageWithStub();
    (call as (...words: unknown[]) => void)('action', ...args);
    expect([call.q.length, rows()]).toEqual([1, []]);
  });

  test('on somebody’s own machine nothing is kept, unless the page allows it', () => {
    const refused = pageWithStub('http://localhost:8080/');
    refused.call('action', 'Early');
    expect(rows()).toEqual([]);
    const allowed = pageWithStub('http://localhost:8080/', { _smartico_allow_localhost: true });
    allowed.call('action', 'Early');
    expect(rows()).toHaveLength(1);
  });
});

describe('when the script has come', () => {
  test('every call is made up for, in order, once, as the user it was made by', async () => {
    const { call, arrives, collector } = pageWithStub(SITE, { _smartico_user_id: 'undefined' });
    call('action', 'Visitor');
    call('identify', 'u1');
    call('action', 7 as never, { a: 1 });
    call('event', 'page_view', { path: '/' });
    call('event', 'digits', { big: 5n });
    call('logout');
    call('action', 'Visitor again');
    const smartico = arrives();
    expect((await smartico.receipts()).pending).toBe(6);
    expect(await smartico.flush()).toMatchObject({ stored: 6, pending: 0 });
    const bySeq = [...collector.stored].sort((a, b) => a.seq - b.seq);
    expect(
      bySeq.map(({ user_ext_id, event_type, payload }) => [user_ext_id, payload.client_action ?? event_type]),
    ).toEqual([
      [null, 'Visitor'],
      ['u1', '7'],
      ['u1', 'page_view'],
      [null, 'Visitor again'],
      ['u1', 'digits'],
      ['u1', 'logout'],
    ]);
    expect(bySeq.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(
      new Set(bySeq.map(({ page_id, session_id, ext_brand_id }) => `${page_id} ${session_id} ${ext_brand_id}`)).size,
    ).toBe(1);
    expect(rows()).toEqual([]);
  });

  test('init may be one of the calls', async () => {
    const { call, arrives, collector } = pageWithStub();
    call('action', 'Early');
    call('init', 'label-of-call', { brand_key: 'late' });
    await arrives({}).flush();
    expect(collector.stored).toMatchObject([{ ext_brand_id: 'late' }]);
    expect(collector.requests[0]?.batch.label_key).toBe('label-of-call');
  });

  test('a page that ended before the script came is made up for by the next one', async () => {
    pageWithStub().call('action', 'Then gone');
    const { arrives, collector } = pageWithStub();
    await arrives().flush();
    expect(collector.stored).toMatchObject([{ payload: { client_action: 'Then gone' }, ext_brand_id: 'brand' }]);
  });

  test('a call that is none does not keep the next from being made', async () => {
    const { call, arrives, collector } = pageWithStub();
    (call as (method: string) => void)('nonsense');
    call('action', 'After');
    await arrives().flush();
    expect(collector.stored).toMatchObject([{ payload: { client_action: 'After' } }]);
  });
});

describe('the script tag', () => {
  test('twice on a page: the second copy is a no-op with one notice', () => {
    const { arrives } = pageWithStub();
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const first = arrives();
    expect([arrives(), warn.mock.calls]).toEqual([first, [['[smartico] loaded_twice: the second copy does nothing']]]);
    warn.mockRestore();
  });

  test('with `data-global` puts the SDK under the vendor’s own name, window inputs and storage included', async () => {
    const page = here.openPage();
    const collector = scriptedCollector();
    Object.assign(page.root, { fetch: collector.fetch, _acme_user_id: 'u1', _smartico_user_id: 'not this one' });
    loadScript(here, page, { global: '_acme', label: 'label' });
    const acme = page.root._acme as Smartico;
    acme.action('Buy');
    await acme.flush();
    expect(collector.stored).toMatchObject([{ user_ext_id: 'u1' }]);
    expect([page.root._smartico, page.root._acme_lib_loaded__acme, acme.version]).toEqual([undefined, true, '1.2.3']);
    expect(Object.keys(here.disk).filter((key) => !key.startsWith('_acme:'))).toEqual([]);
  });
});
