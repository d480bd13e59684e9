/** Many calls at once, from one frame and from several: each arrives, each once, and each frame's in its own order. */
import type { Frame } from 'playwright-core';
import { expect, test } from 'vitest';
import type { StoredEvent } from '../../../src/collector/live/shapes.ts';
import { actInFrame, begin, bridgeWorld, connected } from '../../support/bridge-world.ts';
import { expectDelivered, nameOf, sendAll } from '../../support/delivery.ts';

const world = bridgeWorld();

const names = (what: string, most: number) => Array.from({ length: most }, (_, index) => `${what}-${index + 1}`);
/** What a document did, as it counted it. */
const inOrder = (events: StoredEvent[]) => [...events].sort((a, b) => a.seq! - b.seq!);
/** As many tasks as there are names. */
const actOneByOne = (frame: Frame, names: string[]): Promise<void> =>
  frame.evaluate(async (all) => {
    for (const name of all) {
      window._smartico_inframe.action(name);
      await new Promise((resolve) => setTimeout(resolve));
    }
  }, names);

test("a frame of the page's own origin and one of another site act a thousand times each, side by side: nothing is lost, doubled or out of order", async () => {
  const strange = world.platform + world.platformPage({ after: begin(world) });
  const own = world.host + world.platformPage({ after: begin(world) });
  const page = await world.context.newPage();
  await page.goto(world.host + world.hostPage(strange, { body: `<iframe src="${own}"></iframe>` }));
  const frames = page.mainFrame().childFrames();
  await Promise.all(frames.map(connected));
  const ledgers = frames.map((_, index) => names(`frame-${index}`, 1_000));
  await Promise.all(frames.map((frame, index) => actOneByOne(frame, ledgers[index]!.slice(0, 100))));
  await Promise.all(frames.map((frame, index) => actInFrame(frame, ...ledgers[index]!.slice(100))));
  await expectDelivered(world.label, ledgers.flat());
  const events = await world.label.events();
  for (const [index, ledger] of ledgers.entries()) {
    const counted = inOrder(events.filter((event) => nameOf(event).startsWith(`frame-${index}`)));
    expect(counted.map(nameOf)).toEqual(ledger);
    expect(counted.map(({ seq }) => seq)).toEqual(ledger.map((_, place) => place + 1));
    expect(new Set(counted.map(({ page_id }) => page_id)).size).toBe(1);
    expect(new Set(counted.map(({ frame }) => frame))).toEqual(new Set([new URL(frames[index]!.url()).origin]));
  }
  expect(new Set(events.map(({ device_id, session_id }) => `${device_id} ${session_id}`)).size).toBe(1);
  expect(await world.label.losses()).toMatchObject({ totals: {}, gaps: [] });
});

test('ten thousand actions in one task of a frame all arrive, each once', async () => {
  const { page, frame } = await world.openBoth(undefined, { after: begin(world) });
  const ledger = names('many', 10_000);
  await actInFrame(frame, ...ledger);
  await expect.poll(() => frame.evaluate(() => sessionStorage.length)).toBe(0);
  await sendAll(page);
  await expectDelivered(world.label, ledger);
  expect(inOrder(await world.label.events()).map(nameOf)).toEqual(ledger);
  expect(await world.label.losses()).toMatchObject({ totals: {}, gaps: [] });
  expect(world.told).toEqual([]);
});

test('what a frame did beyond what may wait is told, and counted as lost', async () => {
  const { page, frame } = await world.openBoth(undefined, { after: begin(world) });
  await actInFrame(frame, ...names('many', 10_500));
  await expect.poll(() => frame.evaluate(() => sessionStorage.length)).toBe(0);
  await sendAll(page);
  await expectDelivered(world.label, names('many', 10_000));
  expect(world.told.filter((line) => line.includes('queue_overflow'))).toHaveLength(1);
  await expect.poll(async () => (await world.label.losses()).totals).toEqual({ overflow: 500 });
});
