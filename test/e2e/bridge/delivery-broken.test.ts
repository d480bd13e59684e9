/** Pages, processes and collectors that go away while calls are on their way from a frame. */
import type { Frame } from 'playwright-core';
import { expect, test } from 'vitest';
import { actInFrame, begin, bridgeWorld, connected, platformOf } from '../../support/bridge-world.ts';
import { killRenderers, orLeft } from '../../support/browser.ts';
import { keepBusy } from '../../support/busy-page.ts';
import { expectDelivered, sendAll } from '../../support/delivery.ts';

const world = bridgeWorld();

const names = (what: string, most: number) => Array.from({ length: most }, (_, index) => `${what}-${index + 1}`);

test('a page that is reloaded while two thousand calls of its frame are on their way loses none, and takes none twice', async () => {
  const { page, frame } = await world.openBoth(undefined, { after: begin(world) });
  const ledger = names('reloaded', 2_000);
  await actInFrame(frame, ...ledger);
  await page.reload();
  await connected(platformOf(page));
  await expect.poll(() => platformOf(page).evaluate(() => sessionStorage.length)).toBe(0);
  await sendAll(page);
  await expectDelivered(world.label, ledger);
});

test('a frame that is reloaded in the task of its calls loses none, and takes none twice', async () => {
  const { page, frame } = await world.openBoth(undefined, { after: begin(world) });
  const ledger = names('reloaded', 2_000);
  await frame.evaluate((all) => {
    for (const name of all) window._smartico_inframe.action(name);
    location.reload();
  }, ledger);
  await expect.poll(() => frame.evaluate(() => sessionStorage.length).catch(() => -1)).toBe(0);
  await sendAll(page);
  await expectDelivered(world.label, ledger);
});

/** The frame acts and is gone: in the same task where it can reach its own element, else as soon as the page hears it. */
const actAndVanish = (frame: Frame, name: string): Promise<void> =>
  orLeft(
    frame.evaluate((name) => {
      window._smartico_inframe.action(name);
      if (window.frameElement) window.frameElement.remove();
      else parent.postMessage('close', '*');
    }, name),
  );

test.each([
  ['of another site', () => world.platform],
  ["of the page's own origin", () => world.host],
])('a frame %s that is taken out of the page after it acted loses nothing', async (_, origin) => {
  const page = await world.context.newPage();
  const platform = origin() + world.platformPage({ after: begin(world) });
  const after = `addEventListener('message', ({ data }) => data === 'close' && document.querySelector('iframe').remove());`;
  await page.goto(world.host + world.hostPage(platform, { after }));
  const ledger = names('removed', 10);
  for (const name of ledger) {
    await page.locator('iframe').waitFor({ state: 'attached' });
    await connected(platformOf(page));
    await actAndVanish(platformOf(page), name);
    await page.locator('iframe').waitFor({ state: 'detached' });
    await page.evaluate(
      (src) => document.body.append(Object.assign(document.createElement('iframe'), { src })),
      platform,
    );
  }
  await expectDelivered(world.label, ledger);
});

test("what a page never took, because its process was killed while it was busy, is sent by its frame's next document", async () => {
  const { page, frame } = await world.openBoth(undefined, { after: begin(world) });
  // Playwright gives a tab up that crashed; what the frame kept is the tab's.
  const devtools = await world.context.newCDPSession(page);
  const url = page.url();
  const { done } = await keepBusy(world.pages, page);
  await actInFrame(frame, ...names('killed', 5));
  const died = expect(done).rejects.toThrow('crashed');
  const crashed = page.waitForEvent('crash');
  await killRenderers(page);
  await Promise.all([died, crashed]);
  await devtools.send('Page.navigate', { url });
  await expectDelivered(world.label, names('killed', 5));
});

test("what a frame did before its own process was killed arrives, and its page goes on with the frame's next document", async () => {
  const { page, frame } = await world.openBoth(undefined, { after: begin(world) });
  // Playwright gives the whole page up when one of its frames crashed.
  const [host, own] = [await world.context.newCDPSession(page), await world.context.newCDPSession(frame)];
  const next = world.platform + world.platformPage({ after: `${begin(world)}_smartico_inframe.action('after');` });
  await actInFrame(frame, ...names('killed', 50));
  const crashed = new Promise((resolve) => own.once('Inspector.targetCrashed', resolve));
  // Whether the call is answered at all is a matter of luck.
  await Promise.race([crashed, expect(own.send('Page.crash')).rejects.toThrow('crashed')]);
  await host.send('Runtime.evaluate', { expression: `document.querySelector('iframe').src = '${next}'` });
  await expectDelivered(world.label, [...names('killed', 50), 'after']);
});

test('what frames do while the collector is away arrives when it is back, each once, though its first answer is lost', async () => {
  const { page, frame } = await world.openBoth(undefined, { after: begin(world) });
  world.network.set('cut');
  await actInFrame(frame, ...names('away', 20));
  await expect.poll(() => world.network.arrivals.length).toBeGreaterThan(0);
  await actInFrame(frame, ...names('still-away', 20));
  world.network.next('answer lost');
  world.network.set('none');
  await sendAll(page);
  await expectDelivered(world.label, [...names('away', 20), ...names('still-away', 20)]);
});
