/**
 * What a frame does before the page around has answered it waits in the frame, in order, and outlives the frame's document:
 * the next one sends it.
 */
import { expect, test } from 'vitest';
import { actInFrame, begin, bridgeWorld, connected, platformOf } from '../../support/bridge-world.ts';
import { expectDelivered, nameOf } from '../../support/delivery.ts';
import { eventsNamed } from '../../support/live-world.ts';

const world = bridgeWorld();

/** From now on this script of the SDK comes to no page; returns what lets it. */
const holdBack = async (file: string): Promise<() => void> => {
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await world.context.route(`**/${file}`, async (route) => {
    await gate;
    await route.continue();
  });
  return letGo;
};

test.each(['smartico.js', 'smartico_frames.js'])(
  'what two documents of a frame did before %s came arrives once, in the order, with the time and of the page of each',
  async (file) => {
    const letGo = await holdBack(file);
    const platform = world.platform + world.platformPage({ after: begin(world) });
    const page = await world.context.newPage();
    // Not in the head, where it would hold up the frame.
    const tag = `<script async src="${world.network.url}/smartico.js" data-frames="${world.platform}"></script>`;
    await page.goto(world.host + world.hostPage(platform, { tag }), { waitUntil: 'commit' });
    await expect.poll(() => page.frames().map((frame) => frame.url())).toContain(platform);
    const frame = platformOf(page);
    await frame.waitForFunction(() => window._smartico_inframe?.version);
    await actInFrame(frame, 'first-1', 'first-2');
    await actInFrame(frame, 'first-3');
    const between = await frame.evaluate(() => Date.now());
    await frame.evaluate(() => location.reload());
    await frame.waitForFunction((then) => performance.timeOrigin >= then && window._smartico_inframe?.version, between);
    await actInFrame(frame, 'second-1', 'second-2');
    letGo();
    const ledgers = [
      ['first-1', 'first-2', 'first-3'],
      ['second-1', 'second-2'],
    ];
    await expectDelivered(world.label, ledgers.flat());
    const pages = await Promise.all(ledgers.map((names) => eventsNamed(world, ...names)));
    for (const [index, events] of pages.entries()) {
      expect(events.map(nameOf)).toEqual(ledgers[index]);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, place) => place + 1));
      expect(new Set(events.map(({ page_id }) => page_id)).size).toBe(1);
      expect(events.map(({ event_date }) => event_date <= between)).toEqual(events.map(() => index === 0));
    }
    expect(pages[0]?.[0]?.page_id).not.toBe(pages[1]?.[0]?.page_id);
  },
);

test('a page that loads the SDK after its frame has said that nobody answers still gets everything, once', async () => {
  const page = await world.context.newPage();
  const platform = world.platform + world.platformPage({ after: begin(world) });
  await page.goto(world.host + world.hostPage(platform, { tag: '' }));
  const frame = platformOf(page);
  await actInFrame(frame, 'early-1', 'early-2');
  await expect.poll(() => world.told.filter((line) => line.includes('no_host'))).toHaveLength(1);
  await page.evaluate(
    ([src, frames]) => {
      const script = document.createElement('script');
      Object.assign(script.dataset, { frames });
      document.head.append(Object.assign(script, { src }));
    },
    [`${world.network.url}/smartico.js`, world.platform],
  );
  await connected(frame);
  await actInFrame(frame, 'late-3');
  await expectDelivered(world.label, ['early-1', 'early-2', 'late-3']);
  expect((await eventsNamed(world, 'early-1', 'early-2', 'late-3')).map(nameOf)).toEqual([
    'early-1',
    'early-2',
    'late-3',
  ]);
});

test('what a frame did before its page could hear it is sent by the same frame on the next page of the tab', async () => {
  const platform = world.platform + world.platformPage({ after: begin(world) });
  const page = await world.context.newPage();
  await page.goto(world.host + world.hostPage(platform, { tag: '' }));
  await actInFrame(platformOf(page), 'before-1', 'before-2');
  await page.goto(world.host + world.hostPage(platform));
  await expectDelivered(world.label, ['before-1', 'before-2']);
});
