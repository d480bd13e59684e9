/**
 * Calls made before anything is ready for them: the database, the script, the label.
 */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { act, deliveryWorld, expectDelivered, flush, openReady, saidByPage, sendAll } from '../../support/delivery.ts';
import { eachVisitor } from '../../support/each-visitor.ts';

const world = deliveryWorld();
let page: Page;
eachVisitor(async (device) => {
  page = await device.newPage();
});

/** The database opens when the test says so, as on a phone that is busy starting. */
const opensLate = `
  const { open } = IDBFactory.prototype;
  const mayOpen = new Promise((resolve) => { window.openNow = resolve; });
  IDBFactory.prototype.open = function (...args) {
    const late = {};
    mayOpen.then(() => {
      const request = open.apply(this, args);
      const hear = (name) => { request[name] = (event) => { late.result = request.result; late[name]?.(event); }; };
      for (const name of ['onupgradeneeded', 'onsuccess', 'onerror']) hear(name);
    });
    return late;
  };`;
const openNow = () => page.evaluate(() => (window as unknown as { openNow(): void }).openNow());
/** Keys of events that wait in localStorage. */
const journal = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes(':q:')).length);

test('a call in the first script after the tag arrives, whatever the page does next', async () => {
  world.network.set('cut');
  const away = world.pages.otherSite + world.pages.add('<h1>Elsewhere</h1>');
  const names = Array.from({ length: 5 }, (_, index) => `first-${index}`);
  for (const name of names) {
    const after = `_smartico.action('${name}'); location.href = '${away}';`;
    await page.goto(world.pages.site + world.page({ after }), { waitUntil: 'commit' });
    await page.waitForURL(away);
  }
  world.network.heal();
  await sendAll(await openReady(page, world.pages.site + world.page()));
  await expectDelivered(world.label, names);
});

test('what was called while the database opened arrives once, and moves into the database', async () => {
  world.network.set('cut');
  await page.goto(world.pages.site + world.page({ before: opensLate }));
  await act(page, 'early-1', 'early-2');
  expect(await journal()).toBe(2);
  await openNow();
  await expect.poll(journal).toBe(0);
  await act(page, 'late-1');
  expect(await journal()).toBe(0);
  world.network.heal();
  await sendAll(page);
  await expectDelivered(world.label, ['early-1', 'early-2', 'late-1']);
});

test('events do not wait for a database that never opens', async () => {
  await page.goto(world.pages.site + world.page({ before: 'IDBFactory.prototype.open = () => ({});' }));
  await act(page, 'early-1', 'early-2');
  await expectDelivered(world.label, ['early-1', 'early-2']);
  await expect.poll(async () => (await flush(page)).pending).toBe(0);
});

test('what was called while the database opened and was left there is found by the next page', async () => {
  world.network.set('cut');
  await page.goto(world.pages.site + world.page({ before: opensLate }));
  await act(page, 'early-1', 'early-2');
  world.network.heal();
  await sendAll(await openReady(page, world.pages.site + world.page()));
  await expectDelivered(world.label, ['early-1', 'early-2']);
});

test('a call made through the stub arrives, although its page left before the script came', async () => {
  const stubbed = {
    stub: true,
    tag: `<script async src="${world.pages.site}/never.js"></script>`,
    after:
      "_smartico('action', 'stub-1', { n: 1 }); _smartico('event', 'bonus_seen', { n: 2 }); _smartico('action', 'stub-2')",
  };
  await page.goto(world.pages.site + world.page(stubbed));
  await sendAll(await openReady(page, world.pages.site + world.page()));
  await expectDelivered(world.label, ['stub-1', 'stub-2', 'bonus_seen']);
  const [first] = await world.label.events();
  expect(first).toMatchObject({ seq: 1, payload: { n: 1, client_action: 'stub-1' } });
});

test('calls made through the stub keep their order and their page when the script comes after all', async () => {
  const before =
    "window.late = (src) => { const tag = document.createElement('script'); Object.assign(tag, { src }); document.head.append(tag) }";
  const after = `_smartico('init', '${world.label.key}'); _smartico('action', 'stub-1'); _smartico('online', 'ann'); _smartico('action', 'stub-2')`;
  await page.goto(world.pages.site + world.page({ stub: true, tag: '', before, after }));
  await page.evaluate(
    (src) => (window as unknown as { late(src: string): void }).late(src),
    `${world.network.url}/smartico.js`,
  );
  await page.waitForFunction(() => window._smartico.version);
  await act(page, 'direct-3');
  await sendAll(page);
  await expectDelivered(world.label, ['stub-1', 'stub-2', 'direct-3']);
  const events = await saidByPage(world.label);
  expect(events.map(({ seq, user_ext_id }) => [seq, user_ext_id])).toEqual([
    [1, null],
    [2, 'ann'],
    [3, 'ann'],
  ]);
  expect(new Set(events.map(({ page_id }) => page_id)).size).toBe(1);
});

test('calls made before the label is known wait for it, on disk', async () => {
  await page.goto(world.pages.site + world.page({ tag: world.tag('') }));
  await act(page, 'unlabelled-1');
  await page.reload();
  await act(page, 'unlabelled-2');
  expect(await journal()).toBe(2);
  await page.evaluate((key) => window._smartico.init(key), world.label.key);
  await sendAll(page);
  await expectDelivered(world.label, ['unlabelled-1', 'unlabelled-2']);
});
