// @vitest-environment node
import { Window } from 'happy-dom';
import { afterEach, beforeEach, expect, expectTypeOf, test, vi } from 'vitest';
import type { CallableName, Smartico } from '../../src/sdk/module.ts';
import { freshIndexedDb } from '../support/indexeddb.ts';
import { scriptedCollector } from '../support/scripted-collector.ts';
import { until } from '../support/until.ts';

const load = async () => {
  vi.resetModules();
  return (await import('../../src/sdk/module.ts')).smartico;
};
beforeEach(() => {
  freshIndexedDb();
  vi.stubGlobal('VERSION', '1.2.3');
  vi.stubGlobal('ROOMS', {});
});
afterEach(() => vi.unstubAllGlobals());

test('on a server the npm entry is an object that does nothing, with every method of the browser’s', async () => {
  const server = await load();
  expect([server.action('Buy'), server('action', 'Buy'), server.version]).toEqual([undefined, undefined, 'server']);
  expect(await server.flush()).toEqual({ stored: 0, duplicate: 0, rejected: 0, pending: 0 });
  expect(await server('receipts')).toEqual({ recent: [], dead: [], pending: 0 });
  expect(await server.doctor()).toMatchObject({ verdict: 'no_browser', facts: {} });
  expect([await server.losses(), server.getPublicProps(), server.vapi('en')]).toEqual([{}, null, null]);
  server.on('identify', () => {})();

  const window = new Window({ url: 'https://op.example/' });
  vi.stubGlobal('window', window);
  const browser = await load();
  const methods = Object.keys(browser).filter((key) => typeof Reflect.get(browser, key) === 'function');
  expect(methods.filter((method) => typeof Reflect.get(server, method) !== 'function')).toEqual([]);
  await window.happyDOM.close();
});

test.each(['online', 'identify', 'showWidget', 'requestPushPermissions', 'miniGame'] as const)(
  'on a server %s() resolves, so that what comes after it is rendered',
  async (method) => {
    const server = await load();
    await expect((server[method] as (id: string) => Promise<unknown>)('u1').then(() => 'on')).resolves.toBe('on');
  },
);

test('on a server the object itself can be awaited, logged and asked for what it has not', async () => {
  const server = await load();
  expect(await Promise.resolve(server)).toBe(server);
  expect(`${Object.prototype.toString.call(server)}`).toBe('[object Function]');
});

test('in a browser it is the same instance as the script tag’s', async () => {
  const present = { version: '1.0.0' };
  vi.stubGlobal('window', { _smartico: present });
  expect(await load()).toBe(present);
});

test('in a browser without the script tag it is the SDK, and the global of the page', async () => {
  const window = new Window({ url: 'https://op.example/' });
  const collector = scriptedCollector();
  vi.stubGlobal('window', Object.assign(window, { fetch: collector.fetch }));
  const smartico = await load();
  expect((window as unknown as { _smartico: unknown })._smartico).toBe(smartico);
  smartico.init('label', { collector: 'https://events.op.example' });
  smartico.action('Buy');
  await until(() => collector.stored.length);
  expect(collector.stored).toMatchObject([{ payload: { client_action: 'Buy' } }]);
  await window.happyDOM.close();
});

test('both forms of a call have one type', () => {
  expectTypeOf<Smartico>().toBeCallableWith('action', 'Buy', { amount: 5 });
  expectTypeOf<Smartico['action']>().toBeCallableWith('Buy', { amount: 5 });
  expectTypeOf<ReturnType<Smartico['action']>>().toEqualTypeOf<string | undefined>();
  expectTypeOf<Extract<CallableName, 'version'>>().toBeNever();
});
