/** Frames whose storage the browser refuses, and frames that are nobody's. */
import { expect, test } from 'vitest';
import { actInFrame, begin, bridgeWorld, platformOf } from '../../support/bridge-world.ts';
import { expectDelivered } from '../../support/delivery.ts';

const world = bridgeWorld();

test('a frame that may store nothing delivers what it does while its page is there, and throws nothing', async () => {
  const { frame } = await world.openBoth(undefined, {
    before: `for (const storage of ['sessionStorage', 'localStorage'])
      Object.defineProperty(window, storage, { get() { throw new DOMException('refused', 'SecurityError'); } });`,
    after: begin(world, 'ann'),
  });
  await actInFrame(frame, 'refused-1', 'refused-2');
  await expectDelivered(world.label, ['refused-1', 'refused-2']);
  expect(world.told).toEqual([]);
});

test('a sandboxed frame without an origin is refused with one notice, says itself that nobody answers, and stores nothing', async () => {
  const page = await world.context.newPage();
  const platform = world.platform + world.platformPage({ after: `${begin(world)}_smartico_inframe.action('nobody');` });
  await page.goto(
    world.host + world.hostPage('about:blank', { body: `<iframe sandbox="allow-scripts" src="${platform}"></iframe>` }),
  );
  const said = (code: string) => world.told.filter((line) => line.includes(code));
  await expect.poll(() => said('no_host')).toHaveLength(1);
  expect(said('frame_refused')).toHaveLength(1);
  expect(world.told).toHaveLength(2);
  expect(await world.label.events()).toEqual([]);
  expect(platformOf(page).url()).toBe('about:blank');
});
