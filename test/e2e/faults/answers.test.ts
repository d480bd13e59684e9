/**
 * Answers that are not the collector's, or no longer what it said: others who speak in its place, answers that come
 * spoilt, twice, or in another order. Only the collector's own word on this batch acknowledges it.
 */
import type { BrowserContext, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { act, deliveryWorld, expectDelivered, flush, openReady, sendAll } from '../../support/delivery.ts';
import { eachVisitor } from '../../support/each-visitor.ts';
import { impostors } from '../../support/request-faults.ts';

const world = deliveryWorld();
let context: BrowserContext;
let page: Page;
eachVisitor(async (device) => {
  context = device;
  page = await openReady(await device.newPage(), world.pages.site + world.page());
});

const names = (what: string, most: number) => Array.from({ length: most }, (_, index) => `${what}-${index + 1}`);

test('nobody else’s answer acknowledges anything, or costs an event', async () => {
  const ledger: string[] = [];
  for (const [who, fault] of Object.entries(impostors)) {
    world.network.set(fault);
    ledger.push(`kept from ${who}`);
    await act(page, `kept from ${who}`);
    expect(await flush(page), who).toEqual({ stored: 0, duplicate: 0, rejected: 0, pending: ledger.length });
  }
  expect(await world.label.events()).toEqual([]);
  world.network.heal();
  await sendAll(page);
  await expectDelivered(world.label, ledger);
  expect((await page.evaluate(() => window._smartico.receipts())).dead).toEqual([]);
});

test('an answer that is not to this batch, or not whole, acknowledges nothing and makes no second event', async () => {
  const ledger: string[] = [];
  for (const fault of ['truncated', 'other batch_id', 'answer of another batch'] as const) {
    world.network.set(fault);
    ledger.push(fault);
    await act(page, fault);
    expect(await flush(page), fault).toMatchObject({ stored: 0, pending: ledger.length });
  }
  world.network.heal();
  await sendAll(page);
  await expectDelivered(world.label, ledger);
});

test('answers with flipped bits cost no event, wherever the bits are', async () => {
  world.network.set('bits flipped');
  const ledger = names('flipped', 30);
  for (const name of ledger) {
    await act(page, name);
    await flush(page);
  }
  world.network.heal();
  await sendAll(page);
  await expectDelivered(world.label, ledger);
});

test('a request that a proxy repeats is stored once', async () => {
  world.network.set('replayed');
  const ledger = names('repeated', 20);
  await act(page, ...ledger);
  await sendAll(page);
  await expectDelivered(world.label, ledger);
});

test('answers that come in another order than their requests acknowledge what each is about', async () => {
  world.network.next('answer held');
  await act(page, 'first-1');
  await expect.poll(() => world.network.arrivals.length).toBe(1);
  // A page that leaves does not wait for the answer of what it sent before.
  await act(page, 'second-2');
  const away = await context.newPage();
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
  await expect.poll(() => world.network.arrivals.length).toBe(2);
  await away.close();
  world.network.set('none');
  await sendAll(page);
  await expectDelivered(world.label, ['first-1', 'second-2']);
});

test('a body that is too large for a proxy is halved until it fits; one event that never does holds up no other', async () => {
  world.network.set({ above: 2_000, status: 413, headers: {}, body: '{"code":"body_too_large","message":"2 kB"}' });
  const ledger = names('small', 40);
  await page.evaluate((all) => {
    const noise = (length: number) => Array.from({ length }, () => Math.random().toString(36).slice(2, 10)).join('');
    for (const [place, name] of all.entries()) window._smartico.action(name, { noise: noise(place === 20 ? 500 : 10) });
  }, ledger);
  await sendAll(page);
  await expectDelivered(world.label, ledger.toSpliced(20, 1));
  const { dead } = await page.evaluate(() => window._smartico.receipts());
  expect(dead.map(({ code }) => code)).toEqual(['body_too_large']);
});
