// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Smartico } from '../../../src/sdk/api.ts';
import { loadScript, pasteStub } from '../../support/bundles.ts';
import { scriptedCollector } from '../../support/scripted-collector.ts';
import { type Device, device } from '../../support/sdk-platform.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

const page = () => {
  const opened = here.openPage();
  const collector = scriptedCollector();
  opened.root.fetch = collector.fetch;
  return { ...opened, page: opened, collector, global: () => opened.root._smartico as Smartico & { on?: unknown } };
};

describe('A1 loader', () => {
  test('A1 Script: the address is configuration; events go to where the script came from', async () => {
    const { page: opened, global, collector } = page();
    loadScript(here, opened, {}, 'https://d111.cloudfront.example/s8.js?v=3');
    global().init('label');
    global().action('Buy');
    await global().flush();
    expect(collector.requests[0]?.url).toBe('https://d111.cloudfront.example/v1/events');
  });

  test('A1 Documented snippet: before the load there is nothing, and init in onload is enough', async () => {
    const { page: opened, root, global, collector } = page();
    expect(root._smartico).toBeUndefined();
    loadScript(here, opened, {});
    global().init('6f9619ff-8b86-d011-b42d-00c04fc964ff-3', { brand_key: 'brand' });
    global().action('Buy');
    await global().flush();
    expect(collector.stored).toMatchObject([{ ext_brand_id: 'brand' }]);
  });

  test('A1 Queue form, Order: calls before the load are made up for in order, before the page’s own onload goes on', async () => {
    const { page: opened, global, collector } = page();
    pasteStub(here, opened);
    global()('init', 'label');
    global()('identify', 'u1');
    global()('action', 'Early');
    global()('logout');
    loadScript(here, opened, {});
    expect(global().version).toBe('1.2.3');
    global().action('Later');
    await global().flush();
    expect(
      collector.stored.map(({ user_ext_id, payload, event_type }) => [
        user_ext_id,
        payload.client_action ?? event_type,
      ]),
    ).toEqual([
      ['u1', 'Early'],
      ['u1', 'logout'],
      [null, 'Later'],
    ]);
  });

  test('A1 After load: the object can be called and has methods; its stub has no `.on`', () => {
    const { page: opened, global } = page();
    pasteStub(here, opened);
    expect([typeof global(), global().on]).toEqual(['function', undefined]);
    loadScript(here, opened, {});
    expect([typeof global(), typeof global().on, typeof global().dp]).toEqual(['function', 'function', 'function']);
  });

  test('A1 Loaded flag: one operator’s guard finds it', () => {
    const { page: opened, root } = page();
    loadScript(here, opened, {});
    expect(root._smartico_lib_loaded__smartico).toBe(true);
  });

  test('A1 Other loader global: a page that set where the script came from is not disturbed', () => {
    const { page: opened, root } = page();
    root._smartico_script_location = 'https://events.op.example/smartico.js';
    loadScript(here, opened, {});
    expect(root._smartico_script_location).toBe('https://events.op.example/smartico.js');
  });

  test('A1 Double script: the second copy is a no-op with one notice', () => {
    const { page: opened, global } = page();
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    loadScript(here, opened, { label: 'label' });
    const first = global();
    loadScript(here, opened, { label: 'label' });
    expect([global() === first, warn.mock.calls.length]).toEqual([true, 1]);
    warn.mockRestore();
  });
});
