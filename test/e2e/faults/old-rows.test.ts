/**
 * What is found on a device: rows as every earlier release of the SDK wrote them, and rows that another script of the site
 * spoilt. Today's SDK starts, delivers what is an event, shows what is none, and nothing waits for ever.
 */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { StoredEvent } from '../../../src/collector/live/shapes.ts';
import { act, deliveryWorld, expectDelivered, nameOf, openReady, sendAll } from '../../support/delivery.ts';
import { eachVisitor } from '../../support/each-visitor.ts';
import { type Chance, chanceOf, seeds } from '../../support/seeds.ts';

const world = deliveryWorld();
let page: Page;
eachVisitor(async (device) => {
  page = await device.newPage();
});

/** Keys and values, in localStorage and in the label's database. */
interface Device {
  local: { [key: string]: string };
  database: [key: IDBValidKey, value: unknown][];
}
/** Opens the site on a device on which this is found. */
const openOn = async ({ local, database }: Device): Promise<Page> => {
  await page.goto(world.pages.site + world.pages.add('<h1>Before the SDK</h1>'));
  await page.evaluate(
    ({ name, local, database }) =>
      new Promise<void>((resolve, reject) => {
        for (const [key, value] of Object.entries(local)) localStorage.setItem(key, value);
        const opening = indexedDB.open(name);
        opening.onupgradeneeded = () => opening.result.createObjectStore('q');
        opening.onsuccess = () => {
          const writing = opening.result.transaction('q', 'readwrite');
          for (const [key, value] of database as Device['database']) writing.objectStore('q').put(value, key);
          writing.oncomplete = () => {
            opening.result.close();
            resolve();
          };
          writing.onerror = () => reject(writing.error);
        };
      }),
    { name: `_smartico:${world.label.key}:`, local, database: database as object[] },
  );
  return openReady(page, world.pages.site + world.page());
};
const receipts = () => page.evaluate(() => window._smartico.receipts());

describe('rows of an earlier release', async () => {
  const releases: { [release: string]: { device: Device; delivers: Partial<StoredEvent>[] } } = JSON.parse(
    await readFile(new URL('../../fixtures/browser-rows.json', import.meta.url), 'utf8'),
  );
  test.each(Object.entries(releases))('%s are delivered as they were made', async (_, { device, delivers }) => {
    const local = Object.fromEntries(
      Object.entries(device.local).map(([key, value]) => [key.replace('LABEL', world.label.key), value]),
    );
    await openOn({ ...device, local });
    await act(page, 'today');
    await sendAll(page);
    await expectDelivered(world.label, [...delivers.map((event) => nameOf(event as StoredEvent)), 'today']);
    const stored = await world.label.events();
    for (const event of delivers) expect(stored).toContainEqual(expect.objectContaining(event));
    expect((await receipts()).dead).toEqual([]);
  });
});

/** A value that storage could hold, and no SDK ever wrote there. */
const junk = (chance: Chance): string =>
  chance.pick([
    () => '',
    () => 'null',
    () => '[]',
    () => '{"half',
    () => '"text"',
    () => '1e999',
    () => '{"__proto__":{"polluted":1},"eid":5}',
    () => '{"eid":null,"payload":[],"hash":{"a":1},"seq":-1}',
    () => `{"user_ext_id":{},"event_type":"x","page_id":7,"hash":"${chance.word()}"}`,
    () => '\u0000\ud800 ',
    () => chance.word().repeat(chance.whole(1, 3_000)),
  ])();
/** Keys that IndexedDB takes; the SDK's are text. */
const junkKey = (chance: Chance): IDBValidKey =>
  chance.pick<() => IDBValidKey>([
    () => chance.whole(-5, 5_000),
    () => chance.word(),
    () => '',
    () => new Date(chance.whole(0, 9e12)),
    () => [chance.word(), chance.whole(1, 9)],
    () => 'x'.repeat(100),
  ])();
const SETTINGS = [
  ...['device', 'session', 'losses', 'dead', ':links', 'LABEL:patience', 'LABEL:turn', ':p:'],
  ...['LABEL:p:', 'LABEL:l:', 'LABEL:losses'],
];

describe.each(seeds)('rows that another script spoilt, seed %i', (seed) => {
  test('hold up no event, and are shown or gone', async () => {
    const chance = chanceOf(seed);
    const local = Object.fromEntries([
      ...SETTINGS.map((key) => [`_smartico:${key.replace('LABEL', world.label.key)}`, junk(chance)]),
      ...Array.from({ length: 20 }, () => [`_smartico::p:${chance.word()}`, junk(chance)]),
      ...Array.from({ length: 20 }, () => [`_smartico::q:${chance.word()}`, junk(chance)]),
      ...Array.from({ length: 20 }, () => [`_smartico:${world.label.key}:q:${chance.word()}`, junk(chance)]),
    ]);
    const database = Array.from({ length: 600 }, (): [IDBValidKey, unknown] => [
      junkKey(chance),
      chance.pick<() => unknown>([() => junk(chance), () => chance.whole(0, 9), () => ({ a: [1] }), () => null])(),
    ]);
    await openOn({ local, database });
    await act(page, 'whole-1', 'whole-2');
    await sendAll(page);
    await openReady(page, page.url());
    await act(page, 'whole-3');
    await sendAll(page);
    await expectDelivered(world.label, ['whole-1', 'whole-2', 'whole-3']);
    expect((await receipts()).dead.length).toBeGreaterThan(0);
    expect(await page.evaluate(() => Object.keys(Object.prototype))).toEqual([]);
  });
});

test('settings that are spoilt beyond what one request may carry cost no event', async () => {
  const local = {
    '_smartico::p:long': JSON.stringify({ page_id: 'x'.repeat(1_500_000) }),
    '_smartico:losses': JSON.stringify({ overflow: 'x'.repeat(1_500_000) }),
  };
  await openOn({ local, database: [] });
  await act(page, 'whole-1');
  await sendAll(page);
  await expectDelivered(world.label, ['whole-1']);
});

test('a database of our name with other things in it costs no event', async () => {
  await page.goto(world.pages.site + world.pages.add('<h1>Before the SDK</h1>'));
  await page.evaluate(
    (name) =>
      new Promise<void>((resolve) => {
        const opening = indexedDB.open(name, 3);
        opening.onupgradeneeded = () => opening.result.createObjectStore('another', { autoIncrement: true });
        opening.onsuccess = () => {
          opening.result.close();
          resolve();
        };
      }),
    `_smartico:${world.label.key}:`,
  );
  const home = world.pages.site + world.page();
  await page.goto(home);
  world.network.set('cut');
  await act(page, 'whole-1', 'whole-2');
  await page.goto(home);
  world.network.heal();
  await sendAll(page);
  await expectDelivered(world.label, ['whole-1', 'whole-2']);
});
