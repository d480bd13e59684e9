/**
 * Browsers of which a part is missing, refuses or lies: very old ones, very strict ones, and those that a script of the page
 * has been at. What can still keep an event keeps it, and the page hears of no error.
 */
import type { Page } from 'playwright-core';
import { describe, test } from 'vitest';
import { act, deliveryWorld, expectDelivered, sendAll } from '../../support/delivery.ts';
import { eachVisitor } from '../../support/each-visitor.ts';

const world = deliveryWorld();
let page: Page;
eachVisitor(async (device) => {
  page = await device.newPage();
});

const refusing = (...getters: string[]) =>
  `for (const name of ${JSON.stringify(getters)})
    Object.defineProperty(window, name, { get() { throw new DOMException('refused', 'SecurityError'); } });`;
const without = (owner: string, name: string, value = 'undefined') =>
  `Object.defineProperty(${owner}, '${name}', { configurable: true, value: ${value} });`;

const whole = {
  'localStorage that may not even be looked at': refusing('localStorage'),
  'neither localStorage nor sessionStorage': refusing('localStorage', 'sessionStorage'),
  'localStorage that takes nothing': `Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') };
    Object.defineProperty(window, 'localStorage', { value: Object.freeze({}) });`,
  'no IndexedDB': without('window', 'indexedDB'),
  'IndexedDB that throws when it is opened': without(
    'IDBFactory.prototype',
    'open',
    "() => { throw new DOMException('refused', 'SecurityError'); }",
  ),
  'IndexedDB that opens, and throws at every transaction': without(
    'IDBDatabase.prototype',
    'transaction',
    "() => { throw new DOMException('the connection is closing', 'InvalidStateError'); }",
  ),
  'transactions that nobody can commit (Safari below 15)': 'delete IDBTransaction.prototype.commit;',
  'no locks': without('Navigator.prototype', 'locks'),
  'locks that are refused': without(
    'LockManager.prototype',
    'request',
    "() => Promise.reject(new DOMException('refused', 'SecurityError'))",
  ),
  'locks that throw': without('LockManager.prototype', 'request', "() => { throw new TypeError('not a function') }"),
  'no channels between tabs': without('window', 'BroadcastChannel'),
  'no compression, and no timeouts of requests':
    without('window', 'CompressionStream') + without('AbortSignal', 'timeout'),
};

describe('a browser with', () => {
  test.each(Object.entries(whole))('%s delivers once, and keeps what was called offline', async (_, before) => {
    const home = world.pages.site + world.page({ before });
    await page.goto(home);
    await act(page, 'first-1', 'first-2');
    await sendAll(page);
    world.network.set('cut');
    await act(page, 'offline-3');
    await act(page, 'offline-4', 'offline-5');
    await page.goto(home);
    world.network.heal();
    await act(page, 'last-6');
    await sendAll(page);
    const names = ['first-1', 'first-2', 'offline-3', 'offline-4', 'offline-5', 'last-6'];
    await expectDelivered(world.label, names);
  });

  test('nothing that keeps anything delivers what is called while the network works', async () => {
    const before = refusing('localStorage', 'sessionStorage', 'indexedDB') + whole['no locks'];
    await page.goto(world.pages.site + world.page({ before, after: "_smartico.action('first-1')" }));
    await act(page, 'then-2', 'then-3');
    await expectDelivered(world.label, ['first-1', 'then-2', 'then-3']);
    world.network.set('cut');
    await act(page, 'offline-4');
    world.network.heal();
    await sendAll(page);
    await expectDelivered(world.label, ['first-1', 'then-2', 'then-3', 'offline-4']);
  });
});

test('a database that is lost behind the SDK’s back costs no event', async () => {
  const before = `const { open } = IDBFactory.prototype;
    IDBFactory.prototype.open = function (...args) {
      const request = open.apply(this, args);
      request.addEventListener('success', () => { window.database = request.result; });
      return request;
    };`;
  const home = world.pages.site + world.page({ before });
  await page.goto(home);
  await page.waitForFunction(() => 'database' in window);
  world.network.set('cut');
  await act(page, 'before-1');
  await page.evaluate(() => (window as unknown as { database: IDBDatabase }).database.close());
  await act(page, 'after-2');
  await act(page, 'after-3');
  world.network.heal();
  await page.goto(home);
  await sendAll(page);
  await expectDelivered(world.label, ['before-1', 'after-2', 'after-3']);
});
