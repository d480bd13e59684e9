/**
 * The line itself: slow, narrow and lossy, as a phone's in a train, or silent. Counted in bytes of bodies as they leave the
 * browser: whoever sends twice on such a line makes it worse for himself.
 */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { act, cameAgain, deliveryWorld, expectDelivered, openReady, sendAll } from '../../support/delivery.ts';
import { eachVisitor } from '../../support/each-visitor.ts';
import type { Line } from '../../support/faulty-line.ts';

const world = deliveryWorld();
let page: Page;
eachVisitor(async (device) => {
  page = await openReady(await device.newPage(), world.pages.site + world.page());
});

/** With `SEEDS`, the line as it is; otherwise all of it ten times as fast. */
const hurry = process.env.SEEDS ? 1 : 10;
const train: Line = { delay: 1_000 / hurry, bytesPerSecond: (30_000 / 8) * hurry, loss: 0.05 };

/** A visitor's clicks over some time; their names, of one length whatever the line. */
const clicks = async (line: string): Promise<string[]> => {
  const ledger: string[] = [];
  for (let time = 1; time <= 6; time++) {
    const names = Array.from({ length: 15 }, (_, index) => `${line}-${time}-${index}`);
    ledger.push(...names);
    await act(page, ...names);
    await page.waitForTimeout(2_000 / hurry);
  }
  await sendAll(page);
  return ledger;
};

test('a line that is slow, narrow and lossy loses nothing, and carries at most a fifth more than a good one', async () => {
  const good = await clicks('good');
  const ideal = world.network.bytes;
  world.network.heal();
  world.network.setLine(train);
  const slow = await clicks('slow');
  expect(world.network.bytes / ideal).toBeLessThanOrEqual(1.2);
  await expectDelivered(world.label, [...good, ...slow]);
});

test('a line that goes silent in the middle of a request costs no event, and doubles none', async () => {
  await act(page, 'before');
  await sendAll(page);
  world.network.setLine('silent');
  const asked = page.waitForRequest((request) => request.url().endsWith('/v1/events'));
  await act(page, 'into-the-silence');
  await asked;
  await act(page, 'meanwhile');
  world.network.setLine('healthy');
  await expectDelivered(world.label, ['before', 'into-the-silence', 'meanwhile']);
});

test('half an answer and then silence acknowledges nothing', async () => {
  world.network.next('half an answer');
  await act(page, 'half');
  await expect.poll(async () => (await world.label.events()).length).toBe(1);
  const { pending } = await page.evaluate(() => window._smartico.receipts());
  expect(pending).toBe(1);
  world.network.heal();
  await sendAll(page);
  await expectDelivered(world.label, ['half']);
  expect((await page.evaluate(() => window._smartico.receipts())).recent.map(({ verdict }) => verdict)).toEqual([
    cameAgain(world),
  ]);
});
