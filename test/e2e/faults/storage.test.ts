/**
 * Storage that fails: full, wiped behind the SDK's back, tampered with, forbidden. What it cannot keep is sent from memory
 * or counted, and what is missing is seen in the collector.
 */
import type { BrowserContext, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { act, deliveryWorld, expectDelivered, nameOf, openReady, sendAll } from '../../support/delivery.ts';
import { eachVisitor } from '../../support/each-visitor.ts';

const world = deliveryWorld();
let context: BrowserContext;
let page: Page;
eachVisitor(async (device) => {
  context = device;
  page = await device.newPage();
});

const names = (what: string, most: number) => Array.from({ length: most }, (_, index) => `${what}-${index + 1}`);
/** The page throws out what is not its own, and takes every byte. */
const fillLocalStorage = () =>
  page.evaluate(() => {
    localStorage.clear();
    let size = 2 ** 22;
    while (size >= 1)
      try {
        localStorage[`host-${size}-${Math.random()}`] = 'x'.repeat(size);
      } catch {
        size = Math.floor(size / 2); // full for this size: fill what is left with smaller ones
      }
  });
/** Each in a task of its own, with so many characters of payload. */
const actLarge = (ledger: string[], characters: number) =>
  page.evaluate(
    async ([characters, ...all]) => {
      for (const name of all) {
        window._smartico.action(name as string, { large: 'x'.repeat(Number(characters)) });
        await new Promise((resolve) => setTimeout(resolve));
      }
    },
    [characters, ...ledger],
  );

test('a disk that is full costs no event, not even where the page filled localStorage too', async () => {
  await openReady(page, world.pages.site + world.page());
  world.network.set('cut');
  await fillLocalStorage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: world.pages.site, quotaSize: 1_000 });
  const ledger = names('full', 30);
  await actLarge(ledger, 20_000);
  world.network.heal();
  await sendAll(page);
  await expectDelivered(world.label, ledger);
});

test('a disk that is full for a while keeps events again when it no longer is', async () => {
  const home = world.pages.site + world.page();
  await openReady(page, home);
  world.network.set('cut');
  const devtools = await context.newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: world.pages.site, quotaSize: 20_000 });
  const ledger = names('full', 3);
  await actLarge(ledger, 20_000);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: world.pages.site });
  await openReady(page, home);
  ledger.push('room-again');
  await act(page, 'room-again');
  await openReady(page, home);
  world.network.heal();
  await sendAll(page);
  await expectDelivered(world.label, ledger);
});

test('what a full disk could not keep for a page that left is named as lost, and all else arrives', async () => {
  const home = world.pages.site + world.page();
  await openReady(page, home);
  world.network.set('cut');
  const devtools = await context.newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: world.pages.site, quotaSize: 1_000 });
  const ledger = names('full', 9);
  await actLarge(ledger, 20_000);
  await openReady(page, home);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: world.pages.site });
  world.network.heal();
  await sendAll(page);
  // Three of them fit into the journal.
  await expect.poll(async () => (await world.label.events()).length).toBe(3);
  const kept = (await world.label.events()).map(({ seq }) => Number(seq));
  const { sessions, gaps } = await world.label.losses();
  expect([sessions, gaps]).toMatchObject([[{ given: 9, stored: 3, lost: { storage: 6 }, missing: 0 }], []]);
  const lost = sessions.flatMap(({ pages }) => pages.flatMap((one) => one.lost));
  for (const { from, to } of lost) for (const seq of kept) expect(seq < from || seq > to).toBe(true);
});

test('a newer release in another tab is not held up by this one, and neither loses an event', async () => {
  const home = world.pages.site + world.page();
  await openReady(page, home);
  world.network.set('cut');
  await act(page, 'before-1');
  const other = await context.newPage();
  await other.goto(world.pages.site + world.pages.add('<h1>Another tab</h1>'));
  await other.evaluate(
    (name) =>
      new Promise<void>((resolve) => {
        indexedDB.open(name, 7).onsuccess = ({ target }) => {
          (target as IDBOpenDBRequest).result.close();
          resolve();
        };
      }),
    `_smartico:${world.label.key}:`,
  );
  await act(page, 'after-2');
  await act(page, 'after-3');
  await openReady(page, home);
  await act(page, 'next-4');
  world.network.heal();
  await sendAll(page);
  await expectDelivered(world.label, ['before-1', 'after-2', 'after-3', 'next-4']);
});

test('a database that is wiped under an open page takes only what it held; the next events arrive', async () => {
  await openReady(page, world.pages.site + world.page());
  await act(page, 'before');
  await sendAll(page);
  const devtools = await context.newCDPSession(page);
  await devtools.send('Storage.clearDataForOrigin', { origin: world.pages.site, storageTypes: 'indexeddb' });
  const ledger = names('after', 5);
  for (const name of ledger) await act(page, name);
  await sendAll(page);
  await expectDelivered(world.label, ['before', ...ledger]);
});

test('a database that another script deletes does not block it, and the next events arrive', async () => {
  await openReady(page, world.pages.site + world.page());
  await act(page, 'before');
  await sendAll(page);
  await page.evaluate(
    (label) =>
      new Promise((resolve) => {
        indexedDB.deleteDatabase(`_smartico:${label}:`).onsuccess = resolve;
      }),
    world.label.key,
  );
  await act(page, 'after-1');
  await act(page, 'after-2');
  await sendAll(page);
  await expectDelivered(world.label, ['before', 'after-1', 'after-2']);
});

test('localStorage that is wiped and filled by the page costs no event', async () => {
  await openReady(page, world.pages.site + world.page());
  await fillLocalStorage();
  const ledger = names('crowded', 20);
  for (const name of ledger) await act(page, name);
  await sendAll(page);
  await expectDelivered(world.label, ledger);
  expect((await world.label.events()).map(({ seq }) => seq)).toEqual(ledger.map((_, index) => index + 1));
});

test('rows that another script spoilt hold up no other, and are shown', async () => {
  await openReady(page, world.pages.site + world.page());
  world.network.set('cut');
  await act(page, 'whole-1');
  await act(page, 'spoilt-2');
  await act(page, 'whole-3');
  await inQueue("store.getAllKeys().onsuccess = ({ target }) => store.put('{\"half', target.result[1])");
  // The page that made the rows has them in hand; the next one reads the disk.
  await openReady(page, page.url());
  world.network.heal();
  await sendAll(page);
  await expectDelivered(world.label, ['whole-1', 'whole-3']);
  expect((await page.evaluate(() => window._smartico.receipts())).dead).toHaveLength(1);
});

test('events beyond the bound are dropped from the oldest, and every one of them is counted', async () => {
  await openReady(page, world.pages.site + world.page());
  world.network.set('cut');
  const made = 11_500;
  await page.evaluate(async (most) => {
    for (let n = 1; n <= most; n++) {
      window._smartico.action(`bound-${n}`);
      if (n % 500 === 0) await new Promise((resolve) => setTimeout(resolve));
    }
  }, made);
  // The bound is looked at every 500 events: what is dropped now is not on its way at the same time.
  await expect.poll(() => page.evaluate(async () => (await window._smartico.receipts()).pending)).toBeLessThan(10_501);
  world.network.heal();
  await sendAll(page);
  await act(page, 'bound-last');
  await sendAll(page);
  const dropped = (await page.evaluate(() => window._smartico.losses())).overflow ?? 0;
  const stored = (await world.label.events()).map(nameOf);
  expect(stored.length + dropped).toBe(made + 1);
  await expectDelivered(world.label, [...names('bound', made).slice(dropped), 'bound-last']);
  expect((await world.label.losses()).totals.overflow).toBe(dropped);
});

test('rows that are deleted by hand are seen as gaps', async () => {
  await openReady(page, world.pages.site + world.page());
  world.network.set('cut');
  for (const name of names('row', 5)) await act(page, name);
  await inQueue(
    'store.getAllKeys().onsuccess = ({ target }) => [1, 2, 4].map((at) => store.delete(target.result[at]))',
  );
  // The page that made the rows has them in hand; the next one reads the disk.
  await openReady(page, page.url());
  world.network.heal();
  await act(page, 'next');
  await sendAll(page);
  await expectDelivered(world.label, ['row-1', 'row-4', 'next']);
  const { gaps } = await world.label.losses();
  expect(gaps.map(({ highest_seq, stored, missing }) => [highest_seq, stored, missing])).toEqual([[5, 2, [2, 3, 5]]]);
});

/** Does this to the queue's own store, as any script of the page's origin could. */
const inQueue = (statement: string): Promise<void> =>
  page.evaluate(
    ([label, statement]) =>
      new Promise<void>((resolve) => {
        indexedDB.open(`_smartico:${label}:`).onsuccess = ({ target }) => {
          const database = (target as IDBOpenDBRequest).result;
          const transaction = database.transaction('q', 'readwrite');
          transaction.oncomplete = () => {
            database.close();
            resolve();
          };
          new Function('store', statement!)(transaction.objectStore('q'));
        };
      }),
    [world.label.key, statement],
  );
