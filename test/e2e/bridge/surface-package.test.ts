/** A page whose own bundle has the SDK from npm, around a platform that has the script: the room of frames comes with the bundle. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { actInFrame, begin, bridgeWorld, known, writeDownInFrame } from '../../support/bridge-world.ts';
import { expectDelivered } from '../../support/delivery.ts';
import { eventsNamed, expectHeard, expectShown } from '../../support/live-world.ts';

const world = bridgeWorld();
const entry = fileURLToPath(new URL('../../../dist/index.js', import.meta.url));

/** The site's own files, as its bundler makes them, and the tag of the first of them. */
const bundled = async (page: string): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents: `import { smartico } from ${JSON.stringify(entry)};${page}`, resolveDir: '/' },
    outdir: '/bundle',
    bundle: true,
    splitting: true,
    format: 'esm',
    write: false,
    logLevel: 'error',
  });
  for (const { path, text } of outputFiles) world.pages.add(text, { 'content-type': 'text/javascript' }, path);
  return `<script type="module" src="${outputFiles[0]?.path}"></script>`;
};
const openBoth = async (options: object) => {
  const page = `smartico.init(${JSON.stringify(world.label.key)}, ${JSON.stringify({ collector: world.network.url, ...options })});`;
  return world.openBoth({ tag: await bundled(page) }, { after: writeDownInFrame + begin(world, 'ann') });
};

test('a frame that the page’s init lists makes its calls, and hears', async () => {
  const { page, frame } = await openBoth({ frames: [world.platform], framesMay: 'identify' });
  await known(frame);
  await actInFrame(frame, 'Played');
  await frame.evaluate(() => window._smartico_inframe.dp('dp:inbox'));
  await expectShown(page, 'Inbox');
  await expectHeard(frame, 'inbox_starting', 1);
  await expectDelivered(world.label, ['Played']);
  expect(await eventsNamed(world, 'Played')).toMatchObject([{ user_ext_id: 'ann', frame: world.platform }]);
  expect(world.told).toEqual([]);
  const loaded = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  expect(loaded.filter((name) => name.startsWith(world.network.url) && name.endsWith('.js'))).toEqual([]);
});

test('without `framesMay` it may do everything but name another user', async () => {
  const { page, frame } = await openBoth({ frames: [world.platform] });
  await expect.poll(() => world.told).toContainEqual(expect.stringContaining('identity_refused'));
  await actInFrame(frame, 'Played');
  await expectDelivered(world.label, ['Played']);
  expect(await page.evaluate(() => window._smartico.checkSuccessfullyIdentify())).toBe(false);
  expect(await eventsNamed(world, 'Played')).toMatchObject([{ user_ext_id: null }]);
});
