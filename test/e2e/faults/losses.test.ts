/**
 * A ledger of losses that adds up: whatever becomes of events on a device, the collector's report names them by session, page
 * and reason, and what nobody can explain is told as missing.
 */
import type { BrowserContext, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { act, deliveryWorld, openReady, sendAll } from '../../support/delivery.ts';
import { eachVisitor } from '../../support/each-visitor.ts';
import { chanceOf, seeds } from '../../support/seeds.ts';

const world = deliveryWorld();
let context: BrowserContext;
eachVisitor((device) => {
  context = device;
});

const names = (what: string, most: number) => Array.from({ length: most }, (_, index) => `${what}-${index + 1}`);
const tab = async (url = world.pages.site + world.page()) => openReady(await context.newPage(), url);

/** What waits on the device, oldest first. */
const waiting = (page: Page) =>
  page.evaluate(
    (label) =>
      new Promise<{ eid: string; page_id: string; session_id: string; seq: number }[]>((resolve) => {
        indexedDB.open(`_smartico:${label}:`).onsuccess = ({ target }) => {
          const database = (target as IDBOpenDBRequest).result;
          database.transaction('q').objectStore('q').getAll().onsuccess = ({ target: rows }) => {
            database.close();
            resolve((rows as IDBRequest<string[]>).result.map((text) => JSON.parse(text)));
          };
        };
      }),
    world.label.key,
  );
const remove = (page: Page, eids: string[]) =>
  page.evaluate(
    ([label, ...gone]) =>
      new Promise<void>((resolve) => {
        indexedDB.open(`_smartico:${label}:`).onsuccess = ({ target }) => {
          const database = (target as IDBOpenDBRequest).result;
          const transaction = database.transaction('q', 'readwrite');
          for (const eid of gone) transaction.objectStore('q').delete(eid);
          transaction.oncomplete = () => {
            database.close();
            resolve();
          };
        };
      }),
    [world.label.key, ...eids],
  );
/** Every session of the report, and whether its numbers are all accounted for. */
const report = async () => {
  const { sessions, totals } = await world.label.losses();
  for (const { given, stored, refused, missing, lost } of sessions)
    expect(stored + refused + missing + Object.values(lost).reduce((sum, events) => sum + events, 0)).toBe(given);
  return { sessions, totals };
};
/** The numbers of stretches. */
const numbersIn = (stretches: { from: number; to: number }[]) =>
  stretches.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));

test.each(seeds)(
  'rows deleted by hand in two tabs and two sessions are missing there, and only those (seed %i)',
  async (seed) => {
    const chance = chanceOf(seed);
    const tabs = [await tab(), await tab()];
    world.network.set('cut');
    for (const page of tabs) await act(page, ...names('first', 8));
    // A session ends when nobody did anything for half an hour.
    for (const page of tabs)
      await page.evaluate(() => {
        localStorage.removeItem('_smartico:session');
        const { now } = Date;
        Date.now = () => now() + 31 * 60_000;
      });
    for (const page of tabs) await act(page, ...names('second', 8));
    const rows = await waiting(tabs[0]!);
    expect(rows).toHaveLength(32);
    const gone = rows.filter(() => chance.share() < 0.3);
    await remove(
      tabs[0]!,
      gone.map(({ eid }) => eid),
    );
    for (const page of tabs) await page.close();
    const next = await tab();
    world.network.heal();
    await sendAll(next);
    await act(next, 'next');
    await sendAll(next);
    const { sessions, totals } = await report();
    expect(totals).toEqual({});
    const missing = sessions.flatMap(({ session_id, pages }) =>
      pages.flatMap(({ page_id, missing }) => numbersIn(missing).map((number) => `${session_id} ${page_id} ${number}`)),
    );
    expect(missing.sort()).toEqual(
      gone.map(({ session_id, page_id, seq }) => `${session_id} ${page_id} ${seq}`).sort(),
    );
  },
);

test('what two tabs drop beyond the bound is named number by number, once', async () => {
  const tabs = [await tab(), await tab()];
  world.network.set('cut');
  // What starts a session is the first event: two in the same moment would each start one.
  await act(tabs[0]!, 'start');
  await Promise.all(
    tabs.map((page) =>
      page.evaluate(async () => {
        for (let n = 1; n <= 6_000; n++) {
          window._smartico.action(`bound-${n}`);
          if (n % 500 === 0) await new Promise((resolve) => setTimeout(resolve));
        }
      }),
    ),
  );
  await expect
    .poll(() => tabs[0]!.evaluate(async () => (await window._smartico.receipts()).pending))
    .toBeLessThan(10_501);
  world.network.heal();
  for (const page of tabs) await sendAll(page);
  const { sessions, totals } = await report();
  const stored = (await world.label.events()).length;
  expect(sessions.map(({ given, missing, lost }) => [given, missing, lost])).toEqual([
    [12_001, 0, { overflow: 12_001 - stored }],
  ]);
  expect(totals).toEqual({ overflow: 12_001 - stored });
  expect(await tabs[0]!.evaluate(() => window._smartico.losses())).toEqual({ overflow: 12_001 - stored });
});

test('a payload that is too large and events that a full disk kept only in memory are named when their page is gone', async () => {
  const home = world.pages.site + world.page();
  const page = await tab(home);
  world.network.set('cut');
  const devtools = await context.newCDPSession(page);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: world.pages.site, quotaSize: 20_000 });
  await page.evaluate(async () => {
    for (let n = 1; n <= 9; n++) {
      window._smartico.action(`full-${n}`, { large: 'x'.repeat(n === 5 ? 40_000 : 20_000) });
      await new Promise((resolve) => setTimeout(resolve));
    }
  });
  await expect.poll(() => page.evaluate(async () => (await window._smartico.receipts()).pending)).toBe(8);
  await page.goto('about:blank');
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: world.pages.site });
  const next = await tab(home);
  world.network.heal();
  await sendAll(next);
  await act(next, 'next');
  await sendAll(next);
  const { sessions } = await report();
  const kept = new Set((await world.label.events()).map(({ payload }) => payload.client_action));
  const inMemory = names('full', 9).filter((name, index) => index !== 4 && !kept.has(name)).length;
  expect(inMemory).toBeGreaterThan(0);
  expect(sessions).toMatchObject([{ given: 10, missing: 0, lost: { too_large: 1, storage: inMemory } }]);
});

test('two labels on one page each have numbers of their own, and neither sees a gap', async () => {
  const page = await tab();
  await act(page, 'first-1');
  await page.evaluate((label) => window._smartico.init(label), world.otherLabel.key);
  await act(page, 'other-1', 'other-2');
  await sendAll(page);
  await page.evaluate((label) => window._smartico.init(label), world.label.key);
  await act(page, 'first-2');
  await sendAll(page);
  for (const label of [world.label, world.otherLabel]) {
    expect(await label.losses()).toMatchObject({ sessions: [], gaps: [] });
    expect((await label.events()).map(({ seq }) => seq)).toEqual([1, 2]);
  }
});
