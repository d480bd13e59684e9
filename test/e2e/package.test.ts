/**
 * The package as somebody else's project sees it: imported on a server, and type-checked by a compiler that knows only `dist`.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'openaction-consumer-'));
  // A project of its own, whatever lies in the folders around it.
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
  await mkdir(join(project, 'node_modules'));
  await symlink(root, join(project, 'node_modules/openaction'));
});
afterAll(() => rm(project, { recursive: true }));

test('importing it on a server changes nothing, prints nothing and answers every call', async () => {
  await writeFile(
    join(project, 'server.mjs'),
    `import { smartico } from 'openaction';
     smartico.init('label'); smartico('action', 'X'); smartico.action('X');
     const counts = await smartico.flush();
     process.stdout.write(JSON.stringify({ counts, leaked: '_smartico' in globalThis }));`,
  );
  const printed = execFileSync(process.execPath, [join(project, 'server.mjs')], { encoding: 'utf8' });
  expect(JSON.parse(printed)).toEqual({
    counts: { stored: 0, duplicate: 0, rejected: 0, pending: 0 },
    leaked: false,
  });
});

test('a page that imports it and does not use it carries nothing of it; one that uses it fetches the rooms by itself', async () => {
  const pageOf = async (text: string): Promise<string> => {
    const entry = join(project, 'bundled.mjs');
    await writeFile(entry, text);
    const { outputFiles } = await build({
      entryPoints: [entry],
      outdir: join(project, 'out'),
      bundle: true,
      splitting: true,
      format: 'esm',
      write: false,
    });
    return outputFiles.find(({ path }) => path.endsWith('bundled.js'))?.text ?? '';
  };
  const imported = `import { smartico } from 'openaction';`;
  expect(
    (await pageOf(`${imported} console.log('casino');`)).split('\n').filter((line) => !/^(\/\/|$)/.test(line)),
  ).toEqual(['console.log("casino");']);
  expect(await pageOf(`${imported} smartico.action('X');`)).toMatch(/import\(/);
  expect(await pageOf(`import 'openaction/stub.js';`)).toContain('localStorage');
});

test.each([
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
])('its types hold under module %s, resolution %s', async (module, resolution) => {
  await writeFile(
    join(project, 'page.ts'),
    `import { type FlushCounts, smartico } from 'openaction';
     smartico.action('X', { amount: 5 });
     smartico('action', 'X');
     window._smartico.event('deposit_started');
     // @ts-expect-error an action has a name
     smartico.action();
     // @ts-expect-error there is no such call
     smartico('actoin', 'X');
     export const counts: Promise<FlushCounts> = smartico.flush();`,
  );
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022,dom'];
  const checked = () =>
    execFileSync(
      process.execPath,
      [tsc, ...options, '--module', module, '--moduleResolution', resolution, join(project, 'page.ts')],
      {
        cwd: project,
        stdio: 'pipe',
        encoding: 'utf8',
      },
    );
  expect(checked).not.toThrow();
});
