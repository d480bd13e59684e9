/** What a page runs is what was built here: the same sources give the same bytes, and other bytes are not run. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { liveWorld } from '../../support/live-world.ts';
import { root } from '../../support/source-map.ts';

const world = liveWorld();
type Pins = { [file: string]: { path: string; integrity: string } };
const pinsIn = (folder: string): Pins => JSON.parse(readFileSync(join(folder, 'dist/integrity.json'), 'utf8'));

test('a build in another folder gives the same SRI values', () => {
  const folder = mkdtempSync(join(tmpdir(), 'built-again-'));
  try {
    for (const part of ['src', 'build.mjs', 'package.json', 'tsconfig.base.json'])
      cpSync(join(root, part), join(folder, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    execFileSync(process.execPath, ['build.mjs', '--quiet', '--no-types'], { cwd: folder });
    expect(pinsIn(folder)).toEqual(pinsIn(root));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([
  ['smartico.js', ['no SDK', 'no room']],
  ['smartico_live.js', ['the SDK', 'no room']],
] as const)('on a page that pins it, one byte more in %s is not run', async (tampered, wanted) => {
  const { 'smartico.js': core, [tampered]: file } = pinsIn(root);
  await world.context.route(`**${file!.path}`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${await response.text()};window.tampered=true` });
  });
  const tag = `<script src="${world.collector.url}${core!.path}" integrity="${core!.integrity}" crossorigin="anonymous" data-label="${world.label.key}"></script>`;
  const page = await world.context.newPage();
  const asked = page.waitForEvent('requestfinished', (request) => request.url().endsWith(file!.path));
  await page.goto(
    world.pages.site + world.pages.add(`<!doctype html><script>_smartico_allow_localhost = true</script>${tag}`),
  );
  await asked;
  await expect
    .poll(() =>
      page.evaluate(() => [
        typeof window._smartico === 'undefined' ? 'no SDK' : 'the SDK',
        'tampered' in window ? 'a room' : 'no room',
      ]),
    )
    .toEqual(wanted);
});
