/**
 * Door of `npm run test:kill [-- --only PART] [--quick] [--write]`: bundles the run, runs it, and leaves no process behind.
 * Ends with non-zero if anything outside the published windows was lost, or anything stored twice.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { buildIsStale } from '../build-age.mjs';
import { ensureChromium } from '../chromium.mjs';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));

const run = (...args) =>
  new Promise((resolve, reject) => {
    // A group of its own: whoever ends it ends all that it has started.
    const child = spawn(process.execPath, args, { stdio: 'inherit', detached: true });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.kill(-child.pid, signal));
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });

// As deep as the sources, so that what these look for beside themselves (`dist`, above all) is where they look.
const outdir = '.cache/kill';
await build({
  bundle: true,
  outdir,
  logLevel: 'error',
  sourcemap: 'inline',
  entryPoints: { main: 'test/kill/main.ts', 'load-client': 'test/bench/load-client.ts' },
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  outExtension: { '.js': '.mjs' },
});

process.env.CHROMIUM = ensureChromium();
if (await buildIsStale()) {
  const built = await run('build.mjs', '--quiet', '--no-types');
  if (built !== 0) throw new Error('the build failed');
}
process.exitCode = await run('--enable-source-maps', `${outdir}/main.mjs`, ...process.argv.slice(2));
